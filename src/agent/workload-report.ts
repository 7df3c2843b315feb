import type { Dimension } from '../model/feature.ts';
import type { DimensionCoverage, PriorReport, WorkloadReport } from '../model/node.ts';
import { coverage } from '../profile/coverage.ts';
import type { Profile } from '../profile/profile.ts';

/** What the node reports of a workload: how well it is known, by dimension. */
export function workloadReport(
  profile: Profile,
  containers: number,
  thresholds: (dimension: Dimension) => NonNullable<DimensionCoverage['thresholds']>,
): WorkloadReport {
  return {
    workload: profile.workload,
    containers,
    samples: profile.samples,
    dimensions: profile.dimensionsSeen().map((dimension) => {
      const counts = profile.incidences(dimension, profile.samples.steady > 0 ? 'steady' : 'startup');
      return {
        dimension,
        coverage: coverage(counts),
        features: profile.size(dimension),
        seenInOneSample: Math.round(counts.once),
        thresholds: thresholds(dimension),
      };
    }),
    ...priorReport(profile),
  };
}

function priorReport({ prior }: Profile): { readonly prior?: PriorReport } {
  if (prior === undefined) return {};
  const { starter, totals, nodes } = prior;
  const samples = { startup: Math.round(totals.startup * 10) / 10, steady: Math.round(totals.steady * 10) / 10 };
  if (starter === undefined) return { prior: { source: 'fleet', name: '', nodes, samples } };
  return { prior: { source: 'starter', name: starter, nodes: 0, samples } };
}
