import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Arguments<T extends Options> = ReturnType<
  typeof parseArgs<{ readonly allowPositionals: true; readonly options: T }>
>;

/** Ends a script with what was wrong with its arguments, what may be given instead, and status 2. */
export function endWithUsage(usage: string, problem: string): never {
  process.stderr.write(`${problem}\n${usage}\n`);
  process.exit(2);
}

/**
 * The arguments of a script. An unknown one ends it with `usage` and status 2; `--help` with `usage` and status 0.
 * @param usage what may be given, in lines
 */
export function scriptArguments<const T extends Options>(usage: string, options: T): Arguments<T> {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return endWithUsage(usage, error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** A whole number of at least `least` that was given as text; anything else ends the script as an unknown argument does. */
export function wholeNumber(usage: string, name: string, text: string, least = 1): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  return endWithUsage(usage, `--${name} takes a whole number from ${String(least)} on, not ${JSON.stringify(text)}`);
}
