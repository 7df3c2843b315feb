import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { surpriseOfNew, surpriseOfShipped } from './coverage.ts';
import { Profile } from './profile.ts';
import { isImageOf, isProgramOf, sharedOf } from './starter.ts';
import type { Starter, StarterFeature } from './starter.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const program = '/usr/sbin/nginx';

function starter(features: readonly StarterFeature[], changes: Partial<Starter> = {}): Starter {
  return {
    ...{ name: 'nginx', revision: '2026-01-05', file: 'nginx.yaml', programs: [program], images: ['nginx'] },
    ...{ samples: { startup: 20, steady: 1000 }, features, ...changes },
  };
}

const use = { workload, program, image: 'nginx:1.27', nowMs: 0 };
const read = (key: string, startup: number, steady: number): StarterFeature => ({
  ...{ dimension: 'file.read', key },
  ...{ startup, steady },
});

describe('a starter', () => {
  test.each([
    ['/usr/sbin/nginx', ['/usr/sbin/nginx'], true],
    ['/usr/sbin/nginx2', ['/usr/sbin/nginx'], false],
    ['/tmp/usr/sbin/nginx', ['/usr/sbin/nginx'], false],
    ['/usr/bin/python3.11', ['/usr/bin/python<n>'], true],
    ['/usr/bin/python', ['/usr/bin/python<n>'], false],
    ['/usr/bin/python3.evil', ['/usr/bin/python<n>'], false],
    ['/usr/lib/postgresql/15/bin/postgres', ['/usr/lib/postgresql/<n>/bin/postgres'], true],
  ])('is of the program %s where its own are %j: %s', (path, programs, expected) => {
    expect(isProgramOf({ programs }, path)).toBe(expected);
  });

  test.each([
    ['nginx', true],
    ['docker.io/library/nginx:1.27@sha256:00', true],
    ['reg:5000/bitnami/nginx', true],
    ['nginxinc/nginx-unprivileged:alpine', true],
    ['shop/web', false],
    ['nginx/app', false],
    ['mynginx', false],
  ])('knows whether the image %s is called after the program: %s', (image, expected) => {
    expect(isImageOf(starter([]), image)).toBe(expected);
  });

  test('counts for a tenth of its samples, for no more than 30, and for 10 where the image is called something else', () => {
    const features = [read('/etc/mime.types', 20, 500), { ...read(program, 10, 0), dimension: 'exec' as const }];
    const named = sharedOf(starter(features), use);
    expect(named).toMatchObject({ samples: { startup: 2, steady: 30 }, nodes: 1, images: [], listeners: [] });
    expect(named.features[0]?.weight).toEqual({ startup: 2, steady: 15 });
    expect(named.features[0]?.count).toEqual({ startup: 20, steady: 500 });
    expect(sharedOf(starter(features), { ...use, image: 'shop/web' }).samples.steady).toBe(10);
    const young = starter(features, { samples: { startup: 0, steady: 50 } });
    expect(sharedOf(young, use).samples).toEqual({ startup: 0, steady: 5 });
  });

  test('speaks of the program where it lies in the image, and of what listens', () => {
    const own = starter([
      { dimension: 'exec', key: 'runtime > <program>', startup: 1, steady: 0 },
      { dimension: 'net.listen', key: '80/tcp', startup: 1, steady: 0 },
    ]);
    const shared = sharedOf(own, { ...use, program: '/opt/nginx' });
    expect(shared.listeners).toEqual(['/opt/nginx']);
    expect(shared.features.map(({ key }) => key)).toEqual(['runtime > /opt/nginx', '80/tcp']);
    // Ports that were seen once make no workload one whose ports always change.
    expect(shared.features[1]?.count).toEqual({ startup: 3, steady: 3 });
  });

  test('moves no surprise by more decades than its weight is worth, whatever the workload has shown', () => {
    const figures = fc.record({ own: fc.integer({ min: 0, max: 20_000 }), seen: fc.integer({ min: 0, max: 1000 }) });
    fc.assert(
      fc.property(figures, fc.constantFrom('nginx', 'shop/web'), ({ own, seen }, image) => {
        const profile = new Profile({ workload, createdMs: 0 });
        const feature = read('/srv/x', 0, seen);
        for (let sample = 0; sample < own % 300; sample++) profile.addSample('steady', 0);
        const without = surpriseOfNew(profile.incidences('file.read', 'steady'));
        profile.usePrior(sharedOf(starter(seen === 0 ? [] : [feature]), { ...use, image }), 0);
        const counts = profile.incidences('file.read', 'steady');
        const surprise = surpriseOfShipped(counts, profile.prior?.incidence(feature) ?? 0);
        const most = Math.log10(image === 'nginx' ? 31 : 11) + 1e-9;
        expect(Math.abs(surprise - without)).toBeLessThanOrEqual(most);
        expect(surprise).toBeLessThanOrEqual(surpriseOfNew(counts));
        expect(profile.prior?.isCommon(feature)).toBe(false);
      }),
    );
  });

  test('does not replace what was learned, and is no part of what the node tells others', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    profile.addSample('steady', 0);
    profile.usePrior(sharedOf(starter([read('/etc/mime.types', 20, 500)]), use), 0);
    expect(profile.contribution(0, 100)).toMatchObject({ features: [], samples: { startup: 0, steady: 1 } });
    expect(profile.contribution(0, 100)).not.toHaveProperty('starter');
    expect(profile.takeChanges()?.features).toEqual([]);
  });
});
