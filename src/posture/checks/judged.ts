import type { PostureEvidence, PostureResult } from '../../model/posture.ts';
import type { ContainerReading, NodeReading } from '../reading.ts';

/** What a check decided. */
export interface Judged {
  readonly result: PostureResult;
  readonly note: string;
  readonly evidence: readonly PostureEvidence[];
}

/** Pure, and never throws: decides by what was read alone. */
export type ContainerCheck = (reading: ContainerReading) => Judged;
export type NodeCheck = (reading: NodeReading) => Judged;

/** A field and what stood there, in words. */
export function saw(field: string, value: unknown): PostureEvidence {
  const shown =
    typeof value === 'string'
      ? value === ''
        ? '(empty)'
        : value
      : Array.isArray(value)
        ? value.length === 0
          ? '(empty)'
          : value.join(', ')
        : String(value);
  return { field, value: shown.length > 400 ? `${shown.slice(0, 399)}…` : shown };
}

/** The practice is kept. */
export function pass(note: string, ...evidence: readonly PostureEvidence[]): Judged {
  return { result: 'pass', note, evidence };
}

/** The practice is broken in a way that may be meant. */
export function warn(note: string, ...evidence: readonly PostureEvidence[]): Judged {
  return { result: 'warn', note, evidence };
}

/** The practice is broken. */
export function fail(note: string, ...evidence: readonly PostureEvidence[]): Judged {
  return { result: 'fail', note, evidence };
}

/** It cannot be told, for the reason in `note`. */
export function unknown(note: string): Judged {
  return { result: 'unknown', note, evidence: [] };
}

/** Neither the engine nor the kernel could be asked. */
export const unread: Judged = unknown('neither the engine nor the kernel could be asked');
/** The engine could not be asked, and the kernel does not know. */
export const engineSilent: Judged = unknown('the engine could not be asked');
export const kernelSilent: Judged = unknown('the first process could not be looked at');
