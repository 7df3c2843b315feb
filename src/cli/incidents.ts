import { errorText } from '../lib/errors.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { ProcessNode } from '../model/process-tree.ts';
import { describeAlert } from './alert-lines.ts';
import { wantedAlerts } from './alerts.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { type HistoryPage, historyPages, remarks } from './history.ts';
import { Story } from './history-lines.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

/** An incident as `GET /api/v1/incidents/{id}` serves it. */
interface ServedIncident extends Omit<StoredIncident, 'alerts'> {
  readonly alerts: readonly StoredAlert[];
  readonly omitted: number;
  readonly processes: readonly ProcessNode[];
}

interface Page {
  readonly items: readonly StoredIncident[];
  readonly next?: string;
}

function treeLines(nodes: readonly ProcessNode[], marks: ReadonlyMap<string, number>, depth = 0): string[] {
  return nodes.flatMap(({ pid, exe, args, uid, alerts, children }) => {
    const what = args === undefined ? exe || '?' : `${exe || '?'}  ${args.join(' ')}`;
    const by = uid === undefined ? '' : `, uid ${String(uid)}`;
    const caused = alerts.map((id) => `[${String(marks.get(id) ?? 0)}]`).join('');
    return [
      `${'  '.repeat(depth + 1)}${what} (pid ${String(pid)}${by})${caused === '' ? '' : ` ${caused}`}`,
      ...treeLines(children, marks, depth + 1),
    ];
  });
}

/** An incident for people: what happened, the processes around it, and its alerts in their order in time. Every text in it is escaped. */
function describeIncident(incident: ServedIncident): string[] {
  const { id, title, severity, state, opened, lastTime, closed, node, workload, container, alerts, evidence } =
    incident;
  const marks = new Map(alerts.map((alert, index) => [alert.id, index + 1]));
  const kinds = `${String(evidence.length)} ${evidence.length === 1 ? 'kind' : 'kinds'} of evidence: ${incident.dimensions.join(' ')}`;
  const head = [
    `${severity.toUpperCase()}  ${title}`,
    `    incident ${id}, ${state}${closed === undefined ? '' : ` since ${closed}`}`,
    `    from ${opened} to ${lastTime}`,
    `    in ${container.name} (${workload.name}) on ${node}`,
    `    ${kinds}${incident.techniques.length === 0 ? '' : `; ${incident.techniques.join(' ')}`}`,
  ].map(escapeForTerminal);
  const tree = treeLines(incident.processes, marks).map(escapeForTerminal);
  return [
    ...head,
    ...(tree.length === 0 ? [] : ['', 'Processes', ...tree]),
    '',
    'Timeline',
    ...alerts.flatMap((alert, index) =>
      describeAlert(alert).map((line, row) => (row === 0 ? `  [${String(index + 1)}] ${line}` : `      ${line}`)),
    ),
    ...(incident.omitted > 0 ? [`  … and ${String(incident.omitted)} more alerts`] : []),
  ];
}

/** Entries around an incident that are shown; the whole is `history --incident`. */
const storyMost = 5_000;
/** Kinds that tell a story; rates and counts would hide it. */
const storyKinds = 'exec,exit,file,connect,accept,dns,listen,call,change,lifecycle,container,alert';

/** What the container did around its alerts, as far as it is still known. Where nobody can be asked, that is said, and the rest stands. */
async function story({ surroundings }: Invocation, address: Peer, { id, opened }: ServedIncident): Promise<void> {
  const { terminal, stop } = surroundings;
  let last: HistoryPage | undefined;
  const told = new Story();
  terminal.out('');
  terminal.out('What the container did around it');
  try {
    for await (const page of historyPages(address, { incident: id, kind: storyKinds }, storyMost, stop)) {
      for (const entry of page.items) for (const line of told.add(entry)) terminal.out(line);
      last = page;
    }
    for (const line of told.end()) terminal.out(line);
  } catch (error) {
    terminal.err(`The history could not be asked: ${escapeForTerminal(errorText(error))}`);
    return;
  }
  for (const remark of last === undefined ? [] : remarks(last, Date.parse(opened))) terminal.out(`  ${remark}`);
  terminal.out(
    `  ${last?.next === undefined ? 'Everything' : '… there is more'}: anchorwatch history --incident ${id}`,
  );
}

async function list(invocation: Invocation, address: Peer): Promise<void> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const { since, severity, workload, limit } = wantedAlerts(own, Date.now());
  const incidents: StoredIncident[] = [];
  let after: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(1000, limit - incidents.length)) });
    const state = own['open'] === true ? 'open' : undefined;
    for (const [name, value] of Object.entries({ since, severity, workload, state, after }))
      if (value !== undefined) query.set(name, value);
    const page = await ask<Page>(address, `/api/v1/incidents?${query.toString()}`, stop);
    incidents.push(...page.items);
    after = page.next;
  } while (after !== undefined && incidents.length < limit);
  if (own['json'] === true) for (const incident of incidents.toReversed()) terminal.out(jsonLine(incident));
  else if (incidents.length === 0) terminal.err(`No incidents at ${address.url}.`);
  else {
    const rows = incidents
      .toReversed()
      .map((one) => [one.id, one.opened, one.severity.toUpperCase(), one.state, String(one.alerts), one.title]);
    for (const line of formatTable(['ID', 'OPENED', 'SEVERITY', 'STATE', 'ALERTS', 'WHAT'], rows)) terminal.out(line);
  }
  if (after !== undefined)
    terminal.err(`The newest ${String(incidents.length)} are shown, there are older ones: --limit shows more.`);
}

async function run(invocation: Invocation, ...args: readonly string[]): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const [id] = args;
  const address = collectorAddress(invocation);
  if (id === undefined) await list(invocation, address);
  else {
    const found = await ask<ServedIncident>(address, `/api/v1/incidents/${encodeURIComponent(id)}`, stop);
    for (const line of own['json'] === true ? [jsonLine(found)] : describeIncident(found)) terminal.out(line);
    if (own['json'] !== true && own['brief'] !== true) await story(invocation, address, found);
  }
  return exitStatus.done;
}

/** `anchorwatch incidents` */
export const incidents: CommandDefinition = {
  options: 'incidents',
  usage: 'incidents [id]',
  summary: 'alerts that belong together: what happened in one container',
  description:
    'Lists incidents, the newest last: alerts of one container and process tree, close in time. With an ID, that one in full: its ' +
    'process tree, in which [1] marks the process that caused the first alert, its alerts in their order in time, and what the container did around them.',
  flags: [
    ['--since <TIME>', 'opened since how long ago (15m, 1h, 7d) or since a time (2026-11-23T02:10:00Z)'],
    ['--workload <NAME>', 'of this workload only, by name or id'],
    ['--severity <LEVEL>', 'of at least this severity'],
    ['--brief', 'with an ID: without what the container did around its alerts'],
    ['--open', 'only those that are not over yet'],
    ['--limit <N>', 'the newest N (default: 100)'],
    ['--json', 'JSON lines, as the API serves them'],
  ],
  examples: [
    'anchorwatch incidents --open',
    'anchorwatch incidents 01M83WF2QNR6SW3BQF0CH09PX2',
    'anchorwatch incidents --since 1h --json | jq -r .title',
  ],
  run,
};
