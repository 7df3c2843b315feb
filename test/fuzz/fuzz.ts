// npm run fuzz [-- TARGET…] [--runs N] [--seconds N] [--seed N] [--replay FILE] [--save]: bends inputs, keeps those that reach new code.
import { randomInt } from 'node:crypto';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { corpusFolder, replaceInputs, writeInput } from './corpus.ts';
import { type FuzzAnswer, type FuzzOrder, tryingHeadBytes } from './fuzz-worker.ts';
import { ordinaryTargets, targets } from './targets.ts';

/** An input that is tried for longer is stuck. */
const stuckMs = 10_000;
const lookMs = 500;
/** Heap of the thread that tries the inputs: one that needs more takes memory without bound. */
const heapMb = 256;
const inputMaxBytes = 1 << 20;
const usage = `usage: npm run fuzz [-- TARGET…] [--runs N] [--seconds N] [--seed N] [--replay FILE] [--crashes FOLDER] [--save]
targets: ${ordinaryTargets.map(({ name }) => name).join(' ')}`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function optionsOf(): {
  readonly names: readonly string[];
  readonly order: Omit<FuzzOrder, 'target' | 'trying'>;
  readonly crashes: string;
} {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      replay: { type: 'string', multiple: true, default: [] },
      crashes: { type: 'string', default: join(import.meta.dirname, 'crashes') },
      save: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => targets.every((target) => target.name !== name));
  if (unknown.length > 0) throw new Error(`no such target: ${unknown.join(' ')}`);
  const names = positionals.length > 0 ? positionals : ordinaryTargets.map(({ name }) => name);
  if (values.replay.length > 0 && positionals.length !== 1) throw new Error('--replay needs the one target to replay');
  // Without any limit: a minute for each target.
  const seconds = wholeNumber('seconds', values.seconds ?? (values.runs === undefined ? '60' : '0'));
  const runs = values.runs === undefined ? Number.MAX_SAFE_INTEGER : wholeNumber('runs', values.runs);
  const seed = values.seed === undefined ? randomInt(2 ** 32) : wholeNumber('seed', values.seed);
  const { replay, save, crashes } = values;
  return { names, crashes, order: { runs, seed, limitMs: seconds * 1000, replay, save } };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a whole number, not ${text}`);
  return value;
}

/** Runs a target in a thread of its own, so that one that never ends or takes all memory is seen too. */
async function fuzz(target: string, order: Omit<FuzzOrder, 'target' | 'trying'>): Promise<FuzzAnswer> {
  const trying = new SharedArrayBuffer(tryingHeadBytes + inputMaxBytes);
  const head = new Int32Array(trying, 0, 2);
  const worker = new Worker(join(import.meta.dirname, 'fuzz-worker.ts'), {
    workerData: { ...order, target, trying } satisfies FuzzOrder,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const died = (text: string): FuzzAnswer => {
    const [inputs, sizeBytes] = [Atomics.load(head, 0), Atomics.load(head, 1)];
    const input = new Uint8Array(trying, tryingHeadBytes, sizeBytes).slice();
    return { inputs, kept: 0, covered: 0, crash: { input, text } };
  };
  let [seen, sinceMs] = [-1, performance.now()];
  let watchdog: NodeJS.Timeout | undefined;
  try {
    return await new Promise<FuzzAnswer>((resolve, reject) => {
      worker.once('message', (answer: FuzzAnswer) => {
        resolve(answer);
      });
      worker.once('error', (error: unknown) => {
        const code = error instanceof Error && 'code' in error ? error.code : '';
        if (code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(died(`took more than ${heapMb} MB`));
        else reject(error);
      });
      watchdog = setInterval(() => {
        const tried = Atomics.load(head, 0);
        if (tried !== seen) [seen, sinceMs] = [tried, performance.now()];
        else if (tried > 0 && performance.now() - sinceMs > stuckMs)
          resolve(died(`not done after ${stuckMs / 1000} s`));
      }, lookMs);
    });
  } finally {
    clearInterval(watchdog);
    await worker.terminate();
  }
}

async function main(): Promise<number> {
  const { names, order, crashes } = optionsOf();
  say(`seed ${order.seed}`);
  let failed = 0;
  for (const name of names) {
    const { inputs, kept, covered, corpus, crash } = await fuzz(name, order);
    if (crash === undefined) {
      say(`${name}: ${inputs} inputs, ${kept} kept, ${covered} characters of code reached`);
    } else {
      failed++;
      const file = relative(process.cwd(), writeInput(crashes, `${name}-`, crash.input));
      say(`${name}: failed after ${inputs} inputs: ${crash.text}`);
      say(`${name}: the input is in ${file}; again: npm run fuzz -- ${name} --replay ${file}`);
    }
    if (corpus !== undefined && order.replay.length === 0) {
      replaceInputs(corpusFolder(name), corpus);
      say(`${name}: ${corpus.length} inputs saved`);
    }
  }
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
