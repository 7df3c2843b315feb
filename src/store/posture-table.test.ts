import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostureResult } from '../model/posture.ts';
import { CollectorStore } from './collector-store.ts';
import type { PostureEntry } from './posture-table.ts';

let directory = '';
let store: CollectorStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-posture-'));
  store = await CollectorStore.open(join(directory, 'collector.db'), false);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const workload = { id: 'w1', name: 'shop/web', kind: 'compose' } as const;
const idOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0');

function entry(name: string, results: Readonly<Record<string, PostureResult>>, timeMs: number = 1): PostureEntry {
  const outcomes = Object.entries(results).map(([check, result]) => ({
    ...{ check, result, severity: result === 'fail' ? ('critical' as const) : ('notice' as const) },
    ...{ note: `${check} ${result}`, evidence: [{ field: 'f', value: result }] },
  }));
  const container = { id: idOf(name), name, image: 'i', digest: 'd' };
  return name === '' ? { timeMs, outcomes } : { timeMs, outcomes, container, workload };
}
const piece = (
  entries: readonly PostureEntry[],
  more: { first?: boolean; last?: boolean; gone?: readonly string[] } = {},
) => ({
  ...{ first: false, last: false, gone: [], ...more, entries },
});
const list = (filter: Parameters<CollectorStore['postureReader']['list']>[0] = {}) =>
  store.postureReader.list(filter, 100);

describe('findings', () => {
  test('keep since when they are, and say when they became another', async () => {
    await store.posture.keep('n1', piece([entry('a', { x: 'fail', y: 'pass' }, 10)], { first: true, last: true }), 11);
    const again = await store.posture.keep('n1', piece([entry('a', { x: 'warn', y: 'pass' }, 20)]), 21);
    expect(again).toMatchObject([{ check: 'x', was: 'fail', result: 'warn', timeMs: 20, node: 'n1' }]);
    expect(await list()).toMatchObject([
      {
        check: 'x',
        result: 'warn',
        firstSeenMs: 10,
        changedMs: 20,
        lastSeenMs: 21,
        container: { name: 'a' },
        workload,
      },
      { check: 'y', result: 'pass', firstSeenMs: 10, changedMs: 10 },
    ]);
    await store.posture.keep('n1', piece([entry('a', { x: 'pass', y: 'pass' }, 30)]), 31);
    await store.posture.keep('n1', piece([entry('a', { x: 'fail', y: 'pass' }, 40)]), 41);
    expect((await list())[0]).toMatchObject({ check: 'x', firstSeenMs: 40, changedMs: 40 });
    expect((await store.postureReader.changes({}, 10)).map(({ was, result }) => [was, result])).toEqual([
      ['pass', 'fail'],
      ['warn', 'pass'],
      ['fail', 'warn'],
      ['new', 'fail'],
    ]);
  });

  test('what is as it was is no change, and a word of nothing else is seen', async () => {
    await store.posture.keep('n1', piece([entry('a', { x: 'fail' })], { first: true, last: true }), 5);
    expect(await store.posture.keep('n1', piece([entry('a', { x: 'fail' }, 9)]), 9)).toEqual([]);
    await store.posture.keep('n1', piece([]), 50);
    expect(await list()).toMatchObject([{ lastSeenMs: 50, changedMs: 1 }]);
  });

  test('a full report in pieces takes away what is not in it, of its node alone', async () => {
    await store.posture.keep(
      'n1',
      piece([entry('a', { x: 'fail' }), entry('b', { x: 'fail' })], { first: true, last: true }),
      1,
    );
    await store.posture.keep('n2', piece([entry('c', { x: 'fail' })], { first: true, last: true }), 1);
    expect(await store.posture.keep('n1', piece([entry('b', { x: 'fail' })], { first: true }), 2)).toEqual([]);
    expect(await list()).toHaveLength(3);
    const changes = await store.posture.keep('n1', piece([entry('', { z: 'warn' })], { last: true }), 3);
    expect(changes.map(({ check, was, result, container }) => [container?.name, check, was, result])).toEqual([
      [undefined, 'z', 'new', 'warn'],
      ['a', 'x', 'fail', 'gone'],
    ]);
    expect((await list()).map(({ node, container }) => [node, container?.name])).toEqual([
      ['n1', 'b'],
      ['n2', 'c'],
      ['n1', undefined],
    ]);
  });

  test('a container that ended is gone, and so are checks that another release had', async () => {
    await store.posture.keep(
      'n1',
      piece([entry('a', { x: 'fail', old: 'warn' }), entry('b', { x: 'pass' })], { first: true, last: true }),
      1,
    );
    await store.posture.keep('n1', piece([entry('a', { x: 'fail' })]), 2);
    expect((await list()).map(({ check }) => check)).toEqual(['x', 'x']);
    await store.posture.keep('n1', piece([], { gone: [idOf('a'), 'nobody'] }), 3);
    expect((await list()).map(({ container }) => container?.name)).toEqual(['b']);
  });

  test('are filtered and paged, the gravest first', async () => {
    const all = ['a', 'b', 'c'].map((name) => entry(name, { x: 'fail', y: 'warn', z: 'pass' }));
    await store.posture.keep('n1', piece(all, { first: true, last: true }), 1);
    expect(await list({ results: ['fail'] })).toHaveLength(3);
    expect(await list({ workload: 'shop/web', checks: ['y'] })).toHaveLength(3);
    expect(await list({ workload: 'other' })).toEqual([]);
    expect(await list({ container: 'a' })).toHaveLength(3);
    expect(await list({ container: idOf('a').slice(0, 12) })).toHaveLength(3);
    expect(await list({ container: '%' })).toEqual([]);
    expect(await list({ node: 'n2' })).toEqual([]);
    expect(await list({ severity: 'critical' })).toHaveLength(3);
    const paged: string[] = [];
    let after: { severity: 'critical' | 'notice' | 'warning'; id: number } | undefined;
    for (;;) {
      const page = await store.postureReader.list({}, 2, after);
      paged.push(...page.map(({ check }) => check));
      after = page.at(-1);
      if (page.length < 2) break;
    }
    expect(paged).toEqual(['x', 'x', 'x', 'y', 'z', 'y', 'z', 'y', 'z']);
    expect(await store.postureReader.counts()).toContainEqual({
      check: 'x',
      severity: 'critical',
      result: 'fail',
      findings: 3,
    });
  });

  test('go with their node', async () => {
    await store.posture.keep('n1', piece([entry('a', { x: 'fail' })], { first: true, last: true }), 1);
    await store.forgetNode('n1');
    expect(await list()).toEqual([]);
  });
});

test('exceptions are kept until they are removed', async () => {
  const exception = {
    id: 'e1',
    of: 'D09',
    workload: 'w',
    owner: 'ann',
    reason: 'r',
    expiresMs: 5,
    origin: 'api',
  } as const;
  await store.postureExceptions.add(exception, 'ann', 1);
  expect(await store.postureExceptions.list()).toEqual([exception]);
  expect(await store.postureExceptions.remove('e1')).toBe(true);
  expect(await store.postureExceptions.remove('e1')).toBe(false);
});
