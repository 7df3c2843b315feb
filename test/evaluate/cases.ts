// npm run evaluate -- cases: runs attack and benign cases in containers and says what is seen and missed.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { errorText } from '../../src/lib/errors.ts';
import { type Engine, startEngine } from '../containers/engine.ts';
import { type Product, type SeenAlert, startProduct } from '../containers/product.ts';
import { type Case, readCases, toolOf } from './case-files.ts';
import { printFigure } from './figure.ts';
import { poissonInterval, wilsonInterval } from './interval.ts';
import { operatedContainer, startOperated } from './operated.ts';

export interface CasesOptions {
  /** Cases; `benign/`, their catalogue and `tools/` where they are there. */
  readonly folder: string;
  /** Only cases with this in their names, and the controls. */
  readonly only: string;
  /** Each case so often, each time in other containers with a product that learned them anew. */
  readonly runs: number;
  /** How long the workloads are learned before. */
  readonly learnMs: number;
  readonly json: boolean;
}

interface Run {
  readonly round: number;
  readonly image: string;
  readonly entry: Case;
  readonly startMs: number;
  readonly exit: number;
  readonly alerts: readonly SeenAlert[];
}

/** What the services beside did: they do nothing new, so that every alert about them is a false one. */
interface Beside {
  readonly alerts: readonly SeenAlert[];
  readonly containerHours: number;
}

const graceMs = 1_500;
/** Alerts that come so long after the last case still count. */
const lateMs = 10_000;
const sink = '127.0.0.1:8099';
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Which dimensions answer the catalogue's words. */
const dimensionsOf: Readonly<Record<string, RegExp>> = {
  exec: /^exec$/,
  drift: /^exec$/,
  fileless: /^(exec|syscall)$/,
  evasion: /^(exec|file\.write|syscall|kernel)$/,
  file: /^(file\.|exec$)/,
  persistence: /^(file\.write|exec)$/,
  cred: /^(file\.read|exec)$/,
  recon: /^(file\.read|exec|net\.)/,
  net: /^net\.|^exec$/,
  priv: /^(privilege|capability|syscall|kernel|file\.write)$/,
  escape: /^(kernel|privilege|lifecycle|file\.)/,
  resource: /^rate\./,
};

/** Runs all cases, prints the figures, answers the exit status. */
export async function evaluateCases({ folder, only, runs, learnMs, json }: CasesOptions): Promise<number> {
  let cases: readonly Case[];
  try {
    cases = readCases(folder, only);
  } catch (error) {
    say(errorText(error));
    return 1;
  }
  const all: Run[] = [];
  const beside: Beside[] = [];
  for (let round = 1; round <= runs; round++) {
    if (runs > 1) say(`round ${round} of ${runs}`);
    beside.push(await runRound({ folder, cases, round, learnMs, all }));
  }
  summarise(all, beside, json);
  return 0;
}

async function runRound({
  folder,
  cases,
  round,
  learnMs,
  all,
}: {
  readonly folder: string;
  readonly cases: readonly Case[];
  readonly round: number;
  readonly learnMs: number;
  readonly all: Run[];
}): Promise<Beside> {
  const undo: (() => Promise<void> | void)[] = [];
  try {
    const engine = await startEngine();
    undo.push(() => engine.stop());
    const product = await startProduct(engine.host, ['--slice', '5s', '--startup', '10s']);
    undo.push(() => product.stop());
    const exchange = mkdtempSync(join(tmpdir(), 'anchorwatch-cases-'));
    undo.push(() => {
      rmSync(exchange, { recursive: true, force: true });
    });
    const images = { busybox: await engine.busyboxImage(), debian: await engine.debianImage('python3') };
    for (const [name, image] of Object.entries(images)) await startCarrier(engine, folder, exchange, name, image);
    const services = await startBeside(engine, images.debian);
    const operated = await startOperated(engine, [...new Set(cases.flatMap(({ service }) => service ?? []))]);
    undo.push(() => {
      operated.stop();
    });
    say(`learning for ${learnMs / 1000} s …`);
    await sleep(learnMs);
    const [early, startMs] = [product.alerts.length, Date.now()];
    if (early > 0) say(`alerts while learning: ${product.alerts.map(({ title }) => title).join('; ')}`);
    const runs: Run[] = [];
    for (const [image, tag] of Object.entries(images))
      for (const entry of cases) {
        if (entry.image.length > 0 && !entry.image.includes(image)) continue;
        runs.push(await runCase({ engine, product, entry, round, image, tag, shared: join(exchange, image) }));
      }
    await sleep(lateMs);
    all.push(...runs.map((run, index) => ({ ...run, alerts: alertsOf(run, runs[index + 1], product.alerts) })));
    const alerts = product.alerts.slice(early).filter(({ container }) => services.includes(container.name));
    for (const alert of alerts) say(`false alert beside: ${alert.severity} ${alert.title} (${alert.rules.join(' ')})`);
    return { alerts, containerHours: ((Date.now() - startMs) / 3_600_000) * services.length };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** What was done during a case, by when it was done: on a busy machine alerts of a case may come while the next one runs. */
function alertsOf(run: Run, next: Run | undefined, alerts: readonly SeenAlert[]): readonly SeenAlert[] {
  return alerts.filter(({ time, container }) => {
    const timeMs = Date.parse(time);
    return timeMs >= run.startMs && timeMs < (next?.startMs ?? Infinity) && !container.name.startsWith('beside-');
  });
}

/** The container that the cases run in: its workload is the carrier, which starts them, and the sink where the image has what it needs. */
async function startCarrier(
  engine: Engine,
  folder: string,
  exchange: string,
  name: string,
  image: string,
): Promise<void> {
  const shared = join(exchange, name);
  mkdirSync(shared);
  for (const tool of ['carrier.sh', 'sink.py']) cpSync(toolOf(folder, tool), join(shared, tool));
  const command = 'command -v python3 > /dev/null && { python3 /ho/sink.py 8099 & }; exec /bin/sh /ho/carrier.sh /ho';
  const environment = `HO_SINK=${name === 'debian' ? sink : ''}`;
  await engine.cli(
    ...(['run', '-d', '--init', '--name', `case-${name}`, '-v', `${shared}:/ho`, '-e', environment] as const),
    ...([image, '/bin/sh', '-c', command] as const),
  );
}

/** Services that are asked something every second and do nothing else. Answers the names of their containers. */
async function startBeside(engine: Engine, image: string): Promise<readonly string[]> {
  const asking = (ask: string): string => `sleep 2; while :; do ${ask} > /dev/null 2>&1; sleep 1; done`;
  const services = {
    'beside-web': `nginx & ${asking('curl -s http://127.0.0.1/')}`,
    'beside-store': `redis-server --save '' --daemonize no & ${asking('redis-cli incr n')}`,
  };
  for (const [name, command] of Object.entries(services))
    await engine.cli('run', '-d', '--init', '--name', name, image, '/bin/sh', '-c', command);
  return Object.keys(services);
}

async function runCase({
  engine,
  product,
  entry,
  round,
  image,
  tag,
  shared,
}: {
  readonly engine: Engine;
  readonly product: Product;
  readonly entry: Case;
  readonly round: number;
  readonly image: string;
  readonly tag: string;
  readonly shared: string;
}): Promise<Run> {
  const [from, startMs] = [product.alerts.length, Date.now()];
  const exit =
    entry.where === 'host'
      ? await onHost(entry.file, engine.host, operatedContainer(entry.service ?? image), tag)
      : await carried(entry.file, shared);
  await sleep(graceMs);
  const alerts = product.alerts.slice(from).filter(({ container }) => !container.name.startsWith('beside-'));
  const seen = alerts.map(
    ({ severity, dimension, key, rules, score }) =>
      `${severity} ${dimension} ${key.slice(0, 50)} [${rules[0] ?? dimension} ${score}]`,
  );
  const outcome = exit === 77 ? 'cannot run here' : exit === 0 ? seen.join('; ') || '-' : `failed with ${exit}`;
  say(`${image.padEnd(8)} ${entry.kind.padEnd(7)} ${basename(entry.file, '.sh').padEnd(42)} ${outcome}`);
  return { round, image, entry, startMs, exit, alerts };
}

function summarise(all: readonly Run[], beside: readonly Beside[], json: boolean): void {
  const figure = (metric: string, value: number, runs: number, unit: string, min = value, max = value): void => {
    printFigure({ name: 'cases', metric, value, runs, unit, min, max }, json);
  };
  const done = all.filter(({ exit }) => exit === 0);
  const keyOf = ({ dimension, key, rules }: SeenAlert): string => `${dimension} ${key} ${rules.join()}`;
  const control = new Set(
    done.filter(({ entry }) => entry.kind === 'control').flatMap(({ alerts }) => alerts.map(keyOf)),
  );
  const beyond = (run: Run): readonly SeenAlert[] => run.alerts.filter((alert) => !control.has(keyOf(alert)));
  const attacks = done.filter(({ entry }) => entry.kind === 'attack');
  const benign = done.filter(({ entry }) => entry.kind === 'benign');
  const detected = attacks.filter((run) => beyond(run).length > 0);
  const right = detected.filter((run) =>
    beyond(run).some(({ dimension }) =>
      run.entry.expect.some((word) => dimensionsOf[word]?.test(dimension) ?? word === dimension),
    ),
  );
  const delays = detected
    .flatMap((run) => beyond(run).map((alert) => alert.receivedMs - Date.parse(alert.time)))
    .toSorted((a, b) => a - b);
  const raised = detected
    .flatMap((run) => beyond(run).map(({ raisedAfterMs }) => raisedAfterMs))
    .toSorted((a, b) => a - b);
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const shareOf = (metric: string, part: number, whole: number): void => {
    figure(metric, share(part, whole), whole, 'ratio', ...wilsonInterval(part, whole));
  };
  shareOf('detected', detected.length, attacks.length);
  // Of a case that says nothing of what it should be visible to, no dimension is wrong.
  shareOf('rightDimension', right.length, detected.filter(({ entry }) => entry.expect.length > 0).length);
  const alertsPerAttack = detected.map((run) => beyond(run).length).toSorted((a, b) => a - b);
  const alertsMedian = alertsPerAttack[alertsPerAttack.length >> 1] ?? 0;
  figure('alertsPerAttack', alertsMedian, alertsPerAttack.length, 'alerts', alertsPerAttack[0], alertsPerAttack.at(-1));
  figure(
    'benignCritical',
    benign.filter((run) => run.alerts.some(({ severity }) => severity === 'critical')).length,
    benign.length,
    'cases',
  );
  figure(
    'benignWarning',
    benign.filter((run) => run.alerts.some(({ severity }) => severity === 'warning')).length,
    benign.length,
    'cases',
  );
  figure('delayMedianMs', delays[delays.length >> 1] ?? 0, delays.length, 'ms', delays[0], delays.at(-1));
  figure('raisedMedianMs', raised[raised.length >> 1] ?? 0, raised.length, 'ms', raised[0], raised.at(-1));
  const hours = beside.reduce((sum, { containerHours }) => sum + containerHours, 0);
  const loud = beside.flatMap(({ alerts }) => alerts).filter(({ severity }) => severity !== 'notice').length;
  const [low, high] = poissonInterval(loud);
  figure('falsePerContainerHour', loud / hours, beside.length, 'alerts/h', low / hours, high / hours);
  byDimension(attacks, beyond);
  say(`controls: ${control.size === 0 ? 'quiet' : [...control].join('; ')}`);
  say(
    `missed: ${
      attacks
        .filter((run) => beyond(run).length === 0)
        .map(({ image, entry }) => `${image}:${basename(entry.file, '.sh')}`)
        .join(' ') || 'none'
    }`,
  );
  say(
    `could not run: ${
      all
        .filter(({ exit }) => exit !== 0)
        .map(({ image, entry, exit }) => `${image}:${basename(entry.file, '.sh')}(${exit})`)
        .join(' ') || 'none'
    }`,
  );
}

/** How many attacks showed in each dimension. */
function byDimension(attacks: readonly Run[], beyond: (run: Run) => readonly SeenAlert[]): void {
  const counts = new Map<string, number>();
  for (const run of attacks)
    for (const dimension of new Set(beyond(run).map((alert) => alert.dimension)))
      counts.set(dimension, (counts.get(dimension) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  say(`attacks seen by dimension: ${sorted.map(([dimension, count]) => `${dimension} ${count}`).join(', ') || 'none'}`);
}

/** Through the carrier: the case is started by a process that the profile knows. */
async function carried(file: string, shared: string): Promise<number> {
  rmSync(join(shared, 'done'), { force: true });
  cpSync(file, join(shared, 'case.sh'));
  writeFileSync(join(shared, 'go'), '');
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(50)) {
    try {
      const text = readFileSync(join(shared, 'done'), 'utf8').trim();
      if (text !== '') return Number(text);
    } catch {
      // Not done yet.
    }
  }
  return 124;
}

async function onHost(file: string, host: string, target: string, image: string): Promise<number> {
  try {
    await promisify(execFile)('/bin/sh', [file], {
      env: { ...process.env, TARGET: target, HO_IMAGE: image, DOCKER: 'docker', DOCKER_HOST: host },
      timeout: 90_000,
    });
    return 0;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return typeof code === 'number' ? code : 1;
  }
}
