import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { Book } from './book.ts';

const one = makeContainer({ id: 'one', cgroupId: '1' });
const minuteMs = 60_000;

describe('the book of containers', () => {
  test('a container that runs is found by its id and by its cgroup', () => {
    const book = new Book();
    book.put(one);
    expect([book.byId('one'), book.byCgroup('1'), book.running()]).toEqual([one, one, [one]]);
    expect([book.byId('two'), book.byCgroup('2'), book.isRunning('two')]).toEqual([undefined, undefined, false]);
  });

  test('one that was created is found by its id, and does not run; told again it is no news', () => {
    const book = new Book();
    expect([book.create(one), book.create(one)]).toEqual([true, false]);
    expect([book.byId('one'), book.isCreated('one'), book.isRunning('one')]).toEqual([one, true, false]);
    expect(book.running()).toEqual([]);
    book.put(one);
    expect([book.isCreated('one'), book.isRunning('one'), book.create(one)]).toEqual([false, true, false]);
  });

  test('one that was removed before it ever ran is forgotten, one that runs is not', () => {
    const book = new Book();
    book.create(one);
    book.discard('one');
    expect(book.byId('one')).toBeUndefined();
    book.put(one);
    book.discard('one');
    expect(book.isRunning('one')).toBe(true);
  });

  test('the dead are known for five minutes, for their last events; it ends once', () => {
    const book = new Book();
    book.put(one);
    expect([book.end('one', 0), book.end('one', 1), book.end('two', 1)]).toEqual([true, false, false]);
    expect([book.isRunning('one'), book.running()]).toEqual([false, []]);
    expect(book.byCgroup('1')).toEqual(one);

    const end = (id: string, nowMs: number): void => {
      book.put(makeContainer({ id, cgroupId: `cgroup of ${id}` }));
      book.end(id, nowMs);
    };
    end('two', 5 * minuteMs);
    expect(book.byCgroup('1')).toEqual(one);
    end('three', 5 * minuteMs + 1);
    expect([book.byId('one'), book.byCgroup('1')]).toEqual([undefined, undefined]);
    expect(book.byId('two')?.id).toBe('two');
  });

  test('one that starts again in another cgroup is found by it, and by the last one before', () => {
    const book = new Book();
    for (const cgroupId of ['1', '2', '3']) {
      book.put({ ...one, cgroupId });
      book.end('one', 0);
    }
    book.put({ ...one, cgroupId: '4' });
    const known = ['1', '2', '3', '4'].filter((cgroupId) => book.byCgroup(cgroupId) !== undefined);
    expect(known).toEqual(['3', '4']);
    expect(book.isRunning('one')).toBe(true);
  });

  test('a cgroup number that the kernel has given to another container is that one’s', () => {
    const book = new Book();
    book.put(one);
    book.end('one', 0);
    const two = makeContainer({ id: 'two', cgroupId: '1' });
    book.put(two);
    book.put(makeContainer({ id: 'three', cgroupId: '3' }));
    book.end('three', 10 * minuteMs);
    expect(book.byId('one')).toBeUndefined();
    expect(book.byCgroup('1')).toEqual(two);
  });

  test('neither the dead nor those that were created are kept without bound, and the oldest go first', () => {
    const book = new Book();
    for (let index = 0; index < 2_500; index++) {
      book.put(makeContainer({ id: `dead ${index}`, cgroupId: String(index) }));
      book.end(`dead ${index}`, index);
      book.create(makeContainer({ id: `created ${index}` }));
    }
    const kept = (kind: string): readonly number[] =>
      Array.from({ length: 2_500 }, (_, index) => index).filter((index) => book.byId(`${kind} ${index}`));
    for (const kind of ['dead', 'created']) {
      expect(kept(kind)).toHaveLength(2_000);
      expect(kept(kind)[0]).toBe(500);
    }
    expect(book.byCgroup('499')).toBeUndefined();
  });

  test('whatever happens in whatever order: what runs is known, and no cgroup is of a container that is not', () => {
    const ids = ['a', 'b', 'c'] as const;
    const cgroups = ['1', '2', '3', '4'] as const;
    const step = fc.record({
      act: fc.constantFrom('create', 'put', 'end', 'discard'),
      id: fc.constantFrom(...ids),
      cgroupId: fc.option(fc.constantFrom(...cgroups), { nil: undefined }),
      laterMs: fc.nat(4 * minuteMs),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const book = new Book();
        const running = new Set<string>();
        let nowMs = 0;
        for (const { act, id, cgroupId, laterMs } of steps) {
          nowMs += laterMs;
          const container = makeContainer({ id, cgroupId });
          if (act === 'put') {
            book.put(container);
            running.add(id);
          } else if (act === 'end') expect(book.end(id, nowMs)).toBe(running.delete(id));
          else if (act === 'create') book.create(container);
          else book.discard(id);
          if (act === 'put' && cgroupId !== undefined) expect(book.byCgroup(cgroupId)?.id).toBe(id);
          expect(new Set(book.running().map((one_) => one_.id))).toEqual(running);
          for (const known of running) expect(book.byId(known)?.id).toBe(known);
          for (const cgroup of cgroups) {
            const owner = book.byCgroup(cgroup);
            expect(owner === undefined || book.byId(owner.id) === owner).toBe(true);
          }
        }
      }),
    );
  });
});
