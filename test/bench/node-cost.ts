import { execFileSync } from 'node:child_process';
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

const statistics = '/proc/sys/kernel/bpf_stats_enabled';

/** How often a program of the sensor ran so far, and how long. */
export interface ProgramTime {
  readonly runs: number;
  readonly ns: number;
}

/** Switches the kernel's statistics of BPF programs on or off (Documentation/admin-guide/sysctl/kernel.rst). They cost each run some 40 ns. */
export function countProgramTime(on: boolean): void {
  writeFileSync(statistics, on ? '1' : '0');
}

/** What the kernel counted of the sensor's programs while the statistics were on, by name. */
export function programTimes(): ReadonlyMap<string, ProgramTime> {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const text = execFileSync('bpftool', ['-j', 'prog', 'show'], { env, encoding: 'utf8', maxBuffer: 16 << 20 });
  const programs = JSON.parse(text) as { name?: string; run_cnt?: number; run_time_ns?: number }[];
  const times = new Map<string, ProgramTime>();
  for (const { name = '', run_cnt: runs = 0, run_time_ns: ns = 0 } of programs)
    if (name.startsWith('on_')) times.set(name, { runs, ns });
  return times;
}
