import type { Container } from '../model/container.ts';
import type { ContainerRates, ContainerReport } from '../model/node.ts';
import { cgroupPlace } from '../identity/containers.ts';
import { Counters } from '../sensor/counters.ts';

/** Reads the counters of every running container; files stay open as long as it runs. */
export class Rates {
  readonly #counters: Map<string, { readonly pid: number; readonly counters: Counters }> = new Map();
  #latest: ReadonlyMap<string, ContainerRates> = new Map();

  /** Reads all, and answers what was read; a container whose process is not known yet is left for the next time. */
  read(containers: readonly Container[]): ReadonlyMap<string, ContainerRates> {
    const latest = new Map<string, ContainerRates>();
    for (const container of containers) {
      const counters = this.#of(container);
      if (counters !== undefined) latest.set(container.id, counters.read());
    }
    for (const id of this.#counters.keys()) if (!latest.has(id)) this.forget(id);
    this.#latest = latest;
    return latest;
  }

  /** What was read last, by container. */
  get latest(): ReadonlyMap<string, ContainerRates> {
    return this.#latest;
  }

  /** CPU, processes and memory of those that were read before, which costs a third. */
  readBriefly(containers: readonly Container[]): ReadonlyMap<string, ContainerRates> {
    return new Map(
      containers.flatMap(({ id }) => {
        const counters = this.#counters.get(id)?.counters;
        return counters === undefined ? [] : [[id, counters.read(true)] as const];
      }),
    );
  }

  /** What was read last, for every container, and what the sensor counted of it, by cgroup. */
  reports(
    containers: readonly Container[],
    byCgroup: ReadonlyMap<string, ContainerRates> = new Map(),
  ): readonly ContainerReport[] {
    return containers.map(({ id, name, workload, cgroupId }) => ({
      id,
      name,
      workload: workload.name,
      rates: { ...this.#latest.get(id), ...byCgroup.get(cgroupId ?? '') },
    }));
  }

  forget(containerId: string): void {
    this.#counters.get(containerId)?.counters.close();
    this.#counters.delete(containerId);
  }

  close(): void {
    for (const id of [...this.#counters.keys()]) this.forget(id);
  }

  #of(container: Container): Counters | undefined {
    const open = this.#counters.get(container.id);
    if (open?.pid === container.pid) return open.counters;
    this.forget(container.id);
    const place = cgroupPlace(container);
    if (place === undefined) return undefined;
    const counters = new Counters({
      cgroupPath: place.path,
      pid: container.pid,
      hostNetwork: container.hostNamespaces.includes('net'),
    });
    this.#counters.set(container.id, { pid: container.pid, counters });
    return counters;
  }
}
