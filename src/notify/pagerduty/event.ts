import { createHash } from 'node:crypto';
import type { Severity } from '../../model/alert.ts';
import type { Notification, NotificationEvent } from '../../model/notification.ts';
import { clip, oneLine } from '../text.ts';
import { leadingAlert, wordingOf } from '../wording.ts';

/**
 * What the Events API v2 takes, from PagerDuty's documentation ("Send an Alert Event" and "Events API v2 Overview",
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ and …/overview/). Characters, and bytes of a whole body.
 */
const pagerdutyLimits: { readonly dedupKey: number; readonly summary: number; readonly bodyBytes: number } = {
  ...{ dedupKey: 255, summary: 1024, bodyBytes: 512 * 1024 },
};

/** Texts that have no limit of their own: long enough for people. */
const detailMax = 4096;
const nameMax = 512;

const severityOf: Readonly<Record<Severity, string>> = { critical: 'critical', warning: 'warning', notice: 'info' };
/** An alert that was triggered before takes further triggers as news of the same. */
const actionOf: Readonly<Record<NotificationEvent, string>> = {
  ...{ trigger: 'trigger', update: 'trigger' },
  ...{ acknowledge: 'acknowledge', resolve: 'resolve' },
};

/** The key itself where it fits, else a hash of it. Pure. */
export function dedupKeyOf(key: string): string {
  return key.length <= pagerdutyLimits.dedupKey ? key : `sha256/${createHash('sha256').update(key).digest('hex')}`;
}

/** The event as the API takes it, without the alerts that would make it too large. Pure. */
export function eventOf(notification: Notification, routingKey: string): string {
  for (let kept = notification.alerts.length; ; kept = Math.floor(kept / 2)) {
    const body = JSON.stringify(withAlerts(notification, routingKey, kept));
    if (kept === 0 || Buffer.byteLength(body) <= pagerdutyLimits.bodyBytes) return body;
  }
}

function withAlerts(notification: Notification, routingKey: string, kept: number): Readonly<Record<string, unknown>> {
  const { event, dedupKey, severity, time, links, alerts, incident } = notification;
  const wording = wordingOf(notification);
  const place = incident ?? leadingAlert(alerts);
  const named = (value: string | undefined): string | undefined =>
    value === undefined || value === '' ? undefined : clip(oneLine(value), nameMax);
  return {
    routing_key: routingKey,
    event_action: actionOf[event],
    dedup_key: dedupKeyOf(dedupKey),
    client: 'Anchorwatch',
    client_url: links.console,
    links: linksOf(links),
    payload: {
      summary: clip(wording.title, pagerdutyLimits.summary),
      source: named(place?.node) ?? named(place?.workload.name) ?? 'anchorwatch',
      severity: severityOf[severity],
      timestamp: incident?.opened ?? alerts.at(-1)?.time ?? time,
      component: named(place?.container.name),
      group: named(place?.workload.name),
      class: named(wording.rules[0] ?? leadingAlert(alerts)?.dimension),
      custom_details: {
        state: wording.state,
        alerts: wording.count,
        ...Object.fromEntries(wording.where.map(([name, value]) => [name.toLowerCase(), clip(value, nameMax)])),
        expected: clip(wording.expected.join(', '), detailMax),
        evidence: clip(wording.evidence, detailMax),
        command: wording.command,
        process_tree: clip(wording.tree.join('\n'), detailMax),
        rules: clip(wording.rules.join(', '), detailMax),
        techniques: clip(wording.techniques.join(', '), detailMax),
        newest: alerts
          .slice(0, kept)
          .map(
            ({ id, time: at, title, score }) => `${at} ${clip(oneLine(title), detailMax)} (${id}, ${score.toFixed(1)})`,
          ),
      },
    },
  };
}

function linksOf(
  links: Notification['links'],
): readonly { readonly href: string; readonly text: string }[] | undefined {
  const named = [
    [links.console, 'Console'],
    [links.history, 'History'],
    [links.runbook, 'Runbook'],
  ] as const;
  const there = named.flatMap(([href, text]) => (href === undefined ? [] : [{ href, text }]));
  return there.length === 0 ? undefined : there;
}
