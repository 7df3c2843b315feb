// npm run evaluate -- cases [--cases DIR] [--only TEXT] [--json]: runs attack and benign cases in containers and says what is seen and missed.
// npm run evaluate -- soak [--minutes N] [--learn-minutes N] [--json]: false alerts of honest services against what was expected (soak.ts).
// npm run evaluate -- shil [--data DIR] [--json]: the detector of the system call mix on traces of attacked servers (shil.ts).
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startEngine } from '../containers/engine.ts';
import { type SeenAlert, startProduct } from '../containers/product.ts';
import { printFigure } from './figure.ts';
import { evaluateShil } from './shil.ts';
import { evaluateSoak } from './soak.ts';
import { wilsonInterval } from './interval.ts';

interface Case {
  readonly file: string;
  readonly kind: 'attack' | 'benign' | 'control';
  readonly expect: readonly string[];
  readonly where: string;
}

interface Run {
  readonly image: string;
  readonly entry: Case;
  readonly exit: number;
  readonly startMs: number;
  readonly alerts: readonly SeenAlert[];
}

const learnMs = 75_000;
const graceMs = 1_500;
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

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '../shared/cases' },
    data: { type: 'string', default: '../shared/data/shil' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '60' },
    'learn-minutes': { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
if (positionals[0] === 'shil') process.exit(evaluateShil(resolve(values.data), values.json));
if (positionals[0] === 'soak') {
  const [minutes, learnMinutes] = [Number(values.minutes), Number(values['learn-minutes'])];
  if (minutes > 0 && learnMinutes > 0) process.exit(await evaluateSoak({ minutes, learnMinutes, json: values.json }));
  say('--minutes and --learn-minutes take numbers above 0');
  process.exit(2);
}
if (positionals[0] !== 'cases') {
  say(
    `npm run evaluate -- cases [--cases DIR] [--only TEXT] [--json]\nnpm run evaluate -- soak [--minutes N] [--learn-minutes N] [--json]\nnpm run evaluate -- shil [--data DIR] [--json]\n${positionals[0] ?? 'nothing'} is not available yet`,
  );
  process.exit(2);
}

const folder = resolve(values.cases);
const catalogue = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8')) as {
  cases: readonly (Partial<Case> & { file: string })[];
};
const cases = [...scripts(folder), ...scripts(join(folder, 'benign'))]
  .filter((file) => basename(file).includes(values.only) || basename(file).startsWith('T0000'))
  .map((file): Case => {
    const found = catalogue.cases.find((entry) => basename(entry.file) === basename(file));
    const kind = basename(file).startsWith('T0000') ? 'control' : file.includes('/benign/') ? 'benign' : 'attack';
    return {
      file,
      kind,
      expect: found?.expect ?? [],
      where: /^# where: (\w+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 'container',
    };
  })
  .toSorted((a, b) => order(a) - order(b) || a.file.localeCompare(b.file));

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
  for (const [name, image] of Object.entries(images)) {
    const shared = join(exchange, name);
    mkdirSync(shared);
    for (const tool of ['carrier.sh', 'sink.py']) cpSync(join(folder, 'tools', tool), join(shared, tool));
    await engine.cli(
      'run',
      '-d',
      '--init',
      '--name',
      `case-${name}`,
      '-v',
      `${shared}:/ho`,
      '-e',
      `HO_SINK=${name === 'debian' ? sink : ''}`,
      image,
      '/bin/sh',
      '-c',
      // The sink is a part of the workload, where the image has what it needs.
      'command -v python3 > /dev/null && { python3 /ho/sink.py 8099 & }; exec /bin/sh /ho/carrier.sh /ho',
    );
  }
  say(`learning for ${learnMs / 1000} s …`);
  await sleep(learnMs);
  const early = product.alerts.length;
  if (early > 0) say(`alerts while learning: ${product.alerts.map(({ title }) => title).join('; ')}`);
  const runs: Run[] = [];
  for (const [image, tag] of Object.entries(images)) {
    const shared = join(exchange, image);
    for (const entry of cases) {
      const from = product.alerts.length;
      const startMs = Date.now();
      const exit =
        entry.where === 'host'
          ? await onHost(entry.file, engine.host, `case-${image}`, tag)
          : await carried(entry.file, shared);
      await sleep(graceMs);
      const alerts = product.alerts.slice(from);
      runs.push({ image, entry, exit, startMs, alerts });
      const seen = alerts.map(
        (alert) =>
          `${alert.severity} ${alert.dimension} ${alert.key.slice(0, 50)} [${alert.rules[0] ?? alert.dimension}]`,
      );
      const outcome = exit === 77 ? 'cannot run here' : exit === 0 ? seen.join('; ') || '-' : `failed with ${exit}`;
      say(`${image.padEnd(8)} ${entry.kind.padEnd(7)} ${basename(entry.file, '.sh').padEnd(42)} ${outcome}`);
    }
  }
  summarise(runs);
} finally {
  for (const step of undo.toReversed()) await step();
}

function summarise(all: readonly Run[]): void {
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
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const shareOf = (metric: string, part: number, whole: number): void => {
    figure('cases', metric, share(part, whole), whole, 'ratio', ...wilsonInterval(part, whole));
  };
  shareOf('detected', detected.length, attacks.length);
  shareOf('rightDimension', right.length, detected.length);
  const alertsPerAttack = detected.map((run) => beyond(run).length).toSorted((a, b) => a - b);
  figure(
    ...(['cases', 'alertsPerAttack', alertsPerAttack[alertsPerAttack.length >> 1] ?? 0] as const),
    ...([alertsPerAttack.length, 'alerts', alertsPerAttack[0], alertsPerAttack.at(-1)] as const),
  );
  figure(
    'cases',
    'benignCritical',
    benign.filter((run) => run.alerts.some(({ severity }) => severity === 'critical')).length,
    benign.length,
    'cases',
  );
  figure(
    'cases',
    'benignWarning',
    benign.filter((run) => run.alerts.some(({ severity }) => severity === 'warning')).length,
    benign.length,
    'cases',
  );
  figure('cases', 'delayMedianMs', delays[delays.length >> 1] ?? 0, delays.length, 'ms', delays[0], delays.at(-1));
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

function figure(
  name: string,
  metric: string,
  value: number,
  runs: number,
  unit: string,
  min = value,
  max = value,
): void {
  printFigure({ name, metric, value, runs, unit, min, max }, values.json);
}

function scripts(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(directory, name));
}

function order({ kind, where }: Case): number {
  return (kind === 'control' ? 0 : kind === 'benign' ? 1 : 2) + (where === 'host' ? 3 : 0);
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
