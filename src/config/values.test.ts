import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  durationBetween,
  formatDuration,
  notYet,
  oneOf,
  parseDuration,
  parseListen,
  parseListenOrUrl,
  parseText,
  urlOf,
} from './values.ts';

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['1.5s', 1500],
    ['0s', 0],
  ])('%s is %i ms', (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  test.each(['', '60', 's', '-1s', '1 s', '1w', '1s ', '1h30m', '1e3s', 'Infinitys'])('%j is refused', (text) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, problem: expect.stringContaining('500ms') as string });
  });

  test('what cannot be counted is refused', () => {
    expect(parseDuration(`${'9'.repeat(20)}d`)).toMatchObject({ ok: false });
  });

  test('the bounds are allowed, what is outside is refused with the bound', () => {
    const parse = durationBetween('1s', '1h');
    expect(parse('1s')).toEqual({ ok: true, value: 1000 });
    expect(parse('1h')).toEqual({ ok: true, value: 3_600_000 });
    expect(parse('999ms')).toMatchObject({ problem: 'is too short: at least 1s' });
    expect(parse('61m')).toMatchObject({ problem: 'is too long: at most 1h' });
    expect(parse('x')).toMatchObject({ ok: false });
  });

  test('a formatted duration means the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000_000 }), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toEqual({ ok: true, value: durationMs });
      }),
    );
    expect(formatDuration(60_000)).toBe('1m');
    expect(formatDuration(90_000)).toBe('90s');
  });
});

test.each(['127.0.0.1:7080', 'localhost:0', '[::1]:65535', '0.0.0.0:80'])('%s is an address to listen on', (text) => {
  expect(parseListen(text)).toEqual({ ok: true, value: text });
});

test.each(['7080', ':7080', 'localhost', '::1:7080', '127.0.0.1:65536', 'a:b', 'http://a:1', '1.2.3.4:7080/x', ''])(
  '%j is no address to listen on',
  (text) => {
    expect(parseListen(text)).toMatchObject({ ok: false });
  },
);

test.each([
  ['127.0.0.1:7080', '127.0.0.1:7080'],
  ['https://collector:7080/', 'https://collector:7080'],
  ['http://[::1]:1', 'http://[::1]:1'],
])('%s is an address to ask', (text, value) => {
  expect(parseListenOrUrl(text)).toEqual({ ok: true, value });
});

test.each(['https://collector', 'ws://collector:7080', 'https://collector:7080/x', 'https://', 'https://a@b:1/c'])(
  '%s is none',
  (text) => {
    expect(parseListenOrUrl(text)).toMatchObject({ ok: false });
  },
);

test('a URL has one of its schemes, a host and no credentials', () => {
  const parse = urlOf(['ws:', 'wss:'], 'ws://HOST:PORT');
  expect(parse('ws://collector:7080/')).toEqual({ ok: true, value: 'ws://collector:7080' });
  expect(parse('http://collector:7080')).toMatchObject({ problem: 'is not an address of the form ws://HOST:PORT' });
  expect(parse('collector:7080')).toMatchObject({ ok: false });
  expect(parse('ws://user:pass@collector')).toMatchObject({ problem: 'must not carry a user name or password' });
});

test('a word is one of its set, a text has no control characters, what is not there yet is refused', () => {
  expect(oneOf(['a', 'b'])('b')).toEqual({ ok: true, value: 'b' });
  expect(oneOf(['a', 'b'])('B')).toEqual({ ok: false, problem: 'is not one of a, b' });
  expect(parseText('a\u001b[2J')).toMatchObject({ ok: false });
  expect(notYet('a bus', 'Leave it out.')()).toMatchObject({
    problem: expect.stringContaining('not available yet') as string,
  });
});
