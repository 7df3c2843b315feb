/** What is needed of a process that a record names. */
interface NamedProgram {
  readonly pid: number;
  /** Hash of the program's path; 0: the record has none. */
  readonly program: bigint;
}

export interface ProgramPathsOptions {
  /** The kernel's hash of a program's path. */
  readonly hash: (path: string) => bigint;
  /** Path of a running process' program, empty when it is gone. */
  readonly exeOf: (pid: number) => string;
}

const programsMax = 65_536;

/**
 * Paths of programs by the hashes that lineage has them under. At most `programsMax`: the one learned first makes way, and is read from `/proc`
 * again where it still runs.
 */
export class ProgramPaths {
  readonly #options: ProgramPathsOptions;
  readonly #paths: Map<bigint, string> = new Map();
  readonly #unhealed: Set<bigint> = new Set();

  constructor(options: ProgramPathsOptions) {
    this.#options = options;
  }

  /** Empty where it is not known. */
  pathOf(program: bigint): string {
    return this.#paths.get(program) ?? '';
  }

  /** Answers the program's hash. */
  learn(path: string): bigint {
    const program = this.#options.hash(path);
    this.learnAs(program, path);
    return program;
  }

  /** Like `learn`, with the hash that the kernel told. */
  learnAs(program: bigint, path: string): void {
    if (this.#paths.get(program) === path) return;
    this.#paths.set(program, path);
    if (this.#paths.size > programsMax) for (const oldest of this.#paths.keys()) return void this.#paths.delete(oldest);
  }

  /**
   * What a lost record would have told is taken from `/proc`: the paths of programs that are known by their hashes alone. The hash says whether
   * it is the right one. Answers how many were found.
   */
  heal(named: readonly NamedProgram[]): number {
    let healed = 0;
    for (const { pid, program } of named) {
      if (program === 0n || this.#paths.has(program) || this.#unhealed.has(program)) continue;
      const path = this.#options.exeOf(pid);
      if (path !== '' && this.#options.hash(path) === program) {
        this.learnAs(program, path);
        healed++;
      } else {
        this.#unhealed.add(program);
        if (this.#unhealed.size > programsMax) this.#unhealed.clear();
      }
    }
    return healed;
  }
}
