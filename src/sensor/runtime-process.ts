import type { SensorRecord } from './decode.ts';

/** What tells a container runtime's process from the container's. */
export interface Looks {
  readonly comm: string;
  readonly exe: string;
  readonly args: readonly string[];
}

const stages = /^runc:\[\d:/;
/** The sealed copy of itself that a runtime executes: a memfd, or a file of a detached mount. */
const sealedCopy = /^\/memfd:|^\/$|\/(?:runc|crun|youki)$|^\/proc\//;

/**
 * A runtime's process that is in the container's cgroup already and has not executed the container's program yet: runc (and crun) run a sealed
 * copy of themselves, as a memfd or from a detached mount. Pure; a process may call itself so, see `isSetUp`.
 */
export function isRuntime({ comm, exe, args }: Looks): boolean {
  if (stages.test(comm)) return true;
  return ['runc', 'crun', 'youki'].includes(args[0]?.split('/').at(-1) ?? '') && sealedCopy.test(exe);
}

/**
 * A record of what the runtime does on its way into the container. The kernel keeps quiet about it from when its move into the cgroup is told, which is a
 * moment after the process is there: on a busy machine milliseconds. Only who was never seen to execute anything inside can be meant, and the kernel
 * says what it runs: neither can be had by a name. Pure.
 */
export function isSetUp(
  record: Pick<SensorRecord, 'kind' | 'program' | 'execution' | 'comm' | 'exe' | 'args'>,
): boolean {
  const { kind, program, execution, comm, exe } = record;
  if (kind === 'exec' || kind === 'exit' || program !== 0n || execution !== 0n) return false;
  return stages.test(comm) && sealedCopy.test(exe);
}
