import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountTracefs } from '../../src/sensor/tracefs.ts';

/** CPU time of a process, all its threads that live, in µs (first field of schedstat: nanoseconds on a CPU). */
export function cpuMicros(pid: number): number {
  let sumNs = 0;
  for (const tid of readdirSync(`/proc/${pid}/task`))
    sumNs += Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ')[0] ?? 0);
  return sumNs / 1000;
}

/** Resident memory of a process. */
export function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
}

const instance = '/sys/kernel/tracing/instances/anchorwatch-bench';

/**
 * Switches on one tracepoint of a system call that nothing makes. All that is measured then is what the kernel takes for itself as
 * soon as any system call is traced, by whatever tool: the floor below every sensor that uses these tracepoints.
 */
export function traceNothing(on: boolean): void {
  mountTracefs();
  if (on && !existsSync(instance)) mkdirSync(instance);
  if (!existsSync(instance)) return;
  writeFileSync(join(instance, 'events/syscalls/sys_exit_creat/enable'), on ? '1' : '0');
  if (!on) rmdirSync(instance);
}
