import { expect, test } from 'vitest';
import { Names } from './names.ts';

test('names belong to a container and an address; the last answer counts; what is forgotten has none', () => {
  const names = new Names();
  names.add('a', 'db.example', ['10.0.0.1', '10.0.0.2']);
  names.add('b', 'other.example', ['10.0.0.1']);
  expect([
    names.of('a', '10.0.0.1'),
    names.of('a', '10.0.0.2'),
    names.of('b', '10.0.0.1'),
    names.of('b', '10.0.0.2'),
  ]).toEqual(['db.example', 'db.example', 'other.example', undefined]);
  names.add('a', 'new.example', ['10.0.0.1']);
  expect(names.of('a', '10.0.0.1')).toBe('new.example');
  names.forget('a');
  expect(names.of('a', '10.0.0.1')).toBeUndefined();
  expect(names.of('b', '10.0.0.1')).toBe('other.example');
});

test('holds no more than its bounds; the oldest makes room', () => {
  const names = new Names();
  for (let i = 0; i < 5000; i++) names.add('a', `n${i}`, [`10.0.${i >> 8}.${i & 255}`]);
  expect(names.of('a', '10.0.0.0')).toBeUndefined();
  expect(names.of('a', '10.0.19.135')).toBe('n4999');
  for (let i = 0; i < 4096; i++) names.add(`c${i}`, 'x', ['10.0.0.1']);
  expect(names.of('a', '10.0.19.135')).toBeUndefined();
});
