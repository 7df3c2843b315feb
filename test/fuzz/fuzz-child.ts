import { openSync, writeSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { corpusFolder, readInputs } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { runLoop, smallestCorpus } from './loop.ts';
import { randomFrom } from './mutator.ts';
import { targets } from './targets.ts';

/** What the process that tries the inputs is sent. */
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
  /** File that says what is tried, for who looks after this process when it is stuck or gone. */
  readonly tryingFile: string;
}

/** What it answers. */
export interface FuzzAnswer {
  readonly inputs: number;
  readonly kept: number;
  readonly covered: number;
  readonly corpus?: readonly Uint8Array[];
  readonly crash?: { readonly input: Uint8Array; readonly text: string };
}

/** In front of the input in the file: how many there were, and how long this one is, 32 bits each. */
export const tryingHeadBytes = 8;

const root = join(import.meta.dirname, '..', '..') + sep;

function run(order: FuzzOrder): FuzzAnswer {
  const target = targets.find(({ name }) => name === order.target);
  if (target === undefined) throw new Error(`no such target: ${order.target}`);
  const file = openSync(order.tryingFile, 'w');
  let tried = 0;
  const trying = (input: Uint8Array): void => {
    const bytes = Buffer.alloc(tryingHeadBytes + input.length);
    bytes.writeUInt32LE(++tried % 2 ** 32, 0);
    bytes.writeUInt32LE(input.length, 4);
    bytes.set(input, tryingHeadBytes);
    writeSync(file, bytes, 0, bytes.length, 0);
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

process.once('message', (order: FuzzOrder) => {
  process.send?.(run(order), () => {
    process.disconnect();
  });
});
