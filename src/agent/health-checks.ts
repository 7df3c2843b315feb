import { isLoopback } from '../detect/facts.ts';
import { maskArguments } from '../lib/mask.ts';
import type { Container } from '../model/container.ts';
import { isOfSession } from '../model/session.ts';
import type { Event, Process } from '../model/event.ts';
import { baseName, interpreterOf, isMultiCall } from '../model/program.ts';
import { interpretedText } from '../profile/features.ts';

/**
 * `part`: done by a process of the health check. `as-written`: moreover the process's command line is part of what the check is written to run, or it was
 * started by a script that the check is written to run and whose words are not seen.
 */
export type HealthCheckPart = 'no' | 'part' | 'as-written';

/** What processes of a check were told to do: in the check's own text, or in a script that it names. */
type Told = 'text' | 'script';

const processesMax = 64;
/** A process has no more ancestors than that in an event (AW_ANCESTORS_MAX in agents/sensor/wire.h): the last of so many need not be the first there is. */
/** The kernel cuts long command lines off after 1,024 bytes; this much of one is enough to know it by. */
const recognisedLength = 900;

/**
 * Tells what a container's health check, or a probe or hook of its pod, does from what others do in it: the engine's configuration says what is executed, the kernel which
 * processes came of it. A check may run for the first time long after the container's start; one that the kernel knows already is not told when it
 * begins, and one that takes too long is killed, so that what it started is left to the container's first process.
 */
export class HealthChecks {
  readonly #pids: Map<string, Map<number, Told>> = new Map();

  concerns(event: Event, container: Container): HealthCheckPart {
    const { process } = event;
    if (process === undefined) return 'no';
    const checks = [
      ...(container.healthcheck === undefined ? [] : [container.healthcheck]),
      ...(container.probes ?? []),
    ];
    const parts = new Set(checks.map((check) => this.#concernsCheck(event, process, container, check)));
    return parts.has('as-written') ? 'as-written' : parts.has('part') ? 'part' : 'no';
  }

  #concernsCheck(
    event: Event,
    process: Process,
    container: Container,
    healthcheck: readonly string[],
  ): HealthCheckPart {
    const masked = maskArguments(healthcheck);
    const text = masked.join(' ').trim();
    const isScripted = isScript(process.args, masked);
    const isCheck = isScripted || isSame(process.args.join(' ').trim(), text);
    if (isCheck && event.kind === 'exec' && event.fromRuntime) {
      this.#remember(container.id, process.pid, isScripted ? 'script' : 'text');
      return 'as-written';
    }
    if (event.kind === 'connect' && !isLoopback(event.address)) return 'no';
    const told = this.#told(container.id, process);
    // The kernel recognised its beginning: somebody from outside executed these very words, or a program of the check's name that executed them.
    if (told === undefined && !(isOfSession(process, container) && (isCheck || isBelow(event, process, healthcheck))))
      return 'no';
    const [name = '', ...rest] = process.args;
    const isWritten = isCheck || (name !== '' && [baseName(name), ...rest].every((argument) => holds(text, argument)));
    if (told !== undefined && event.kind === 'exec')
      this.#remember(container.id, process.pid, isWritten && runsScript(process.args) ? 'script' : told);
    if (isWritten || told === 'script') return 'as-written';
    return told === undefined ? 'no' : 'part';
  }

  forget(containerId: string): void {
    this.#pids.delete(containerId);
  }

  /** Of the nearest process of a check that it is or descends from. */
  #told(containerId: string, { pid, ancestors }: Process): Told | undefined {
    const pids = this.#pids.get(containerId);
    if (pids === undefined) return undefined;
    for (const one of [pid, ...ancestors.map((ancestor) => ancestor.pid)]) {
      const told = pids.get(one);
      if (told !== undefined) return told;
    }
    return undefined;
  }

  #remember(containerId: string, pid: number, told: Told): void {
    const pids = this.#pids.get(containerId) ?? new Map<number, Told>();
    this.#pids.set(containerId, pids);
    pids.delete(pid);
    pids.set(pid, told);
    for (const oldest of pids.keys()) {
      if (pids.size <= processesMax) break;
      pids.delete(oldest);
    }
  }
}

/**
 * What came in is the check's program, as far as its file says: a shell may be called otherwise than it is written, and its last command runs in its
 * place. What the engine executed itself is the check or is not.
 */
function isBelow(event: Event, { ancestors }: Process, [written = '']: readonly string[]): boolean {
  const executed = event.kind === 'exec' ? event : undefined;
  if (executed?.fromRuntime === true) return false;
  const first = ancestors.at(-1)?.exe ?? executed?.parentExe;
  if (first === undefined) return true;
  const [ran, called] = [baseName(first), baseName(written)];
  const isShell = interpreterOf(ran) === 'shell' || isMultiCall(first);
  return ran === called || (isShell && interpreterOf(called) === 'shell');
}

/**
 * A script that is written as the check: what is executed is its interpreter with, at most, one argument of its own (execve(2), "Interpreter
 * scripts"), the path of the script as it was found, and the script's arguments.
 */
function isScript(ran: readonly string[], [script = '', ...rest]: readonly string[]): boolean {
  const at = ran.length - rest.length - 1;
  const path = ran[at] ?? '';
  if (at < 1 || at > 2 || interpreterOf(baseName(ran[0] ?? '')) === undefined) return false;
  const isPath = path === script || (!script.includes('/') && path.startsWith('/') && baseName(path) === script);
  return isPath && rest.every((argument, index) => ran[at + 1 + index] === argument);
}

/** An interpreter that runs a file, and not a text or what it is given as its input. */
function runsScript(args: readonly string[]): boolean {
  const family = interpreterOf(baseName(args[0] ?? ''));
  if (family === undefined) return false;
  const { mode, text } = interpretedText(family, args);
  return mode === 'script' && text.includes('/');
}

/** The text has these words, not only as a part of others. */
function holds(text: string, words: string): boolean {
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(?:^|[\\s'"=;&|()/])${escaped}(?:$|[\\s'";&|()])`).test(text);
}

function isSame(ran: string, written: string): boolean {
  return ran === written || (ran.length >= recognisedLength && written.startsWith(ran));
}
