// npm run starter [-- NAME…]: makes profiles/starter/*.yaml from real runs; needs root, a BTF kernel and dockerd, and takes some eight minutes.
import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { profilesOf } from '../../src/agent/replay.ts';
import { parseStarter, starterProblemText } from '../../src/profile/starter-file.ts';
import { startEngine } from '../containers/engine.ts';
import type { Engine } from '../containers/engine.ts';
import { startProduct } from '../containers/product.ts';
import { waitFor } from '../support/wait.ts';
import { starterDocument } from './document.ts';
import { runDirectory, starterPrograms } from './programs.ts';
import type { StarterProgram } from './programs.ts';

const runMs = 360_000;
const askMs = 200;
const tendMs = 17_000;
const restartMs = 60_000;
const timing = ['--slice', '10s', '--startup', '20s', '--starter', 'off', '--alert-budget', 'unlimited'];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Run {
  readonly program: StarterProgram;
  readonly container: string;
  host: string;
  asked: number;
  tended: number;
  answered: number;
  failed: number;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !starterPrograms.some((program) => program.name === name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}`);
const programs = starterPrograms.filter(({ name }) => names.length === 0 || names.includes(name));
const directory = runDirectory();
const engine = await startEngine();
let state = '';
try {
  const product = await startProduct(engine.host, timing);
  state = product.state;
  const runs: Run[] = [];
  const addressOf = (container: string): string | undefined => runs.find((run) => run.container === container)?.host;
  for (const program of programs) {
    const image = `anchorwatch-starter/${program.name}:1`;
    await engine.cli('tag', await program.image(engine), image);
    for (let number = 1; ; number++) {
      const variant = program.variants(directory.path, addressOf)[number - 1];
      if (variant === undefined) break;
      const container = `${program.name}-${number}`;
      await engine.cli('run', '-d', '--name', container, ...(variant.options ?? []), image, ...variant.command);
      runs.push({
        program,
        container,
        host: await hostOf(engine, container),
        asked: 0,
        tended: 0,
        answered: 0,
        failed: 0,
      });
    }
  }
  const ask = (run: Run): void => {
    run.program.ask(run.host, run.asked++).then(
      () => void run.answered++,
      () => void run.failed++,
    );
  };
  const load = setInterval(() => {
    for (const run of runs) ask(run);
  }, askMs);
  await waitFor('all of them to answer', () => runs.every(({ answered }) => answered > 5), 120_000);
  say(`${runs.length} containers run for ${runMs / 1000} s …`);
  const endMs = Date.now() + runMs;
  for (let second = 1; Date.now() < endMs; second++) {
    await new Promise((done) => setTimeout(done, 1000));
    for (const [index, run] of runs.entries()) {
      const { program, container } = run;
      // One after the other, so that not all are away at once.
      if ((second + index * 5) % (restartMs / 1000) === 0) {
        await engine.cli('restart', '-t', '2', container);
        run.host = await hostOf(engine, container);
      } else if ((second + index * 3) % (tendMs / 1000) === 0) {
        const pid = Number(await engine.cli('inspect', '-f', '{{.State.Pid}}', container));
        await program.tend(engine, container, pid, run.tended++).catch((error: unknown) => {
          say(`${container}: ${String(error)}`);
        });
      }
    }
  }
  clearInterval(load);
  for (const { container, answered, failed } of runs) say(`${container}: ${answered} answered, ${failed} failed`);
  for (const { workload, dimension, key, rules } of product.alerts)
    say(`alert: ${workload.name} ${dimension} ${key} [${rules.join(' ')}]`);
  await product.kill('SIGTERM');
  const profiles = profilesOf(join(state, 'profiles.db'));
  const revision = new Date().toISOString().slice(0, 10);
  for (const program of programs) {
    const profile = profiles.find(({ workload }) => workload.name === `anchorwatch-starter/${program.name}`);
    if (profile === undefined) throw new Error(`nothing was learned of ${program.name}`);
    const { text, features, left } = starterDocument(program, profile, { revision, hostName: hostname() });
    const file = new URL(`../../profiles/starter/${program.name}.yaml`, import.meta.url);
    const parsed = parseStarter(`${program.name}.yaml`, text);
    writeFileSync(file, text);
    if ('problems' in parsed) throw new Error(parsed.problems.map(starterProblemText).join('\n'));
    say(`${program.name}: ${features} features, ${text.length} bytes; left out: ${JSON.stringify(left)}`);
  }
} finally {
  await engine.stop();
  directory.remove();
  if (state !== '') rmSync(state, { recursive: true, force: true });
}
process.exit(0);

function hostOf(of: Engine, container: string): Promise<string> {
  return of.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container);
}
