import { severities } from '../model/alert.ts';
import type { Severity, StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { PostureChange } from '../model/posture.ts';

/** The messages of the feed (contract.md). Of a lag every client is told, whatever it asked for. */
const feedKinds = ['alert', 'incident', 'node', 'posture', 'lag'] as const;
export type FeedKind = (typeof feedKinds)[number];

/** What a client of the feed asked for. */
export interface FeedFilter {
  /** Alerts and incidents of at least this severity. */
  readonly severity: Severity | undefined;
  /** Workload id or name. */
  readonly workload: string | undefined;
  readonly node: string | undefined;
  /** Empty: all. */
  readonly kinds: readonly FeedKind[];
  /** Alerts after this `seq`; undefined: from now on. */
  readonly after: number | undefined;
}

const parameters = ['severity', 'workload', 'node', 'kind', 'after'];

/** Reads the query of `/feed`; answers the name of the parameter that is wrong and why, or the filter. */
export function parseFeedFilter(
  query: URLSearchParams,
): FeedFilter | { readonly parameter: string; readonly detail: string } {
  for (const name of new Set(query.keys())) {
    if (!parameters.includes(name)) return { parameter: name, detail: `unknown; there are ${parameters.join(', ')}` };
    if (name !== 'kind' && query.getAll(name).length > 1) return { parameter: name, detail: 'given more than once' };
  }
  const severityText = query.get('severity') ?? undefined;
  const severity = severities.find((one) => one === severityText);
  if (severityText !== undefined && severity === undefined)
    return { parameter: 'severity', detail: `one of ${severities.join(', ')}` };
  const kindTexts = query.getAll('kind').flatMap((text) => text.split(','));
  const kinds = feedKinds.filter((kind) => kindTexts.includes(kind));
  if (kinds.length < new Set(kindTexts).size) return { parameter: 'kind', detail: `some of ${feedKinds.join(', ')}` };
  const afterText = query.get('after') ?? undefined;
  if (afterText !== undefined && !/^\d{1,15}$/u.test(afterText))
    return { parameter: 'after', detail: 'a whole number: the last seq received' };
  return {
    severity,
    workload: query.get('workload') ?? undefined,
    node: query.get('node') ?? undefined,
    kinds,
    after: afterText === undefined ? undefined : Number(afterText),
  };
}

/** Whether a client that gave this filter is told of this kind at all; without kinds, of all. Pure. */
export function wantsKind(filter: FeedFilter, kind: FeedKind): boolean {
  return filter.kinds.length === 0 || filter.kinds.includes(kind);
}

/** Whether it is told of this alert. Pure. */
export function wantsAlert(filter: FeedFilter, alert: StoredAlert): boolean {
  return wantsKind(filter, 'alert') && isOfInterest(filter, alert);
}

/** Whether it is told of this incident. Pure. */
export function wantsIncident(filter: FeedFilter, incident: StoredIncident): boolean {
  return wantsKind(filter, 'incident') && isOfInterest(filter, incident);
}

function isOfInterest(
  filter: FeedFilter,
  { severity, workload, node }: Pick<StoredAlert, 'severity' | 'workload' | 'node'>,
): boolean {
  return (
    (filter.severity === undefined || severities.indexOf(severity) >= severities.indexOf(filter.severity)) &&
    (filter.workload === undefined || filter.workload === workload.id || filter.workload === workload.name) &&
    (filter.node === undefined || filter.node === node)
  );
}

/** Nodes have no severity and no workload: a client that filters by those hears of every node that it did not exclude by name. */
export function wantsNode(filter: FeedFilter, node: string): boolean {
  return wantsKind(filter, 'node') && (filter.node === undefined || filter.node === node);
}

/** Whether it is told of this change of a finding. Pure. */
export function wantsPosture(filter: FeedFilter, { severity, workload, node }: PostureChange): boolean {
  return wantsKind(filter, 'posture') && isOfInterest(filter, { severity, workload: workload ?? noWorkload, node });
}

/** A node's own findings are of no workload. */
const noWorkload = { id: '', name: '', kind: 'image' } as const;
