import type { ContainerRates } from '../model/node.ts';

/** One cumulative figure of one container at one moment. */
export interface RestFigure {
  readonly node: string;
  readonly workload: string;
  readonly container: string;
  readonly id: string;
  readonly figure: keyof ContainerRates;
  readonly value: number;
  /** The container has a series of its own, so only its last value is kept, for the day it moves to the rest. */
  readonly own: boolean;
}

interface Total {
  readonly labels: { readonly node: string; readonly workload: string; readonly container: string };
  readonly figure: keyof ContainerRates;
  readonly value: number;
}

/**
 * Sums the counters of the containers that have no series of their own. Increases are added up, not values: a sum of values would
 * fall when a container ends, and a falling counter reads as a restart and a jump. What a container used before it was first seen is
 * not counted: it may be one that was out of sight for a while. Bounded by the containers in the last reports.
 */
export class RestOfContainers {
  readonly #last = new Map<string, Map<keyof ContainerRates, number>>();
  /** By node: looking through those of all nodes for each would take seconds for ten thousand. */
  readonly #totals = new Map<string, Map<string, Total>>();

  add({ node, workload, container, id, figure, value, own }: RestFigure): void {
    const key = `${node}/${id}`;
    const last = this.#last.get(key) ?? new Map<keyof ContainerRates, number>();
    this.#last.set(key, last);
    const before = last.get(figure) ?? value;
    last.set(figure, value);
    if (own) return;
    const labels = { node, workload, container };
    const totals = this.#totals.get(node) ?? new Map<string, Total>();
    this.#totals.set(node, totals);
    const totalKey = JSON.stringify([workload, container, figure]);
    const sum = totals.get(totalKey)?.value ?? 0;
    // A smaller value than before: the container or the counter started again.
    totals.set(totalKey, { labels, figure, value: sum + (value >= before ? value - before : value) });
  }

  totals(node: string): readonly Total[] {
    return [...(this.#totals.get(node)?.values() ?? [])];
  }

  /** Forgets containers (`node/id`) and nodes that are not named. */
  keepOnly(containers: ReadonlySet<string>, nodes: ReadonlySet<string>): void {
    for (const key of this.#last.keys()) if (!containers.has(key)) this.#last.delete(key);
    for (const node of this.#totals.keys()) if (!nodes.has(node)) this.#totals.delete(node);
  }
}
