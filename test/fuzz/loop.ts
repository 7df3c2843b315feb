import type { Coverage } from './coverage.ts';
import { Mutator } from './mutator.ts';
import type { Target } from './target.ts';

/** Reading the coverage costs more than an input: it is read for so many at once, and one by one only where something is new. */
const batchInputs = 64;

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
  const keepIfNew = (input: Uint8Array): void => {
    coverage.take();
    attempt(input);
    if (coverage.add(coverage.take()) > 0) kept.push(input);
  };
  const mutator = new Mutator(random, target.dictionary, target.maxBytes);
  // The latest are the least explored.
  const pick = (): Uint8Array => {
    const among = random() < 0.5 ? Math.min(kept.length, 16) : kept.length;
    return kept[kept.length - 1 - Math.floor(random() * among)] ?? new Uint8Array();
  };
  coverage.reset();
  try {
    for (const input of [...target.seeds(), ...corpus]) keepIfNew(input);
    while (goOn(inputs)) {
      coverage.take();
      const batch = Array.from({ length: batchInputs }, () => {
        const bent = mutator.bend(pick(), pick());
        return target.repair === undefined || random() < 0.5 ? bent : target.repair(bent);
      });
      for (const input of batch) attempt(input);
      if (coverage.isNew(coverage.take())) for (const input of batch) keepIfNew(input);
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
  coverage.reset();
  const reach = (input: Uint8Array): number => {
    coverage.take();
    target.check(input);
    return coverage.add(coverage.take());
  };
  for (const seed of target.seeds()) reach(seed);
  return inputs.toSorted((a, b) => a.length - b.length).filter((input) => reach(input) > 0);
}
