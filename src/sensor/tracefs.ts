import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where tracepoints are named (Documentation/trace/ftrace.rst). */
const places = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'] as const;

/** Mounts tracefs where the kernel has it and nobody did; libbpf finds the ids of tracepoints there. True when it is there now. */
export function mountTracefs(): boolean {
  const there = (): boolean => places.some((place) => existsSync(`${place}/events`));
  if (there()) return true;
  spawnSync('/bin/mount', ['-t', 'tracefs', 'tracefs', places[0]], { stdio: 'ignore' });
  return there();
}
