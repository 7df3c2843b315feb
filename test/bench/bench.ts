// npm run bench [-- NAME…] [--runs N] [--rows N] [--seconds N] [--json]: what the agent costs a workload and the node, with and without it in turns in one run; other
// monitors that are installed take their turns, too.
import { startEngine } from '../containers/engine.ts';
import type { Command } from '../containers/product.ts';
import { endWithUsage, scriptArguments, wholeNumber } from '../support/script-arguments.ts';
import { benchAgents } from './agents-bench.ts';
import { benchAudit } from './audit-bench.ts';
import { benchKubernetes } from './kubernetes-bench.ts';
import { benchCollector } from './collector-bench.ts';
import { benchFleet } from './fleet-bench.ts';
import { type Figure, median, print } from './figures.ts';
import { installedMonitors, startMonitor } from './monitors.ts';
import type { RunningMonitor } from './monitors.ts';
import { countProgramTime, cpuMicros, programTimes, residentMb, traceNothing } from './node-cost.ts';
import { benchHistory } from './history-bench.ts';
import { benchMemory } from './memory-bench.ts';
import { benchPeers } from './peers-bench.ts';
import { benchPosture } from './posture-bench.ts';
import { benchProfiles } from './profile-bench.ts';
import { benchReplay } from './replay-bench.ts';
import { Result } from './result.ts';
import type { Side } from './result.ts';
import { benchStore } from './store-bench.ts';
import { startWatch, type Watch } from './watch.ts';
import { startWorkloads, type Workload, workloadNames } from './workloads.ts';

const learnMs = 60_000;
const settleMs = 6_000;
const startMs = 16_000;
const idleMs = 5_000;
/** Measurements of a load on each side of a round, of which the median counts: what else happens on the machine comes in bursts. */
const repeats = 5;
const memoryMarkMb = 120;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** What is measured beside the agent's cost for {@link workloadNames}. `rounds`: of the runs that are asked for, as many as it takes. */
const apart: Readonly<Record<string, (rounds: number) => Promise<readonly Figure[]>>> = {
  collector: (rounds) => benchCollector(rounds, say),
  agents: () => benchAgents(say),
  store: (rounds) => benchStore(Math.min(rounds, 3), rows, say),
  'replay-score': (rounds) => benchReplay(rounds, say),
  history: (rounds) => benchHistory(rounds, say),
  profiles: (rounds) => benchProfiles(rounds, say),
  audit: (rounds) => benchAudit(rounds, say),
  kubernetes: (rounds) => benchKubernetes(Math.min(rounds, 3), say),
  memory: (rounds) => benchMemory(Math.min(rounds, 3), seconds, say),
  posture: (rounds) => benchPosture(rounds, say),
  peers: (rounds) => benchPeers(Math.min(rounds, 3), say),
  fleet: (rounds) => benchFleet(rounds, say),
};
/** What takes a minute a run is measured when it is asked for. */
const asked = new Set(['flood', 'agents', 'store', 'memory', 'peers']);
const all = [...workloadNames, 'programs', ...Object.keys(apart)];
const usage = `npm run bench [-- NAME…] [--runs N] [--rows N] [--seconds N] [--json]
names: ${all.map((name) => (asked.has(name) ? `(${name})` : name)).join(' ')}; all but those in brackets when none is given`;

const { positionals, values } = scriptArguments(usage, {
  runs: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
  rows: { type: 'string', default: '1000000' },
  seconds: { type: 'string', default: '120' },
});
const rounds = wholeNumber(usage, 'runs', values.runs);
const rows = wholeNumber(usage, 'rows', values.rows);
const seconds = wholeNumber(usage, 'seconds', values.seconds);
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0) endWithUsage(usage, `there is no ${unknown.join(' ')}`);
const wanted = positionals.length > 0 ? positionals : all.filter((name) => !asked.has(name));

const containerNames = wanted.filter((name) => workloadNames.includes(name));
if (containerNames.length > 0 || wanted.includes('programs'))
  for (const figure of await benchAgent(containerNames.length > 0 ? containerNames : workloadNames))
    print(figure, values.json);
for (const [name, measure] of Object.entries(apart))
  if (wanted.includes(name)) for (const figure of await measure(rounds)) print(figure, values.json);
process.exit(0);

async function benchAgent(names: readonly string[]): Promise<readonly Figure[]> {
  const undo: (() => Promise<void> | void)[] = [];
  const results = new Map<string, Result>(names.map((name) => [name, new Result()]));
  const monitors = installedMonitors();
  try {
    const engine = await startEngine();
    undo.push(() => engine.stop());
    const started = await startWorkloads(engine, names);
    const { workloads } = started;
    undo.push(() => {
      started.stop();
    });
    say(`learning for ${learnMs / 1000} s …`);
    const watch = await startWatch(engine.host);
    undo.push(() => watch.stop());
    let agent: Command | undefined = await watch.startAgent(['--slice', '5s', '--startup', '1s']);
    const beside: RunningMonitor[] = [];
    undo.push(async () => {
      traceNothing(false);
      for (const other of beside) await other.stop();
      await agent?.kill('SIGTERM');
    });
    // First each for a moment, so that none is news to a profile that knows the others; then as much at a time as is measured later, the shortest
    // first: how often it is done is learned as well as what.
    const endMs = Date.now() + learnMs;
    for (const workload of workloads.values()) await workload.run(workload.warmUp);
    const longer = [...workloads.values()].filter(({ longOperations }) => longOperations !== undefined);
    longer.sort((a, b) => (a.longOperations ?? 0) - (b.longOperations ?? 0));
    do {
      for (const workload of longer) await workload.run(workload.longOperations);
      for (const workload of workloads.values()) await workload.run(workload.warmUp);
    } while (Date.now() < endMs);
    await agent.kill('SIGTERM');
    agent = undefined;

    const learned = watch.alerts.length;
    const alerted = new Set<string>();
    const others = monitors.map(({ name }): Side => `monitor ${name}`);
    const sides: readonly Side[] = ['without', 'floor', 'with', ...others];
    for (let round = 0; round < rounds; round++) {
      // Which comes first changes, so that a drift of the machine favours none.
      for (let turn = 0; turn < sides.length; turn++) {
        const side = sides[(round + turn) % sides.length] ?? 'with';
        if (side === 'with') agent = await watch.startAgent();
        const monitor = monitors.find(({ name }) => side === `monitor ${name}`);
        const other = monitor === undefined ? undefined : await startMonitor(monitor);
        if (other !== undefined) beside.push(other);
        traceNothing(side === 'floor');
        for (const workload of workloads.values()) await workload.run(workload.warmUp);
        // The first question for the metrics compiles what answers it; the start's garbage goes some eight seconds after it, and its pages after 15.
        if (agent !== undefined) await sleep(startMs);
        const pid = agent?.pid ?? other?.pid;
        const idle = agent === undefined ? 0 : await idleShare(agent.pid);
        for (const [name, workload] of workloads) {
          const result = results.get(name);
          if (result === undefined) continue;
          const before = await toldBy(watch);
          const alertsBefore = watch.alerts.length;
          let [cpuBefore, startedMs] = [pid === undefined ? 0 : cpuMicros(pid), performance.now()];
          const costs: number[] = [];
          let operations = 0;
          for (let i = 0; i < (workload.repeats ?? repeats); i++) {
            const cost = await workload.run();
            costs.push(cost.micros);
            operations += cost.operations;
          }
          result.costs(side).push(median(costs));
          if (pid === undefined) continue;
          if (workload.longOperations !== undefined) {
            [cpuBefore, startedMs] = [cpuMicros(pid), performance.now()];
            ({ operations } = await workload.run(workload.longOperations));
          }
          const idleMicros = idle * (performance.now() - startedMs) * 1000;
          const micros = Math.max(0, cpuMicros(pid) - cpuBefore - idleMicros) / operations;
          const memoryMb = residentMb(pid);
          if (monitor !== undefined) result.other(monitor.name, { micros, memoryMb });
          if (agent === undefined) continue;
          result.agent.push(micros);
          result.idle.push(idle * 100);
          result.memory.push(memoryMb);
          const told = await toldBy(watch);
          result.lost.push(told.lost - before.lost);
          result.events.push(told.events - before.events);
          result.alerts.push(watch.alerts.length - alertsBefore);
        }
        traceNothing(false);
        await other?.stop();
        if (other !== undefined) beside.splice(beside.indexOf(other), 1);
        if (agent === undefined) continue;
        // Counters of the kernel reach the metrics with the next report.
        const before = await toldBy(watch);
        await sleep(settleMs);
        results.get(names[0] ?? '')?.lost.push((await toldBy(watch)).lost - before.lost);
        for (const { key, title } of watch.alerts.slice(learned)) alerted.add(`${title} (${key})`);
        await agent.kill('SIGTERM');
        agent = undefined;
      }
      const ratio = (name: string): string => {
        const result = results.get(name);
        return ((result?.costs('with').at(-1) ?? 0) / (result?.costs('without').at(-1) ?? 1)).toFixed(3);
      };
      say(`round ${round + 1} of ${rounds}: ${names.map((name) => `${name} ${ratio(name)}`).join('  ')}`);
    }
    // What is told once costs more until it is quiet again: the container is captured. Loads that are learned raise nothing.
    for (const title of alerted) say(`an alert was raised beside the loads: ${title}`);
    const programs: readonly Figure[] = wanted.includes('programs')
      ? await timePrograms(await watch.startAgent(), workloads)
      : [];
    const costs = [...results].flatMap(([name, result]): readonly Figure[] => {
      const { agent: cost, idle, lost, memory, events, alerts } = result;
      const ratios = (side: Side): readonly number[] =>
        result.costs(side).map((value, round) => value / (result.costs('without')[round] ?? value));
      const { mark, agentMark } = workloads.get(name) ?? {};
      return [
        { name, metric: 'slowdown', all: ratios('with'), unit: 'ratio', ...(mark === undefined ? {} : { mark }) },
        { name, metric: 'floor', all: ratios('floor'), unit: 'ratio' },
        { name, metric: 'costWithoutUs', all: result.costs('without'), unit: 'µs' },
        {
          name,
          metric: 'agentMicrosPerOp',
          all: cost,
          unit: 'µs',
          ...(agentMark === undefined ? {} : { mark: agentMark }),
        },
        { name, metric: 'agentIdlePercent', all: idle, unit: '% core' },
        { name, metric: 'memoryMb', all: memory, unit: 'MB', mark: memoryMarkMb },
        { name, metric: 'eventsPerRun', all: events, unit: 'events' },
        { name, metric: 'alerts', all: [alerts.reduce((sum, count) => sum + count, 0)], unit: 'alerts', mark: 0 },
        { name, metric: 'lost', all: [lost.reduce((sum, count) => sum + count, 0)], unit: 'records', mark: 0 },
        ...monitors.flatMap(({ name: monitor }): readonly Figure[] => [
          { name, metric: `${monitor}.slowdown`, all: ratios(`monitor ${monitor}`), unit: 'ratio' },
          {
            name,
            metric: `${monitor}.microsPerOp`,
            all: result.others(monitor).map(({ micros }) => micros),
            unit: 'µs',
          },
          {
            name,
            metric: `${monitor}.memoryMb`,
            all: result.others(monitor).map(({ memoryMb }) => memoryMb),
            unit: 'MB',
          },
        ]),
      ];
    });
    return [...costs, ...programs];
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** Share of a core that the agent uses while nothing happens; it is no part of what an operation costs. */
async function idleShare(pid: number): Promise<number> {
  await sleep(1_000);
  const [before, startedMs] = [cpuMicros(pid), performance.now()];
  await sleep(idleMs);
  return (cpuMicros(pid) - before) / ((performance.now() - startedMs) * 1000);
}

/** What one run of each of the sensor's programs takes under all these loads, by the kernel's own statistics; ends the agent. */
async function timePrograms(agent: Command, workloads: ReadonlyMap<string, Workload>): Promise<readonly Figure[]> {
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
    await agent.kill('SIGTERM');
  }
  return figures;
}

/** What reached the agent so far, and what the sensor could not keep; what a rate limit holds back on purpose is not among that. */
async function toldBy(watch: Watch): Promise<{ readonly lost: number; readonly events: number }> {
  const sumOf = (metric: string, pattern: RegExp): number =>
    metric
      .split('\n')
      .filter((line) => pattern.test(line))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  const text = await watch.metrics();
  return {
    events: sumOf(text, /^anchorwatch_events_total/),
    lost: sumOf(
      text,
      /^anchorwatch_sensor_lost_total.*reason="(ring_full|scratch_busy|unreadable|known_full|storage_full)"/,
    ),
  };
}
