import { expect, test } from 'vitest';
import { Captures } from './captures.ts';

test('a container is captured from its first alert until it was quiet for long enough', () => {
  const captures = new Captures(300);
  expect(captures.alerted('a', 1000)).toBe(true);
  expect(captures.alerted('a', 1200)).toBe(false);
  expect(captures.alerted('b', 1200)).toBe(true);
  expect(captures.ended(1300)).toEqual([]);
  captures.forget('b');
  expect(captures.size).toBe(1);
  expect(captures.ended(1500)).toEqual(['a']);
  expect(captures.ended(1500)).toEqual([]);
  expect(captures.alerted('a', 1600)).toBe(true);
});

test('without a quiet period nothing is captured', () => {
  const captures = new Captures(0);
  expect(captures.alerted('a', 1)).toBe(false);
  expect(captures.size).toBe(0);
});

test('a notice starts no capture and prolongs none', () => {
  const captures = new Captures(500);
  expect(captures.alerted('a', 1000, 'notice')).toBe(false);
  expect(captures.size).toBe(0);
  expect(captures.alerted('a', 1000, 'critical')).toBe(true);
  expect(captures.alerted('a', 1400, 'notice')).toBe(false);
  expect(captures.ended(1500)).toEqual(['a']);
});
