import { AnchorwatchError } from '../lib/errors.ts';
import { packageUses, vulnerabilitySeverities } from '../model/vulnerability.ts';
import type { VulnerabilitySeverity, VulnerabilityView } from '../model/vulnerability.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { formatTable, jsonLine } from './terminal.ts';

interface Page {
  readonly items: readonly VulnerabilityView[];
  readonly next?: string;
}

function severityOf(flag: string, given: unknown): VulnerabilitySeverity | undefined {
  if (given === undefined) return undefined;
  const severity = vulnerabilitySeverities.find((one) => one === given);
  if (severity !== undefined) return severity;
  const words = vulnerabilitySeverities.join(', ');
  throw new AnchorwatchError('bad-option', `--${flag}: ${JSON.stringify(given)} is not one of ${words}`);
}

async function run(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  severityOf('severity', own['severity']);
  const failOn = severityOf('fail-on', own['failOn']);
  const address = collectorAddress(invocation);
  const query = new URLSearchParams({ limit: '1000' });
  for (const name of ['workload', 'container', 'node', 'id', 'package', 'severity', 'use']) {
    const value = own[name];
    if (typeof value === 'string') query.set(name, value);
  }
  const all: VulnerabilityView[] = [];
  for (;;) {
    const { items, next } = await ask<Page>(address, `/api/v1/vulnerabilities?${query.toString()}`, stop);
    all.push(...items);
    if (next === undefined) break;
    query.set('after', next);
  }
  if (own['json'] === true) for (const one of all) terminal.out(jsonLine(one));
  else show(all, invocation);
  const grave = all.filter(
    ({ severity, use }) =>
      failOn !== undefined &&
      use === 'used' &&
      vulnerabilitySeverities.indexOf(severity) <= vulnerabilitySeverities.indexOf(failOn),
  );
  if (grave.length === 0) return exitStatus.done;
  terminal.err(`${String(grave.length)} of at least ${String(failOn)} are in what is used.`);
  return exitStatus.met;
}

function show(all: readonly VulnerabilityView[], { surroundings: { terminal } }: Invocation): void {
  const rows = all.map(({ use, severity, id, package: name, version, fixed, workload, container, evidence }) => [
    ...[use, severity, id, `${name} ${version}`, fixed === '' ? '-' : fixed],
    ...[`${workload?.name ?? container.name} (${container.name})`, evidence],
  ]);
  if (rows.length > 0)
    for (const line of formatTable(['USE', 'SEVERITY', 'ID', 'PACKAGE', 'FIXED IN', 'WHERE', 'WHY'], rows))
      terminal.out(line);
  const counts = packageUses.map((use) => `${String(all.filter((one) => one.use === use).length)} ${use}`);
  terminal.err(`${counts.join(', ')}.`);
}

/** `anchorwatch posture vulnerabilities` */
export const vulnerabilities: CommandDefinition = {
  options: 'posture',
  usage: 'vulnerabilities',
  summary: 'known vulnerabilities of what runs: those in what is used first',
  description:
    'Lists what the reports of scanners (--vulnerability-reports of the agent) say about the images of running containers, joined with what the containers do: a ' +
    'package that was executed, mapped or read ranks above one that may be in use, and that above one that was never seen. With --fail-on the exit status is 3 when ' +
    'something so grave is in a package that is used.',
  flags: [
    ['--workload <NAME>', 'of this workload only, by name or id'],
    ['--container <NAME>', 'of this container only, by name or id'],
    ['--node <NAME>', 'of this node only'],
    ['--id <ID>', 'this one only: CVE-2024-3094'],
    ['--package <NAME>', 'of this package only'],
    ['--severity <LEVEL>', `of at least this severity: ${vulnerabilitySeverities.join(', ')}`],
    ['--use <USES>', 'some of used,unknown,unused (default: all)'],
    ['--fail-on <LEVEL>', 'exit status 3 when one that is at least so grave is in what is used'],
    ['--json', 'JSON lines, as the API serves them'],
  ],
  examples: [
    'anchorwatch posture vulnerabilities --use used --severity high',
    'anchorwatch posture vulnerabilities --workload shop/web --fail-on critical   in a pipeline',
  ],
  run,
};
