// npm run bench [-- NAME…] [--runs N] [--json]: what the agent costs a workload and the node, with and without it in turns in one run.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startEngine } from '../containers/engine.ts';
import { type Product, startProduct } from '../containers/product.ts';
import { benchCollector } from './collector-bench.ts';
import { type Figure, print } from './figures.ts';
import { countProgramTime, cpuMicros, programTimes, residentMb, traceNothing } from './node-cost.ts';
import { startWorkloads, type Workload, workloadNames } from './workloads.ts';

const learnMs = 20_000;
const settleMs = 6_000;
const idleMs = 5_000;
const memoryMarkMb = 120;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '7' }, json: { type: 'boolean', default: false } },
});
const all = [...workloadNames, 'programs', 'collector'];
const wanted = positionals.length > 0 ? positionals : all;
const unknown = wanted.filter((name) => !all.includes(name));
const rounds = Number(values.runs);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  say(`not available: ${unknown.join(' ')}; there are ${all.join(' ')}`);
  process.exit(2);
}

const containerNames = wanted.filter((name) => workloadNames.includes(name));
if (containerNames.length > 0 || wanted.includes('programs'))
  for (const figure of await benchAgent(containerNames.length > 0 ? containerNames : workloadNames))
    print(figure, values.json);
if (wanted.includes('collector')) for (const figure of await benchCollector(rounds, say)) print(figure, values.json);
process.exit(0);

/** `floor`: no agent, but one system call tracepoint that nothing hits is on. */
type Side = 'without' | 'floor' | 'with';

async function benchAgent(names: readonly string[]): Promise<readonly Figure[]> {
  const undo: (() => Promise<void> | void)[] = [];
  const results = new Map<
    string,
    { [side in Side]: number[] } & { agent: number[]; idle: number[]; memory: number[]; lost: number[] }
  >(names.map((name) => [name, { without: [], floor: [], with: [], agent: [], idle: [], memory: [], lost: [] }]));
  try {
    const engine = await startEngine();
    undo.push(() => engine.stop());
    const started = await startWorkloads(engine, names);
    const { workloads } = started;
    undo.push(() => {
      started.stop();
    });
    say(`learning for ${learnMs / 1000} s …`);
    let product: Product | undefined = await startProduct(engine.host, ['--slice', '5s', '--startup', '1s']);
    const { state } = product;
    undo.push(() => {
      rmSync(state, { recursive: true, force: true });
    });
    undo.push(async () => {
      traceNothing(false);
      await product?.kill('SIGTERM');
    });
    const endMs = Date.now() + learnMs;
    while (Date.now() < endMs) {
      for (const workload of workloads.values()) await workload.run(workload.warmUp);
      await sleep(500);
    }
    await product.kill('SIGTERM');
    product = undefined;

    const sides: readonly Side[] = ['without', 'floor', 'with'];
    for (let round = 0; round < rounds; round++) {
      // Which comes first changes, so that a drift of the machine favours none.
      for (let turn = 0; turn < sides.length; turn++) {
        const side = sides[(round + turn) % sides.length] ?? 'with';
        if (side === 'with') product = await startProduct(engine.host, [], state);
        traceNothing(side === 'floor');
        for (const workload of workloads.values()) await workload.run(workload.warmUp);
        const idle = product === undefined ? 0 : await idleShare(product);
        for (const [name, workload] of workloads) {
          const result = results.get(name);
          if (result === undefined) continue;
          const lostBefore = product === undefined ? 0 : await lostBy(product);
          const cpuBefore = product === undefined ? 0 : cpuMicros(product.pid);
          const startedMs = performance.now();
          result[side].push(await workload.run());
          if (product === undefined) continue;
          const idleMicros = idle * (performance.now() - startedMs) * 1000;
          result.agent.push(Math.max(0, cpuMicros(product.pid) - cpuBefore - idleMicros) / workload.operations);
          result.idle.push(idle * 100);
          result.memory.push(residentMb(product.pid));
          result.lost.push((await lostBy(product)) - lostBefore);
        }
        traceNothing(false);
        if (product === undefined) continue;
        // Counters of the kernel reach the metrics with the next report.
        const before = await lostBy(product);
        await sleep(settleMs);
        results.get(names[0] ?? '')?.lost.push((await lostBy(product)) - before);
        await product.kill('SIGTERM');
        product = undefined;
      }
      const ratio = (name: string): string => {
        const { with: w = [], without: wo = [] } = results.get(name) ?? {};
        return ((w.at(-1) ?? 0) / (wo.at(-1) ?? 1)).toFixed(3);
      };
      say(`round ${round + 1} of ${rounds}: ${names.map((name) => `${name} ${ratio(name)}`).join('  ')}`);
    }
    const programs: readonly Figure[] = wanted.includes('programs')
      ? await timePrograms(await startProduct(engine.host, [], state), workloads)
      : [];
    const costs = [...results].flatMap(([name, { agent, idle, lost, memory, ...sides_ }]): readonly Figure[] => {
      const ratios = (side: Side): readonly number[] =>
        sides_[side].map((value, round) => value / (sides_.without[round] ?? value));
      const { mark, agentMark } = workloads.get(name) ?? {};
      return [
        { name, metric: 'slowdown', all: ratios('with'), unit: 'ratio', ...(mark === undefined ? {} : { mark }) },
        { name, metric: 'floor', all: ratios('floor'), unit: 'ratio' },
        { name, metric: 'costWithoutUs', all: sides_.without, unit: 'µs' },
        {
          name,
          metric: 'agentMicrosPerOp',
          all: agent,
          unit: 'µs',
          ...(agentMark === undefined ? {} : { mark: agentMark }),
        },
        { name, metric: 'agentIdlePercent', all: idle, unit: '% core' },
        { name, metric: 'memoryMb', all: memory, unit: 'MB', mark: memoryMarkMb },
        { name, metric: 'lost', all: [lost.reduce((sum, count) => sum + count, 0)], unit: 'records', mark: 0 },
      ];
    });
    return [...costs, ...programs];
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** Share of a core that agent and collector use while nothing happens; it is no part of what an operation costs. */
async function idleShare(product: Product): Promise<number> {
  await sleep(1_000);
  const [before, startedMs] = [cpuMicros(product.pid), performance.now()];
  await sleep(idleMs);
  return (cpuMicros(product.pid) - before) / ((performance.now() - startedMs) * 1000);
}

/** What one run of each of the sensor's programs takes under all these loads, by the kernel's own statistics; ends the product. */
async function timePrograms(product: Product, workloads: ReadonlyMap<string, Workload>): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  countProgramTime(true);
  try {
    for (const [load, workload] of workloads) {
      const before = programTimes();
      await workload.run();
      for (const [name, { runs, ns }] of programTimes()) {
        const [runsThen, nsThen] = [before.get(name)?.runs ?? 0, before.get(name)?.ns ?? 0];
        // What ran a handful of times says nothing about the load.
        if (runs - runsThen < 100) continue;
        const value = (ns - nsThen) / (runs - runsThen);
        figures.push({ name: `${load}: ${name}`, metric: 'nanosPerRun', all: [value], unit: 'ns' });
      }
    }
  } finally {
    countProgramTime(false);
    await product.kill('SIGTERM');
  }
  return figures;
}

/** Records that the sensor could not keep so far, as the metrics tell. What a rate limit holds back on purpose is not among them. */
async function lostBy(product: Product): Promise<number> {
  const reasons =
    /^anchorwatch_sensor_lost_total.*reason="(ring_full|scratch_busy|unreadable|known_full|storage_full)"/;
  return (await product.metrics())
    .split('\n')
    .filter((line) => reasons.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
