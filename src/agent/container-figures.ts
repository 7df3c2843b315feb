import type { Container } from '../model/container.ts';
import { blinds } from '../model/loss.ts';
import type { ContainerRates } from '../model/node.ts';
import type { Sensor } from '../sensor/sensor.ts';

/** Figures of containers with what the kernel counted of them. */
export function withCounts(
  sensor: Sensor | undefined,
  containers: readonly Container[],
  figures: ReadonlyMap<string, ContainerRates>,
): ReadonlyMap<string, ContainerRates> {
  return new Map(
    containers.map(({ id, cgroupId }) => {
      const counted = cgroupId === undefined ? undefined : sensor?.counts.read(cgroupId);
      return [id, { ...figures.get(id), ...counted }];
    }),
  );
}

/** What the sensor counted by container: what it did; records that left something new unseen; in strict mode, system calls. By cgroup. */
export function figuresByCgroup(
  sensor: Sensor | undefined,
  containers: readonly Container[],
): ReadonlyMap<string, ContainerRates> {
  const lost = new Map<string, number>();
  for (const { cgroupId, reason, count } of sensor?.losses() ?? [])
    if (blinds(reason)) lost.set(cgroupId, (lost.get(cgroupId) ?? 0) + count);
  return new Map(
    containers.flatMap(({ cgroupId }) => {
      if (cgroupId === undefined || sensor === undefined) return [];
      const systemCalls = sensor.syscallCounts(cgroupId)?.reduce((sum, count) => sum + count, 0);
      const recordsLost = lost.get(cgroupId) ?? 0;
      const counted = { ...sensor.counts.read(cgroupId), ...(systemCalls === undefined ? {} : { systemCalls }) };
      return [[cgroupId, { recordsLost, ...counted }] as const];
    }),
  );
}
