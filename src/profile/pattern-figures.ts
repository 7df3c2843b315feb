import type { Stratum } from '../model/feature.ts';
import type { FeatureFigures } from './feature-table.ts';

type Strata = Readonly<Record<Stratum, number>>;

/**
 * The figures of a pattern that replaces its siblings. In how many samples any of them was seen is not known any more: between the largest count
 * and the sum, and in no more than there were.
 */
export function patternFigures(
  siblings: readonly FeatureFigures[],
  { samples, most }: { readonly samples: Strata; readonly most: Strata },
): FeatureFigures {
  const sum = (of: (sibling: FeatureFigures) => number): number =>
    siblings.reduce((total, sibling) => total + of(sibling), 0);
  const count = (stratum: Stratum): number =>
    Math.min(
      Math.max(1, samples[stratum]),
      sum((sibling) => sibling[stratum]),
    );
  const weight = (stratum: Stratum): number =>
    Math.min(
      most[stratum],
      sum((sibling) => sibling.weight[stratum]),
    );
  return {
    ...{ state: 'known', startup: count('startup'), steady: count('steady') },
    weight: { startup: weight('startup'), steady: weight('steady') },
    firstSeenMs: Math.min(...siblings.map(({ firstSeenMs }) => firstSeenMs)),
    lastSeenMs: Math.max(...siblings.map(({ lastSeenMs }) => lastSeenMs)),
  };
}
