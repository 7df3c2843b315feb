import { cgroupPlace } from '../identity/containers.ts';
import type { Container } from '../model/container.ts';
import type { Process } from '../model/event.ts';
import { readWork, workOnDevicesOnly } from '../sensor/busy-process.ts';
import type { ProcessWork } from '../sensor/busy-process.ts';
import { cgroupContents, processOf, readProcesses } from '../sensor/processes.ts';

/** What the processes of running containers do, as `/proc` shows it. Never throws: who is gone is left out. */
export const containerProcesses: {
  work(container: Container, max: number): ReadonlyMap<number, ProcessWork>;
  workOnDevicesOnly(container: Container, pids: readonly number[]): boolean;
  process(container: Container, pid: number): Process | undefined;
} = {
  work(container, max) {
    return new Map(
      pidsOf(container)
        .slice(0, max)
        .flatMap((pid) => {
          const work = readWork(pid);
          return work === undefined ? [] : [[pid, work] as const];
        }),
    );
  },
  workOnDevicesOnly: (container, pids) => workOnDevicesOnly(pids, pidsOf(container).slice(0, pipeEndsMax)),
  process(container, pid) {
    const found = readProcesses(pidsOf(container)).find((process) => process.pid === pid);
    return found === undefined ? undefined : processOf(found);
  },
};

/** Processes of a container that are looked at for the other end of a pipe. */
const pipeEndsMax = 128;

function pidsOf(container: Container): readonly number[] {
  const place = cgroupPlace(container);
  return place === undefined ? [] : cgroupContents(place.directory).pids;
}
