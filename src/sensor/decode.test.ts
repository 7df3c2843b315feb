import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressText } from '../lib/address-text.ts';
import { decodeArguments, decodeRecord } from './decode.ts';
import type { SensorRecord } from './decode.ts';
import { addressBytes } from './key-hash.ts';
import { rareCalls } from '../model/call.ts';
import { fileChanges } from '../model/change.ts';
import { ancestor, calls, flags, kinds, origins, record, wireVersion } from './layout.ts';

type Field = keyof typeof record.members;

interface Parts {
  readonly fields?: Partial<Record<Field, number | bigint>>;
  readonly path?: Uint8Array;
  readonly args?: Uint8Array;
  readonly exe?: Uint8Array;
  readonly cwd?: Uint8Array;
  readonly script?: Uint8Array;
  readonly ancestors?: readonly { readonly pid: number; readonly program: bigint }[];
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const none = new Uint8Array();

/** A record as the kernel writes it. */
function encode({
  fields = {},
  path = none,
  args = none,
  exe = none,
  cwd = none,
  script = none,
  ancestors = [],
}: Parts): Uint8Array {
  const texts = [path, args, exe, cwd, script];
  const bytes = new Uint8Array(record.sizeBytes + texts.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  const [pathBytes, argsBytes, exeBytes, cwdBytes, scriptBytes] = texts.map(({ length }) => length);
  const all = {
    version: wireVersion,
    kind: kinds.exec,
    size_bytes: bytes.length,
    ancestors_count: ancestors.length,
    path_bytes: pathBytes,
    args_bytes: argsBytes,
    exe_bytes: exeBytes,
    cwd_bytes: cwdBytes,
    script_bytes: scriptBytes,
    ...fields,
  };
  for (const [name, value] of Object.entries(all)) {
    const [at, sizeBytes] = record.members[name as Field];
    if (sizeBytes === 8) view.setBigUint64(at, BigInt(value ?? 0), true);
    else if (sizeBytes === 4) view.setUint32(at, Number(value), true);
    else if (sizeBytes === 2) view.setUint16(at, Number(value), true);
    else view.setUint8(at, Number(value));
  }
  for (const [i, { pid, program }] of ancestors.entries()) {
    const base = record.members.ancestors[0] + i * ancestor.sizeBytes;
    view.setUint32(base + ancestor.members.pid[0], pid, true);
    view.setBigUint64(base + ancestor.members.program[0], program, true);
  }
  let at = record.sizeBytes;
  for (const part of texts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function decoded(parts: Parts): SensorRecord {
  const result = decodeRecord(encode(parts));
  if ('failure' in result) throw new Error(result.failure);
  return result.record;
}

function failure(bytes: Uint8Array): string {
  const result = decodeRecord(bytes);
  return 'failure' in result ? result.failure : 'none';
}

describe('decodeRecord', () => {
  test('gives every field back', () => {
    const u32 = fc.nat(0xffffffff);
    const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const word = fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((value) => value.replaceAll('\\', '/'));
    fc.assert(
      fc.property(
        u64,
        u64,
        u64,
        u32,
        u32,
        fc.nat(0xffff),
        word,
        word,
        fc.array(fc.record({ pid: u32, program: u64 }), { maxLength: 8 }),
        (cgroup, key, program, pid, uid, port, path, cwd, ancestors) => {
          const got = decoded({
            fields: { cgroup_id: cgroup, key, program, pid, uid, port, kind: kinds.file_write, origin: origins.tmpfs },
            path: text(path),
            exe: text('/bin/x'),
            cwd: text(cwd),
            ancestors,
          });
          expect(got).toMatchObject({
            kind: 'file_write',
            origin: 'tmpfs',
            key,
            program,
            pid,
            uid,
            port,
            path,
            cwd,
            exe: '/bin/x',
          });
          expect(got.cgroupId).toBe(cgroup);
          expect(got.ancestors.map(({ pid: id, program: hash }) => ({ pid: id, program: hash }))).toEqual(ancestors);
        },
      ),
    );
  });

  test('never throws, whatever the bytes are, and takes nothing that is torn', () => {
    const whole = encode({ path: text('/etc/passwd'), args: text('cat\0/etc/passwd\0') });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => failure(bytes) !== ''));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(['too-short', 'wrong-size']).toContain(failure(whole.subarray(0, length)));
      }),
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const bent = whole.slice();
        bent[at] = byte;
        decodeRecord(bent);
      }),
      { numRuns: 1000 },
    );
  });

  test('says what is wrong with a lying record', () => {
    expect(failure(encode({ fields: { version: wireVersion + 1 } }))).toBe('wrong-version');
    expect(failure(encode({ fields: { kind: kinds.call, call: 0 } }))).toBe('unknown-value');
    expect(failure(encode({ fields: { kind: kinds.call, call: calls.first + rareCalls.length } }))).toBe(
      'unknown-value',
    );
    expect(failure(encode({ fields: { kind: kinds.change, call: fileChanges.length } }))).toBe('unknown-value');
    expect(failure(encode({ fields: { kind: 0 } }))).toBe('unknown-kind');
    expect(failure(encode({ fields: { kind: kinds.count } }))).toBe('unknown-kind');
    expect(failure(encode({ fields: { size_bytes: 5 } }))).toBe('wrong-size');
    expect(failure(encode({ path: text('/a'), fields: { path_bytes: 60_000 } }))).toBe('wrong-lengths');
    expect(failure(encode({ fields: { kind: kinds.dns_question }, path: text('dotted.name') }))).toBe('wrong-message');
    expect(failure(encode({ fields: { kind: kinds.dns_question } }))).toBe('wrong-message');
    expect(failure(encode({ fields: { kind: kinds.dns_answer }, script: text('no message') }))).toBe('wrong-message');
    expect(failure(encode({ fields: { hook: 200 } }))).toBe('unknown-value');
    expect(failure(encode({ fields: { origin: 99 } }))).toBe('unknown-value');
    expect(failure(encode({ fields: { ancestors_count: 9 } }))).toBe('unknown-value');
  });

  test('a path of 4,095 bytes and hostile names', () => {
    const long = `/${'x'.repeat(4094)}`;
    expect(decoded({ path: text(long) }).path).toBe(long);
    expect(decoded({ path: Uint8Array.from([0x2f, 0x0a, 0x1b, 0xff, 0x5c]) }).path).toBe('/\\x0a\\x1b\\xff\\\\');
  });

  test('secrets are masked in the arguments and in the shape of an interpreter', () => {
    const got = decoded({ args: text('sh\0-c\0curl --password=hunter2 x7\0'), fields: { flags: flags.shaped } });
    expect(JSON.stringify([got.args, got.shape])).not.toContain('hunter');
    expect(decoded({ args: text('sh\0job17\0'), fields: { flags: flags.shaped } }).shape).toBe('sh\\x00job0\\x00');
  });
});

test('arguments are separated by zeros; empty ones count, a missing last zero does no harm', () => {
  expect(decodeArguments(text('a\0\0b\0'))).toEqual(['a', '', 'b']);
  expect(decodeArguments(text('a\0cut of'))).toEqual(['a', 'cut of']);
  expect(decodeArguments(none)).toEqual([]);
});

test('addresses are written as RFC 5952 has them, and read back', () => {
  for (const address of ['::', '::1', '2001:db8::', 'fe80::1:0:0:2', '1:2:3:4:5:6:7:8', '2001:db8::1:0:0:1'])
    expect(addressText(10, addressBytes(address))).toBe(address);
  expect(addressText(2, addressBytes('10.0.0.7'))).toBe('10.0.0.7');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect([...addressBytes(addressText(10, bytes))]).toEqual([...bytes]);
    }),
  );
});
