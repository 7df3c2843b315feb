import type { Dimension } from './feature.ts';
import type {
  DimensionCoverage,
  NodeReport,
  PriorReport,
  ProfileFeature,
  RateReport,
  UnobservedDimension,
  WorkloadReport,
} from './node.ts';

/** A node as the collector knows it. */
export interface NodeState {
  readonly name: string;
  readonly agentVersion: string;
  /** True while its agent is connected. */
  readonly up: boolean;
  /** Milliseconds since the epoch, by the collector's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The last report, which may be old; undefined when none ever came. */
  readonly report: NodeReport | undefined;
  /** When the report came, by the collector's clock. */
  readonly reportReceivedMs: number | undefined;
  /** Its agent said goodbye when it was heard of last: it was stopped in order. */
  readonly stopped?: boolean;
  /** Id of the alert that says that it fell silent; absent while it is heard of. */
  readonly silentAlert?: string;
  /** By how much its clock is ahead of the collector's, milliseconds; absent as long as it was not measured. */
  readonly clockSkewMs?: number;
}

/** What lists of workloads are made from: a node, or what tells of workloads beside the nodes. */
export interface WorkloadTeller extends Pick<NodeState, 'name' | 'up'> {
  readonly report: Pick<NodeReport, 'workloads' | 'containers'> | undefined;
}

/** A workload as all the nodes that run it know it. */
export interface FleetWorkload extends Omit<WorkloadReport, 'prior' | 'unobserved'> {
  readonly nodes: readonly string[];
  /** What counts on which of them beside what it learned; absent: nothing does. */
  readonly priors?: readonly NodePrior[];
  /** Dimensions of which nodes that run it see nothing; absent: no node tells of any. */
  readonly unobserved?: readonly FleetUnobserved[];
}

/** A dimension of which nothing is seen on some nodes, and why. */
export interface FleetUnobserved extends UnobservedDimension {
  readonly nodes: readonly string[];
}

/** What counts on a node beside what it learned. */
export interface NodePrior extends PriorReport {
  readonly node: string;
}

/**
 * One list of workloads from the reports of several nodes. Containers and samples are summed. Every node learns for itself, so the
 * coverage of a dimension is the lowest of the nodes and its features and single ones are the most that one node has; its threshold is the highest.
 * What is usual for a rate is as the node knows that has watched it longest, the highest value that of all.
 * Sorted by containers (most first), then name.
 */
export function mergeWorkloads(states: readonly WorkloadTeller[]): readonly FleetWorkload[] {
  const merged = new Map<string, FleetWorkload>();
  // Grown in place: of ten thousand nodes a copy for each would take seconds.
  const nodes = new Map<string, string[]>();
  const priors = new Map<string, NonNullable<FleetWorkload['priors']>[number][]>();
  const unobserved = new Map<string, Map<Dimension, { readonly reason: string; readonly nodes: string[] }>>();
  for (const { name, report } of states) {
    for (const { prior, unobserved: blind, ...workload } of report?.workloads ?? []) {
      const { id } = workload.workload;
      if (blind !== undefined && blind.length > 0) addUnobserved(unobserved, id, name, blind);
      const before = merged.get(id);
      const names = nodes.get(id) ?? [];
      names.push(name);
      nodes.set(id, names);
      merged.set(id, before === undefined ? { ...workload, nodes: names } : addWorkload(before, workload));
      if (prior === undefined) continue;
      const known = priors.get(id);
      if (known === undefined) priors.set(id, [{ node: name, ...prior }]);
      else known.push({ node: name, ...prior });
    }
  }
  const all = [...merged].map(([id, one]): FleetWorkload => {
    const [told, blind] = [priors.get(id), unobserved.get(id)];
    return {
      ...one,
      ...(told === undefined ? {} : { priors: told }),
      ...(blind === undefined ? {} : { unobserved: [...blind].map(([dimension, why]) => ({ dimension, ...why })) }),
    };
  });
  return all.toSorted((a, b) => b.containers - a.containers || (a.workload.name < b.workload.name ? -1 : 1));
}

/** The reason is that of the first node. */
function addUnobserved(
  all: Map<string, Map<Dimension, { readonly reason: string; readonly nodes: string[] }>>,
  workload: string,
  node: string,
  blind: readonly UnobservedDimension[],
): void {
  const known = all.get(workload) ?? new Map<Dimension, { readonly reason: string; readonly nodes: string[] }>();
  all.set(workload, known);
  for (const { dimension, reason } of blind) {
    const found = known.get(dimension);
    if (found === undefined) known.set(dimension, { reason, nodes: [node] });
    else found.nodes.push(node);
  }
}

/** Confidence is the lowest of the nodes, gaps are those of all; of agents that tell neither nothing is said. */
function lessConfident(a: DimensionCoverage, b: DimensionCoverage): Partial<DimensionCoverage> {
  const some = a.gaps ?? b.gaps;
  const gaps = some === undefined ? [] : [...new Set([...(b.gaps ?? []), ...some])].slice(0, gapsMax);
  const confidence = Math.min(a.confidence ?? 1, b.confidence ?? 1);
  return {
    ...(a.confidence === undefined && b.confidence === undefined ? {} : { confidence }),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
}

const gapsMax = 16;

function addWorkload(before: FleetWorkload, workload: WorkloadReport): FleetWorkload {
  const coverage = new Map(before.dimensions.map((dimension) => [dimension.dimension, dimension]));
  for (const dimension of workload.dimensions)
    coverage.set(dimension.dimension, lower(dimension, coverage.get(dimension.dimension)));
  return {
    workload: before.workload,
    containers: before.containers + workload.containers,
    samples: {
      startup: before.samples.startup + workload.samples.startup,
      steady: before.samples.steady + workload.samples.steady,
    },
    dimensions: [...coverage.values()],
    ...mergedRates(before.rates, workload.rates),
    nodes: before.nodes,
  };
}

function mergedRates(a: WorkloadReport['rates'], b: WorkloadReport['rates']): Pick<WorkloadReport, 'rates'> {
  if (a === undefined || b === undefined) return { ...((a ?? b) && { rates: a ?? b ?? [] }) };
  const merged = new Map<string, RateReport>(a.map((rate) => [rate.name, rate]));
  for (const rate of b) {
    const other = merged.get(rate.name);
    const [best = rate] = [rate, ...(other === undefined ? [] : [other])].toSorted((x, y) => y.samples - x.samples);
    const highest = Math.max(rate.highest ?? -Infinity, other?.highest ?? -Infinity);
    merged.set(rate.name, highest === -Infinity ? best : { ...best, highest });
  }
  return { rates: [...merged.values()] };
}

/** Every node keeps its own budget: the higher threshold for warnings is where less is told. */
function higher(a: DimensionCoverage['thresholds'], b: DimensionCoverage['thresholds']): Partial<DimensionCoverage> {
  const thresholds = a === undefined || (b !== undefined && b.warning > a.warning) ? b : a;
  return thresholds === undefined ? {} : { thresholds };
}

function lower(a: DimensionCoverage, b: DimensionCoverage | undefined): DimensionCoverage {
  if (b === undefined) return a;
  return {
    dimension: a.dimension,
    coverage: Math.min(a.coverage, b.coverage),
    features: Math.max(a.features, b.features),
    seenInOneSample: Math.max(a.seenInOneSample, b.seenInOneSample),
    ...higher(a.thresholds, b.thresholds),
    ...lessConfident(a, b),
  };
}

/**
 * One profile from those of several nodes: incidences are summed, the first and last time are the outermost, and a feature that was
 * judged on any node is judged. Sorted by dimension, then by incidence (most first), then key.
 */
export function mergeProfiles(profiles: readonly (readonly ProfileFeature[])[]): readonly ProfileFeature[] {
  const merged = new Map<string, ProfileFeature>();
  for (const feature of profiles.flat()) {
    const id = JSON.stringify([feature.dimension, feature.key]);
    const before = merged.get(id);
    merged.set(id, before === undefined ? feature : addFeature(before, feature));
  }
  const weight = ({ incidence }: ProfileFeature): number => incidence.startup + incidence.steady;
  return [...merged.values()].toSorted(
    (a, b) => compare(a.dimension, b.dimension) || weight(b) - weight(a) || compare(a.key, b.key),
  );
}

function addFeature(a: ProfileFeature, b: ProfileFeature): ProfileFeature {
  return {
    dimension: a.dimension,
    key: a.key,
    state: a.state === 'judged' || b.state === 'judged' ? 'judged' : 'known',
    incidence: { startup: a.incidence.startup + b.incidence.startup, steady: a.incidence.steady + b.incidence.steady },
    firstSeen: a.firstSeen < b.firstSeen ? a.firstSeen : b.firstSeen,
    lastSeen: a.lastSeen > b.lastSeen ? a.lastSeen : b.lastSeen,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
