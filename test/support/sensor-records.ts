import { ancestor, ancestorsMax, enums, kinds, record, wireVersion } from '../../src/sensor/layout.ts';

/** A member of `struct aw_record`. */
export type Field = keyof typeof record.members;

/** The wire's records by number: every kind that there is. */
export const kindNumbers: readonly number[] = Object.entries(kinds).flatMap(([name, number]) =>
  name === 'count' ? [] : [number],
);

/** Every member with its place, in the order of the wire. */
export const fields: readonly (readonly [name: Field, at: number, sizeBytes: number])[] = Object.entries(record.members)
  .map(([name, [at, sizeBytes]]) => [name as Field, at, sizeBytes] as const)
  .toSorted(([, a], [, b]) => a - b);

/** The members that say how long a text behind the header is, in the order of the texts. */
export const lengthFields: readonly Field[] = fields
  .map(([name]) => name)
  .filter((name) => name.endsWith('_bytes') && name !== 'size_bytes');

/** The values that a member may have where they are an enumeration of the wire, or bounded; else undefined. */
export function valuesOf(name: Field): readonly number[] | undefined {
  if (name === 'version') return [wireVersion];
  if (name === 'ancestors_count') return Array.from({ length: ancestorsMax + 1 }, (_, i) => i);
  const table = enums[`aw_${name}`];
  return table === undefined
    ? undefined
    : Object.entries(table).flatMap(([key, number]) => (key === 'count' ? [] : [number]));
}

/** What a record is made of. */
export interface RecordParts {
  /** Of members that are left out: 0, the version and sizes as they are. Arrays of bytes are written as they stand. */
  readonly values?: Readonly<Partial<Record<Field, number | bigint | Uint8Array>>>;
  /** In the order of `lengthFields`. */
  readonly texts?: readonly Uint8Array[];
}

/**
 * The texts of DNS records made what they have to be: the path of a question is a name, the last text of an answer a message. A name is made of
 * the first text, in labels of at most 63 bytes.
 */
export function fitting({ values = {}, texts = [] }: RecordParts): RecordParts {
  if (values.kind !== kinds.dns_question && values.kind !== kinds.dns_answer) return { values, texts };
  const first = texts[0]?.length === 0 ? undefined : texts[0];
  const given = (first ?? Uint8Array.of(0x61)).subarray(0, 240);
  const name: number[] = [];
  for (let at = 0; at < given.length; at += 63) {
    const label = given.subarray(at, at + 63);
    name.push(label.length, ...label);
  }
  const all = lengthFields.map((_, i) => texts[i] ?? new Uint8Array());
  if (values.kind === kinds.dns_question) return { values, texts: [Uint8Array.from(name), ...all.slice(1)] };
  const message = [
    ...[0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ...name, 0, 0, 1, 0, 1],
    ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1],
  ];
  return { values, texts: [...all.slice(0, -1), Uint8Array.from([...message, ...(all.at(-1) ?? [])])] };
}

/** A record as the kernel writes it; `values` may lie. */
export function encodeRecord({ values = {}, texts = [] }: RecordParts): Uint8Array {
  const bytes = new Uint8Array(texts.reduce<number>((sum, { length }) => sum + length, record.sizeBytes));
  const lengths = Object.fromEntries(lengthFields.map((name, i) => [name, texts[i]?.length ?? 0]));
  const all: RecordParts['values'] = { version: wireVersion, size_bytes: bytes.length, ...lengths, ...values };
  for (const [name, at, sizeBytes] of fields) writeField(bytes, at, sizeBytes, all[name] ?? 0);
  let at: number = record.sizeBytes;
  for (const text of texts) {
    bytes.set(text, at);
    at += text.length;
  }
  return bytes;
}

/** Makes the sizes in a bent record fit it again, so that its texts are read: what is too much is the last text's. */
export function repairRecord(bytes: Uint8Array): Uint8Array {
  if (bytes.length < record.sizeBytes) return bytes;
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  view.setUint16(record.members.version[0], wireVersion, true);
  view.setUint32(record.members.size_bytes[0], out.length, true);
  let rest = out.length - record.sizeBytes;
  for (const [i, name] of lengthFields.entries()) {
    const [at] = record.members[name] as readonly [number, number];
    const length = i === lengthFields.length - 1 ? rest : Math.min(rest, view.getUint16(at, true));
    view.setUint16(at, length, true);
    rest -= length;
  }
  return out;
}

/** An ancestor's bytes. */
export function encodeAncestors(all: readonly { readonly pid: number; readonly program: bigint }[]): Uint8Array {
  const bytes = new Uint8Array(record.members.ancestors[1]);
  for (const [i, { pid, program }] of all.slice(0, ancestorsMax).entries()) {
    writeField(bytes, i * ancestor.sizeBytes + ancestor.members.pid[0], ancestor.members.pid[1], pid);
    writeField(bytes, i * ancestor.sizeBytes + ancestor.members.program[0], ancestor.members.program[1], program);
  }
  return bytes;
}

/** Writes a member, little-endian, cut to its width. */
export function writeField(
  bytes: Uint8Array,
  at: number,
  sizeBytes: number,
  value: number | bigint | Uint8Array,
): void {
  if (value instanceof Uint8Array) {
    bytes.set(value.subarray(0, sizeBytes), at);
    return;
  }
  let rest = BigInt(value);
  for (let i = 0; i < sizeBytes; i++) {
    bytes[at + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
