import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { RuleProblem } from './rules.ts';

/** A file of rules and its text. */
export interface RuleFile {
  readonly file: string;
  readonly text: string;
  /** Which of the given paths it is from, counted from 0: the examples of its rules are checked with the lists up to there. */
  readonly layer: number;
}

/** A file larger than this is refused. */
const fileBytesMax = 1_048_576;
/** Of a directory with more files the rest is refused. */
const filesMax = 1_000;

/**
 * Reads files, and `*.yaml` and `*.yml` of directories in the order of their names. A file that comes twice, under whatever name, is read
 * once. What cannot be read is a problem, not an error. The shipped rules are some 100 kB.
 */
export function readRuleFiles(paths: readonly string[]): {
  readonly files: readonly RuleFile[];
  readonly problems: readonly RuleProblem[];
} {
  const files: RuleFile[] = [];
  const problems: RuleProblem[] = [];
  const seen = new Set<string>();
  const read = (file: string, layer: number): void => {
    const real = realpathSync(file);
    if (seen.has(real)) return;
    seen.add(real);
    if (files.length >= filesMax) problems.push({ file, reason: `is one more than ${filesMax} files of rules` });
    else if (statSync(real).size > fileBytesMax)
      problems.push({ file, reason: `is larger than ${fileBytesMax} bytes` });
    else files.push({ file, text: readFileSync(real, 'utf8'), layer });
  };
  const attempt = (path: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      problems.push({ file: path, reason: `cannot be read: ${errorText(error)}` });
    }
  };
  for (const [layer, path] of paths.entries())
    attempt(path, () => {
      if (!statSync(path).isDirectory()) return read(path, layer);
      const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
      if (names.length === 0) problems.push({ file: path, reason: 'holds no *.yaml' });
      for (const name of names.toSorted()) attempt(join(path, name), () => read(join(path, name), layer));
    });
  return { files, problems };
}
