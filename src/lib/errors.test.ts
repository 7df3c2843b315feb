import { expect, test } from 'vitest';
import { AnchorwatchError, errorText } from './errors.ts';

test('an error carries its code, its cause and whether a retry helps', () => {
  const cause = new Error('ENOSPC');
  const error = new AnchorwatchError('store-full', 'cannot write', { cause, retryable: true });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: 'store-full',
    message: 'cannot write',
    cause,
    retryable: true,
    name: 'AnchorwatchError',
  });
});

test('retry does not help unless said', () => {
  const error = new AnchorwatchError('bad-token', 'refused');
  expect(error.retryable).toBe(false);
  expect('cause' in error).toBe(false);
});

test('errorText joins the causes and leaves out repetitions', () => {
  const root = new Error('connection refused');
  const middle = new Error('GET /info: connection refused', { cause: root });
  expect(errorText(new Error('no engine', { cause: middle }))).toBe('no engine: GET /info: connection refused');
});

test('errorText survives things that are not errors, and circles', () => {
  const circle = new Error('a');
  circle.cause = new Error('b', { cause: circle });
  expect(errorText(circle)).toContain('a: b');
  expect(errorText('text')).toBe('text');
  expect(errorText(undefined)).toBe('unknown error');
  expect(errorText({})).toBe('unknown error');
});
