import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KernelKey } from '../model/event.ts';
import type { Feature, Stratum } from '../model/feature.ts';
import type { Incidences } from './coverage.ts';
import { FanOut } from './fan-out.ts';
import { Profile } from './profile.ts';
import { featureId } from './row.ts';
import type { Sample } from './samples.ts';
import type { StoredProfile } from './stored.ts';

interface Row {
  readonly feature: Feature;
  state: 'known' | 'judged';
  readonly counts: Record<Stratum, number>;
  /** `container:sample` of the present slice. */
  readonly seen: Set<string>;
  readonly inSlice: Record<Stratum, number>;
}

/** What a profile says, by the book: objects in maps, every figure counted anew when it is asked for, nothing forgotten. */
class Model {
  readonly rows: Map<string, Row> = new Map();
  readonly keys: Map<string, { readonly features: readonly Feature[]; counted: Record<Stratum, number> }> = new Map();
  readonly samples: Record<Stratum, number> = { startup: 0, steady: 0 };
  readonly #fanOut: FanOut = new FanOut();

  find(feature: Feature): Row | undefined {
    const exact = this.rows.get(featureId(feature));
    const pattern = exact === undefined ? this.#fanOut.patternOf(feature) : undefined;
    return exact ?? (pattern && this.rows.get(featureId(pattern)));
  }

  make(feature: Feature, state: Row['state']): Row {
    const [counts, inSlice] = [
      { startup: 0, steady: 0 },
      { startup: 0, steady: 0 },
    ];
    const row: Row = { feature, state, counts, inSlice, seen: new Set() };
    this.rows.set(featureId(feature), row);
    if (state === 'known') this.#fanOut.add(feature);
    return row;
  }

  remove({ feature }: Row): void {
    this.#fanOut.remove(feature);
    this.rows.delete(featureId(feature));
  }

  learn(feature: Feature, container: string, { number, stratum }: Sample): void {
    const found = this.find(feature);
    if (found?.state === 'judged') return;
    const row = found ?? this.make(feature, 'known');
    const mark = `${container}:${number}`;
    if (!row.seen.has(mark)) {
      row.seen.add(mark);
      row.inSlice[stratum]++;
      row.counts[stratum]++;
    }
    const due = found === undefined ? this.#fanOut.collapse(feature) : undefined;
    if (due === undefined) return;
    const members = due.members.flatMap((key) => this.rows.get(`${feature.dimension} ${key}`) ?? []);
    const last = { ...row.inSlice };
    for (const member of members) this.remove(member);
    const pattern = this.make({ dimension: feature.dimension, key: due.pattern }, 'known');
    Object.assign(pattern.inSlice, last);
    for (const member of members) for (const seen of member.seen) pattern.seen.add(seen);
    for (const of of ['startup', 'steady'] as const) {
      const sum = members.reduce((total, { counts }) => total + counts[of], 0);
      pattern.counts[of] = Math.min(Math.max(1, this.samples[of]), sum);
    }
  }

  accept(feature: Feature): void {
    const found = this.find(feature);
    if (found?.state === 'known') return;
    if (found !== undefined) this.remove(found);
    this.make(feature, 'known').counts.steady++;
  }

  endSlice(): void {
    const most = new Map<Row, Record<Stratum, number>>();
    for (const key of this.keys.values()) {
      if (key.counted.startup + key.counted.steady === 0) continue;
      for (const feature of key.features) {
        const row = this.find(feature);
        if (row?.state !== 'known') continue;
        const best = most.get(row) ?? { startup: 0, steady: 0 };
        for (const of of ['startup', 'steady'] as const) best[of] = Math.max(best[of], key.counted[of]);
        most.set(row, best);
      }
      key.counted = { startup: 0, steady: 0 };
    }
    for (const [row, best] of most)
      for (const of of ['startup', 'steady'] as const) row.counts[of] += Math.max(0, best[of] - row.inSlice[of]);
    for (const { seen, inSlice } of this.rows.values()) {
      seen.clear();
      Object.assign(inSlice, { startup: 0, steady: 0 });
    }
  }

  incidences(dimension: string, stratum: Stratum): Incidences {
    const known = [...this.rows.values()].filter((row) => row.state === 'known' && row.feature.dimension === dimension);
    const seen = known.map(({ counts }) => counts[stratum]);
    return {
      samples: this.samples[stratum],
      once: seen.filter((count) => count === 1).length,
      twice: seen.filter((count) => count === 2).length,
      total: seen.reduce((sum, count) => sum + count, 0),
    };
  }
}

const name = fc.constantFrom('aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg', 'hh', 'ii', 'zé', '日本', '*');
const feature: fc.Arbitrary<Feature> = fc.oneof(
  fc.record({
    dimension: fc.constantFrom('file.read' as const, 'file.write' as const),
    key: fc.tuple(fc.constantFrom('/srv/a/', '/srv/b/', '/etc/'), name).map(([directory, of]) => directory + of),
  }),
  fc.record({
    dimension: fc.constant('net.out' as const),
    key: fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 9 })).map(([a, b]) => `10.1.${a}.${b}:5432/tcp`),
  }),
  fc.record({ dimension: fc.constant('exec' as const), key: fc.constantFrom('/bin/a', '/bin/b', '/bin/c') }),
);
const kernelKey: fc.Arbitrary<KernelKey> = fc.oneof(
  name.map((of): KernelKey => ({ kind: 'file.read', path: `/srv/a/${of}` })),
  name.map((of): KernelKey => ({ kind: 'file.write.folded', path: `/srv/a/${of}` })),
  fc.boolean().map((refused): KernelKey => ({ kind: 'call', call: 'ptrace', detail: 16, refused })),
);
const stratum = fc.constantFrom('startup' as const, 'steady' as const);
const sample = fc.record({ number: fc.integer({ min: 1, max: 3 }), stratum });
type Act = (profile: Profile, model: Model) => void;
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(feature, fc.constantFrom('a', 'b'), sample)
      .map(([of, container, at]): Act => (profile, model) => {
        profile.learn(of, container, at, 1);
        model.learn(of, container, at);
      }),
  },
  fc.constant<Act>((profile, model) => {
    profile.endSlice(1);
    model.endSlice();
  }),
  feature.map((of): Act => (profile, model) => {
    profile.judge(of, 1);
    if (model.find(of) === undefined) model.make(of, 'judged');
  }),
  feature.map((of): Act => (profile, model) => {
    profile.accept(of, 1);
    model.accept(of);
  }),
  stratum.map((of): Act => (profile, model) => {
    profile.addSample(of, 1);
    model.samples[of]++;
  }),
  fc
    .tuple(kernelKey, fc.array(feature, { minLength: 1, maxLength: 3 }))
    .map(([key, features]): Act => (profile, model) => {
      profile.addKernelKey(key, features);
      const id = JSON.stringify(key);
      if (!model.keys.has(id)) model.keys.set(id, { features, counted: { startup: 0, steady: 0 } });
    }),
  {
    weight: 3,
    arbitrary: fc
      .tuple(kernelKey, stratum, fc.integer({ min: 1, max: 3 }), fc.boolean())
      .map(([key, of, delta, byNumber]): Act => (profile, model) => {
        const number = profile.kernelKeyNumber(key);
        const held = model.keys.get(JSON.stringify(key));
        const named = number < 0 ? undefined : JSON.stringify(profile.kernelKey(number));
        if (named !== (held && JSON.stringify(key)))
          throw new Error(`number ${number} is ${named}, not ${JSON.stringify(key)}`);
        profile.addIncidence(byNumber ? number : key, of, delta);
        if (held !== undefined) held.counted[of] += delta;
      }),
  },
);

function agree(profile: Profile, model: Model): void {
  const shown = (rows: readonly string[]): readonly string[] => rows.toSorted();
  expect(
    shown(
      profile
        .features()
        .map(
          ({ dimension, key, state, incidence }) =>
            `${dimension} ${key} ${state} ${incidence.startup} ${incidence.steady}`,
        ),
    ),
  ).toEqual(
    shown([...model.rows].map(([id, { state, counts }]) => `${id} ${state} ${counts.startup} ${counts.steady}`)),
  );
  for (const dimension of profile.dimensionsSeen())
    for (const of of ['startup', 'steady'] as const)
      expect(profile.incidences(dimension, of)).toEqual(model.incidences(dimension, of));
  expect(shown(Array.from(profile.recognisable(), (key) => JSON.stringify(key)))).toEqual(
    shown(
      [...model.keys].flatMap(([id, { features }]) =>
        features.every((one) => model.find(one)?.state === 'known') ? [id] : [],
      ),
    ),
  );
}

test('a profile says what its figures counted by the book say, before and after it is stored in parts and loaded', () => {
  const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
  fc.assert(
    fc.property(fc.array(act, { maxLength: 150, size: 'max' }), fc.integer({ min: 1, max: 9 }), (acts, rowsMost) => {
      const [profile, model] = [new Profile({ workload, createdMs: 0 }), new Model()];
      const rows = new Map<string, StoredProfile['features'][number]>();
      const keys: StoredProfile['kernelKeys'][number][] = [];
      let self: StoredProfile | undefined;
      for (const one of acts) {
        one(profile, model);
        const part = profile.takeChanges(rowsMost);
        if (part === undefined) continue;
        self = part;
        for (const id of part.removed) rows.delete(id);
        for (const row of part.features) rows.set(featureId(row), row);
        keys.push(...part.kernelKeys);
      }
      profile.endSlice(1);
      model.endSlice();
      for (let part = profile.takeChanges(rowsMost); part !== undefined; part = profile.takeChanges(rowsMost)) {
        self = part;
        for (const id of part.removed) rows.delete(id);
        for (const row of part.features) rows.set(featureId(row), row);
        keys.push(...part.kernelKeys);
      }
      agree(profile, model);
      if (self === undefined) return;
      agree(new Profile({ ...self, removed: [], features: [...rows.values()], kernelKeys: keys }), model);
    }),
    { numRuns: 100 },
  );
});
