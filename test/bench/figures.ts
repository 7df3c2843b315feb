/** A figure that was measured several times. */
export interface Figure {
  readonly name: string;
  readonly metric: string;
  readonly all: readonly number[];
  readonly unit: string;
  /** The project's mark: the median is to stay at it or under. */
  readonly mark?: number;
}

/** The value in the middle; 0 of nothing. */
export function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0;
}

/** The value that 99 of 100 do not exceed; 0 of nothing. */
export function percentile99(all: readonly number[]): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}

/** Prints a figure with its spread: a line of a table, or with `json` a line of JSON. Figures without values are left out. */
export function print({ name, metric, all, unit, mark }: Figure, json: boolean): void {
  if (all.length === 0) return;
  const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
  const [value, min, max] = [rounded(median(all)), rounded(Math.min(...all)), rounded(Math.max(...all))];
  if (json) {
    process.stdout.write(`${JSON.stringify({ name, metric, value, min, max, runs: all.length, unit })}\n`);
    return;
  }
  const verdict = mark === undefined ? '' : value <= mark ? `  within ${mark}` : `  ABOVE ${mark}`;
  process.stdout.write(
    `${name.padEnd(11)} ${metric.padEnd(17)} ${String(value).padStart(10)} ${unit.padEnd(8)} ${min} to ${max}, ${all.length} runs${verdict}\n`,
  );
}
