import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { storeError } from './database.ts';

/**
 * Where the chain of a store ended, in a file of its own: without it nobody could tell a file whose last alerts were cut off, or whose
 * whole chain was computed anew, from one that is whole.
 */
export interface ChainHead {
  /** The last alert, and its hash. */
  readonly seq: number;
  readonly hash: string;
  /** Up to here retention may have removed alerts: written before it removes them. */
  readonly removedSeq: number;
  /** The same of the audit trail; undefined: written by a release that did not write it down. */
  readonly audit?: { readonly seq: number; readonly hash: string; readonly removedSeq: number };
  /** ISO 8601. */
  readonly time: string;
}

/** Where the end of the chain is noted, beside the store. */
export function headPath(storePath: string): string {
  return `${storePath}.head`;
}
/** A head that did not fit the store when the collector started: kept until somebody has looked into it and deletes it. */
export function disputedPath(storePath: string): string {
  return `${storePath}.head.disputed`;
}

/** Reads a head; undefined when there is none. A file that is no head counts as one that fits nothing: `seq` is Infinity. */
export function readHead(path: string): ChainHead | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw storeError(error, path);
  }
  const unreadable = { seq: Infinity, hash: '', removedSeq: 0, time: '' };
  try {
    const { seq, hash, removedSeq, time, audit } = JSON.parse(text) as Partial<ChainHead>;
    const whole = isEnd({ seq, hash, removedSeq }) && (audit === undefined || isEnd(audit));
    return whole
      ? {
          ...{ seq: Number(seq), hash: String(hash), removedSeq: Number(removedSeq), time: String(time) },
          ...(audit === undefined ? {} : { audit }),
        }
      : unreadable;
  } catch {
    return unreadable;
  }
}

function isEnd({ seq, hash, removedSeq }: { seq?: unknown; hash?: unknown; removedSeq?: unknown }): boolean {
  const isHash = typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash);
  return Number.isSafeInteger(seq) && Number.isSafeInteger(removedSeq) && isHash;
}

/** Writes a head, durably when it returns: beside the old one first, so that a crash leaves one of the two. Throws `store.…`. */
export function writeHead(path: string, head: ChainHead): void {
  try {
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify(head)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw storeError(error, path);
  }
}
