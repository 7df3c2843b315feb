import { escapeBytes } from '../lib/escape.ts';
import { maskText } from '../lib/mask.ts';

/** A file that is not as the image has it. */
export interface FilesystemChange {
  readonly path: string;
  readonly change: 'modified' | 'added' | 'deleted';
}

/** By number (Docker Engine API, `FilesystemChange`). */
const kinds = ['modified', 'added', 'deleted'] as const;

/** One object of the engine's list; a cut one at its end does not match. */
const entry =
  /\{\s*"Path"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*"Kind"\s*:\s*([012])\s*\}|\{\s*"Kind"\s*:\s*([012])\s*,\s*"Path"\s*:\s*"((?:[^"\\]|\\.)*)"\s*\}/g;

/**
 * Reads the answer of `GET /containers/{id}/changes`, also one that was cut off: a container can have changed any number of files.
 * @param max Changes at most. Pure.
 */
export function parseChanges(
  text: string,
  max: number,
): { readonly changes: readonly FilesystemChange[]; readonly cut: boolean } {
  const changes: FilesystemChange[] = [];
  for (const [, path, kind, otherKind, otherPath] of text.matchAll(entry)) {
    if (changes.length === max) return { changes, cut: true };
    const change = kinds[Number(kind ?? otherKind)];
    const raw = unquoted(path ?? otherPath ?? '');
    if (change !== undefined && raw !== undefined)
      changes.push({ path: maskText(escapeBytes(Buffer.from(raw))), change });
  }
  return { changes, cut: false };
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
