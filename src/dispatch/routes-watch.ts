import { readFileSync } from 'node:fs';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { parseRoutes } from './routes-file.ts';
import type { RoutesSurroundings } from './routes-file.ts';
import { routesProblemText } from './routes.ts';
import type { Routes, RoutesProblem } from './routes.ts';

const lookMs = 2000;

/** A routes file, checked. @throws AnchorwatchError `routes.unreadable` */
export function readRoutes(file: string, surroundings: RoutesSurroundings): ReturnType<typeof parseRoutes> {
  return parseRoutes(file, readText(file), surroundings);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AnchorwatchError('routes.unreadable', `cannot read the routes file ${file}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** The error of a routes file that is not as it has to be; its message has a line for each problem. */
export function invalidRoutes(file: string, problems: readonly RoutesProblem[]): AnchorwatchError {
  const lines = problems.map(routesProblemText);
  const count = problems.length === 1 ? 'a mistake' : `${String(problems.length)} mistakes`;
  return new AnchorwatchError('routes.invalid', [`${count} in the routes file ${file}:`, ...lines].join('\n'));
}

/** Reads a routes file again when it changes, and when it is told to. A file that is not right changes nothing. */
export class RoutesWatch {
  readonly #file: string;
  readonly #surroundings: RoutesSurroundings;
  readonly #log: Logger;
  readonly #outcome: (outcome: 'loaded' | 'refused', routes: Routes | undefined) => void;
  readonly #first: Routes;
  #seen: string;
  #timer: NodeJS.Timeout | undefined;

  /** Throws `routes.unreadable` and `routes.invalid`. */
  constructor(
    file: string,
    surroundings: RoutesSurroundings,
    { log, outcome }: { log: Logger; outcome: (outcome: 'loaded' | 'refused', routes: Routes | undefined) => void },
  ) {
    this.#file = file;
    this.#surroundings = surroundings;
    this.#log = log;
    this.#outcome = outcome;
    this.#seen = readText(file);
    const parsed = parseRoutes(file, this.#seen, surroundings);
    if ('problems' in parsed) throw invalidRoutes(file, parsed.problems);
    this.#first = parsed.routes;
  }

  /** What the file said at first. */
  get routes(): Routes {
    return this.#first;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(false), lookMs);
  }

  /** Reads the file again, changed or not: files that it names may have changed. */
  reload(): void {
    this.#look(true);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(anyway: boolean): void {
    let text: string;
    try {
      text = readText(this.#file);
    } catch (error) {
      this.#refuse(`unreadable: ${errorText(error)}`, errorText(error), anyway);
      return;
    }
    if (!anyway && text === this.#seen) return;
    const parsed = parseRoutes(this.#file, text, this.#surroundings);
    if ('problems' in parsed) {
      this.#refuse(text, parsed.problems.map(routesProblemText).join('\n'), anyway);
      return;
    }
    this.#seen = text;
    this.#log.info({ routes: this.#file, receivers: parsed.routes.receivers.size }, 'the routes file was read again');
    this.#outcome('loaded', parsed.routes);
  }

  /** Said once for each state of the file. */
  #refuse(state: string, why: string, anyway: boolean): void {
    if (!anyway && state === this.#seen) return;
    this.#seen = state;
    this.#log.error({ routes: this.#file }, `the routes stay the old ones: ${why}`);
    this.#outcome('refused', undefined);
  }
}
