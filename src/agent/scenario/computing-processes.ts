import type { Container } from '../../model/container.ts';
import type { Process } from '../../model/event.ts';
import { baseName } from '../../model/program.ts';
import type { Look } from '../../profile/spin.ts';
import { pairs } from './words.ts';

interface Computing {
  readonly process: Process;
  readonly cores: number;
  readonly sinceMs: number;
}

const firstComputingPid = 10_000;
const firstLook = { start: '1', systemMs: 0, bytes: 0, parent: 1, running: true, childrenMs: 0 } as const;

/** Processes that a scenario lets compute and do nothing else: `computes EXE [cores X] [args …]` holds until `computes nothing`. */
export class ComputingProcesses {
  readonly #nowMs: () => number;
  readonly #containers: Map<string, Computing> = new Map();
  #pid = firstComputingPid;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A `computes` line. */
  set(containerId: string, [exe = '', ...rest]: readonly string[]): void {
    this.#containers.delete(containerId);
    if (exe === 'nothing') return;
    const argsAt = rest.indexOf('args');
    const cores = Number(pairs(argsAt < 0 ? rest : rest.slice(0, argsAt)).get('cores') ?? 1);
    if (!exe.startsWith('/') || !(cores > 0))
      throw new Error('computes takes the path of a program, and cores above 0');
    const process: Process = {
      ...{ pid: this.#pid++, startTimeNs: '1', comm: '', exe, uid: 0, gid: 0, cwd: '/', ancestors: [] },
      args: argsAt < 0 ? [baseName(exe)] : rest.slice(argsAt + 1),
    };
    this.#containers.set(containerId, { process, cores, sinceMs: this.#nowMs() });
  }

  /** Processor time that it took so far, seconds. */
  cpuSeconds(containerId: string): number {
    return this.#ranMs(this.#containers.get(containerId)) / 1000;
  }

  /** As `containerProcesses` looks at those of a machine. */
  work({ id }: Container): ReadonlyMap<number, Look> {
    const one = this.#containers.get(id);
    const ranMs = this.#ranMs(one);
    return one === undefined
      ? new Map()
      : new Map([[one.process.pid, { ...firstLook, ranMs, readyMs: this.#nowMs() }]]);
  }

  workOnDevicesOnly(): boolean {
    return true;
  }

  process({ id }: Container, pid: number): Process | undefined {
    const process = this.#containers.get(id)?.process;
    return process?.pid === pid ? process : undefined;
  }

  #ranMs(one: Computing | undefined): number {
    return one === undefined ? 0 : (this.#nowMs() - one.sinceMs) * one.cores;
  }
}
