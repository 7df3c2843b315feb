import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stateCandidates } from '../config/state-directory.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import type { ChainProgress } from '../model/chain.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';
import type { ChainVerdict } from '../collector/store-tools.ts';

/** The verdict, and what was looked at: an address or a file. */
interface Verified extends ChainVerdict {
  readonly where: string;
}

/** `SEQ:HASH`, as this command prints the end of the chain. @throws AnchorwatchError `bad-option` */
function parseHead(text: string | boolean | undefined): { readonly seq: number; readonly hash: string } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(String(text));
  if (match === null)
    throw new AnchorwatchError(
      'bad-option',
      `--head: ${JSON.stringify(text)} is not SEQ:HASH, as this command prints it`,
    );
  return { seq: Number(match[1]), hash: match[2] ?? '' };
}

async function verifyCollector(
  address: Peer,
  stop: AbortSignal,
  met: (step: ChainProgress) => void,
): Promise<Verified> {
  const whole = async (of: 'alerts' | 'audit', told: typeof met): Promise<Omit<ChainVerdict, 'audit'>> => {
    let [alerts, after] = [0, ''];
    for (;;) {
      const step = await ask<ChainProgress>(address, `/api/v1/chain/verify?of=${of}${after}`, stop);
      const { checked, at, done, removed, fault } = step;
      alerts += checked;
      told(step);
      if (done) return { alerts, end: at, removed, ...(fault === undefined ? {} : { fault }) };
      after = `&after=${String(at.seq)}.${at.hash}`;
    }
  };
  const chain = await whole('alerts', met);
  const { alerts: records, ...trail } = await whole('audit', () => undefined);
  return { where: address.url, ...chain, audit: { records, ...trail } };
}

async function verifyStore(path: string): Promise<Verified> {
  const { verifyFile } = await import('../collector/store-tools.ts');
  return { where: path, ...verifyFile(path) };
}

/** The file of `--store` when it was given; else the collector; else, when none answers, the file in the state directory. */
async function verdictOf(invocation: Invocation): Promise<Verified> {
  const { settings, surroundings } = invocation;
  if (settings.store !== undefined) return verifyStore(settings.store);
  const begunMs = Date.now();
  let [alerts, toldMs] = [0, begunMs];
  const met = ({ checked }: ChainProgress): void => {
    alerts += checked;
    if (Date.now() - toldMs < 2000) return;
    toldMs = Date.now();
    surroundings.terminal.err(`${String(alerts)} alerts checked …`);
  };
  try {
    return await verifyCollector(collectorAddress(invocation), surroundings.stop, met);
  } catch (error) {
    const path = storeInState(settings.state);
    if (!(error instanceof AnchorwatchError) || error.code !== 'collector-unreachable' || path === undefined)
      throw error;
    return verifyStore(path);
  }
}

/** The file of a collector that used this state directory. */
export function storeInState(state: string | undefined): string | undefined {
  return stateCandidates(state)
    .map((directory) => join(directory, 'collector.db'))
    .find((path) => existsSync(path));
}

/** What people read. */
function describe(verified: Verified, expectation: string | undefined): readonly string[] {
  const { audit } = verified;
  const before = audit.removed === 0 ? '' : ` Retention removed ${String(audit.removed)} before them.`;
  const trail =
    audit.fault === undefined
      ? `The audit trail is whole: ${String(audit.records)} records.${before}`
      : `The audit trail is broken at record ${String(audit.fault.seq)} (${audit.fault.what}): ${audit.fault.detail}.`;
  return [...describeChain(verified, expectation), trail];
}

function describeChain(
  { where, alerts, end, removed, fault }: Verified,
  expectation: string | undefined,
): readonly string[] {
  const retained = removed === 0 ? [] : [`Retention removed ${String(removed)} alerts before them.`];
  if (fault !== undefined)
    return [
      `${where}: the chain is broken at alert ${String(fault.seq)} (${fault.what}): ${fault.detail}.`,
      `${String(alerts)} alerts before it are whole.`,
      ...retained,
    ];
  if (expectation !== undefined) return [`${where}: ${expectation}`];
  return [
    `${where}: the chain is whole: ${String(alerts)} alerts.`,
    ...retained,
    `It ends at ${String(end.seq)}:${end.hash}`,
  ];
}

/** `anchorwatch verify` */
export const verify: CommandDefinition = {
  options: 'verify',
  usage: 'verify',
  summary: 'prove that no stored alert and no record of the audit trail was altered, removed or inserted',
  description:
    'Follows the chain of alerts from the first to the last: every hash, every link, and what stands beside the text of each alert; then that of the audit trail (who changed what through the API). Asks the ' +
    'collector; with --store, or when none answers, it reads the file itself. Ends with status 1 and names the first alert that is not as it ' +
    'was stored. What it prints as the end of the chain can be kept elsewhere and given to --head later: that finds a chain that was computed ' +
    'anew by somebody who can write every file of the collector, which nothing on that machine can.',
  flags: [
    ['--head <SEQ:HASH>', 'the chain must contain this alert with this hash, as an earlier run printed it'],
    ['--json', 'one JSON object'],
  ],
  examples: [
    'anchorwatch verify',
    'anchorwatch verify --store sqlite:/var/lib/anchorwatch/collector.db',
    'anchorwatch verify --json | jq -r \'"\\(.end.seq):\\(.end.hash)"\'   to be kept elsewhere',
  ],
  run: async (invocation) => {
    const { terminal } = invocation.surroundings;
    const head = parseHead(invocation.own['head']);
    const verdict = await verdictOf(invocation);
    const expectation =
      head === undefined || verdict.fault !== undefined ? undefined : await differs(invocation, verdict, head);
    const whole = [verdict.fault, verdict.audit.fault, expectation].every((wrong) => wrong === undefined);
    if (invocation.own['json'] === true)
      terminal.out(jsonLine({ whole, ...verdict, ...(expectation === undefined ? {} : { head: expectation }) }));
    else for (const line of describe(verdict, expectation)) terminal.out(escapeForTerminal(line));
    return whole ? exitStatus.done : exitStatus.failed;
  },
};

/** Whether the chain goes through a place that was noted elsewhere; what is wrong, or undefined. */
async function differs(
  invocation: Invocation,
  { where, end }: Verified,
  head: { readonly seq: number; readonly hash: string },
): Promise<string | undefined> {
  if (head.seq > end.seq)
    return `the chain ends at ${String(end.seq)}, but it had an alert ${String(head.seq)}: it was cut off`;
  if (head.seq === end.seq)
    return head.hash === end.hash
      ? undefined
      : `alert ${String(head.seq)} has another hash: the chain was computed anew`;
  // The alert after it, if the hash is the one that was noted, follows it: a step from there finds out.
  if (!where.startsWith('http')) {
    const { hashInFile } = await import('../collector/store-tools.ts');
    return hashInFile(where, head.seq) === head.hash
      ? undefined
      : `alert ${String(head.seq)} is gone or has another hash`;
  }
  const path = `/api/v1/chain/verify?after=${String(head.seq)}.${head.hash}`;
  const step = await ask<ChainProgress>(collectorAddress(invocation), path, invocation.surroundings.stop);
  return step.fault === undefined ? undefined : `alert ${String(head.seq)} is gone or has another hash`;
}
