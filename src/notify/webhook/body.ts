import type { Notification } from '../../model/notification.ts';

/** Larger bodies lose their oldest alerts: 1 MiB. */
const bodyBytesMax = 1_048_576;
/** Grows when a member changes its meaning or goes; members are added without. */
const version = 1;

/** What is posted: docs/receivers.md, "Webhook". Pure. */
export function bodyOf(notification: Notification): string {
  const { id, receiver, dedupKey, event, time, severity, title, group, incident, alertsCount, links } = notification;
  const head = {
    ...{ version, id, receiver, dedupKey, event, time, severity, title, group, links, alertsCount },
    ...(incident === undefined ? {} : { incident }),
  };
  for (let kept = notification.alerts.length; ; kept = Math.floor(kept / 2)) {
    const body = JSON.stringify({ ...head, alerts: notification.alerts.slice(0, kept) });
    if (kept === 0 || Buffer.byteLength(body) <= bodyBytesMax) return body;
  }
}
