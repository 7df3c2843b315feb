import type { Severity } from '../../model/alert.ts';
import type { Notification } from '../../model/notification.ts';
import { clip, oneLine } from '../text.ts';
import { wordingOf } from '../wording.ts';
import type { Wording } from '../wording.ts';
import { buttons } from './buttons.ts';
import { slackLimits } from './limits.ts';
import { code, codeBlock, escaped, link, localTime } from './mrkdwn.ts';

/** A block of Block Kit. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

/** What `chat.postMessage`, `chat.update` and incoming webhooks have in common. */
export interface SlackMessage {
  /** What notifications of phones and desktops show. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly {
    readonly color: string;
    readonly fallback: string;
    readonly blocks: readonly Block[];
  }[];
}

const colors: Readonly<Record<Severity, string>> = { critical: '#d7263d', warning: '#f29e38', notice: '#4a86e8' };
const stateColors = { acknowledge: '#8a8f98', resolve: '#2eb67d' } as const;
/** The tree's share of what all blocks may have. */
const treeMax = 2000;
/** Alerts that a message in the thread names. */
const namedMax = 10;

const mrkdwn = (text: string): Readonly<Record<string, unknown>> => ({ type: 'mrkdwn', text, verbatim: true });

/**
 * The message of a group, as it is first and as it becomes: a header, and beside a bar in the severity's colour what, where, what was expected,
 * on which evidence, the processes, the links, and buttons where there is a signing secret. Pure.
 */
export function messageOf(notification: Notification, withButtons: boolean): SlackMessage {
  const wording = wordingOf(notification);
  const { event, severity } = notification;
  const color = event === 'acknowledge' || event === 'resolve' ? stateColors[event] : colors[severity];
  const fallback = fallbackOf(notification, wording);
  const blocks = [
    ...whereBlocks(wording),
    ...textBlock(commandOf(wording)),
    ...textBlock(evidenceOf(wording)),
    ...(wording.tree.length > 1 ? [section(codeBlock(wording.tree, treeMax))] : []),
    context(notification, wording),
    ...(withButtons ? buttons(notification) : []),
  ];
  const header = {
    type: 'plain_text',
    text: clip(headerOf(notification, wording), slackLimits.header),
    emoji: false,
  };
  return {
    text: fallback,
    blocks: [{ type: 'header', text: header }],
    attachments: [{ color, fallback, blocks }],
  };
}

/** What is said in the thread of the first message: that there is more, or how it goes on. Pure. */
export function replyOf(notification: Notification): SlackMessage {
  const wording = wordingOf(notification);
  const { alerts, event } = notification;
  const named = event === 'update' ? alerts.slice(0, namedMax) : [];
  const lines = named.map(({ title, time }) => `• ${localTime(time)} ${escaped(oneLine(title), 160)}`);
  const more = event === 'update' && notification.alertsCount > named.length ? '\n…' : '';
  const first = `*${escaped(wording.state, 200)}*: ${wording.count} so far`;
  const text = lines.length === 0 ? first : `${first}\n${lines.join('\n')}${more}`;
  return { text: fallbackOf(notification, wording), blocks: [section(text)], attachments: [] };
}

function headerOf({ severity }: Notification, { title }: Wording): string {
  return `${severity.toUpperCase()} · ${title}`;
}

function fallbackOf({ severity }: Notification, { title, state }: Wording): string {
  return escaped(`${state} · ${severity}: ${title}`, 1000);
}

function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text) };
}

function textBlock(text: string): readonly Block[] {
  return text === '' ? [] : [section(text)];
}

function whereBlocks({ where }: Wording): readonly Block[] {
  const fields = where
    .slice(0, slackLimits.fields)
    .map(([name, value]) => mrkdwn(`*${escaped(name, 100)}*\n${code(value, 300)}`));
  return fields.length === 0 ? [] : [{ type: 'section', fields }];
}

function commandOf({ command }: Wording): string {
  return command === undefined ? '' : `*Command*\n${code(command, 600)}`;
}

function evidenceOf({ expected, evidence }: Wording): string {
  const usual = expected.map((one) => code(one, 150)).join(', ');
  return [evidence === '' ? '' : `*Evidence*\n${escaped(evidence, 500)}`, usual === '' ? '' : `*Expected*\n${usual}`]
    .filter((part) => part !== '')
    .join('\n');
}

function context({ links, incident, alerts, time }: Notification, wording: Wording): Block {
  const linked = [
    link(links.console, 'Console'),
    link(links.history, 'History'),
    link(links.runbook, 'Runbook'),
  ].filter((one) => one !== undefined);
  const began = incident?.opened ?? alerts.at(-1)?.time ?? time;
  const techniques = wording.techniques.slice(0, 8).map((one) => escaped(one, 40));
  const elements = [
    `*${escaped(wording.state, 200)}*`,
    wording.count,
    `since ${localTime(began)}`,
    ...(techniques.length === 0 ? [] : [techniques.join(', ')]),
    ...(linked.length === 0 ? [] : [linked.join(' · ')]),
  ];
  return { type: 'context', elements: elements.slice(0, slackLimits.elements).map(mrkdwn) };
}
