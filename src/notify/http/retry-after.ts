/** Longer waits are not believed: an hour. */
const longestMs = 3_600_000;

/**
 * How long somebody wants to be left alone, milliseconds; undefined where that is not said, or in the past. RFC 9110 section 10.2.3: seconds, or
 * a date. Pure.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}$/u.test(text)) return bounded(Number(text) * 1000);
  // A date has letters: `Date.parse` takes "-5" and "2" for years.
  if (!/^[A-Za-z]{3}/u.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : bounded(at - nowMs);
}

function bounded(ms: number): number | undefined {
  return ms > 0 ? Math.min(ms, longestMs) : undefined;
}
