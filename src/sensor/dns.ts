import { escapeBytes, escapedBytes } from '../lib/escape.ts';

/** What an answer says: the name that was asked for and the addresses that it, or what it is an alias of, has. */
export interface DnsAnswer {
  readonly name: string;
  readonly addresses: readonly Uint8Array[];
}

const headerBytes = 12;
const pointerBits = 0xc0;
const nameBytesMax = 255;
const addressesMax = 64;
const types = { a: 1, aaaa: 28 } as const;
/** Types of questions by their names (RFC 1035, 3.2.2, and the IANA registry of resource record types); others by their numbers. */
const typeNames: Readonly<Record<number, string>> = {
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  10: 'NULL',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  33: 'SRV',
  35: 'NAPTR',
  252: 'AXFR',
  255: 'ANY',
};

/** `''` for the lookup of an address, `TXT`, `TYPE99`. */
export function questionType(type: number): string {
  return type === 0 ? '' : (typeNames[type] ?? `TYPE${type}`);
}

/** The number of what `questionType` wrote. */
export function questionTypeNumber(text: string): number {
  if (text === '') return 0;
  const known = Object.entries(typeNames).find(([, name]) => name === text)?.[0];
  return Number(known ?? text.slice('TYPE'.length));
}

/**
 * A name as it was sent (labels with their lengths, without the closing zero) as dotted text; bytes as `escapeBytes` writes them, a dot
 * within a label as `\x2e`. Undefined for anything else.
 */
export function dottedName(bytes: Uint8Array): string | undefined {
  const labels: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    if (length === 0 || length > 63 || at + 1 + length > bytes.length) return undefined;
    labels.push(escapeBytes(bytes.subarray(at + 1, at + 1 + length)).replaceAll('.', '\\x2e'));
    at += 1 + length;
  }
  return labels.join('.');
}

/** The bytes that `dottedName` made `name` of. */
export function nameBytes(name: string): Uint8Array {
  const out: number[] = [];
  if (name === '') return new Uint8Array();
  for (const label of name.split('.')) {
    const bytes = escapedBytes(label);
    out.push(bytes.length, ...bytes);
  }
  return Uint8Array.from(out);
}

/**
 * Reads an answer (RFC 1035, 4.1). Undefined when the bytes are none, or cut off before the first answer; addresses that are cut off are
 * left out. Pure; never throws, and does no more work than the message has bytes.
 */
export function decodeAnswer(bytes: Uint8Array): DnsAnswer | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((view.getUint8(2) & 0x80) === 0 || view.getUint16(4) !== 1) return undefined;
  const end = nameEnd(bytes, headerBytes);
  if (end === undefined || end + 4 > bytes.length || end - headerBytes > nameBytesMax) return undefined;
  const asked = bytes.slice(headerBytes, end - 1);
  for (const [i, byte] of asked.entries()) if (byte >= 0x41 && byte <= 0x5a) asked[i] = byte + 0x20;
  const name = dottedName(asked);
  if (name === undefined || name === '') return undefined;
  const addresses: Uint8Array[] = [];
  let at = end + 4;
  for (let left = view.getUint16(6); left > 0 && addresses.length < addressesMax; left--) {
    const data = nameEnd(bytes, at);
    if (data === undefined || data + 10 > bytes.length) break;
    const type = view.getUint16(data);
    const length = view.getUint16(data + 8);
    at = data + 10 + length;
    if (at > bytes.length) break;
    if ((type === types.a && length === 4) || (type === types.aaaa && length === 16))
      addresses.push(bytes.slice(at - length, at));
  }
  return { name, addresses };
}

/** Where a name that begins at `from` ends; a pointer to an earlier name ends it. */
function nameEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    if (length === 0) return at + 1;
    if ((length & pointerBits) === pointerBits) return at + 2;
    if (length > 63) return undefined;
    at += 1 + length;
  }
  return undefined;
}
