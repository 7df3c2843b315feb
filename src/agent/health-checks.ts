import { isLoopback } from '../detect/facts.ts';
import { maskArguments } from '../lib/mask.ts';
import type { Container } from '../model/container.ts';
import type { Event, Process } from '../model/event.ts';
import { baseName, interpreterOf, isMultiCall } from '../model/program.ts';

/** `part`: done by a process of the health check. `as-written`: moreover the process's command line is part of what the check is written to run. */
export type HealthCheckPart = 'no' | 'part' | 'as-written';

const processesMax = 64;
/** A process has no more ancestors than that in an event (AW_ANCESTORS_MAX in agents/sensor/wire.h): the last of so many need not be the first there is. */
const ancestorsMax = 8;
/** The kernel cuts long command lines off after 1,024 bytes; this much of one is enough to know it by. */
const recognisedLength = 900;

/**
 * Tells what a container's health check does from what others do in it: the engine's configuration says what is executed, the kernel which
 * processes came of it. A check may run for the first time long after the container's start; one that the kernel knows already is not told when it
 * begins, and one that takes too long is killed, so that what it started is left to the container's first process.
 */
export class HealthChecks {
  readonly #pids: Map<string, Set<number>> = new Map();

  concerns(event: Event, container: Container): HealthCheckPart {
    const { process } = event;
    const { healthcheck } = container;
    if (process === undefined || healthcheck === undefined) return 'no';
    const masked = maskArguments(healthcheck);
    const text = masked.join(' ').trim();
    const isCheck = isSame(process.args.join(' ').trim(), text) || isScript(process.args, masked);
    if (isCheck && event.kind === 'exec' && event.fromRuntime) {
      this.#remember(container.id, process.pid);
      return 'as-written';
    }
    if (event.kind === 'connect' && !isLoopback(event.address)) return 'no';
    const descends = this.#descends(container.id, process);
    // The kernel recognised its beginning: somebody from outside executed these very words, or a program of the check's name that executed them.
    if (!descends && !(isEntered(process, container) && (isCheck || isBelow(process, healthcheck)))) return 'no';
    if (descends && event.kind === 'exec') this.#remember(container.id, process.pid);
    const [name = '', ...rest] = process.args;
    const written = isCheck || (name !== '' && [baseName(name), ...rest].every((argument) => holds(text, argument)));
    return written ? 'as-written' : descends ? 'part' : 'no';
  }

  forget(containerId: string): void {
    this.#pids.delete(containerId);
  }

  #descends(containerId: string, { pid, ancestors }: Process): boolean {
    const pids = this.#pids.get(containerId);
    return pids !== undefined && (pids.has(pid) || ancestors.some((ancestor) => pids.has(ancestor.pid)));
  }

  #remember(containerId: string, pid: number): void {
    const pids = this.#pids.get(containerId) ?? new Set();
    this.#pids.set(containerId, pids);
    pids.delete(pid);
    pids.add(pid);
    for (const oldest of pids) {
      if (pids.size <= processesMax) break;
      pids.delete(oldest);
    }
  }
}

/** The process came into the container from outside: nothing that the container's first process started. */
function isEntered({ pid, ancestors }: Process, container: Container): boolean {
  const first = ancestors.at(-1)?.pid ?? pid;
  return container.pid > 0 && first !== container.pid && ancestors.length < ancestorsMax;
}

/** What came in is the check's program, as far as its file says: a shell may be called otherwise than it is written. */
function isBelow({ ancestors }: Process, [written = '']: readonly string[]): boolean {
  const first = ancestors.at(-1);
  if (first === undefined) return false;
  const [ran, called] = [baseName(first.exe), baseName(written)];
  const isShell = interpreterOf(ran) === 'shell' || isMultiCall(first.exe);
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

/** The text has these words, not only as a part of others. */
function holds(text: string, words: string): boolean {
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(?:^|[\\s'"=;&|()/])${escaped}(?:$|[\\s'";&|()])`).test(text);
}

function isSame(ran: string, written: string): boolean {
  return ran === written || (ran.length >= recognisedLength && written.startsWith(ran));
}
