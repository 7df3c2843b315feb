import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AnchorwatchError, errorText } from '../../src/lib/errors.ts';

export interface Case {
  readonly file: string;
  readonly kind: 'attack' | 'benign' | 'control';
  /** What it should be visible to, in the words of the catalogue. */
  readonly expect: readonly string[];
  readonly where: string;
  /** Images that it is for; empty: all. */
  readonly image: readonly string[];
  /** Of a case on the host: the service that it is done in (operated.ts), not the carrier. */
  readonly service: string | undefined;
}

type CatalogueEntry = Partial<Omit<Case, 'file'>> & { readonly file: string };

/**
 * The cases of a folder: controls first, then benign ones (`benign/`), then attacks; those on the host last. What `catalogue.json` does not
 * say of a case, the comments at its head do (`# expect: cred file`).
 * @param only Only those with this in their names, and the controls.
 * @throws AnchorwatchError `evaluate.cases` when the folder or its catalogue cannot be read, or there is no case
 */
export function readCases(folder: string, only: string): readonly Case[] {
  const records = recordsOf(join(folder, 'catalogue.json'));
  const files = [
    ...scripts(folder).map(
      (file) => ({ file, kind: basename(file).startsWith('T0000') ? 'control' : 'attack' }) as const,
    ),
    ...(existsSync(join(folder, 'benign')) ? scripts(join(folder, 'benign')) : []).map(
      (file) => ({ file, kind: 'benign' }) as const,
    ),
  ];
  if (files.length === 0) throw new AnchorwatchError('evaluate.cases', `there is no case (*.sh) in ${folder}`);
  return files
    .filter(({ file, kind }) => basename(file).includes(only) || kind === 'control')
    .map(({ file, kind }): Case => {
      const text = readFileSync(file, 'utf8');
      const found = records.find((entry) => basename(entry.file) === basename(file));
      return {
        ...{ file, kind, where: headOf(text, 'where')[0] ?? found?.where ?? 'container' },
        expect: found?.expect ?? headOf(text, 'expect'),
        image: found?.image ?? headOf(text, 'image'),
        service: headOf(text, 'in')[0],
      };
    })
    .toSorted((a, b) => order(a) - order(b) || a.file.localeCompare(b.file));
}

/** A tool of the folder, or ours: the carrier, which starts the cases, and the sink that they may talk to. */
export function toolOf(folder: string, name: string): string {
  const own = join(folder, 'tools', name);
  return existsSync(own) ? own : join(import.meta.dirname, '..', 'cases', 'tools', name);
}

function recordsOf(path: string): readonly CatalogueEntry[] {
  if (!existsSync(path)) return [];
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { readonly cases?: readonly CatalogueEntry[] }).cases ?? [];
  } catch (cause) {
    throw new AnchorwatchError('evaluate.cases', `${path} cannot be read: ${errorText(cause)}`, { cause });
  }
}

/** Words of a comment at the head of a case; `-` is none. */
function headOf(text: string, name: string): readonly string[] {
  const [, words = ''] = new RegExp(`^# ${name}:(.*)$`, 'm').exec(text) ?? [];
  return words.split(/[\s,]+/).filter((word) => word !== '' && word !== '-');
}

function scripts(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.sh'))
      .map((name) => join(directory, name));
  } catch (cause) {
    throw new AnchorwatchError('evaluate.cases', `${directory} cannot be read: ${errorText(cause)}`, { cause });
  }
}

function order({ kind, where }: Case): number {
  return (kind === 'control' ? 0 : kind === 'benign' ? 1 : 2) + (where === 'host' ? 3 : 0);
}
