import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownCalls, rareCalls } from '../model/call.ts';
import { changeCalls, fileChanges } from '../model/change.ts';
import type { KernelKey } from '../model/event.ts';
import { addressText } from '../lib/address-text.ts';
import { callCookie, callName, callNumber, changeCookie, changeName } from './call-cookie.ts';
import { addressBytes, foldDigits, keyHash } from './key-hash.ts';

const sip = [1n, 2n] as const;

describe('keys', () => {
  const one: readonly KernelKey[] = [
    { kind: 'file.read', path: '/a' },
    { kind: 'file.write', path: '/a' },
    { kind: 'file.read.folded', path: '/a' },
    { kind: 'file.write.directory', path: '/a' },
    { kind: 'exec', path: '/a', origin: 'image', parent: '', shape: '' },
    { kind: 'exec', path: '/a', origin: 'written', parent: '', shape: '' },
    { kind: 'exec', path: '/a', origin: 'image', parent: '/a', shape: '' },
    { kind: 'exec', path: '/a', origin: 'image', parent: '', shape: '/a' },
    { kind: 'net.out', protocol: 'tcp', address: '10.0.0.1', port: 80 },
    { kind: 'net.out', protocol: 'udp', address: '10.0.0.1', port: 80 },
    { kind: 'net.out', protocol: 'tcp', address: '10.0.0.1', port: 81 },
    { kind: 'net.out', protocol: 'tcp', address: '::ffff', port: 80 },
    { kind: 'net.out.port', protocol: 'tcp', port: 80 },
    { kind: 'net.listen', protocol: 'tcp', port: 80 },
    { kind: 'call', call: 'mount', detail: 0, refused: false },
    { kind: 'call', call: 'mount', detail: 0, refused: true },
    { kind: 'call', call: 'mount', detail: 1, refused: false },
    { kind: 'call', call: 'chroot', detail: 0, refused: false },
    { kind: 'exec', path: '/a', origin: 'image', parent: '', shape: '', socketStdio: true },
    { kind: 'exec', path: '/a', origin: 'image', parent: '', shape: '', compat: true },
    { kind: 'exec', path: '/a', origin: 'image', parent: '', shape: '', entered: true },
    { kind: 'net.in', protocol: 'tcp', port: 80, peer: 'loopback' },
    { kind: 'net.in', protocol: 'udp', port: 80, peer: 'loopback' },
    { kind: 'net.in', protocol: 'tcp', port: 80, peer: 'public' },
    { kind: 'dns', name: 'a', type: '' },
    { kind: 'dns', name: 'a', type: 'TXT' },
    { kind: 'dns', name: 'a.a', type: '' },
    { kind: 'dns.parent', name: 'a', type: '' },
    { kind: 'call', call: 'mmap', detail: 1, refused: false, origin: 'written', text: '/a' },
    { kind: 'call', call: 'mmap', detail: 1, refused: false, origin: 'tmpfs', text: '/a' },
    { kind: 'call', call: 'mmap', detail: 1, refused: false, origin: 'tmpfs', text: '/b' },
    { kind: 'call', call: 'capability', detail: 1, refused: false },
    ...fileChanges.flatMap((change) =>
      [true, false].flatMap((special) =>
        [true, false].flatMap((refused) =>
          (['change', 'change.folded', 'change.directory'] as const).map((kind): KernelKey => {
            return { kind, change, special, refused, path: '/a' };
          }),
        ),
      ),
    ),
  ];

  test('differ in everything that makes the behaviour, and with the key of the run', () => {
    expect(new Set(one.map((key) => keyHash(sip, key))).size).toBe(one.length);
    for (const key of one) expect(keyHash([1n, 3n], key)).not.toBe(keyHash(sip, key));
  });

  test('are the same for the same parts', () => {
    for (const key of one) expect(keyHash(sip, structuredClone(key))).toBe(keyHash(sip, key));
  });
});

test('an address in text is the bytes that it came from', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(addressBytes(addressText(10, bytes))).toEqual(bytes);
      expect(addressBytes(addressText(2, bytes))).toEqual(bytes.subarray(0, 4));
    }),
  );
});

test('runs of digits fold to one zero, twice is as once', () => {
  expect(Buffer.from(foldDigits(Buffer.from('a12b3c004'))).toString()).toBe('a0b0c0');
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const folded = foldDigits(bytes);
      expect(foldDigits(folded)).toEqual(folded);
    }),
  );
});

const marks = { 'with-detail': 1, 'raw-socket': 2, 'socket-as-stdio': 4, 'own-name': 8, forbidden: 16 };

test('the cookie of a call holds its number, its arguments and the bits that count', () => {
  for (const call of rareCalls) {
    const cookie = callCookie(call);
    expect(callName(Number(cookie & 0xffn))).toBe(call.name);
    expect((cookie >> 8n) & 0xffn).toBe(BigInt({ ...marks, always: 0 }[call.told ?? 'always']));
    expect(Number((cookie >> 24n) & 0xffn)).toBe(call.text ?? 0xff);
    expect(Number(cookie >> 32n)).toBe(call.detail?.mask ?? 0);
    expect(Number((cookie >> 16n) & 0xffn)).toBe(call.directory ?? call.detail?.argument ?? 0xff);
  }
  for (const { name } of ownCalls) expect(callName(callNumber(name))).toBe(name);
  expect(callName(0)).toBeUndefined();
  expect(callNumber('no-such-call')).toBe(0);
});

test('the cookie of a change holds what is changed and where its arguments stand', () => {
  for (const call of changeCalls) {
    const cookie = changeCookie(call);
    expect(changeName(Number(cookie & 0xffffn))).toBe(call.change);
    const places = [16n, 24n, 32n, 40n].map((at) => Number((cookie >> at) & 0xffn));
    expect(places).toEqual([call.directory, call.path, call.mode, call.other].map((argument) => argument ?? 0xff));
    expect(cookie >> 48n).toBe(call.change === 'times' ? 1n : 0n);
  }
  expect(changeName(fileChanges.length)).toBeUndefined();
});
