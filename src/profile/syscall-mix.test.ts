import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../test/support/draws.ts';
import { callsMax, SyscallMix } from './syscall-mix.ts';
import type { CallCounts } from './syscall-mix.ts';
import { parseMixState } from './syscall-mix-state.ts';

const [read, write, futex, ptrace, mount] = [0, 1, 202, 101, 165];

/** A server: so many requests of one of two kinds, and some noise. */
function slice(random: () => number): CallCounts {
  const requests = Math.round(20 + 200 * random());
  const kind = random() < 0.3;
  return new Map([
    [read, requests * (kind ? 4 : 1)],
    [write, requests],
    [futex, Math.round(10 * random())],
  ]);
}

function learned(count: number, random: () => number, windowsMax = 4096): SyscallMix {
  const mix = new SyscallMix({ windowsMax, random });
  for (let sample = 1; sample <= count; sample++) mix.learn(slice(random), sample);
  return mix;
}

const counts = fc
  .dictionary(fc.integer({ min: -3, max: callsMax + 3 }).map(String), fc.double({ min: -5, max: 1e9 }), { maxKeys: 40 })
  .map((made): CallCounts => new Map(Object.entries(made).map(([call, count]) => [Number(call), count])));

describe('SyscallMix', () => {
  test('without evidence nothing is strange', () => {
    const mix = new SyscallMix({ random: seeded(1) });
    expect(mix.score(new Map([[ptrace, 1000]]))).toMatchObject({ decades: 0, newCalls: [ptrace], windows: 0 });
    mix.learn(new Map([[read, 1]]), 1);
    expect(mix.score(new Map([[ptrace, 1000]])).decades).toBe(0);
  });

  test('what was seen is not strange, a proportion that was never seen is, as far as the evidence reaches', () => {
    const mix = learned(999, seeded(2));
    mix.refresh();
    expect(
      mix.score(
        new Map([
          [read, 100],
          [write, 100],
          [futex, 5],
        ]),
      ).decades,
    ).toBeLessThan(1);
    // Neither number is unusual; they never came together.
    expect(
      mix.score(
        new Map([
          [read, 800],
          [write, 20],
          [futex, 5],
        ]),
      ).decades,
    ).toBeCloseTo(3);
  });

  test('new calls are named, with their surprise', () => {
    const mix = learned(999, seeded(3));
    const score = mix.score(
      new Map([
        [read, 100],
        [write, 100],
        [ptrace, 1],
        [mount, 2],
      ]),
    );
    expect(score.newCalls).toEqual([ptrace, mount]);
    expect(score.newCallSurprise).toBeCloseTo(3);
    expect(
      mix.differences(
        new Map([
          [read, 100],
          [write, 100],
          [mount, 20],
        ]),
        1,
      ),
    ).toEqual([{ call: mount, count: 20, usual: 0, isNew: true }]);
  });

  test('a pause is not strange', () => {
    const mix = learned(999, seeded(4));
    expect(mix.score(new Map()).decades).toBe(0);
    expect(mix.score(new Map([[read, 1]])).decades).toBe(0);
  });

  test('windows of one sample are no evidence for each other', () => {
    const p = (sampleOf: (again: number) => number): number => {
      const mix = new SyscallMix({ random: seeded(5) });
      for (let sample = 1; sample <= 200; sample++) mix.learn(new Map([[read, 100 + (sample % 7)]]), sample);
      for (let again = 0; again < 10; again++) mix.learn(new Map([[ptrace, 500]]), sampleOf(again));
      mix.refresh();
      return (
        10 **
        -mix.score(
          new Map([
            [read, 103],
            [write, 2],
          ]),
        ).decades
      );
    };
    // Ten windows of one burst lie further from all others than the window in question; those of ten slices lie by each other.
    expect(p(() => 201)).toBeCloseTo(11 / 211);
    expect(p((again) => 201 + again)).toBeCloseTo(1 / 211);
  });

  test('p-values of what comes from the same mixture are no smaller than chance has them', () => {
    const random = seeded(6);
    const p: number[] = [];
    for (let trial = 0; trial < 600; trial++) p.push(10 ** -learned(60, random).score(slice(random)).decades);
    for (const level of [0.02, 0.05, 0.1, 0.2, 0.5]) {
      const share = p.filter((value) => value <= level + 1e-9).length / p.length;
      // Three standard errors of the share, and as much as one window of sixty for the spread being measured on the others.
      expect(share).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / p.length) + 1 / 60);
    }
    expect(p.filter((value) => value <= 0.2).length).toBeGreaterThan(p.length * 0.05);
  });

  test('neighbours are the same whether they were found one by one or all at once, with a full memory too', () => {
    const random = seeded(7);
    const mix = learned(150, random, 64);
    const probes = Array.from({ length: 20 }, () => slice(random));
    const copy = new SyscallMix({ windowsMax: 64, random }, mix.stored);
    mix.refresh();
    expect(probes.map((probe) => mix.score(probe))).toEqual(probes.map((probe) => copy.score(probe)));
    expect([mix.windows, mix.learned]).toEqual([64, 150]);
  });

  test('it forgets windows, never the calls that were made', () => {
    const mix = new SyscallMix({ windowsMax: 8, random: seeded(8) });
    mix.learn(new Map([[mount, 1]]), 1);
    for (let sample = 2; sample < 200; sample++) mix.learn(new Map([[read, sample]]), sample);
    expect(mix.stored.windows.every((window) => !window.counts.includes(mount))).toBe(true);
    expect(mix.score(new Map([[mount, 1]])).newCalls).toEqual([]);
  });

  test('whatever is counted: bounded, in range, the same after a restart', () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 30 }), counts, (windows, probe) => {
        const options = { windowsMax: 12, random: seeded(9) };
        const mix = new SyscallMix(options);
        windows.forEach((window, sample) => mix.learn(window, sample));
        const { decades, newCalls } = mix.score(probe);
        expect(mix.windows).toBeLessThanOrEqual(12);
        expect(decades).toBeGreaterThanOrEqual(0);
        expect(decades).toBeLessThanOrEqual(Math.log10(mix.windows + 1));
        expect(newCalls.every((call) => call >= 0 && call < callsMax)).toBe(true);
        const stored = parseMixState(JSON.parse(JSON.stringify({ mix: mix.stored, alarms: 1, episodes: 0 })))?.mix;
        expect(stored).toBeDefined();
        expect(new SyscallMix(options, stored).score(probe).newCalls).toEqual(newCalls);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('calls that have no number here are left out, counted', () => {
    const mix = new SyscallMix({ random: seeded(10) });
    mix.learn(
      new Map([
        [callsMax, 1],
        [-1, 1],
        [0.5, 1],
        [read, Number.NaN],
        [write, -1],
      ]),
      1,
    );
    expect([mix.overflow, mix.stored.incidence]).toEqual([5, []]);
  });
});

describe('parseMixState', () => {
  test('refuses whatever was not saved by it', () => {
    const good = learned(3, seeded(11)).stored;
    const state = { mix: good, alarms: 2, episodes: 1 };
    expect(parseMixState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    for (const bad of [null, [], good, { ...state, alarms: -1 }, { ...state, episodes: 'one' }])
      expect(parseMixState(bad)).toBeUndefined();
    for (const bad of [
      ...[undefined, null, 1, 'x', [], {}],
      { ...good, learned: -1 },
      { ...good, incidence: [1] },
      { ...good, incidence: [callsMax, 1] },
      { ...good, incidence: [1, 2, 1, 3] },
      { ...good, windows: {} },
      { ...good, windows: [{ sample: 1 }] },
      { ...good, windows: [{ sample: 'a', counts: [] }] },
      { ...good, windows: [{ sample: 1, counts: [0.5, 1] }] },
      { ...good, windows: [null] },
    ])
      expect(parseMixState({ ...state, mix: bad })).toBeUndefined();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = parseMixState({ ...state, mix: value });
        if (parsed !== undefined) new SyscallMix({ random: seeded(12) }, parsed.mix).score(new Map([[read, 1]]));
      }),
    );
  });
});
