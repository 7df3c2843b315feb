import { isLoopback } from '../detect/facts.ts';
import { maskArguments } from '../lib/mask.ts';
import type { Container } from '../model/container.ts';
import type { Event, Process } from '../model/event.ts';
import { baseName } from '../model/program.ts';

/** `part`: done by a process of the health check. `as-written`: moreover the process's command line is part of what the check is written to run. */
export type HealthCheckPart = 'no' | 'part' | 'as-written';

const processesMax = 32;
/** The kernel cuts long command lines off after 1,024 bytes; this much of one is enough to know it by. */
const recognisedLength = 900;

/**
 * Tells what a container's health check does from what others do in it: the engine's configuration says what is executed, the kernel which
 * processes came of it. A check may run for the first time long after the container's start.
 */
export class HealthChecks {
  readonly #pids: Map<string, Set<number>> = new Map();

  concerns(event: Event, container: Container): HealthCheckPart {
    const { process } = event;
    const { healthcheck } = container;
    if (process === undefined || healthcheck === undefined) return 'no';
    const text = maskArguments(healthcheck).join(' ').trim();
    if (event.kind === 'exec' && event.fromRuntime && isSame(process.args.join(' ').trim(), text)) {
      this.#remember(container.id, process.pid);
      return 'as-written';
    }
    if (!this.#descends(container.id, process) || (event.kind === 'connect' && !isLoopback(event.address))) return 'no';
    const [name = '', ...rest] = process.args;
    return name !== '' && [baseName(name), ...rest].every((argument) => holds(text, argument)) ? 'as-written' : 'part';
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

/** The text has these words, not only as a part of others. */
function holds(text: string, words: string): boolean {
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(?:^|[\\s'"=;&|()/])${escaped}(?:$|[\\s'";&|()])`).test(text);
}

function isSame(ran: string, written: string): boolean {
  return ran === written || (ran.length >= recognisedLength && written.startsWith(ran));
}
