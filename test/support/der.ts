/** DER (X.690) as far as certificates and timestamps take it; written apart from what reads it in the program. */

const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size: number[] = [];
  for (let rest = body.length; rest > 0; rest >>= 8) size.unshift(rest & 0xff);
  return Buffer.concat([
    Buffer.from(body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | size.length, ...size]),
    body,
  ]);
};

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
/** Its members in the order that DER asks for. */
export const setOf = (...parts: readonly Buffer[]): Buffer =>
  tagged(0x31, ...parts.toSorted((one, other) => Buffer.compare(one, other)));
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const octets = (...parts: readonly Buffer[]): Buffer => tagged(0x04, ...parts);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
export const bits = (bytes: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), bytes);
/** `[n]` around others. */
export const explicit = (n: number, ...parts: readonly Buffer[]): Buffer => tagged(0xa0 | n, ...parts);
/** `[n]` in place of the tag of a string. */
export const implicit = (n: number, bytes: Buffer): Buffer => tagged(0x80 | n, bytes);

export function integer(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return tagged(0x02, Buffer.from((bytes[0] ?? 0x80) >= 0x80 ? [0, ...bytes] : bytes));
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const encoded = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) septets.unshift(128 + (left % 128));
    return septets;
  });
  return tagged(0x06, Buffer.from(encoded));
}

/** To the second. */
export function time(at: Date): Buffer {
  return tagged(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '')}Z`));
}
