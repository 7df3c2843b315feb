import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { Dimension } from '../../../src/model/feature.ts';
import type { SharedFeature, SharedProfile } from '../../../src/model/shared-profile.ts';
import { Profile } from '../../../src/profile/profile.ts';
import { CollectorStore } from '../../../src/store/collector-store.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { profileMigrations } from '../../../src/store/profile-migrations.ts';
import { Profiles } from '../../../src/store/profiles.ts';
import type { ProfileSchema } from '../../../src/store/profiles.ts';
import { getJson, Harness } from './harness.ts';

const workload = { id: 'w-web', name: 'shop/web', kind: 'compose' as const };

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const status = await runProgram(['profile', ...args, '--offline'], {
    ...{ terminal, env: {} },
    stop: new AbortController().signal,
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

/** A state directory with a collector's file in it. */
async function collectorState(name: string): Promise<string> {
  const directory = join(harness.directory, name);
  mkdirSync(directory);
  await (await CollectorStore.open(join(directory, 'collector.db'), false)).close();
  return directory;
}

/** A state directory of an agent that learned for ten samples. */
function agentState(): string {
  const directory = join(harness.directory, 'agent');
  mkdirSync(directory);
  const nowMs = Date.now();
  const profile = new Profile({ workload, createdMs: nowMs });
  for (let number = 0; number < 10; number++) {
    const sample = { number, stratum: 'steady' as const };
    profile.learn({ dimension: 'exec', key: '/usr/sbin/nginx' }, 'c', sample, nowMs);
    if (number === 3) profile.learn({ dimension: 'file.read', key: '/srv/index.html' }, 'c', sample, nowMs);
    profile.addSample('steady', nowMs);
  }
  profile.judge({ dimension: 'exec', key: '/bin/sh' }, nowMs);
  const database = openDatabase<ProfileSchema>({
    ...{ path: join(directory, 'profiles.db'), kind: 'profile', migrations: profileMigrations, synchronous: 'normal' },
  });
  const changes = profile.takeChanges();
  if (changes !== undefined) new Profiles(database).save([changes]);
  database.close();
  return directory;
}

const figures = fc.record({ startup: fc.nat(50), steady: fc.nat(1000) });
const feature = fc.record({
  dimension: fc.constantFrom<Dimension>('exec', 'file.read', 'net.out', 'dns'),
  key: fc.string({ minLength: 1, maxLength: 40 }).filter((key) => !key.includes('*')),
  state: fc.constantFrom('known' as const, 'judged' as const),
  count: figures,
  weight: figures,
  nodes: fc.integer({ min: 1, max: 3 }),
});
const profiles = fc.record({
  features: fc.uniqueArray(feature, {
    maxLength: 30,
    selector: ({ dimension, key }: SharedFeature) => `${dimension} ${key}`,
  }),
  samples: fc.constant({ startup: 50, steady: 1000 }),
  nodes: fc.integer({ min: 3, max: 9 }),
  omitted: fc.nat(5),
  listeners: fc.uniqueArray(fc.string({ maxLength: 20 }), { maxLength: 5 }),
  images: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 5 }),
});

/** Comparable: in no particular order, and without the time. */
function content({ features, listeners, images, nodes, samples, omitted }: SharedProfile): object {
  const sorted = features.toSorted((a, b) =>
    JSON.stringify([a.dimension, a.key]) < JSON.stringify([b.dimension, b.key]) ? -1 : 1,
  );
  return { features: sorted, nodes, samples, omitted, listeners: listeners.toSorted(), images: images.toSorted() };
}

describe('profiles without a collector', () => {
  test('what is imported is exported as it was, and again', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(profiles, async (made) => {
        const state = await collectorState(`c${number++}`);
        const [first, second] = [join(state, 'first.json'), join(state, 'second.json')];
        // What is so young has not faded by a thousandth.
        const profile = { ...made, workload, asOfMs: Date.now(), halfLifeMs: 1e12, incomplete: {} };
        writeFileSync(first, JSON.stringify({ ...{ format: 'anchorwatch-profile', version: 1 }, profile }));
        expect(await run('import', first, '--state', state)).toMatchObject({ status: 0, err: '' });
        expect(await run('export', 'json', 'w-web', '--state', state, '--out', second)).toMatchObject({ status: 0 });
        const document = JSON.parse(readFileSync(second, 'utf8')) as { profile: SharedProfile };
        expect(content(document.profile)).toEqual(content(profile));
        // Under its own name it takes its own place.
        expect(await run('import', second, '--state', state, '--name', 'first')).toMatchObject({ status: 0 });
        const again = await run('export', 'json', 'w-web', '--state', state);
        expect(content((JSON.parse(again.out) as { profile: SharedProfile }).profile)).toEqual(content(profile));
      }),
      { numRuns: 15 },
    );
  });

  test('what an agent learned is exported from its file, imported for a collector, and served by that', async () => {
    const [from, into] = [agentState(), await collectorState('c')];
    const file = join(harness.directory, 'web.json');
    expect(await run('export', 'json', 'shop/web', '--state', from, '--out', file)).toEqual({
      ...{ status: 0, err: '', out: '3 features from 1 node' },
    });
    expect(existsSync(join(from, 'collector.db'))).toBe(false);
    expect((await run('import', file, '--state', into)).out).toBe('3 features are imported as web for shop/web');
    const collector = await harness.collector({ storePath: join(into, 'collector.db') });
    expect(await getJson(`${collector.url}/api/v1/workloads`)).toMatchObject({ items: [] });
    // It may be running: the file is shared.
    const told = JSON.parse((await run('export', 'json', 'w-web', '--state', into)).out) as { profile: SharedProfile };
    expect(told.profile).toMatchObject({ workload, nodes: 1 });
    expect(told.profile.samples.steady).toBeCloseTo(10, 1);
    expect(told.profile.features.map(({ key, state }) => [key, state])).toEqual([
      ['/bin/sh', 'judged'],
      ['/usr/sbin/nginx', 'known'],
      ['/srv/index.html', 'known'],
    ]);
    expect((await run('import', file, '--state', into, '--remove')).out).toBe('what was imported as web is forgotten');
    expect((await run('import', file, '--state', into, '--remove')).err).toContain('nothing was imported as web');
  });

  test('a workload may come first: with the file after it, or on standard input', async () => {
    const state = await collectorState('c');
    const file = join(harness.directory, 'web.json');
    await run('export', 'json', 'shop/web', '--state', agentState(), '--out', file);
    expect((await run('import', 'shop/web', file, '--state', state)).out).toBe(
      '3 features are imported as web for shop/web',
    );
    expect((await run('import', 'shop/other', file, '--state', state)).err).toContain(
      'no node has reported a workload shop/other',
    );
    const program = join(import.meta.dirname, '../../../bin/anchorwatch.mjs');
    const piped = spawnSync(
      process.execPath,
      [program, 'profile', 'import', 'shop/web', '--state', state, '--offline'],
      { input: readFileSync(file), encoding: 'utf8' },
    );
    expect(piped).toMatchObject({ status: 0, stdout: '3 features are imported as standard-input for shop/web\n' });
  });

  test('says what is wrong, and makes nothing', async () => {
    const [state, empty] = [await collectorState('c'), join(harness.directory, 'empty')];
    mkdirSync(empty);
    const file = join(harness.directory, 'bad.json');
    writeFileSync(file, JSON.stringify({ format: 'anchorwatch-profile', version: 1, profile: { workload } }));
    for (const [args, message] of [
      [['export', 'json', 'shop/web', '--state', empty], 'nothing was learned of a workload shop/web in'],
      [['export', 'json', 'shop/web', '--state', state], 'nothing was learned of a workload shop/web in'],
      [['export', 'seccomp', 'shop/web', '--state', state], 'nothing was learned of a workload shop/web in'],
      [['import', file, '--state', empty], 'there is no collector.db in'],
      [['import', file, '--state', state], 'this is no profile that can be imported: profile.asOfMs'],
      [['import', file, '--state', state, '--name', 'a b'], '--name must be'],
      [['import', file, '--state', state, '--workload', 'nobody'], 'no node has reported a workload nobody'],
    ] as const) {
      const said = await run(...args);
      expect(said.err).toContain(message);
      expect(said.status).toBeGreaterThan(0);
    }
    expect(existsSync(join(empty, 'collector.db'))).toBe(false);
  });
});
