import { createHash } from 'node:crypto';

/** UTF-16 units of a name or value that are kept; the API allows names of 253, and of roles whatever fits into an object. */
const keptMax = 512;
const dangerous = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text of an object as it may be shown, stored and compared: control characters are escaped, and of what is too long the end is a hash, so that the same
 * text is always the same and another one is another. Pure.
 */
export function plainText(given: string): string {
  const hashed =
    given.length > keptMax
      ? `${given.slice(0, keptMax - 20)}…#${createHash('sha256').update(given).digest('hex').slice(0, 16)}`
      : given;
  return hashed
    .toWellFormed()
    .replace(dangerous, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How much text a value that was read holds, UTF-16 units; numbers and the like count as one. Pure. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  let size = 1;
  for (const [name, inner] of Object.entries(value)) size += (Array.isArray(value) ? 0 : name.length) + sizeOf(inner);
  return size;
}
