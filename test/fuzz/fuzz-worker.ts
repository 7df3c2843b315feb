import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { corpusFolder, readInputs } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { runLoop, smallestCorpus } from './loop.ts';
import { randomFrom } from './mutator.ts';
import { targets } from './targets.ts';

/** What the thread that tries the inputs is started with. */
export interface FuzzOrder {
  readonly target: string;
  readonly seed: number;
  /** Inputs at most. */
  readonly runs: number;
  /** Time at most; 0: without end. */
  readonly limitMs: number;
  /** Files to try once, instead of everything else. */
  readonly replay: readonly string[];
  /** Answer with the smallest corpus. */
  readonly save: boolean;
  /** The input that is tried: how many there were, its size in bytes, its bytes. Read by the watchdog when this thread is stuck or gone. */
  readonly trying: SharedArrayBuffer;
}

/** What it answers. */
export interface FuzzAnswer {
  readonly inputs: number;
  readonly kept: number;
  readonly covered: number;
  readonly corpus?: readonly Uint8Array[];
  readonly crash?: { readonly input: Uint8Array; readonly text: string };
}

/** Where the bytes stand in `FuzzOrder.trying`, behind two 32-bit numbers. */
export const tryingHeadBytes = 8;

const root = join(import.meta.dirname, '..', '..') + sep;

function run(order: FuzzOrder): FuzzAnswer {
  const target = targets.find(({ name }) => name === order.target);
  if (target === undefined) throw new Error(`no such target: ${order.target}`);
  const head = new Int32Array(order.trying, 0, 2);
  const shared = new Uint8Array(order.trying, tryingHeadBytes);
  const trying = (input: Uint8Array): void => {
    shared.set(input.subarray(0, shared.length));
    Atomics.store(head, 1, Math.min(input.length, shared.length));
    Atomics.add(head, 0, 1);
  };
  const coverage = new Coverage((url) => url.startsWith('file:') && target.covers(pathOf(url)));
  const startMs = performance.now();
  const replay = order.replay.length > 0;
  const result = runLoop({
    target: replay ? { ...target, seeds: () => [] } : target,
    coverage,
    corpus: replay ? readInputs(order.replay) : readInputs(corpusFolder(target.name)),
    random: randomFrom(order.seed),
    goOn: (inputs) =>
      !replay && inputs < order.runs && (order.limitMs === 0 || performance.now() - startMs < order.limitMs),
    trying,
  });
  const { inputs, kept, covered, crash } = result;
  return {
    ...{ inputs, kept: kept.length, covered },
    ...(crash === undefined ? {} : { crash: { input: crash.input, text: inspect(crash.error, { depth: 4 }) } }),
    ...(order.save && crash === undefined ? { corpus: smallestCorpus(target, coverage, kept) } : {}),
  };
}

function pathOf(url: string): string {
  const path = fileURLToPath(url);
  return path.startsWith(root) ? path.slice(root.length).replaceAll(sep, '/') : path;
}

if (parentPort !== null) parentPort.postMessage(run(workerData as FuzzOrder));
