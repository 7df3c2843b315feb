import { AnchorwatchError } from '../lib/errors.ts';
import { historyKinds } from '../model/history.ts';
import type { HistoryEntry, LossEntry } from '../model/history.ts';
import { sinceTime } from './alerts.ts';
import { ask, collectorAddress, downloadLines } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { csvHeader, csvLine, describeEntry, lossDeed } from './history-lines.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';

/** A page of `GET /api/v1/history`. */
export interface HistoryPage {
  readonly items: readonly HistoryEntry[];
  readonly next?: string;
  readonly nodes: readonly {
    readonly node: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly oldest?: string;
  }[];
  readonly blind: readonly LossEntry[];
}

const pageLimit = 2_000;

/** What is to be said beside the entries: nodes that did not answer, times that nobody saw. Safe for a terminal. */
export function remarks({ items, nodes, blind }: HistoryPage, sinceMs: number | undefined): string[] {
  const of = (node: string, what: string, reason?: string): string =>
    `${node}: ${what}${reason === undefined ? '' : ` (${reason})`}`;
  return [
    ...nodes.flatMap(({ node, outcome, reason, oldest }) => {
      if (outcome === 'evidence')
        return [of(node, 'did not answer: what it had sent with its incidents is told', reason)];
      if (outcome === 'late') return [of(node, 'had no time to tell everything', reason)];
      if (outcome !== 'answered') return [of(node, `did not answer: ${outcome}`, reason)];
      // Of an answer that was ended at the end of the page it is not known how far back there would be more.
      if (oldest === undefined)
        return sinceMs === undefined || items.some((entry) => entry.node === node)
          ? []
          : [of(node, 'has no history yet')];
      return sinceMs !== undefined && Date.parse(oldest) > sinceMs ? [of(node, `has nothing before ${oldest}`)] : [];
    }),
    ...blind.map(
      (loss) => `${loss.node}${loss.container === undefined ? '' : ` ${loss.container.name}`}: ${lossDeed(loss)}`,
    ),
  ].map(escapeForTerminal);
}

/** All pages, each as it comes. @param more How many entries to ask for at most. */
export async function* historyPages(
  address: Peer,
  wanted: Readonly<Record<string, string | undefined>>,
  most: number,
  stop: AbortSignal,
): AsyncGenerator<HistoryPage, void, undefined> {
  let left = most;
  let after: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(pageLimit, left)) });
    for (const [name, value] of Object.entries({ ...wanted, after })) if (value !== undefined) query.set(name, value);
    const page = await ask<HistoryPage>(address, `/api/v1/history?${query.toString()}`, stop);
    yield page;
    left -= page.items.length;
    after = page.next;
  } while (after !== undefined && left > 0);
}

function textOf(own: Invocation['own'], name: string): string | undefined {
  const value = own[name];
  return typeof value === 'string' ? value : undefined;
}

function usage(message: string): AnchorwatchError {
  return new AnchorwatchError('bad-option', message);
}

function wantedOf(own: Invocation['own'], nowMs: number): Readonly<Record<string, string | undefined>> {
  const names = ['container', 'workload', 'pod', 'node', 'incident', 'kind', 'path', 'address', 'process'];
  const time = (flag: 'since' | 'until'): string | undefined => {
    const text = textOf(own, flag);
    return text === undefined ? undefined : sinceTime(text, nowMs, `--${flag}`);
  };
  if (['json', 'csv', 'ocsf'].filter((format) => own[format] === true).length > 1)
    throw usage('--json, --csv and --ocsf exclude each other');
  const kinds = textOf(own, 'kind')?.split(',') ?? [];
  for (const kind of kinds)
    if (!historyKinds.some((one) => one === kind))
      throw usage(`--kind: ${JSON.stringify(kind)} is not one of ${historyKinds.join(', ')}`);
  return {
    ...Object.fromEntries(names.map((name) => [name, textOf(own, name)])),
    since: time('since'),
    until: time('until'),
  };
}

async function run(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const nowMs = Date.now();
  const wanted = wantedOf(own, nowMs);
  const limitText = textOf(own, 'limit') ?? '1000000';
  if (!/^[1-9]\d{0,7}$/u.test(limitText))
    throw usage(`--limit: ${JSON.stringify(limitText)} is not a whole number from 1 to 99999999`);
  const limit = Number(limitText);
  const address = collectorAddress(invocation);
  if (own['ocsf'] === true) {
    const query = new URLSearchParams({ format: 'ocsf', limit: String(Math.min(limit, 1_000_000)) });
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, value);
    for await (const line of downloadLines(address, `/api/v1/history?${query.toString()}`, stop)) terminal.out(line);
    return exitStatus.done;
  }
  const show = own['json'] === true ? jsonLine : own['csv'] === true ? csvLine : describeEntry;
  if (own['csv'] === true) terminal.out(csvHeader);
  let [shown, more] = [0, false];
  const said = new Set<string>();
  for await (const page of historyPages(address, wanted, limit, stop)) {
    for (const entry of page.items) terminal.out(show(entry));
    shown += page.items.length;
    more = page.next !== undefined;
    const sinceMs =
      shown === page.items.length
        ? Date.parse(wanted['since'] ?? new Date(nowMs - 3_600_000).toISOString())
        : undefined;
    for (const remark of remarks(page, sinceMs)) said.add(remark);
  }
  for (const remark of said) terminal.err(remark);
  if (shown === 0) terminal.err('Nothing was recorded that fits.');
  if (more) terminal.err(`The first ${String(shown)} are shown, there are later ones: --limit shows more.`);
  return exitStatus.done;
}

/** `anchorwatch history` */
export const history: CommandDefinition = {
  options: 'history',
  usage: 'history',
  summary: 'what a container, workload or node did, asked of the nodes',
  description:
    'Prints what happened, the earliest first: every event that was new or alerting, everything while an incident was open (marked with a dot where it was ' +
    'known behaviour), counts of known behaviour, processes, the life of containers, rates. Nodes that did not answer, and times that nobody saw, ' +
    'are named on standard error.',
  flags: [
    ['--container <NAME>', 'of this container, by name or id (12 characters of it or more)'],
    ['--workload <NAME>', 'of this workload, by name or id'],
    ['--pod <NAME>', 'of this pod'],
    ['--node <NAME>', 'of this node'],
    ['--incident <ID>', 'of the container of this incident, around its time'],
    ['--since <TIME>', 'from how long ago (15m, 1h, 7d) or from a time (2026-11-23T02:10:00Z); default 1h'],
    ['--until <TIME>', 'up to then; default now'],
    ['--kind <KINDS>', `only these, with commas between them: ${historyKinds.join(', ')}`],
    ['--path <PATH>', 'of this file or program; * stands for any text'],
    ['--address <PEER>', 'of this address, address:port or name of a peer; * stands for any text'],
    ['--process <ID>', 'of this process and what it started: a pid, or the id of an execution'],
    ['--limit <N>', 'the first N (default: 1000000)'],
    ['--json', 'JSON lines, as the API serves them'],
    ['--csv', 'CSV with a header'],
    ['--ocsf', 'OCSF 1.7.0 as JSON lines; at the end an event for each node, with what became of the question to it'],
  ],
  examples: [
    'anchorwatch history --container web-1 --since 2026-11-23T02:10:00Z --until 2026-11-23T02:40:00Z',
    'anchorwatch history --workload shop/web --kind exec,connect --since 1h',
    "anchorwatch history --node worker-3 --path '/etc/*' --since 1d --json | jq -r .process.exe",
  ],
  run,
};
