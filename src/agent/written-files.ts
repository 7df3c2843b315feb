import { fromDirectory } from '../lib/paths.ts';
import type { Event } from '../model/event.ts';
import { interpreterOf, runningName } from '../model/program.ts';

/** What an event has to do with files that were written in its container. */
export interface WrittenFile {
  /** It executes such a file, as a program or as a script. */
  readonly writtenHere: boolean;
  /** It changes a file that the same process made, or a directory in which it made one: copying and unpacking, not tampering. */
  readonly ownFile: boolean;
}

const writtenMax = 512;
const containersMax = 4_096;

/** Arguments that may be what runs: `sh /srv/x`. What awk works on is none, what it is told by `-f` is. */
function scriptArguments(path: string, args: readonly string[]): readonly string[] {
  const interpreter = interpreterOf(runningName(path, args));
  if (interpreter === undefined) return [];
  if (interpreter !== 'awk') return args.slice(1, 3);
  return args.flatMap((argument, index) =>
    index > 0 && /^(?:-f|--file|-E|--exec)$/.test(args[index - 1] ?? '')
      ? [argument]
      : (/^(?:-f|--file=)(.+)$/.exec(argument)?.slice(1) ?? []),
  );
}

/**
 * Files written in each container since it started, with the process that made them: 512 of a container, the oldest are forgotten first, of at most 4,096 containers. What the kernel
 * knows already is not told here, and so is nobody's own.
 */
export class WrittenFiles {
  /** By container and path: the process that made it; 0 where it was there before. */
  readonly #makers: Map<string, Map<string, number>> = new Map();

  /** Says what the event has to do with what was written before it, then notes what it writes. */
  see(containerId: string, event: Event): WrittenFile {
    const makers = this.#makers.get(containerId);
    const found = {
      writtenHere: makers !== undefined && executes(makers, event),
      ownFile: makers !== undefined && changesOwn(makers, event),
    };
    this.#note(containerId, event);
    return found;
  }

  forget(containerId: string): void {
    this.#makers.delete(containerId);
  }

  #note(containerId: string, event: Event): void {
    const made = maybeMade(event);
    if (made === undefined) return;
    let makers = this.#makers.get(containerId);
    if (makers === undefined) {
      if (this.#makers.size >= containersMax)
        for (const oldest of this.#makers.keys()) if (this.#makers.delete(oldest)) break;
      this.#makers.set(containerId, (makers = new Map()));
    }
    const maker = makers.get(made.path);
    makers.delete(made.path);
    makers.set(made.path, made.isNew || maker === made.pid ? made.pid : 0);
    if (makers.size > writtenMax) makers.delete(makers.keys().next().value ?? '');
  }
}

/** The file that an event writes, or the link that it makes; undefined: none. */
function maybeMade(event: Event): { readonly path: string; readonly pid: number; readonly isNew: boolean } | undefined {
  if (event.kind === 'change' && event.change === 'symlink' && event.error === '')
    return { path: event.path, pid: event.process.pid, isNew: true };
  if (event.kind !== 'file' || event.access !== 'write' || event.fileType !== 'regular') return undefined;
  return { path: event.path, pid: event.process.pid, isNew: event.created };
}

function executes(makers: ReadonlyMap<string, number>, event: Event): boolean {
  if (event.kind !== 'exec') return false;
  const { path, script, process } = event;
  if (makers.has(path) || (script !== '' && makers.has(script))) return true;
  return scriptArguments(path, process.args).some((argument) => makers.has(fromDirectory(argument, process.cwd)));
}

/** Only asked of times: a walk over what was written is too much for every change. */
function changesOwn(makers: ReadonlyMap<string, number>, event: Event): boolean {
  if (event.kind !== 'change' || event.change !== 'times') return false;
  const { pid } = event.process;
  const maker = makers.get(event.path);
  if (maker !== undefined) return maker === pid;
  return [...makers].some(([path, by]) => by === pid && path.startsWith(`${event.path}/`));
}
