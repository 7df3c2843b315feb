import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pending } from './pending.ts';

describe('pending events', () => {
  test('wait for their container and come out in order, of that container only', () => {
    const pending = new Pending<string>();
    pending.hold('1', 'a', 0);
    pending.hold('2', 'b', 0);
    pending.hold('1', 'c', 5);
    expect(pending.take('1')).toEqual(['a', 'c']);
    expect(pending.take('1')).toEqual([]);
    expect(pending.size).toBe(1);
  });

  test('full, in all or for one cgroup: the new one is refused and counted', () => {
    const pending = new Pending<number>({ capacity: 3, capacityPerCgroup: 2 });
    expect([1, 2, 3].map((item) => pending.hold('1', item, 0))).toEqual([true, true, false]);
    expect(pending.hold('2', 4, 0)).toBe(true);
    expect(pending.hold('3', 5, 0)).toBe(false);
    expect(pending.lost).toEqual({ full: 2, expired: 0, 'not-a-container': 0 });
    expect(pending.take('1')).toEqual([1, 2]);
  });

  test('too old: handed out once, so that the kernel is asked again, and counted', () => {
    const pending = new Pending<string>({ ageMs: 100 });
    pending.hold('1', 'old', 0);
    pending.hold('1', 'fresh', 60);
    expect(pending.expire(101)).toEqual(['old']);
    expect(pending.expire(101)).toEqual([]);
    expect(pending.take('1')).toEqual(['fresh']);
    expect(pending.lost.expired).toBe(1);
  });

  test('what turned out to be no container is dropped and counted', () => {
    const pending = new Pending<string>();
    pending.hold('1', 'a', 0);
    pending.drop('1');
    expect([pending.size, pending.lost['not-a-container']]).toEqual([0, 1]);
  });

  test('everything that was held is taken, expired, dropped or still there', () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant('hold' as const), cgroup: fc.nat(3), at: fc.nat(50) }),
      fc.record({ act: fc.constantFrom('take' as const, 'drop' as const), cgroup: fc.nat(3), at: fc.nat(50) }),
      fc.record({ act: fc.constant('expire' as const), cgroup: fc.nat(3), at: fc.nat(200) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pending = new Pending<number>({ capacity: 12, capacityPerCgroup: 5, ageMs: 40 });
        let [asked, out] = [0, 0];
        for (const [item, { act, cgroup, at }] of steps.entries()) {
          if (act === 'hold') {
            asked++;
            pending.hold(String(cgroup), item, at);
          } else if (act === 'take') out += pending.take(String(cgroup)).length;
          else if (act === 'drop') pending.drop(String(cgroup));
          else pending.expire(at);
        }
        const { full, expired, 'not-a-container': no } = pending.lost;
        expect(out + full + expired + no + pending.size).toBe(asked);
        expect(pending.size).toBeLessThanOrEqual(12);
      }),
    );
  });
});
