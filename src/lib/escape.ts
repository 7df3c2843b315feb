import { isUtf8 } from 'node:buffer';

// Without `ignoreBOM` a text loses the U+FEFF that it begins with.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const plain = /^[\x20-\x5b\x5d-\x7e]*$/;
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/gu;

/**
 * Bytes from the kernel (paths, arguments) as text that is safe to print and to store: control and format characters and bytes that are
 * not UTF-8 become `\xHH`, a backslash `\\`. Nothing is lost: `escapedBytes` gives the bytes back.
 */
export function escapeBytes(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (plain.test(latin)) return latin;
  return isUtf8(bytes) ? escapeWhole(bytes) : escapeBroken(bytes);
}

/** The bytes that `escapeBytes` made `text` of. */
export function escapedBytes(text: string): Uint8Array {
  if (!text.includes('\\')) return encoder.encode(text);
  const parts: number[] = [];
  for (let i = 0; i < text.length;) {
    const c = text.codePointAt(i) ?? 0;
    const next = text[i + 1];
    if (c === 0x5c && next === 'x') {
      parts.push(Number.parseInt(text.slice(i + 2, i + 4), 16));
      i += 4;
    } else if (c === 0x5c && next === '\\') {
      parts.push(0x5c);
      i += 2;
    } else {
      parts.push(...encoder.encode(String.fromCodePoint(c)));
      i += c > 0xffff ? 2 : 1;
    }
  }
  return Uint8Array.from(parts);
}

function hex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += `\\x${byte.toString(16).padStart(2, '0')}`;
  return out;
}

function escapeWhole(utf8: Uint8Array): string {
  return decoder.decode(utf8).replace(unprintable, (c) => (c === '\\' ? '\\\\' : hex(encoder.encode(c))));
}

/** Keeps every UTF-8 sequence that is whole, escapes the bytes between. */
function escapeBroken(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i] ?? 0;
    const width = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const part = bytes.subarray(i, i + width);
    if (isUtf8(part)) {
      out += escapeWhole(part);
      i += width;
    } else {
      out += hex(bytes.subarray(i, i + 1));
      i++;
    }
  }
  return out;
}

/** A path without `.`, `..` and doubled slashes: as the name would be read, links aside. */
export function plainPath(path: string): string {
  const out: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') out.pop();
    else if (segment !== '' && segment !== '.') out.push(segment);
  }
  return `/${out.join('/')}`;
}
