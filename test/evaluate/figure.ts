/** A figure of an evaluation, with the range of what it is made of. */
export interface EvaluationFigure {
  readonly name: string;
  readonly metric: string;
  readonly value: number;
  /** How many measurements it is made of. */
  readonly runs: number;
  readonly unit: string;
  /** The value itself when left out. */
  readonly min?: number;
  readonly max?: number;
}

/** Prints a figure: a line of a table, or with `json` a line of JSON. */
export function printFigure(
  { name, metric, value, runs, unit, min = value, max = value }: EvaluationFigure,
  json: boolean,
): void {
  const rounded = (number: number): number => Math.round(number * 1000) / 1000;
  process.stdout.write(
    json
      ? `${JSON.stringify({ name, metric, value: rounded(value), min: rounded(min), max: rounded(max), runs, unit })}\n`
      : `${name}  ${metric.padEnd(24)} ${rounded(value)} ${unit} (of ${runs}${min === max ? '' : `, ${rounded(min)} to ${rounded(max)}`})\n`,
  );
}
