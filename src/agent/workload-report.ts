import type { Dimension } from '../model/feature.ts';
import type { DimensionCoverage, PriorReport, WorkloadReport } from '../model/node.ts';
import { coverageShown } from '../profile/coverage.ts';
import type { Container } from '../model/container.ts';
import type { Profile } from '../profile/profile.ts';
import { confidenceOf, type Sight } from './sight.ts';

/** Gaps that are told of a dimension. */
const gapsMax = 16;

/** What the node reports of a workload: how well it is known, by dimension. */
export function workloadReport(
  profile: Profile,
  running: readonly Container[],
  sight: Pick<Sight, 'watched' | 'unobserved' | 'aboutAll'>,
  nowMs: number,
  thresholds: (dimension: Dimension) => NonNullable<DimensionCoverage['thresholds']>,
): WorkloadReport {
  const unobserved = sight.unobserved();
  const blind = new Set(unobserved.map(({ dimension }) => dimension));
  const known = profile.dimensionsSeen().filter((dimension) => profile.size(dimension) > 0 || !blind.has(dimension));
  return {
    workload: profile.workload,
    containers: running.length,
    samples: profile.samples,
    dimensions: [...new Set([...known, ...sight.watched()])].map((dimension) => {
      const stratum = profile.samples.steady > 0 ? 'steady' : 'startup';
      const counts = profile.incidences(dimension, stratum);
      const { share, gaps } = sight.aboutAll(running, dimension, nowMs);
      return {
        dimension,
        coverage: coverageShown(counts),
        features: profile.size(dimension),
        seenInOneSample: Math.round(counts.once),
        thresholds: thresholds(dimension),
        confidence: confidenceOf(share * profile.wholeShare(dimension, stratum)),
        ...(gaps.length === 0 ? {} : { gaps: gaps.slice(0, gapsMax) }),
      };
    }),
    unobserved,
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
