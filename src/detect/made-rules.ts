import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RuleFile } from './rule-files.ts';

/** The shipped rules as `npm run docs` has made them from their YAML, whose reading takes half of the processor time of a start. */
export const madeRules: string = new URL('../../profiles/rules.made.json', import.meta.url).pathname;

/** What a file of rules holds, without YAML. */
export interface MadeFile {
  readonly content: unknown;
  /** Where each rule begins, from 1. */
  readonly lines: readonly number[];
}

/** By the SHA-256 of the text that it was made from: a file that anybody changed since is read as YAML, with all checks. */
export type MadeFiles = ReadonlyMap<string, MadeFile>;

/** Key of a file's text in `MadeFiles`. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What `readMadeRules` reads. @param read Reads a file that has no mistakes. Pure. */
export function madeRulesText(files: readonly RuleFile[], read: (file: RuleFile) => MadeFile): string {
  const lines = files.map((file) => JSON.stringify([digestOf(file.text), read(file)]));
  return `[\n${lines.join(',\n')}\n]\n`;
}

/** Empty where there is no such file. */
export function readMadeRules(): MadeFiles {
  try {
    // Ours, and made by this code.
    return new Map(JSON.parse(readFileSync(madeRules, 'utf8')) as [string, MadeFile][]);
  } catch {
    return new Map();
  }
}
