import type { StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { Notification } from '../model/notification.ts';
import type { Attempt, Group } from './group.ts';
import { overflowKey } from './intake.ts';
import { runbookPage, runbookUrl as shippedRunbook } from '../model/runbook.ts';

/** What links are made of. */
export interface Addresses {
  /** Where people reach the collector; undefined: nowhere, and there are no links to it. */
  readonly publicUrl: string | undefined;
  /** `{dimension}` and `{rule}` stand for those of the newest alert. */
  readonly runbookUrl: string | undefined;
}

/** The notification of an attempt. Pure. */
export function composeNotification(
  group: Group,
  attempt: Attempt,
  alerts: readonly StoredAlert[],
  incident: StoredIncident | undefined,
  { addresses, nowMs }: { readonly addresses: Addresses; readonly nowMs: number },
): Notification {
  return {
    id: attempt.id,
    receiver: group.receiver,
    dedupKey: group.key,
    event: attempt.event,
    time: new Date(nowMs).toISOString(),
    severity: attempt.severity,
    title: titleOf(group, incident),
    group: group.labels,
    ...(incident === undefined ? {} : { incident }),
    alerts,
    alertsCount: attempt.count,
    ...(group.reference === undefined ? {} : { reference: group.reference }),
    links: linksOf(group, alerts[0], addresses),
  };
}

/** One line for people. Pure. */
export function titleOf(group: Group, incident: StoredIncident | undefined): string {
  if (group.key === overflowKey)
    return `${String(group.count)} more alerts, of more groups than one receiver is told apart`;
  if (incident !== undefined) return incident.title;
  return group.count === 1 ? group.title : `${group.title}, and ${String(group.count - 1)} more`;
}

function linksOf(group: Group, newest: StoredAlert | undefined, addresses: Addresses): Notification['links'] {
  const { publicUrl, runbookUrl } = addresses;
  const base = publicUrl?.replace(/\/+$/, '');
  const { incident } = group;
  const place =
    incident !== undefined
      ? `incidents/${encodeURIComponent(incident)}`
      : newest === undefined
        ? 'alerts'
        : `alerts/${encodeURIComponent(newest.id)}`;
  const about =
    incident !== undefined
      ? `incident=${encodeURIComponent(incident)}`
      : newest === undefined
        ? undefined
        : `container=${encodeURIComponent(newest.container.id)}&since=${encodeURIComponent(newest.time)}`;
  const own =
    newest === undefined
      ? undefined
      : shippedRunbook(runbookPage(newest), base === undefined ? undefined : `${base}/docs/runbooks`);
  const runbook =
    runbookUrl
      ?.replaceAll('{dimension}', encodeURIComponent(newest?.dimension ?? ''))
      .replaceAll('{rule}', encodeURIComponent(newest?.rules[0] ?? '')) ?? own;
  return {
    ...(base === undefined ? {} : { console: `${base}/#/${place}` }),
    ...(base === undefined || about === undefined ? {} : { history: `${base}/#/history?${about}` }),
    ...(runbook === undefined ? {} : { runbook }),
  };
}
