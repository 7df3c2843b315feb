import { severities } from '../../model/alert.ts';
import type { Severity } from '../../model/alert.ts';
import type { Notification } from '../../model/notification.ts';
import { clip, oneLine } from '../text.ts';
import { wordingOf } from '../wording.ts';

/** An alert as `POST /api/v2/alerts` takes it (api/v2/openapi.yaml of Alertmanager, `postableAlert`). */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export interface PostableContext {
  /** Labels of the settings. */
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAfterMs: number;
  readonly nowMs: number;
}

const labelMax = 1024;
const annotationMax = 8192;

/**
 * The alerts to post: one, and where the severity has risen since the first notification (its severity is the reference) those that it had
 * before, as over. Labels are what Alertmanager knows an alert by: they are the same for everything that is sent of one group, but for the
 * severity, by which people route. Pure.
 */
export function postableAlerts(notification: Notification, context: PostableContext): readonly PostableAlert[] {
  const { event, severity, reference } = notification;
  const before = severities.filter((one) => isBefore(one, severity, reference));
  return [
    postable(notification, severity, event === 'resolve', context),
    ...before.map((one) => postable(notification, one, true, context)),
  ];
}

/** A severity that the group may have had: from the one that it began with up to, but without, the one that it has. */
function isBefore(one: Severity, now: Severity, first: string | undefined): boolean {
  const rank = severities.indexOf(one);
  const from = severities.findIndex((name) => name === first);
  return from >= 0 && rank >= from && rank < severities.indexOf(now);
}

function postable(
  notification: Notification,
  severity: Severity,
  over: boolean,
  { labels, endsAfterMs, nowMs }: PostableContext,
): PostableAlert {
  const { links, incident, alerts, time } = notification;
  const started = Date.parse(incident?.opened ?? earliest(alerts.map((alert) => alert.time)) ?? time);
  // An end before the start is refused: another machine's clock may be ahead of ours.
  const startMs = Math.min(Number.isNaN(started) ? nowMs : started, nowMs);
  return {
    labels: { ...labels, ...ownLabels(notification, severity) },
    annotations: annotationsOf(notification),
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(over ? Math.max(nowMs, startMs + 1) : nowMs + endsAfterMs).toISOString(),
    ...(links.console === undefined ? {} : { generatorURL: links.console }),
  };
}

function earliest(times: readonly string[]): string | undefined {
  return times.toSorted()[0];
}

function ownLabels({ incident, group, dedupKey }: Notification, severity: Severity): Readonly<Record<string, string>> {
  const pairs: [string, string | undefined][] = [
    ...Object.entries(group).map(([name, value]): [string, string] => [labelName(name), value]),
    ['alertname', incident === undefined ? 'AnchorwatchAlerts' : 'AnchorwatchIncident'],
    ['severity', severity],
    ['dedup_key', dedupKey],
    ['workload', incident?.workload.name],
    ['namespace', incident?.container.namespace],
    ['pod', incident?.container.pod],
    ['container', incident?.container.name],
    ['node', incident?.node],
  ];
  // A label without a value is none.
  return filled(pairs, labelMax);
}

function labelName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]/gu, '_');
  return /^[A-Za-z_]/u.test(plain) ? plain : `_${plain}`;
}

function annotationsOf(notification: Notification): Readonly<Record<string, string>> {
  const wording = wordingOf(notification);
  const description = [
    wording.title,
    wording.command === undefined ? '' : `Command: ${wording.command}`,
    wording.evidence === '' ? '' : `Evidence: ${wording.evidence}`,
    wording.expected.length === 0 ? '' : `Expected: ${wording.expected.join(', ')}`,
  ];
  return Object.fromEntries(
    Object.entries({
      summary: wording.title,
      description: description.filter((line) => line !== '').join('\n'),
      state: wording.state,
      alerts: wording.count,
      process_tree: wording.tree.join('\n'),
      rules: wording.rules.join(', '),
      techniques: wording.techniques.join(', '),
      image: notification.incident?.container.image ?? '',
      console_url: notification.links.console ?? '',
      history_url: notification.links.history ?? '',
      runbook_url: notification.links.runbook ?? '',
    }).flatMap(([name, value]) => (value === '' ? [] : [[name, clip(value, annotationMax)]])),
  );
}

function filled(pairs: readonly (readonly [string, string | undefined])[], most: number): Record<string, string> {
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => {
      const text = clip(oneLine(value ?? ''), most);
      return text === '' ? [] : [[name, text]];
    }),
  );
}
