import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';

/** Characters of the sources, by script, that ran. */
type Painted = ReadonlyMap<string, Uint8Array>;

/**
 * Which parts of the modules under test have run, by V8's block coverage: characters of their sources, so that what V8 makes one block and
 * what it makes two does not matter. Of the thread that makes it.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #isWatched: (url: string) => boolean;
  readonly #seen = new Map<string, Uint8Array>();

  /** @param isWatched by the URL of a script */
  constructor(isWatched: (url: string) => boolean) {
    this.#isWatched = isWatched;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Characters that ever ran. */
  get size(): number {
    return [...this.#seen.values()].reduce((sum, marks) => sum + count(marks), 0);
  }

  /** What ran since the last call. */
  take(): Painted {
    let result: readonly Profiler.ScriptCoverage[] = [];
    // Within one thread the inspector answers before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error === null) result = answer.result;
    });
    return new Map(
      result.filter(({ url }) => this.#isWatched(url)).map(({ url, functions }) => [url, paint(functions)]),
    );
  }

  /** Whether any of it never ran before. */
  isNew(painted: Painted): boolean {
    return [...painted].some(([url, marks]) => {
      const seen = this.#seen.get(url);
      return marks.some((mark, i) => mark === 1 && seen?.[i] !== 1);
    });
  }

  /** Takes note of it; how many characters never ran before. */
  add(painted: Painted): number {
    let added = 0;
    for (const [url, marks] of painted) {
      let seen = this.#seen.get(url) ?? new Uint8Array();
      if (seen.length < marks.length) {
        const longer = new Uint8Array(marks.length);
        longer.set(seen);
        seen = longer;
        this.#seen.set(url, seen);
      }
      for (const [i, mark] of marks.entries()) {
        if (mark !== 1 || seen[i] === 1) continue;
        seen[i] = 1;
        added++;
      }
    }
    return added;
  }

  /** Forgets everything that ran. */
  reset(): void {
    this.#seen.clear();
    this.take();
  }
}

function count(marks: Uint8Array): number {
  return marks.reduce((sum, mark) => sum + mark, 0);
}

/** Blocks lie in one another: the innermost one says whether a character ran. */
function paint(functions: readonly Profiler.FunctionCoverage[]): Uint8Array {
  const ranges = functions
    .flatMap((one) => one.ranges)
    .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const end = ranges.reduce((most, { endOffset }) => Math.max(most, endOffset), 0);
  const marks = new Uint8Array(end);
  for (const range of ranges) marks.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset);
  return marks;
}
