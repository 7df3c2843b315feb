import type { ThresholdSetting } from '../../config/thresholds.ts';
import { parseDuration } from '../../config/values.ts';

/** Words, with "double quotes" around those that hold spaces. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
  );
}

/** `by /bin/sh type TXT` as a map; a last word without a partner is left out. */
export function pairs(words: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index + 1 < words.length; index += 2) map.set(words[index] ?? '', words[index + 1] ?? '');
  return map;
}

/** `90s` in milliseconds. Throws on anything else. */
export function duration(text = 'nothing'): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(`not a time: ${text}`);
  return parsed.value;
}

/** Throws on what is no number. */
export function number(text = 'nothing'): number {
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return value;
}

/** Does something that a line says; an error names the line, the first one that it comes through. */
export function named(line: number, act: () => void): void {
  try {
    act();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw /^line \d+: /.test(text) ? error : new Error(`line ${line}: ${text}`, { cause: error });
  }
}

/** `threshold` with its options, as the configuration file has it. */
export function thresholdSetting(options: ReadonlyMap<string, string>): ThresholdSetting {
  const [warning, critical] = [options.get('warning'), options.get('critical')];
  return {
    ...{ workload: options.get('workload'), namespace: options.get('namespace'), dimension: options.get('dimension') },
    warning: warning === undefined ? undefined : number(warning),
    critical: critical === undefined ? undefined : number(critical),
  };
}
