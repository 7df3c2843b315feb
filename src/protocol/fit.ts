import type { Alert } from '../model/alert.ts';
import type { NodeReport, ProfileFeature } from '../model/node.ts';
import type { SharedFeature, SharedProfile } from '../model/shared-profile.ts';
import { alertSchema } from './alert-schema.ts';
import { limits } from './limits.ts';
import { parse } from './message.ts';
import type { Report, Response } from './message.ts';

const mark = '…';
/** While texts may be this long, an alert has room for its features. */
const featuresFrom = 256;

/**
 * The alert, cut so that the collector takes it: texts and lists over the limits of the protocol are shortened (a cut text ends in
 * `…`), then shortened further until it is under `limits.alertBytes`. Throws `alert.invalid` for what cutting cannot mend (a
 * score that is no number, an id that is no ULID).
 */
export function fitAlert(alert: Alert): Alert {
  for (
    let textLength: number = limits.textLength, items: number = limits.listItems;
    ;
    textLength >>= 1, items = Math.max(4, items >> 1)
  ) {
    const fitted = cut(alert, textLength, items);
    const small = Buffer.byteLength(JSON.stringify(fitted)) <= limits.alertBytes;
    if (small || textLength < 64) return parse(alertSchema, fitted, 'alert.invalid', `alert ${alert.id.slice(0, 40)}`);
  }
}

/** The same alert with shorter names, texts and lists; identity (id, times, figures, node, workload) is left alone. */
function cut(alert: Alert, textLength: number, items: number): Alert {
  const nameLength = Math.min(textLength, limits.nameLength);
  const name = (value: string): string => clip(value, nameLength);
  const text = (value: string): string => clip(value, textLength);
  const list = (values: readonly string[], one: (value: string) => string): string[] => values.slice(0, items).map(one);
  // Half a key names nothing: features are there in full or not at all.
  const { container, process, evidence, workload, features, ...rest } = alert;
  return {
    ...rest,
    ...(features === undefined || textLength < featuresFrom ? {} : { features: features.slice(0, items) }),
    title: text(alert.title),
    key: text(alert.key),
    detector: name(alert.detector),
    rules: list(alert.rules, name),
    techniques: list(alert.techniques, name),
    practices: list(alert.practices, name),
    node: clip(alert.node, limits.nameLength),
    workload: { ...workload, id: clip(workload.id, limits.nameLength), name: clip(workload.name, limits.nameLength) },
    container: {
      id: name(container.id),
      name: name(container.name),
      image: name(container.image),
      digest: name(container.digest),
      ...(container.pod === undefined ? {} : { pod: name(container.pod) }),
      ...(container.namespace === undefined ? {} : { namespace: name(container.namespace) }),
    },
    ...(process === undefined
      ? {}
      : {
          process: {
            ...process,
            exe: text(process.exe),
            cwd: text(process.cwd),
            args: list(process.args, text),
            ancestors: process.ancestors.slice(0, items).map(({ pid, exe }) => ({ pid, exe: text(exe) })),
          },
        }),
    evidence: { ...evidence, expected: list(evidence.expected, text), note: text(evidence.note) },
  };
}

function clip(value: string, length: number): string {
  return value.length <= length ? value : value.slice(0, length - 1) + mark;
}

/** A report message under the limits. Containers and workloads beyond them are left out; the other side sees fewer, never a wrong figure. */
export function fitReport(report: NodeReport): { readonly message: Report; readonly omitted: number } {
  let containers = report.containers.slice(0, limits.reportContainers);
  let workloads = report.workloads.slice(0, limits.reportWorkloads);
  for (;;) {
    const message: Report = { type: 'report', report: { ...report, containers, workloads } };
    const small = Buffer.byteLength(JSON.stringify(message)) <= limits.messageBytes;
    if (small || containers.length + workloads.length === 0) {
      return {
        message,
        omitted: report.containers.length - containers.length + report.workloads.length - workloads.length,
      };
    }
    containers = containers.slice(0, containers.length >> 1);
    workloads = workloads.slice(0, workloads.length >> 1);
  }
}

/** The answer to a profile request, under the limits: the first features, and how many were left out. */
export function fitResponse(id: number, features: readonly ProfileFeature[] | undefined): Response {
  if (features === undefined) return { type: 'response', id, outcome: 'unknown', features: [], omitted: 0 };
  let kept = features
    .slice(0, limits.profileFeatures)
    .map((feature) => ({ ...feature, key: clip(feature.key, limits.textLength) }));
  for (;;) {
    const message: Response = {
      type: 'response',
      id,
      outcome: 'found',
      features: kept,
      omitted: features.length - kept.length,
    };
    if (Buffer.byteLength(JSON.stringify(message)) <= limits.messageBytes) return message;
    kept = kept.slice(0, kept.length >> 1);
  }
}

/** A shared profile under the limits: judged features first, then those of the greatest weight, and how many were left out. */
export function fitShared(shared: SharedProfile): SharedProfile {
  const weight = ({ state, weight: { startup, steady } }: SharedFeature): number =>
    state === 'judged' ? Number.POSITIVE_INFINITY : startup + steady;
  let room = limits.sharedBytes - Buffer.byteLength(JSON.stringify({ ...shared, features: [] }));
  const kept = new Set(
    shared.features
      .filter(({ key }) => key.length > 0 && key.length <= limits.sharedKeyLength)
      .toSorted((a, b) => (weight(a) === weight(b) ? 0 : weight(b) - weight(a)))
      .slice(0, limits.sharedFeatures)
      .filter((feature) => (room -= Buffer.byteLength(JSON.stringify(feature)) + 1) >= 0),
  );
  const features = shared.features.filter((feature) => kept.has(feature));
  return {
    ...shared,
    listeners: shared.listeners.filter(({ length }) => length <= limits.sharedKeyLength).slice(0, limits.listItems),
    images: shared.images.slice(0, limits.listItems),
    features,
    omitted: shared.omitted + shared.features.length - features.length,
  };
}
