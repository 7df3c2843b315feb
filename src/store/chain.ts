import { createHash } from 'node:crypto';

/** `previousHash` of the first alert. */
export const chainStart: string = '0'.repeat(64);

/**
 * JSON with the keys of every object in code-unit order and without spaces: the same value always gives the same text (the ordering
 * of RFC 8785). Lone surrogates come out as escapes, so the text is always valid UTF-8.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** SHA-256, hex, over the previous hash and the canonical text of the alert as first stored. */
export function chainHash(previousHash: string, canonicalAlert: string): string {
  return createHash('sha256').update(previousHash).update('\n').update(canonicalAlert).digest('hex');
}
