import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where what earlier runs kept for a target stands. */
export function corpusFolder(target: string): string {
  return join(import.meta.dirname, 'corpus', target);
}

/** Inputs of files, or of all files of a folder in the order of their names; none when there is no such folder. */
export function readInputs(from: string | readonly string[]): readonly Uint8Array[] {
  return (typeof from === 'string' ? filesOf(from) : from).map((file) => new Uint8Array(readFileSync(file)));
}

/** Writes an input, named by what it holds; answers the file. */
export function writeInput(folder: string, prefix: string, input: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const file = join(folder, `${prefix}${name}.bin`);
  writeFileSync(file, input);
  return file;
}

/** Puts these inputs in the place of all that the folder holds. */
export function replaceInputs(folder: string, inputs: readonly Uint8Array[]): void {
  for (const file of filesOf(folder)) rmSync(file);
  for (const input of inputs) writeInput(folder, '', input);
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.bin'))
      .toSorted()
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
