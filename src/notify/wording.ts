import { severities } from '../model/alert.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { Verdict } from '../model/decision.ts';
import type { Notification } from '../model/notification.ts';
import { processTree } from '../model/process-tree.ts';
import type { ProcessNode } from '../model/process-tree.ts';
import { oneLine } from './text.ts';

/** What a notification says, in words: the same for every receiver. All on one line each, and nobody's markup. */
export interface Wording {
  /** `New`, `Update`, `Update: acknowledged by alice`, `Acknowledged by alice`, `Resolved: accepted by alice`. */
  readonly state: string;
  readonly title: string;
  /** By name: workload, container, image, node, pod. */
  readonly where: readonly (readonly [string, string])[];
  /** What the workload does otherwise, the most frequent first. */
  readonly expected: readonly string[];
  /** On how much evidence. */
  readonly evidence: string;
  /** The command line of the process, where one caused the leading alert. */
  readonly command: string | undefined;
  /** The processes around the alerts, drawn, a line each. */
  readonly tree: readonly string[];
  readonly rules: readonly string[];
  readonly techniques: readonly string[];
  /** `3 alerts`, `1 alert`. */
  readonly count: string;
}

/** Lines of a drawn process tree; the rest is told as a number. */
const treeLinesMax = 24;
const commandMax = 400;
const expectedMax = 5;

/** Pure. */
export function wordingOf(notification: Notification): Wording {
  const { alerts, alertsCount, incident, title } = notification;
  const lead = leadingAlert(alerts);
  return {
    state: stateOf(notification),
    title: oneLine(title),
    where: whereOf(notification, lead),
    expected: (lead?.evidence.expected ?? [])
      .map(oneLine)
      .filter((one) => one !== '')
      .slice(0, expectedMax),
    evidence: oneLine(lead?.evidence.note ?? ''),
    command: lead?.process === undefined ? undefined : commandOf(lead.process.args, lead.process.exe),
    tree: drawTree(processTree(alerts)),
    rules: named(incident?.rules ?? alerts.flatMap(({ rules }) => rules)),
    techniques: named(incident?.techniques ?? alerts.flatMap(({ techniques }) => techniques)),
    count: `${alertsCount.toLocaleString('en')} ${alertsCount === 1 ? 'alert' : 'alerts'}`,
  };
}

/** The most severe, of those the one with the highest score, of those the newest. Pure. */
export function leadingAlert(alerts: readonly StoredAlert[]): StoredAlert | undefined {
  const weight = ({ severity, score }: StoredAlert): number => severities.indexOf(severity) * 1000 + score;
  return alerts.toSorted((a, b) => weight(b) - weight(a))[0];
}

function stateOf({ event, alerts }: Notification): string {
  const decided = alerts
    .flatMap(({ decision }) => (decision === undefined ? [] : [decision]))
    .toSorted((a, b) => (a.time < b.time ? 1 : -1))[0];
  const verdict = decided === undefined ? '' : (verdictWords[decided.verdict] ?? '');
  const said = decided === undefined || verdict === '' ? '' : `${verdict} by ${oneLine(decided.by)}`;
  if (event === 'acknowledge') return decided?.verdict === 'acknowledge' ? capital(said) : 'Acknowledged';
  const state = event === 'trigger' ? 'New' : event === 'update' ? 'Update' : 'Resolved';
  return said === '' ? state : `${state}: ${said}`;
}

const verdictWords: Readonly<Partial<Record<Verdict, string>>> = {
  ...{ accept: 'accepted', deny: 'denied', acknowledge: 'acknowledged' },
};

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function whereOf(
  { incident, group }: Notification,
  lead: StoredAlert | undefined,
): readonly (readonly [string, string])[] {
  const place = incident ?? lead;
  const pairs: [string, string | undefined][] =
    place === undefined
      ? Object.entries(group)
      : [
          ['Workload', place.workload.name],
          ['Container', place.container.name],
          ['Image', place.container.image],
          ['Node', place.node],
          ['Namespace', place.container.namespace],
          ['Pod', place.container.pod],
        ];
  return pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, oneLine(value)] as const],
  );
}

function commandOf(args: readonly string[], exe: string): string {
  const text = oneLine(args.length === 0 ? exe : args.join(' '));
  return text.length > commandMax ? `${text.slice(0, commandMax)}…` : text;
}

function named(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(oneLine))].filter((name) => name !== '').toSorted();
}

/** Box drawing as `pstree` does it; who caused an alert is marked. Pure. */
export function drawTree(roots: readonly ProcessNode[]): readonly string[] {
  const lines: string[] = [];
  const draw = (node: ProcessNode, before: string, branch: string, below: string): void => {
    const name = node.args === undefined ? oneLine(node.exe) || 'unknown' : commandOf(node.args, node.exe);
    const mark = node.alerts.length === 0 ? '' : ' ◀';
    lines.push(`${before}${branch}${name} (${String(node.pid)})${mark}`);
    for (const [index, child] of node.children.entries()) {
      const last = index === node.children.length - 1;
      draw(child, `${before}${below}`, last ? '└─ ' : '├─ ', last ? '   ' : '│  ');
    }
  };
  for (const root of roots) draw(root, '', '', '');
  if (lines.length <= treeLinesMax) return lines;
  return [...lines.slice(0, treeLinesMax - 1), `… and ${String(lines.length - treeLinesMax + 1)} more`];
}
