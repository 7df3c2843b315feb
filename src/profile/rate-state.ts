import { weekHours } from './rate-baseline.ts';
import type { HourLevel, StoredBaseline } from './rate-baseline.ts';
import type { StoredEpisode, StoredRate } from './rate-model.ts';
import { peaksMax } from './rate-tail.ts';
import type { Peak } from './rate-tail.ts';

/** What a stored model says, as far as it is one: undefined where anything is missing, is no finite number or is more than a model holds. Pure. */
export function parseRate(value: unknown): StoredRate | undefined {
  if (!isObject(value)) return undefined;
  const { baseline, tail, watchedBlocks, watchedMs, episode } = value;
  const [parsedBaseline, parsedTail] = [parseBaseline(baseline), parseTail(tail)];
  if (parsedBaseline === undefined || parsedTail === undefined || !areCounts(watchedBlocks, watchedMs))
    return undefined;
  const parsedEpisode = episode === undefined ? undefined : parseEpisode(episode);
  if (episode !== undefined && parsedEpisode === undefined) return undefined;
  const watched = { watchedBlocks: Number(watchedBlocks), watchedMs: Number(watchedMs) };
  return { baseline: parsedBaseline, tail: parsedTail, ...watched, episode: parsedEpisode };
}

function parseBaseline(value: unknown): StoredBaseline | undefined {
  if (!isObject(value)) return undefined;
  const { level, spread, seenMs, hours } = value;
  if (!areNumbers(level) || !areCounts(spread, seenMs) || !Array.isArray(hours) || hours.length > weekHours)
    return undefined;
  const parsed = hours.map(parseHour);
  if (!parsed.every((hour) => hour !== undefined)) return undefined;
  return { level: Number(level), spread: Number(spread), seenMs: Number(seenMs), hours: parsed };
}

function parseHour(value: unknown): HourLevel | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [hour, level, seenSeconds, occasions, week] = value as readonly unknown[];
  if (!areNumbers(level) || !areCounts(hour, seenSeconds, occasions, week)) return undefined;
  if (!Number.isInteger(hour) || Number(hour) >= weekHours || Number(occasions) > 255) return undefined;
  return [Number(hour), Number(level), Number(seenSeconds), Number(occasions), Number(week)];
}

function parseTail(value: unknown): StoredRate['tail'] | undefined {
  if (!isObject(value)) return undefined;
  const { peaks, blocks, timeMs } = value;
  const parsed = parsePeaks(peaks);
  if (parsed === undefined || !areCounts(blocks, timeMs)) return undefined;
  return { peaks: parsed, blocks: Number(blocks), timeMs: Number(timeMs) };
}

function parseEpisode(value: unknown): StoredEpisode | undefined {
  if (!isObject(value)) return undefined;
  const { sinceMs, lastMs, from, told, heldMs, otherMs, peaks, denied } = value;
  const parsed = parsePeaks(peaks);
  if (
    typeof denied !== 'boolean' ||
    parsed === undefined ||
    !areNumbers(from, told) ||
    !areCounts(sinceMs, lastMs, heldMs, otherMs)
  )
    return undefined;
  const times = { sinceMs: Number(sinceMs), lastMs: Number(lastMs), heldMs: Number(heldMs), otherMs: Number(otherMs) };
  return { ...times, from: Number(from), told: Number(told), peaks: parsed, denied };
}

function parsePeaks(value: unknown): readonly Peak[] | undefined {
  if (!Array.isArray(value) || value.length > peaksMax) return undefined;
  const peaks = value.map((peak: unknown) =>
    isObject(peak) && areNumbers(peak['residual']) && areCounts(peak['timeMs'])
      ? { residual: Number(peak['residual']), timeMs: Number(peak['timeMs']) }
      : undefined,
  );
  return peaks.every((peak) => peak !== undefined) ? peaks : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areNumbers(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isFinite(value));
}

function areCounts(...values: readonly unknown[]): boolean {
  return areNumbers(...values) && values.every((value) => Number(value) >= 0);
}
