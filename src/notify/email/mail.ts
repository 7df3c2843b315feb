import { createHash } from 'node:crypto';
import type { Severity } from '../../model/alert.ts';
import type { Notification } from '../../model/notification.ts';
import { clip, oneLine } from '../text.ts';
import { wordingOf } from '../wording.ts';
import type { Wording } from '../wording.ts';

/** A mail as nodemailer takes it; every header on one line. */
export interface Mail {
  readonly subject: string;
  readonly messageId: string;
  readonly references: string;
  readonly inReplyTo: string;
  readonly date: Date;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const subjectMax = 200;
/** Alerts that a mail names. */
const namedMax = 50;
const colors: Readonly<Record<Severity, string>> = { critical: '#d7263d', warning: '#c87619', notice: '#2f6bd0' };

/**
 * The mail. Its id is the notification's, so that what is sent twice is seen once by whoever looks at ids; all mails of a group refer to one id
 * that is made of the `dedupKey`, by which mail programs put them together. Pure.
 * @param domain After the `@` of ids: that of the sender.
 */
export function mailOf(notification: Notification, domain: string): Mail {
  const { id, dedupKey, event, severity, time } = notification;
  const wording = wordingOf(notification);
  const root = `<${createHash('sha256').update(dedupKey).digest('hex').slice(0, 32)}.group@${domain}>`;
  const state = event === 'trigger' ? '' : `${wording.state}: `;
  return {
    subject: clip(`[${severity}] ${state}${wording.title}`, subjectMax),
    messageId: `<${oneLine(id).replaceAll(/[^\w.-]/gu, '')}.${event}@${domain}>`,
    references: root,
    inReplyTo: root,
    date: new Date(Number.isNaN(Date.parse(time)) ? 0 : time),
    text: textOf(notification, wording),
    html: htmlOf(notification, wording),
    headers: {
      // RFC 3834: no out-of-office answers, please.
      'Auto-Submitted': 'auto-generated',
      'X-Anchorwatch-Event': event,
      'X-Anchorwatch-Severity': severity,
      ...(severity === 'critical' && event === 'trigger' ? { Importance: 'high' } : {}),
    },
  };
}

function textOf(notification: Notification, wording: Wording): string {
  const { where, command, evidence, expected, tree, techniques } = wording;
  const lines = [
    wording.title,
    '',
    `${wording.state} · ${notification.severity} · ${wording.count}`,
    '',
    ...where.map(([name, value]) => `${name}: ${value}`),
    ...(command === undefined ? [] : [`Command: ${command}`]),
    ...(evidence === '' ? [] : [`Evidence: ${evidence}`]),
    ...(expected.length === 0 ? [] : [`Expected: ${expected.join(', ')}`]),
    ...(techniques.length === 0 ? [] : [`Techniques: ${techniques.join(', ')}`]),
    ...(tree.length === 0 ? [] : ['', 'Processes:', ...tree]),
    ...namedAlerts(notification).flatMap((line, index) =>
      index === 0 ? ['', 'Alerts, the newest first:', line] : [line],
    ),
    ...linksOf(notification).flatMap(([name, url], index) => [...(index === 0 ? [''] : []), `${name}: ${url}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function namedAlerts({ alerts, alertsCount }: Notification): readonly string[] {
  const named = alerts.slice(0, namedMax).map(({ time, title }) => `${time} ${oneLine(title)}`);
  return alertsCount > named.length && named.length > 0
    ? [...named, `… and ${String(alertsCount - named.length)} more`]
    : named;
}

function linksOf({ links }: Notification): readonly (readonly [string, string])[] {
  const named = [
    ['Console', links.console],
    ['History', links.history],
    ['Runbook', links.runbook],
  ] as const;
  return named.flatMap(([name, url]) =>
    url === undefined || !/^https?:\/\//u.test(url) ? [] : [[name, oneLine(url)] as const],
  );
}

function htmlOf(notification: Notification, wording: Wording): string {
  const { event, severity } = notification;
  const { where, command, evidence, expected, tree, techniques } = wording;
  const rows: (readonly [string, string])[] = [
    ...where,
    ...(command === undefined ? [] : [['Command', command] as const]),
    ...(evidence === '' ? [] : [['Evidence', evidence] as const]),
    ...(expected.length === 0 ? [] : [['Expected', expected.join(', ')] as const]),
    ...(techniques.length === 0 ? [] : [['Techniques', techniques.join(', ')] as const]),
  ];
  const color = event === 'resolve' ? '#1e8e5a' : event === 'acknowledge' ? '#6b7078' : colors[severity];
  const alerts = namedAlerts(notification);
  return [
    '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1f2328">',
    `<div style="border-left:4px solid ${color};padding-left:12px">`,
    `<h2 style="margin:0;font-size:17px">${html(wording.title)}</h2>`,
    `<p>${html(wording.state)} · <b style="color:${color}">${html(severity)}</b> · ${html(wording.count)}</p>`,
    '<table cellpadding="3">',
    ...rows.map(([name, value]) => `<tr><td><b>${html(name)}</b></td><td>${html(value)}</td></tr>`),
    '</table>',
    ...(tree.length === 0 ? [] : [`<pre>${html(tree.join('\n'))}</pre>`]),
    ...(alerts.length === 0 ? [] : [`<ul>${alerts.map((line) => `<li>${html(line)}</li>`).join('')}</ul>`]),
    `<p>${linksOf(notification)
      .map(([name, url]) => `<a href="${html(url)}">${html(name)}</a>`)
      .join(' · ')}</p>`,
    '</div></body></html>',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character);
}
