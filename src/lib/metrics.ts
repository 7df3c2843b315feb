import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry of its own; nothing of this program uses prom-client's global one. */
export function createRegistry(): Registry {
  return new Registry();
}

/**
 * Registers a counter. Without labels it starts at 0 and is shown; with labels, preset each known combination with `.inc(labels, 0)`
 * so that a rate over it sees the first increase.
 * @param name Prometheus conventions: base units, `_total`.
 */
export function counter<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly L[] = [],
): Counter<L> {
  return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
}

/** Registers a gauge. @param name Prometheus conventions: base units. */
export function gauge<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly L[] = [],
): Gauge<L> {
  return new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
}

/** Registers a histogram. @param buckets Upper bounds, ascending, in the unit that the name ends with. */
export function histogram<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly L[] = [],
  buckets: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
): Histogram<L> {
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
}

/** A metric as it was declared. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** What was declared in a registry, by name. */
export function describeMetrics(registry: Registry): readonly MetricDescription[] {
  return registry
    .getMetricsAsArray()
    .map((metric) => {
      const type = metric instanceof Counter ? 'counter' : metric instanceof Histogram ? 'histogram' : 'gauge';
      const { labelNames = [] } = metric as unknown as { labelNames?: readonly string[] };
      const { help, name } = metric as unknown as { help: string; name: string };
      return { name, type, help, labels: labelNames } as const;
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
