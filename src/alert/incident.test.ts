import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ancestor, Event } from '../model/event.ts';
import { group, groupingOf, Incidents, lineageOf } from './incident.ts';
import type { OpenIncident, Sighting } from './incident.ts';

const options = groupingOf(900_000);
const open: OpenIncident = {
  ...{ id: 'i', containerId: 'c', firstMs: 0, lastMs: 60_000 },
  lineage: new Set(['process 20', 'process 21']),
};
const seen = (timeMs: number, lineage: readonly string[] = [], containerId = 'c'): Sighting => ({
  ...{ containerId, timeMs, lineage },
});

describe('group', () => {
  test.each([
    ['the same process tree, within the quiet time', seen(900_000, ['process 30', 'process 20']), 'joins-tree'],
    ['the same process tree, too late', seen(960_001, ['process 20']), 'too-old'],
    ['the same process tree, earlier by another processor', seen(-1000, ['process 20']), 'joins-tree'],
    ['another tree, close in time', seen(179_000, ['process 40']), 'joins-near'],
    ['another session, far apart', seen(400_000, ['process 40']), 'elsewhere'],
    ['no process, close in time', seen(100_000), 'joins-near'],
    ['another container, the same pids', seen(60_000, ['process 20'], 'd'), 'opens'],
  ])('%s', (_what, sighting, reason) => {
    expect(group([open], sighting, options).reason).toBe(reason);
  });

  test('lasts no longer than a day, however busy it is', () => {
    const long = { ...open, lastMs: 86_400_000 };
    expect(group([long], seen(86_400_001, ['process 20']), options).reason).toBe('too-long');
  });

  test('a common tree is worth more than the latest activity', () => {
    const near = { ...open, id: 'near', lastMs: 100_000, lineage: new Set(['process 50']) };
    expect(group([near, open], seen(110_000, ['process 21']), options)).toMatchObject({ incident: { id: 'i' } });
  });
});

function exec(
  pid: number,
  ancestors: readonly Ancestor[],
  ids: { readonly execution?: string; readonly parentExecution?: string; readonly parentExe?: string } = {},
): Event {
  const { parentExe = ancestors[0]?.exe ?? '', ...executions } = ids;
  return {
    ...{
      kind: 'exec',
      timeMs: 0,
      cgroupId: '1',
      source: 'kernel',
      path: '/bin/sh',
      origin: 'image',
      script: '',
      parentExe,
    },
    fromRuntime: false,
    process: {
      ...{ pid, startTimeNs: '', comm: '', exe: '/bin/sh', args: [], uid: 0, gid: 0, cwd: '', ancestors },
      ...executions,
    },
  };
}

describe('lineageOf', () => {
  const first = { pid: 7, exe: '/usr/sbin/nginx' };
  const worker = { pid: 12, exe: '/usr/sbin/nginx' };

  test('leaves out the first process of the container and its program', () => {
    const event = exec(20, [worker, first], { execution: '5', parentExecution: '1' });
    expect(lineageOf(event, { pid: 7 })).toEqual(['process 20', 'process 12', 'execution 5']);
    // Where the engine does not tell the first process, it is the one at the top.
    expect(lineageOf(event, { pid: 0 })).toEqual(['process 20', 'process 12', 'execution 5']);
  });

  test('the root of a session is its own tree', () => {
    expect(lineageOf(exec(21, [{ pid: 20, exe: '/bin/bash' }]), { pid: 7 })).toEqual(['process 21', 'process 20']);
  });

  test('what was forked twice and given to the first process is still of the tree that started it', () => {
    const incidents = new Incidents(options);
    const sight = (event: Event, timeMs: number): Sighting => ({
      ...{ containerId: 'c', timeMs, lineage: lineageOf(event, { pid: 7 }) },
    });
    const shell = exec(20, [worker, first], { execution: '5', parentExecution: '1' });
    const orphan = exec(31, [first], { execution: '9', parentExecution: '5', parentExe: '/bin/sh' });
    const other = exec(32, [first], { execution: '10', parentExecution: '1', parentExe: '/usr/sbin/nginx' });
    expect(incidents.assign('a', sight(shell, 0))).toEqual({ id: 'a', reason: 'opens' });
    expect(incidents.assign('b', sight(orphan, 600_000))).toEqual({ id: 'a', reason: 'joins-tree' });
    expect(incidents.assign('c', sight(other, 1_200_000))).toEqual({ id: 'c', reason: 'elsewhere' });
  });
});

describe('Incidents', () => {
  interface Story extends Sighting {
    readonly session: string;
  }
  /** Sessions of several containers; those of one container are far apart in time, alerts of a session are close. */
  const stories: fc.Arbitrary<Story[]> = fc
    .array(
      fc.record({ container: fc.nat(3), session: fc.nat(3), offsetMs: fc.nat(options.nearMs), depth: fc.nat(5) }),
      { maxLength: 60 },
    )
    .map((all) =>
      all.map(({ container, session, offsetMs, depth }) => ({
        session: `${container}/${session}`,
        containerId: `c${container}`,
        timeMs: session * 3_600_000 + offsetMs,
        lineage: depth === 0 ? [] : Array.from({ length: depth }, (_, at) => `process ${session * 100 + depth - at}`),
      })),
    );

  const partition = (order: readonly Story[], of: readonly Story[]): readonly string[] => {
    const incidents = new Incidents(options);
    const ids = new Map(order.map((one) => [one, incidents.assign(String(of.indexOf(one)), one).id]));
    // Named by the first member, so that two partitions can be compared.
    const names = new Map<string, number>();
    return of.map((one, index) => {
      const id = ids.get(one) ?? '';
      if (!names.has(id)) names.set(id, index);
      return String(names.get(id));
    });
  };

  test('the grouping does not depend on the order within a session, and keeps sessions and containers apart', () => {
    fc.assert(
      fc.property(stories, fc.infiniteStream(fc.nat(1000)), (all, weights) => {
        const shuffled = all.map((one) => ({ one, weight: weights.next().value ?? 0 }));
        const order = shuffled.toSorted((a, b) => a.weight - b.weight).map(({ one }) => one);
        const inSessions = order.toSorted(
          (a, b) => Math.floor(a.timeMs / 3_600_000) - Math.floor(b.timeMs / 3_600_000),
        );
        const inTime = all.toSorted((a, b) => a.timeMs - b.timeMs);
        const expected = all.map(({ session }) => String(all.findIndex((other) => other.session === session)));
        expect(partition(inTime, all)).toEqual(expected);
        expect(partition(inSessions, all)).toEqual(expected);
      }),
    );
  });

  test('is bounded in incidents and in lineage, and counts what it let go', () => {
    const incidents = new Incidents({ ...options, capacity: 10, lineageMax: 4 });
    const long = Array.from({ length: 100 }, (_, at) => `process ${at}`);
    for (let index = 0; index < 100; index++) incidents.assign(String(index), seen(index, long, `c${index}`));
    expect(incidents.size).toBe(10);
    expect(incidents.forgotten).toBe(90);
    expect(incidents.assign('x', seen(100, ['process 50'], 'c99')).reason).toBe('joins-near');
  });

  test('incidents that are over make room uncounted; what is seen again keeps one open', () => {
    const incidents = new Incidents(options);
    incidents.assign('a', seen(0, ['process 20']));
    incidents.again('a', 800_000);
    incidents.again('unknown', 800_000);
    expect(incidents.assign('b', seen(1_600_000, ['process 20']))).toEqual({ id: 'a', reason: 'joins-tree' });
    incidents.assign('c', seen(9_000_000, [], 'd'));
    expect([incidents.size, incidents.forgotten]).toEqual([1, 0]);
  });
});
