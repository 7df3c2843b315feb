import { chanceOfNew, surpriseOfNew } from './coverage.ts';
import type { Incidences } from './coverage.ts';

export interface Expectation {
  readonly containers: number;
  readonly sliceMs: number;
  /** Threshold for warnings, decades. */
  readonly warning: number;
  /** New features judged so far in the dimension on this node, and how many of them had a suspicion of at least 0, 1, … 5 decades. */
  readonly loud: { readonly news: number; readonly loud: readonly number[] } | undefined;
}

const dayMs = 86_400_000;

/**
 * Expected false alerts a day of one dimension of one workload: the chance that a sample shows something new (`Q1/T`, Good 1953) times samples
 * a day, times the share of new features so far whose suspicion would reach the threshold together with the present surprise.
 * Rough: samples are taken as independent, one new feature a sample, all past news as harmless; 0 where there is no evidence yet.
 */
export function expectedPerDay(counts: Incidences, { containers, sliceMs, warning, loud }: Expectation): number {
  if (counts.samples === 0) return 0;
  const missing = Math.max(0, Math.ceil(warning - surpriseOfNew(counts)));
  const share = missing === 0 ? 1 : loud === undefined || loud.news === 0 ? 0 : (loud.loud[missing] ?? 0) / loud.news;
  return chanceOfNew(counts) * share * containers * (dayMs / sliceMs);
}
