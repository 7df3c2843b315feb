// npm run chaos [-- --rounds N --seed N | --real]: kills agent and collector, cuts and slows the network, fills disks and sets clocks; then counts.
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUsage, scriptArguments, wholeNumber } from '../support/script-arguments.ts';
import type { StoredAlert } from '../../src/model/alert.ts';
import { CollectorStore } from '../../src/store/collector-store.ts';
import { randomFrom } from '../fuzz/mutator.ts';
import { alertId } from '../support/alerts.ts';
import { mountTinyDisk, type TinyDisk } from '../support/tiny-disk.ts';
import { waitFor } from '../support/wait.ts';
import { Network } from './network.ts';
import { realChaos } from './real.ts';
import { Victim } from './victim.ts';

const token = 'a-token-of-the-agents';
const port = 7080;
const agentDiskBytes = 24 << 20;
/** What is raised in a thousand rounds fits. */
const collectorDiskBytes = 512 << 20;
/** Far longer than a start takes, for a machine that has much else to do. */
const startMs = 120_000;
const drainMs = 300_000;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const disturbances = ['none', 'cut', 'slow', 'agent-disk', 'collector-disk', 'agent-clock', 'collector-clock'] as const;
type Disturbance = (typeof disturbances)[number];

const usage = 'npm run chaos [-- --rounds N --seed N | --real]';
const { positionals, values } = scriptArguments(usage, {
  rounds: { type: 'string', default: '200' },
  seed: { type: 'string' },
  real: { type: 'boolean', default: false },
});
if (positionals.length > 0) endWithUsage(usage, `there is no ${positionals.join(' ')}`);
const rounds = wholeNumber(usage, 'rounds', values.rounds);
const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber(usage, 'seed', values.seed, 0);
say(values.real ? `seed ${seed}, the whole agent` : `seed ${seed}, ${rounds} rounds`);

const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-chaos-'));
const undo: (() => Promise<void> | void)[] = [() => rmSync(scratch, { recursive: true, force: true })];
try {
  if (values.real) await realChaos(randomFrom(seed), say);
  else await played();
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  for (const step of undo.toReversed()) await step();
}

async function played(): Promise<void> {
  const network = new Network(`aw${process.pid}`);
  undo.push(() => network.remove());
  const disks = { agent: mount(agentDiskBytes), collector: mount(collectorDiskBytes) };
  await run(network, disks);
}

function mount(sizeBytes: number): TinyDisk {
  const disk = mountTinyDisk(sizeBytes);
  if (typeof disk === 'string') throw new Error(disk);
  undo.push(() => disk.remove());
  return disk;
}

async function run(network: Network, disks: { readonly agent: TinyDisk; readonly collector: TinyDisk }): Promise<void> {
  const random = randomFrom(seed);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low));
  const among = <Value>(all: readonly Value[]): Value => all[between(0, all.length)] ?? (all[0] as Value);
  const address = `${network.address}:${port}`;
  const noted = join(scratch, 'noted');
  const script = (name: string): string => join(import.meta.dirname, name);
  const collector = new Victim(network.collector, script('collector-child.ts'), [disks.collector.path, address, token]);
  undo.push(() => collector.end());
  const agent = new Victim(network.agent, script('agent-child.ts'), [
    disks.agent.path,
    noted,
    `ws://${address}`,
    token,
  ]);
  undo.push(() => agent.end());

  undo.push(() => {
    if (process.exitCode === 1) say(`the agent said: ${agent.errors}\nthe collector said: ${collector.errors}`);
  });
  const full = new Set<TinyDisk>();
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const heal = (): void => {
    network.heal();
    for (const disk of full) disk.free();
    full.clear();
  };
  const fill = (disk: TinyDisk): void => {
    if (full.has(disk)) return;
    disk.fill();
    full.add(disk);
  };
  const disturb: Readonly<Record<Disturbance, () => void>> = {
    none: () => undefined,
    cut: () => network.cut(),
    slow: () => count(network.slow()),
    'agent-disk': () => fill(disks.agent),
    'collector-disk': () => fill(disks.collector),
    // A minute, an hour, a month, either way.
    'agent-clock': () => agent.setClock(among([-1, 1]) * among([60_000, 3_600_000, 2_592_000_000])),
    'collector-clock': () => collector.setClock(among([-1, 1]) * among([60_000, 3_600_000, 2_592_000_000])),
  };
  await waitFor('both to start', () => agent.ready && collector.ready, startMs);
  const startedMs = performance.now();
  for (let round = 1; round <= rounds; round += 1) {
    const disturbance = among(disturbances);
    count(disturbance);
    disturb[disturbance]();
    await sleep(between(0, 300));
    const [who, signal] = [random(), random() < 0.75 ? 'SIGKILL' : 'SIGTERM'] as const;
    const struck: Promise<void>[] = [];
    if (who < 0.6) struck.push(collector.strike(signal));
    if (who > 0.4) struck.push(agent.strike(signal));
    count(`${signal} of ${who < 0.4 ? 'the collector' : who > 0.6 ? 'the agent' : 'both'}`);
    await Promise.all(struck);
    // Some kills fall into a start, some disturbances outlive the round.
    if (random() < 0.7) {
      await waitFor('the agent to start', () => revived(agent, full, disks.agent), startMs);
      await waitFor('the collector to start', () => revived(collector, full, disks.collector), startMs);
    }
    if (random() < 0.7) heal();
    await sleep(between(0, 200));
    if (round % 20 === 0) say(`round ${round} of ${rounds}, ${readNoted(noted).size} alerts raised`);
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  heal();
  collector.revive();
  agent.revive();
  await waitFor('the collector', () => (collector.revive(), collector.ready), startMs);
  agent.finish();
  await waitFor(
    'the agent to deliver all',
    () => (collector.revive(), agent.revive(), agent.status !== undefined),
    drainMs,
  );
  collector.finish();
  await waitFor('the collector to end', () => collector.status !== undefined, startMs);
  say(`${rounds} rounds in ${seconds} s: ${[...counts].map(([what, times]) => `${what} ${times}`).join(', ')}`);
  if (agent.status !== 0) throw new Error(`the agent ended with ${agent.status}: ${agent.errors}`);
  await check(join(disks.collector.path, 'collector.db'), readNoted(noted));
}

/** Whether it is at work; one whose disk is full may not be able to start, which is no mistake. */
function revived(victim: Victim, full: ReadonlySet<TinyDisk>, disk: TinyDisk): boolean {
  victim.revive();
  return victim.ready || full.has(disk);
}

/** Alerts that an outbox had taken, by number, with the count of the last copy. */
function readNoted(path: string): ReadonlyMap<number, number> {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // Nothing was raised yet.
  }
  const pairs = text
    .split('\n')
    .filter((line) => /^\d+ \d+$/.test(line))
    .map((line) => line.split(' ').map(Number) as [number, number]);
  const found = new Map<number, number>();
  for (const [number, count] of pairs) found.set(number, Math.max(count, found.get(number) ?? 0));
  return found;
}

async function check(path: string, noted: ReadonlyMap<number, number>): Promise<void> {
  const store = await CollectorStore.open(path);
  undo.push(() => store.close());
  const all: StoredAlert[] = [];
  for (let page = await store.after(0, 1000); page.length > 0; page = await store.after(all.length, 1000))
    all.push(...page);
  const raised = all.filter(({ detector }) => detector !== 'collector');
  const problems: string[] = [];
  const chain = await store.verifyChain();
  if (chain.brokenAt !== undefined || chain.alerts !== all.length)
    problems.push(`the chain breaks at ${chain.brokenAt}`);
  if (all.some(({ seq }, index) => seq !== index + 1)) problems.push('the log has gaps');
  const counts = new Map(raised.map(({ id, count }) => [id, count]));
  if (counts.size !== raised.length) problems.push(`${raised.length - counts.size} alerts are stored twice`);
  const missing = [...noted].filter(([number]) => !counts.has(alertId(number)));
  if (missing.length > 0) problems.push(`${missing.length} alerts are missing, the first is ${missing[0]?.[0]}`);
  const behind = [...noted].filter(([number, count]) => (counts.get(alertId(number)) ?? 0) < count);
  if (behind.length > missing.length) problems.push(`${behind.length - missing.length} repetitions are missing`);
  const last = new Map<string, string>();
  let swapped = 0;
  for (const { id, container } of raised) {
    if (id <= (last.get(container.id) ?? '')) swapped += 1;
    last.set(container.id, id);
  }
  if (swapped > 0) problems.push(`${swapped} alerts come before an earlier one of their container`);
  const own = all.length - raised.length;
  say(`${noted.size} alerts were kept by the agent, ${raised.length} are stored, ${own} of the collector's own`);
  if (problems.length > 0) throw new Error(problems.join('; '));
  say('every alert is stored exactly once, the chain verifies, the order within containers holds');
}
