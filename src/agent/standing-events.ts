import type { Event, ExecEvent, ListenEvent } from '../model/event.ts';
import { processOf, readListeners, readProcesses } from '../sensor/processes.ts';

/** A process that was there before the agent. */
interface StandingProcess {
  readonly pid: number;
  readonly exe: string;
}

/** Processes and listening sockets that `/proc` shows of a container older than the agent, each process before what it listens on. */
export function standingEvents(
  cgroupId: string,
  pids: readonly number[],
  timeMs: number,
): { readonly processes: readonly StandingProcess[]; readonly events: readonly Event[] } {
  const processes = readProcesses(pids);
  const executions = processes.map((process): ExecEvent => {
    const parentExe = process.ancestors[0]?.exe ?? '';
    return {
      ...{ kind: 'exec', timeMs, cgroupId, source: 'procfs', path: process.exe, origin: 'unknown', script: '' },
      ...{ parentExe, fromRuntime: parentExe === '', process: processOf(process) },
    };
  });
  const listeners = [...readListeners(processes.map(({ pid }) => pid))].flatMap(
    ({ pid, ...listener }): ListenEvent[] => {
      const holder = processes.find((process) => process.pid === pid);
      if (holder === undefined) return [];
      return [{ kind: 'listen', timeMs, cgroupId, source: 'procfs', ...listener, process: processOf(holder) }];
    },
  );
  return { processes, events: [...executions, ...listeners] };
}
