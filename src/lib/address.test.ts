import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoopbackAddress, network } from './address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:aaaa::7', '2001:db8:0:1'],
  ['2001:0db8::7', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['', ''],
])('%s counts as %s', (address, counted) => {
  expect(network(address)).toBe(counted);
});

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('%s is loopback', (address) => {
  expect(isLoopbackAddress(address)).toBe(true);
});

test.each(['128.0.0.1', '::2', '', 'localhost', '::ffff:10.0.0.1'])('%s is not', (address) => {
  expect(isLoopbackAddress(address)).toBe(false);
});

test('what counts as a network counts as itself, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (address) => {
      expect(network(network(address))).toBe(network(address));
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), (one, other) => {
      expect(network(one).split(':')).toHaveLength(/^::ffff:\d+\./i.test(one) ? 1 : 4);
      expect(network(one) === network(other)).toBe(network(other) === network(one));
    }),
  );
});
