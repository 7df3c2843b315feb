import { describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { seeded } from '../../test/support/draws.ts';
import type { CallCounts } from '../profile/syscall-mix.ts';
import type { StoredMixState } from '../profile/syscall-mix-state.ts';
import { MixWatch } from './mix-watch.ts';
import type { SliceFinding } from './slice-findings.ts';

const sliceMs = 60_000;
const container = { ...makeContainer(), startedAtMs: 0 };
const [read, write, futex] = [0, 1, 202];
const slices = 2_000;

/** A server: so many requests a slice. */
function usual(random: () => number): CallCounts {
  const requests = Math.round(1_000 + 5_000 * random());
  return new Map([
    [read, requests * 2],
    [write, requests],
    [futex, Math.round(50 * random())],
  ]);
}

const miner: CallCounts = new Map([
  [read, 5],
  [futex, 90_000],
]);

class Store {
  saved: Map<string, StoredMixState> = new Map();
  loaded: readonly { readonly workloadId: string; readonly state: unknown }[] = [];
  load(): readonly { readonly workloadId: string; readonly state: unknown }[] {
    return this.loaded;
  }
  save(mixes: readonly { readonly workloadId: string; readonly state: StoredMixState }[]): void {
    for (const { workloadId, state } of mixes) this.saved.set(workloadId, state);
  }
}

/** A watch whose findings are all told from three decades on, and what is handed to it. */
function begin(store = new Store()): {
  readonly watch: MixWatch;
  readonly found: SliceFinding[];
  readonly counted: SliceFinding[];
  readonly slice: (counts: CallCounts | undefined, of?: typeof container) => void;
  readonly store: Store;
} {
  const [found, counted]: [SliceFinding[], SliceFinding[]] = [[], []];
  const take = (finding: SliceFinding): { readonly reason: 'below' | 'counted' | 'raised' } => {
    if (finding.goesOn === true) {
      counted.push(finding);
      return { reason: 'counted' };
    }
    if (finding.surprise < 3) return { reason: 'below' };
    found.push(finding);
    return { reason: 'raised' };
  };
  const random = seeded(1);
  const watch = new MixWatch({ slices: { take }, store, sliceMs, startupMs: sliceMs, arch: 'x64', random });
  let timeMs = 10 * sliceMs;
  const slice = (counts: CallCounts | undefined, of = container): void => {
    timeMs += sliceMs;
    watch.endSlice([{ container: of, counts }], timeMs);
  };
  return { watch, found, counted, slice, store };
}

function settled(): ReturnType<typeof begin> {
  const begun = begin();
  const random = seeded(2);
  for (let number = 0; number < slices; number++) begun.slice(usual(random));
  return begun;
}

const decision = (verdict: 'accept' | 'deny' | 'relearn'): Parameters<MixWatch['decide']>[0] => ({
  ...{ id: '1', verdict, workload: container.workload.id, by: 'me', reason: '', time: '' },
  features: verdict === 'relearn' ? [] : [{ dimension: 'syscall.mix', key: 'syscall.mix' }],
});

describe('MixWatch', () => {
  test('a miner inside a permitted program is told once, with the calls that stand out, and not learned', () => {
    const { watch, found, slice, store } = settled();
    expect(found).toEqual([]);
    slice(miner);
    expect(found).toEqual([]);
    for (let more = 0; more < 30; more++) slice(miner);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ feature: { dimension: 'syscall.mix' }, detector: 'syscall-mix', container });
    expect(found[0]?.surprise).toBeLessThanOrEqual(Math.log10(1025));
    expect(found[0]?.title()).toMatch(/^another mix of system calls than ever: .*futex/);
    const { note, samples } = found[0]?.evidence() ?? { note: '', samples: 0 };
    expect(samples).toBe(1024);
    expect(note).toContain('futex 90,000 times instead of');
    expect(note).toContain('2 of 2 slices were stranger than all but');
    watch.save(0, true);
    const miners = store.saved.get(container.workload.id)?.mix.windows.filter(({ counts }) => counts.includes(90_000));
    expect(miners).toEqual([]);
  });

  test('what goes on is counted by its strange slices, and over after ten quiet ones', () => {
    const { found, counted, slice } = settled();
    const random = seeded(3);
    for (let more = 0; more < 7; more++) slice(miner);
    for (let more = 0; more < 9; more++) slice(usual(random));
    expect([found.length, counted.length]).toEqual([1, 5]);
    slice(miner);
    expect([found.length, counted.length]).toEqual([1, 6]);
    for (let more = 0; more < 12; more++) slice(usual(random));
    for (let more = 0; more < 3; more++) slice(miner);
    expect([found.length, counted.length]).toEqual([2, 7]);
  });

  test('a strange slice that nothing came of is learned', () => {
    const { watch, found, slice, store } = settled();
    const random = seeded(3);
    slice(miner);
    for (let more = 0; more < 3; more++) slice(usual(random));
    watch.save(0, true);
    const miners = store.saved.get(container.workload.id)?.mix.windows.filter(({ counts }) => counts.includes(90_000));
    expect(miners).toHaveLength(1);
    slice(miner);
    slice(miner);
    expect(found).toEqual([]);
  });

  test('accepted, it belongs to the workload; denied, it does not', () => {
    for (const [verdict, times] of [
      ['accept', 1],
      ['deny', 2],
    ] as const) {
      const { watch, found, slice } = settled();
      const random = seeded(3);
      for (let more = 0; more < 5; more++) slice(miner);
      watch.decide(decision(verdict));
      watch.decide(decision(verdict));
      for (let more = 0; more < 15; more++) slice(usual(random));
      for (let more = 0; more < 5; more++) slice(miner);
      expect(found).toHaveLength(times);
    }
  });

  test('relearning forgets the mixture', () => {
    const { watch, found, slice, store } = settled();
    watch.decide(decision('relearn'));
    expect(store.saved.get(container.workload.id)?.mix.windows).toEqual([]);
    for (let more = 0; more < 5; more++) slice(miner);
    expect(found).toEqual([]);
  });

  test('a restart keeps what was learned; what is damaged is learned anew, counted', () => {
    const { watch, store } = settled();
    watch.save(0, true);
    const state: unknown = JSON.parse(JSON.stringify(store.saved.get(container.workload.id)));
    const again = new Store();
    again.loaded = [
      { workloadId: container.workload.id, state },
      { workloadId: 'other', state: { windows: 'none' } },
    ];
    const restarted = begin(again);
    expect(restarted.watch.refused).toBe(1);
    for (let more = 0; more < 3; more++) restarted.slice(miner);
    expect(restarted.found).toHaveLength(1);
  });

  test('slices without counts, and the first ones of a container, are no evidence of anything', () => {
    const { watch, found, slice, store } = settled();
    for (let more = 0; more < 5; more++) {
      slice(miner);
      slice(undefined);
    }
    expect(found).toEqual([]);
    watch.save(0, true);
    const before = store.saved.get(container.workload.id)?.mix.learned;
    slice(miner, { ...container, id: 'new', startedAtMs: Number.MAX_SAFE_INTEGER });
    watch.save(0, true);
    expect(store.saved.get(container.workload.id)?.mix.learned).toBe(before);
  });

  test('the alert budget hears how many false alerts are to be expected', () => {
    const { watch, slice } = begin();
    slice(usual(seeded(4)));
    expect(watch.budgetEntries()[0]?.expected(3)).toBe(0);
    const { watch: grown } = settled();
    const [entry] = grown.budgetEntries();
    expect(entry).toMatchObject({ dimension: 'syscall.mix', workload: container.workload });
    expect(entry?.expected(3)).toBeGreaterThan(0);
    expect(entry?.expected(3)).toBeLessThanOrEqual(1.44);
    expect(entry?.expected(4)).toBe(0);
  });

  test('workloads that there is no room for are counted', () => {
    const { watch, slice } = begin();
    for (let number = 0; number < 40; number++)
      slice(miner, { ...container, id: String(number), workload: { ...container.workload, id: String(number) } });
    expect(watch.overflow).toBe(8);
  });
});
