import type { Coverage } from './coverage.ts';
import { Mutator } from './mutator.ts';
import type { Target } from './target.ts';

/**
 * Reading the coverage costs more than an input: it is read for so many at once, for fewer where something is new, and then one by one.
 */
const batchInputs = [64, 8, 1] as const;

export interface LoopOptions {
  readonly target: Target;
  readonly coverage: Coverage;
  /** What earlier runs kept. */
  readonly corpus: readonly Uint8Array[];
  readonly random: () => number;
  /** Whether to go on after so many inputs. */
  readonly goOn: (inputs: number) => boolean;
  /** Told of every input before it is tried. */
  readonly trying: (input: Uint8Array) => void;
}

/** What a run came to. */
export interface LoopResult {
  readonly inputs: number;
  /** Seeds and inputs that reached what none before them reached, in the order in which they were found. */
  readonly kept: readonly Uint8Array[];
  /** Characters of the sources under test that ran. */
  readonly covered: number;
  readonly crash?: { readonly input: Uint8Array; readonly error: unknown };
}

class Crash extends Error {
  readonly input: Uint8Array;

  constructor(input: Uint8Array, cause: unknown) {
    super('a check failed', { cause });
    this.input = input;
  }
}

/** Bends inputs and keeps those that reach new blocks of the code under test, until it is told to stop or a check fails. */
export function runLoop({ target, coverage, corpus, random, goOn, trying }: LoopOptions): LoopResult {
  const kept: Uint8Array[] = [];
  let inputs = 0;
  const attempt = (input: Uint8Array): void => {
    trying(input);
    inputs++;
    try {
      target.check(input);
    } catch (error) {
      throw new Crash(input, error);
    }
  };
  const keepNew = (batch: readonly Uint8Array[], [size = 1, ...smaller]: readonly number[]): void => {
    for (let at = 0; at < batch.length; at += size) {
      const part = batch.slice(at, at + size);
      for (const input of part) attempt(input);
      const reached = coverage.take();
      if (!coverage.isNew(reached)) continue;
      if (size === 1) kept.push(...part);
      else keepNew(part, smaller);
      // What only runs once in a process is not new again.
      coverage.add(reached);
    }
  };
  const mutator = new Mutator(random, target.dictionary, target.maxBytes);
  // The latest are the least explored.
  const pick = (): Uint8Array => {
    const among = random() < 0.5 ? Math.min(kept.length, 16) : kept.length;
    return kept[kept.length - 1 - Math.floor(random() * among)] ?? new Uint8Array();
  };
  const first = [...target.seeds(), ...corpus];
  coverage.reset();
  try {
    keepNew(first, [1]);
    while (goOn(inputs)) {
      const batch = Array.from({ length: batchInputs[0] }, () => {
        const bent = mutator.bend(pick(), pick());
        return target.repair === undefined || random() < 0.5 ? bent : target.repair(bent);
      });
      keepNew(batch, batchInputs);
    }
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return { inputs, kept, covered: coverage.size, crash: { input: error.input, error: error.cause } };
  }
  return { inputs, kept, covered: coverage.size };
}

/**
 * The fewest inputs, small ones first, that together reach all that these reach. Seeds are not among them: they are made anew each time.
 */
export function smallestCorpus(
  target: Target,
  coverage: Coverage,
  inputs: readonly Uint8Array[],
): readonly Uint8Array[] {
  const seeds = target.seeds();
  coverage.reset();
  const reach = (input: Uint8Array): number => {
    target.check(input);
    return coverage.add(coverage.take());
  };
  for (const seed of seeds) reach(seed);
  return inputs.toSorted((a, b) => a.length - b.length).filter((input) => reach(input) > 0);
}
