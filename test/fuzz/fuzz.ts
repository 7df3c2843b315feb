// npm run fuzz [-- TARGET…] [--runs N] [--seconds N] [--seed N] [--replay FILE] [--save]: bends inputs, keeps those that reach new code.
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder, replaceInputs, writeInput } from './corpus.ts';
import { type FuzzAnswer, type FuzzOrder, tryingHeadBytes } from './fuzz-child.ts';
import { ordinaryTargets, targets } from './targets.ts';

/** An input that is tried for longer is stuck. */
const stuckMs = 10_000;
const lookMs = 500;
/** Heap of the process that tries the inputs: one that needs more takes memory without bound. */
const heapMb = 256;
const usage = `usage: npm run fuzz [-- TARGET…] [--runs N] [--seconds N] [--seed N] [--replay FILE] [--crashes FOLDER] [--save]
targets: ${ordinaryTargets.map(({ name }) => name).join(' ')}`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function optionsOf(): {
  readonly names: readonly string[];
  readonly order: Omit<FuzzOrder, 'target' | 'tryingFile'>;
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

/** Runs a target in a process of its own, so that one that never ends, takes all memory or kills the process is seen too. */
async function fuzz(target: string, order: Omit<FuzzOrder, 'target' | 'tryingFile'>): Promise<FuzzAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-fuzzing-'));
  const tryingFile = join(folder, 'trying');
  const child = fork(join(import.meta.dirname, 'fuzz-child.ts'), {
    execArgv: [`--max-old-space-size=${heapMb}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints = `${complaints}${chunk.toString()}`.slice(0, 4000)));
  let watchdog: NodeJS.Timeout | undefined;
  try {
    return await new Promise<FuzzAnswer>((resolve, reject) => {
      const died = (text: string): void => {
        const { tried, input } = readTrying(tryingFile);
        if (tried === 0) reject(new Error(`${target} could not begin: ${text}\n${complaints}`));
        else resolve({ inputs: tried, kept: 0, covered: 0, crash: { input, text } });
      };
      let [seen, sinceMs] = [0, performance.now()];
      watchdog = setInterval(() => {
        const { tried } = readTrying(tryingFile);
        if (tried !== seen) [seen, sinceMs] = [tried, performance.now()];
        else if (tried > 0 && performance.now() - sinceMs > stuckMs) died(`not done after ${stuckMs / 1000} s`);
      }, lookMs);
      child.once('error', reject);
      child.once('message', (answer: FuzzAnswer) => {
        resolve(answer);
      });
      child.once('close', (code, signal) => {
        const memory = complaints.includes('heap out of memory');
        died(memory ? `took more than ${heapMb} MB` : `ended with ${signal ?? `status ${code}`}: ${complaints}`);
      });
      child.send({ ...order, target, tryingFile } satisfies FuzzOrder);
    });
  } finally {
    clearInterval(watchdog);
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the process tries, or tried last; nothing as long as it has not begun. */
function readTrying(file: string): { readonly tried: number; readonly input: Uint8Array } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return { tried: 0, input: new Uint8Array() };
  }
  if (bytes.length < tryingHeadBytes) return { tried: 0, input: new Uint8Array() };
  const sizeBytes = bytes.readUInt32LE(4);
  return { tried: bytes.readUInt32LE(0), input: bytes.subarray(tryingHeadBytes, tryingHeadBytes + sizeBytes) };
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
