// npm run bench [-- NAME…] [--runs N] [--json]: what the agent costs a workload and the node, with and without it in turns in one run.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngine } from '../containers/engine.ts';
import { type Product, startProduct } from '../containers/product.ts';

interface Bench {
  readonly mode: string;
  readonly count: number;
  readonly file: string;
  /** First mark for the slow-down, where the project has set one. */
  readonly mark?: number;
}

const benches: Readonly<Record<string, Bench>> = {
  'open-close': { mode: 'open', count: 200_000, file: '/srv/data', mark: 1.25 },
  'open-many': { mode: 'many', count: 100_000, file: '/srv/many/f' },
  'open-new': { mode: 'new', count: 20_000, file: '/srv/new' },
  connect: { mode: 'connect', count: 15_000, file: '-', mark: 1.1 },
  exec: { mode: 'exec', count: 1_000, file: '/bin/true', mark: 1.05 },
  getppid: { mode: 'null', count: 2_000_000, file: '-', mark: 1.1 },
};
const learnMs = 20_000;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '7' }, json: { type: 'boolean', default: false } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = wanted.filter((name) => benches[name] === undefined);
const rounds = Number(values.runs);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  say(`not available: ${unknown.join(' ')}; there are ${Object.keys(benches).join(' ')}`);
  process.exit(2);
}

interface Cost {
  readonly cpuUs: number;
  readonly wallUs: number;
}

const undo: (() => Promise<void> | void)[] = [];
try {
  const engine = await startEngine();
  undo.push(() => engine.stop());
  const work = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  undo.push(() => {
    rmSync(work, { recursive: true, force: true });
  });
  const base = await engine.busyboxImage();
  const context = join(work, 'image');
  mkdirSync(context);
  execFileSync('clang', ['-O2', '-static', '-o', join(context, 'load'), new URL('load.c', import.meta.url).pathname]);
  await engine.cli('run', '--name', 'bench-make', '-d', base, '/bin/sleep', '3600');
  await engine.cli('cp', join(context, 'load'), 'bench-make:/bin/load');
  const files =
    'mkdir -p /srv/many; echo x > /srv/data; i=0; while [ $i -lt 20000 ]; do : > /srv/many/f-$i; i=$((i+1)); done';
  await engine.cli('exec', 'bench-make', '/bin/sh', '-c', files);
  await engine.cli('commit', 'bench-make', 'anchorwatch-test/bench:1');
  await engine.cli('rm', '-f', 'bench-make');
  cpSync(join(context, 'load'), join(work, 'load'));

  // The loads are started by a shell that runs from the container's start, so that it is the workload that does them.
  const mailbox = join(work, 'mailbox');
  mkdirSync(mailbox);
  const server =
    'while :; do if [ -e /mail/go ]; then read line < /mail/go; rm /mail/go; /bin/load $line > /mail/part 2>&1; mv /mail/part /mail/done; fi; sleep 0.05; done';
  const load = async ({ file, mode, count }: Bench): Promise<Cost> => {
    rmSync(join(mailbox, 'done'), { force: true });
    if (mode === 'new') await engine.cli('exec', 'bench', '/bin/sh', '-c', 'cd /srv && ls | grep ^new | xargs rm -f');
    execFileSync('/bin/sh', [
      '-c',
      `echo ${file} ${mode} ${count} > ${mailbox}/part-go && mv ${mailbox}/part-go ${mailbox}/go`,
    ]);
    for (;;) {
      await sleep(20);
      try {
        return JSON.parse(readFileSync(join(mailbox, 'done'), 'utf8')) as Cost;
      } catch (error) {
        if (error instanceof SyntaxError)
          throw new Error(`the load failed: ${readFileSync(join(mailbox, 'done'), 'utf8')}`, { cause: error });
      }
    }
  };
  await engine.cli(
    'run',
    '-d',
    '--name',
    'bench',
    '-v',
    `${mailbox}:/mail`,
    'anchorwatch-test/bench:1',
    '/bin/sh',
    '-c',
    server,
  );

  say(`learning for ${learnMs / 1000} s …`);
  const options = ['--slice', '5s', '--startup', '1s'];
  let product: Product = await startProduct(engine.host, options);
  const { state } = product;
  undo.push(() => {
    rmSync(state, { recursive: true, force: true });
  });
  let running = true;
  undo.push(() => (running ? product.kill('SIGTERM') : undefined));
  for (const name of wanted) {
    const bench = benches[name];
    if (bench !== undefined && bench.mode !== 'new')
      await load({ ...bench, count: bench.mode === 'many' ? 20_000 : 100 });
  }
  await sleep(learnMs);

  const ratios = new Map<string, number[]>(wanted.map((name) => [name, []]));
  const agent = new Map<string, number[]>(wanted.map((name) => [name, []]));
  const memory: number[] = [];
  let lost = 0;
  for (let round = 0; round < rounds; round++) {
    const costs = { without: new Map<string, Cost>(), with: new Map<string, Cost>() };
    // Which comes first alternates, so that a drift of the machine favours neither.
    for (const side of round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
      if (side === 'with' && !running) product = await startProduct(engine.host, options, state);
      if (side === 'without' && running) await product.kill('SIGTERM');
      running = side === 'with';
      if (running) await sleep(1_000);
      for (const name of wanted) {
        const bench = benches[name];
        if (bench === undefined) continue;
        const before = running ? cpuMicros(product.pid) : 0;
        costs[side].set(name, await load(bench));
        if (running) agent.get(name)?.push((cpuMicros(product.pid) - before) / bench.count);
      }
      if (!running) continue;
      memory.push(
        Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${product.pid}/status`, 'latin1'))?.[1] ?? 0) / 1024,
      );
      await sleep(6_000);
      const lines = (await product.metrics())
        .split('\n')
        .filter((line) =>
          /^anchorwatch_sensor_lost_total.*reason="(ring_full|scratch_busy|unreadable|known_full|storage_full)"/.test(
            line,
          ),
        );
      lost += lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    }
    for (const name of wanted)
      ratios.get(name)?.push((costs.with.get(name)?.cpuUs ?? 0) / (costs.without.get(name)?.cpuUs ?? 1));
    say(
      `round ${round + 1} of ${rounds}: ${wanted.map((name) => `${name} ${(ratios.get(name)?.at(-1) ?? 0).toFixed(3)}`).join('  ')}`,
    );
  }
  for (const name of wanted) {
    figure(name, 'slowdown', ratios.get(name) ?? [], 'ratio', benches[name]?.mark);
    figure(name, 'agentMicrosPerOp', agent.get(name) ?? [], 'µs', name === 'open-close' ? 0.05 : undefined);
  }
  figure('all', 'memoryMb', memory, 'MB', 150);
  figure('all', 'lost', [lost], 'records', 0);
} finally {
  for (const step of undo.toReversed()) await step();
}

/** CPU time of a process, of all its threads, in ticks of 10 ms. */
function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function figure(name: string, metric: string, all: readonly number[], unit: string, mark?: number): void {
  const sorted = all.toSorted((a, b) => a - b);
  const rounded = (value: number | undefined): number => Math.round((value ?? 0) * 1000) / 1000;
  const [value, min, max] = [rounded(sorted[sorted.length >> 1]), rounded(sorted[0]), rounded(sorted.at(-1))];
  if (values.json)
    process.stdout.write(`${JSON.stringify({ name, metric, value, min, max, runs: all.length, unit })}\n`);
  else {
    const verdict = mark === undefined ? '' : value <= mark ? `  within ${mark}` : `  ABOVE ${mark}`;
    process.stdout.write(
      `${name.padEnd(11)} ${metric.padEnd(17)} ${String(value).padStart(9)} ${unit.padEnd(7)} ${min} to ${max}, ${all.length} runs${verdict}\n`,
    );
  }
}
