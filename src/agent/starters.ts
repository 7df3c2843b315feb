import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import type { Event, ExecEvent } from '../model/event.ts';
import { baseName } from '../model/program.ts';
import type { Profile } from '../profile/profile.ts';
import { isProgramOf, sharedOf } from '../profile/starter.ts';
import type { Starter } from '../profile/starter.ts';
import { parseStarter, starterProblemText } from '../profile/starter-file.ts';
import type { StarterProblem } from '../profile/starter-file.ts';

/** Directory of the baselines that come with Anchorwatch. */
export const shippedStarters: string = new URL('../../profiles/starter', import.meta.url).pathname;

/** A file larger than this is refused. */
const fileBytesMax = 262_144;
/** Of more files the rest is refused. */
const filesMax = 200;

/** What starts a container's program in its own place, or as its only child, and is not the program itself. */
const wrappers: ReadonlySet<string> = new Set(
  'docker-init tini tini-static dumb-init catatonit init sh bash dash ash busybox su gosu su-exec runuser setpriv env'.split(
    ' ',
  ),
);

/** What an agent may look at of a workload's profile. */
type StarterProfile = Pick<Profile, 'workload' | 'prior' | 'listeners' | 'usePrior' | 'state'>;

export interface LoadedStarters {
  /** By name; a later path's takes the place of an earlier one of that name. */
  readonly starters: readonly Starter[];
  readonly problems: readonly StarterProblem[];
}

/** Reads the starters of files and directories (their `*.yaml` and `*.yml`). What has a mistake is left out and named; the others count. */
export function loadStarters(paths: readonly string[]): LoadedStarters {
  const starters = new Map<string, Starter>();
  const problems: StarterProblem[] = [];
  let files = 0;
  const read = (file: string): void => {
    files += 1;
    if (files > filesMax) problems.push({ file, reason: `is one more than ${filesMax} files` });
    else if (statSync(file).size > fileBytesMax)
      problems.push({ file, reason: `is larger than ${fileBytesMax} bytes` });
    else {
      const parsed = parseStarter(file, readFileSync(file, 'utf8'));
      if ('problems' in parsed) problems.push(...parsed.problems);
      else starters.set(parsed.starter.name, parsed.starter);
    }
  };
  const attempt = (path: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      problems.push({ file: path, reason: `cannot be read: ${errorText(error)}` });
    }
  };
  for (const path of paths)
    attempt(path, () => {
      if (!statSync(path).isDirectory()) return read(path);
      const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
      for (const name of names.toSorted())
        attempt(join(path, name), () => {
          read(join(path, name));
        });
    });
  return { starters: [...starters.values()], problems };
}

/** The directories and files that `--starter` names: `off`, `on` (the shipped ones), or a path beside the shipped ones. */
export function starterPaths(setting: string): readonly string[] {
  if (setting === 'off') return [];
  return setting === 'on' ? [shippedStarters] : [shippedStarters, setting];
}

/**
 * Gives workloads that run a known program the baseline that was made of it, beside their own profile and until the fleet knows more. Which program a
 * workload runs is seen, not read off its name: the container's first program, as its image has it, is executed.
 */
export class Starters {
  readonly #paths: readonly string[];
  readonly #log: Logger;
  #starters: readonly Starter[] = [];
  #refused = 0;

  /** @param paths files and directories, as `starterPaths` answers them */
  constructor(paths: readonly string[], log: Logger) {
    this.#paths = paths;
    this.#log = log;
    this.reload();
  }

  /** Files that were refused, or could not be read, the last time. */
  get refused(): number {
    return this.#refused;
  }

  get names(): readonly string[] {
    return this.#starters.map(({ name }) => name);
  }

  /** Reads the starters again, for workloads that have none yet. A file with a mistake is logged, counted and left out; the others count. */
  reload(): void {
    const { starters, problems } = loadStarters(this.#paths);
    this.#starters = starters;
    this.#refused = new Set(problems.map(({ file }) => file)).size;
    for (const problem of problems)
      this.#log.error(
        { code: 'starter.invalid', file: problem.file, line: problem.line },
        `a starter is not used: ${starterProblemText(problem)}`,
      );
  }

  /** An event of a container: its first program is executed. */
  see(event: Event, profile: StarterProfile, container: Container): void {
    if (event.kind !== 'exec' || profile.prior !== undefined || !isFirstProgram(event, container)) return;
    this.#use(event.path, profile, container, event.timeMs);
  }

  /** A container runs of a workload that was learned by an earlier agent: the kernel recognises its program and will not tell of it. */
  recall(profile: StarterProfile, container: Container, nowMs: number): void {
    if (profile.prior !== undefined) return;
    for (const program of profile.listeners) {
      const runs = profile.state({ dimension: 'exec', key: program }) === 'known';
      if (runs && this.#use(program, profile, container, nowMs)) return;
    }
  }

  #use(program: string, profile: StarterProfile, { image }: Container, nowMs: number): boolean {
    const starter = this.#starters.find((one) => isProgramOf(one, program));
    if (starter === undefined) return false;
    const { workload } = profile;
    profile.usePrior(sharedOf(starter, { workload, program, image, nowMs }), nowMs);
    const { name, revision } = starter;
    this.#log.info(
      { workload: workload.name, starter: name, revision, program, image },
      'a starter counts beside what is learned here',
    );
    return true;
  }
}

/** The container's first process became it, or it is the only thing that wrappers started; from the image, and nothing that was executed from outside. Pure. */
export function isFirstProgram({ origin, process, fromRuntime }: ExecEvent, { pid }: Container): boolean {
  if (origin !== 'image' && origin !== 'unknown') return false;
  const { ancestors } = process;
  if (!ancestors.every(({ exe }) => wrappers.has(baseName(exe)))) return false;
  return process.pid === pid || (ancestors.length > 0 && !fromRuntime && ancestors.at(-1)?.pid === pid);
}
