import { writeFileSync } from 'node:fs';
import { parseDuration } from '../config/values.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { groundsOf } from '../model/advice.ts';
import { type Severity, severities } from '../model/alert.ts';
import type { PostureException, PostureView } from '../model/posture.ts';
import { ask, collectorAddress, download } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

function usage(message: string): AnchorwatchError {
  return new AnchorwatchError('bad-option', message);
}

const filters: NonNullable<CommandDefinition['flags']> = [
  ['--workload <NAME>', 'of this workload only, by name or id'],
  ['--container <NAME>', 'of this container only, by name or id'],
  ['--node <NAME>', 'of this node only'],
  ['--practice <ID>', 'of this practice (D09, docker-9) or check (privileged) only'],
  ['--severity <LEVEL>', `of at least this severity: ${severities.join(', ')}`],
];

function queryOf(own: Invocation['own'], more: readonly string[]): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['workload', 'container', 'node', 'practice', 'severity', ...more]) {
    const value = own[name];
    if (typeof value === 'string') query.set(name, value);
  }
  return query;
}

function severityOf(own: Invocation['own'], flag: string): Severity | undefined {
  const text = own[flag === 'fail-on' ? 'failOn' : flag];
  if (text === undefined) return undefined;
  const severity = severities.find((one) => one === text);
  if (severity === undefined) throw usage(`--${flag}: ${JSON.stringify(text)} is not one of ${severities.join(', ')}`);
  return severity;
}

interface Page {
  readonly items: readonly PostureView[];
  readonly next?: string;
}

async function findingsOf(address: Peer, query: URLSearchParams, stop: AbortSignal): Promise<readonly PostureView[]> {
  const all: PostureView[] = [];
  query.set('limit', '1000');
  for (;;) {
    const { items, next } = await ask<Page>(address, `/api/v1/posture?${query.toString()}`, stop);
    all.push(...items);
    if (next === undefined) return all;
    query.set('after', next);
  }
}

async function written(address: Peer, query: URLSearchParams, format: string, stop: AbortSignal): Promise<string> {
  const wanted = new URLSearchParams(query);
  for (const name of ['limit', 'after']) wanted.delete(name);
  wanted.set('format', format);
  const parts: Uint8Array[] = [];
  for await (const part of await download(address, `/api/v1/posture?${wanted.toString()}`, stop)) parts.push(part);
  return Buffer.concat(parts).toString();
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new AnchorwatchError('file-unwritable', `${file} cannot be written: ${errorText(error)}`, { cause: error });
  }
}

const whoseOf = ({ container, workload, node }: Pick<PostureView, 'container' | 'workload' | 'node'>): string =>
  container === undefined
    ? (workload?.name ?? `node ${node}`)
    : `${workload?.name ?? container.name} (${container.name})`;

/** What the profile says of it, in one line. */
function adviceOf({ advice }: PostureView): string {
  if (advice === undefined) return '';
  const { outcome, title, note } = advice;
  const said = { tighten: `free: ${title}: ${note}`, fits: `used: ${note}`, unknown: `no advice: ${note}` } as const;
  return outcome === 'unknown' ? said.unknown : `${said[outcome]} (${groundsOf(advice)})`;
}

/** What a finding says about its exception. */
function excuseOf({ exception }: PostureView): string {
  if (exception === undefined) return '';
  const { owner, reason, expires, expired } = exception;
  return expired
    ? `exception EXPIRED ${expires.slice(0, 10)}, counts again (${owner}: ${reason})`
    : `excepted until ${expires.slice(0, 10)} (${owner}: ${reason})`;
}

function describe(finding: PostureView): readonly string[] {
  const { result, severity, check, practice, title, note, evidence, remedy, exception } = finding;
  const lines = [
    `${result.toUpperCase()} ${severity} ${practice} ${check}  ${whoseOf(finding)}`,
    `  ${title}: ${note}`,
    ...evidence.map(({ field, value }) => `  ${field}: ${value}`),
    ...(exception === undefined ? [] : [`  ${excuseOf(finding)}`]),
    ...(finding.advice === undefined ? [] : [`  ${adviceOf(finding)}`]),
    ...(result === 'pass' ? [] : Object.entries(remedy).map(([where, what]) => `  mend (${where}): ${what}`)),
  ];
  return lines.map(escapeForTerminal);
}

/** Findings that count: they fail or warn, and no exception that holds excuses them. */
function countsAs(severity: Severity): (finding: PostureView) => boolean {
  return (finding) =>
    (finding.result === 'fail' || finding.result === 'warn') &&
    severities.indexOf(finding.severity) >= severities.indexOf(severity) &&
    (finding.exception === undefined || finding.exception.expired);
}

async function run(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  severityOf(own, 'severity');
  const failOn = severityOf(own, 'fail-on');
  const { format, sarif, junit, json } = own;
  if (format !== undefined && format !== 'sarif' && format !== 'junit')
    throw usage(`--format: ${JSON.stringify(format)} is not one of sarif, junit`);
  if (format !== undefined && json === true) throw usage('--format and --json cannot be combined');
  const address = collectorAddress(invocation);
  const query = queryOf(own, ['result']);
  if (typeof sarif === 'string') save(sarif, await written(address, query, 'sarif', stop));
  if (typeof junit === 'string') save(junit, await written(address, query, 'junit', stop));
  if (format !== undefined) terminal.out((await written(address, query, format, stop)).trimEnd());
  const findings = await findingsOf(address, query, stop);
  if (json === true) for (const finding of findings) terminal.out(jsonLine(finding));
  else if (format === undefined) show(findings, invocation);
  if (failOn !== undefined && findings.length === 0) await insistChecked(address, query, stop);
  const grave = failOn === undefined ? [] : findings.filter(countsAs(failOn));
  if (failOn === undefined || grave.length === 0) return exitStatus.done;
  terminal.err(`${String(grave.length)} findings of at least ${failOn} count.`);
  return exitStatus.met;
}

/** Nothing found is good news only where something was looked at: a name that is misspelt must not pass a pipeline. */
async function insistChecked(address: Peer, query: URLSearchParams, stop: AbortSignal): Promise<void> {
  const wanted = new URLSearchParams(query);
  for (const name of ['after', 'severity']) wanted.delete(name);
  wanted.set('result', 'all');
  wanted.set('limit', '1');
  const { items } = await ask<Page>(address, `/api/v1/posture?${wanted.toString()}`, stop);
  if (items.length === 0)
    throw new AnchorwatchError('posture-empty', 'nothing that fits was checked yet, so nothing can be said of it');
}

function show(findings: readonly PostureView[], { own, surroundings: { terminal } }: Invocation): void {
  if (own['explain'] === true) {
    for (const finding of findings) for (const line of describe(finding)) terminal.out(line);
  } else if (findings.length > 0) {
    const rows = findings.map((finding) => [
      ...[finding.result, finding.severity, finding.practice, finding.check, whoseOf(finding)],
      [finding.note, finding.advice?.outcome === 'tighten' ? adviceOf(finding) : '', excuseOf(finding)]
        .filter((text) => text !== '')
        .join('; '),
    ]);
    for (const line of formatTable(['RESULT', 'SEVERITY', 'PRACTICE', 'CHECK', 'WHERE', 'WHY'], rows))
      terminal.out(line);
  }
  const counts = ['fail', 'warn', 'unknown', 'pass'].map(
    (result) => `${String(findings.filter((one) => one.result === result).length)} ${result}`,
  );
  terminal.err(`${counts.join(', ')}. --explain shows what was read and how to mend it.`);
}

/** `anchorwatch posture` */
export const posture: CommandDefinition = {
  options: 'posture',
  usage: 'posture',
  summary: 'practices: what runs breaks which, and how to mend it',
  description:
    'Lists what the checks of hardening practices say about running containers and their nodes, the gravest first: what fails, what warns, and ' +
    'what could not be read (unknown, which is never a pass). With --fail-on the exit status is 3 when a finding counts that is as grave; ' +
    'what an exception excuses does not count.',
  flags: [
    ...filters,
    ['--result <RESULTS>', 'some of fail,warn,unknown,pass, or all (default: fail,warn,unknown)'],
    ['--fail-on <SEVERITY>', 'exit status 3 when something that counts is at least so grave'],
    ['--explain', 'what was read, and how to mend it'],
    ['--json', 'JSON lines, as the API serves them'],
    ['--format <FORMAT>', 'sarif (SARIF 2.1.0) or junit (JUnit XML) in the place of the table'],
    ['--sarif <FILE>', 'write SARIF into a file beside'],
    ['--junit <FILE>', 'write JUnit XML into a file beside'],
  ],
  examples: [
    'anchorwatch posture --workload shop/web --explain',
    'anchorwatch posture --fail-on critical --sarif posture.sarif   in a pipeline',
    'anchorwatch posture --practice D09 --result all',
    'anchorwatch posture except privileged --workload ops/node-exporter --owner sre@example.org --reason "reads the node" --for 90d',
  ],
  run,
};

/** When an exception ends: `90d` from now, or a date. @throws AnchorwatchError `bad-option` */
function endOf(own: Invocation['own'], nowMs: number): string {
  const { for: lasting, until } = own;
  if ((lasting === undefined) === (until === undefined)) throw usage('say how long: --for 90d, or --until 2027-01-31');
  if (typeof lasting === 'string') {
    const duration = parseDuration(lasting);
    if (!duration.ok) throw usage(`--for: ${JSON.stringify(lasting)} ${duration.problem}`);
    return new Date(nowMs + duration.value).toISOString();
  }
  return String(until);
}

type ShownException = Omit<PostureException, 'expiresMs'> & { readonly expires: string };

/** `anchorwatch posture except|exceptions|unexcept|changes` */
export const postureCommands: readonly CommandDefinition[] = [
  {
    options: 'posture',
    usage: 'except <of>',
    summary: 'a finding does not count for a while',
    description:
      'Makes an exception of a check or a practice, for a workload, a container or a node, or for all. It needs an owner, a reason and an end; from ' +
      'then on what it excused counts again.',
    flags: [
      ...filters.slice(0, 3),
      ['--owner <NAME>', 'who answers for it'],
      ['--reason <TEXT>', 'why'],
      ['--for <DURATION>', 'how long: 90d'],
      ['--until <DATE>', 'until when: 2027-01-31'],
      ['--json', 'one JSON object'],
    ],
    examples: [
      'anchorwatch posture except host-network --workload ops/dns --owner net@example.org --reason "serves the node" --for 90d',
    ],
    run: async (invocation, of = '') => {
      const { own, surroundings } = invocation;
      const { owner, reason } = own;
      if (typeof owner !== 'string' || typeof reason !== 'string')
        throw usage('an exception needs --owner and --reason');
      const expires = endOf(own, Date.now());
      const body = { of, owner, reason, expires, ...Object.fromEntries(queryOf(own, [])) };
      const made = await ask<ShownException>(
        collectorAddress(invocation),
        '/api/v1/posture/exceptions',
        surroundings.stop,
        body,
      );
      surroundings.terminal.out(
        own['json'] === true
          ? jsonLine(made)
          : `${made.id}: ${escapeForTerminal(made.of)} is excepted until ${made.expires}`,
      );
      return exitStatus.done;
    },
  },
  {
    options: 'posture',
    usage: 'exceptions',
    summary: 'what does not count, why, and until when',
    description: 'Lists exceptions, also those that expired: what they were for counts again.',
    flags: [['--json', 'JSON lines']],
    examples: ['anchorwatch posture exceptions'],
    run: async (invocation) => {
      const { own, surroundings } = invocation;
      const { terminal, stop } = surroundings;
      const { items } = await ask<{ readonly items: readonly ShownException[] }>(
        collectorAddress(invocation),
        '/api/v1/posture/exceptions',
        stop,
      );
      if (own['json'] === true) for (const item of items) terminal.out(jsonLine(item));
      else if (items.length === 0) terminal.err('There are no exceptions.');
      else {
        const rows = items.map(({ id, of, workload, container, node, owner, reason, expires }) => [
          ...[id, of, [workload, container, node].filter((one) => one !== undefined).join(' ') || 'all', owner],
          ...[Date.parse(expires) <= Date.now() ? `EXPIRED ${expires.slice(0, 10)}` : expires.slice(0, 10), reason],
        ]);
        for (const line of formatTable(['ID', 'OF', 'WHERE', 'OWNER', 'UNTIL', 'REASON'], rows)) terminal.out(line);
      }
      return exitStatus.done;
    },
  },
  {
    options: 'posture',
    usage: 'unexcept <id>',
    summary: 'an exception ends now',
    description:
      'Removes an exception that was made by the API; those of the file of the configuration are removed there.',
    flags: [['--json', 'one JSON object']],
    examples: ['anchorwatch posture unexcept 01JDAW0000000000000000000A'],
    run: async (invocation, id = '') => {
      const { terminal, stop } = invocation.surroundings;
      const path = `/api/v1/posture/exceptions/${encodeURIComponent(id)}`;
      await ask(collectorAddress(invocation), path, stop, undefined, 'DELETE');
      terminal.out(
        invocation.own['json'] === true
          ? jsonLine({ id, removed: true })
          : escapeForTerminal(`${id}: removed, what it was for counts again`),
      );
      return exitStatus.done;
    },
  },
  {
    options: 'posture',
    usage: 'changes',
    summary: 'how results changed over time',
    description: 'Lists how results of checks changed, the latest last.',
    flags: [...filters, ['--since <TIME>', 'from how long ago (15m, 1h, 7d) or from a time'], ['--json', 'JSON lines']],
    examples: ['anchorwatch posture changes --since 24h --severity warning'],
    run: async (invocation) => {
      const { own, surroundings } = invocation;
      const { terminal, stop } = surroundings;
      const query = queryOf(own, ['since']);
      query.set('limit', '1000');
      const { items, next } = await ask<{ readonly items: readonly ChangeItem[]; readonly next?: string }>(
        collectorAddress(invocation),
        `/api/v1/posture/changes?${query.toString()}`,
        stop,
      );
      for (const item of items.toReversed()) {
        const where = whoseOf(item);
        terminal.out(
          own['json'] === true
            ? jsonLine(item)
            : escapeForTerminal(
                `${item.time}  ${item.was} → ${item.result}  ${item.severity}  ${item.check}  ${where}`,
              ),
        );
      }
      if (next !== undefined) terminal.err('There are more: --since shows less.');
      return exitStatus.done;
    },
  },
];

interface ChangeItem extends Pick<PostureView, 'node' | 'check' | 'severity' | 'container' | 'workload'> {
  readonly time: string;
  readonly was: string;
  readonly result: string;
}
