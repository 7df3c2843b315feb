import { readFileSync } from 'node:fs';
import { unifiedMount } from '../identity/cgroup.ts';
import type { Containers } from '../identity/containers.ts';
import { systemClock } from '../lib/clock.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { ProcfsSource } from '../sensor/procfs.ts';
import type { MarkTaker } from '../sensor/marks.ts';
import { Sensor } from '../sensor/sensor.ts';
import type { AgentOptions } from './agent-options.ts';
import type { Pipeline } from './pipeline.ts';
import { SensorLoading } from './sensor-loading.ts';

/** Where events are from: one of the two. */
export interface Source {
  readonly sensor?: Sensor;
  readonly poller?: ProcfsSource;
  /** Why there is no kernel sensor. */
  readonly trouble: string;
}

/**
 * Starts the kernel sensor, or where it does not work and need not, what polls `/proc`; says which and why. The pipeline is given its events.
 * Rejects with AnchorwatchError `sensor.…` where only the kernel sensor is wanted.
 */
export async function startSource(
  {
    sensor: wanted = 'auto',
    allSyscalls,
    sensorLoading,
    marks,
    historyProcesses,
  }: Pick<AgentOptions, 'sensor' | 'allSyscalls' | 'sensorLoading' | 'historyProcesses'> & {
    readonly marks?: MarkTaker;
  },
  pipeline: Pipeline,
  containers: Containers,
  log: Logger,
): Promise<Source> {
  let trouble = 'not wanted: --sensor procfs';
  if (wanted !== 'procfs') {
    let sensor: Sensor | undefined;
    try {
      if (unifiedMount(readFileSync('/proc/self/mountinfo', 'latin1')) === undefined)
        throw new AnchorwatchError('sensor.cgroup', 'no cgroup v2 tree is mounted');
      const loading = sensorLoading ?? new SensorLoading({ allSyscalls });
      sensor = new Sensor({
        log,
        allSyscalls,
        ...(marks === undefined || historyProcesses === 'new' ? {} : { marks }),
        loaded: await loading.take(),
        listener: {
          event: (event, handle) => {
            pipeline.event(event, handle);
          },
          cgroupMade: (cgroupId, path) => void pipeline.cgroupMade(cgroupId, path),
          cgroupRemoved: (cgroupId) => {
            containers.cgroupRemoved(cgroupId);
          },
        },
      });
      pipeline.useSensor(sensor);
      await sensor.start();
      return { sensor, trouble: '' };
    } catch (error) {
      pipeline.useSensor(undefined);
      await sensor?.stop();
      if (wanted === 'bpf') throw error;
      trouble = errorText(error);
      log.error({ err: error, code: 'sensor.unavailable' }, `no kernel sensor: ${trouble}`);
    }
  }
  const poller = new ProcfsSource({ listener: pipeline, clock: systemClock, log });
  pipeline.usePoller(poller);
  log.warn(
    { code: 'sensor.procfs' },
    'processes, listening sockets and connections are polled from /proc about once a second; files, system calls and what lasts shorter are not seen. "anchorwatch doctor" says more',
  );
  return { poller, trouble };
}
