import { expect, test } from 'vitest';
import { rateText, rateTitle, spanText } from './rate-words.ts';

test('values with their units', () => {
  expect(rateText('cpu', 0.4321)).toBe('0.432 cores');
  expect(rateText('memory', 2_147_483_648)).toBe('2.15 GB');
  expect(rateText('net.transmit.bytes', 0)).toBe('0 B/s');
  expect(rateText('net.transmit.bytes', 999_999)).toBe('1,000 kB/s');
  expect(rateText('pids', 1234)).toBe('1,234');
});

test('titles', () => {
  const heldMs = 180_000;
  expect(rateTitle('cpu', { value: 0.43, usual: 0.03, heldMs })).toBe(
    'CPU is 14 times the usual: 0.43 cores for 3 minutes, usually 0.03 cores',
  );
  expect(rateTitle('exec', { value: 25, usual: 0, heldMs: 3000 })).toBe(
    'Program starts is far above the usual: 25/s for 3 seconds, usually 0/s',
  );
  expect(rateTitle('memory', { value: 2.5e9, usual: 1e9, heldMs: 3_600_000 })).toBe(
    'Memory is 2.5 times the usual: 2.5 GB for 1 hour, usually 1 GB',
  );
});

test('spans', () => {
  expect([500, 40_000, 60_000, 5_400_000, 86_400_000, 1e12].map(spanText)).toEqual([
    '0.5 seconds',
    '40 seconds',
    '1 minute',
    '1.5 hours',
    '1 day',
    '11,574 days',
  ]);
});
