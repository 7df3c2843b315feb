import type { StoredAlert } from '../../src/model/alert.ts';
import { growIncident } from '../../src/model/incident.ts';
import type { StoredIncident } from '../../src/model/incident.ts';
import type { Notification } from '../../src/model/notification.ts';
import { alertId, makeAlert } from './alerts.ts';

/** An alert as the collector keeps it. */
export function makeStoredAlert(number: number, changes: Partial<StoredAlert> = {}): StoredAlert {
  const alert = makeAlert(number);
  return {
    ...alert,
    seq: number + 1,
    storedAt: alert.time,
    hash: 'a'.repeat(64),
    previousHash: 'b'.repeat(64),
    ...changes,
  };
}

/** The incident that alerts make. */
export function makeIncident(alerts: readonly StoredAlert[]): StoredIncident {
  let grown: ReturnType<typeof growIncident> | undefined;
  for (const alert of alerts) grown = growIncident(grown, alert);
  if (grown === undefined) throw new Error('an incident has alerts');
  return { ...grown.incident, seq: alerts.length };
}

/** What dispatch hands to a receiver: of an incident with one alert. */
export function makeNotification(changes: Partial<Notification> = {}): Notification {
  const alerts = changes.alerts ?? [makeStoredAlert(1, { incident: alertId(1) })];
  const incident = makeIncident(alerts);
  return {
    id: alertId(9000),
    receiver: 'team',
    dedupKey: `incident/${incident.id}`,
    event: 'trigger',
    time: '2026-11-23T02:00:01.000Z',
    severity: incident.severity,
    title: incident.title,
    group: { incident: incident.id },
    incident,
    alerts,
    alertsCount: alerts.length,
    links: {
      console: 'https://anchorwatch.example/incidents/1?tab=tree&all',
      history: 'https://anchorwatch.example/history',
      runbook: 'https://runbooks.example/shell',
    },
    ...changes,
  };
}

/** Names as an attacker would choose them. */
export const hostileNames: readonly string[] = [
  '<!channel> <!here> <@U0123456789> @here @channel #general',
  '/tmp/<https://evil.example|Console> &amp; `*_~bold~_*`',
  'a\r\nBcc: victim@example.com\r\n\r\nbody',
  'x\u202Egnp.exe\u0000\u0007\u2028y',
  '"; DROP TABLE alerts; -- \\ </script><img src=x onerror=alert(1)>',
  '😀'.repeat(4000),
  '&'.repeat(4000),
  'a'.repeat(20_000),
  '',
];
