import { describe, expect, test } from 'vitest';
import type { Decision } from '../model/decision.ts';
import type { KernelKey } from '../model/event.ts';
import type { Feature } from '../model/feature.ts';
import { featuresMax } from '../profile/learned-features.ts';
import { Profile } from '../profile/profile.ts';
import { applyDecision } from './decisions.ts';

const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
const shell: Feature = { dimension: 'exec', key: '/bin/sh' };
const peer: Feature = { dimension: 'net.out', key: '10.0.0.9:5432/tcp' };
const peerKey: KernelKey = { kind: 'net.out', protocol: 'tcp', address: '10.0.0.9', port: 5432 };
const sample = { number: 1, stratum: 'steady' as const };

function decision(changes: Partial<Decision>): Decision {
  return {
    ...{ id: '01JDAW0000000000000000000A', verdict: 'accept', workload: 'w', features: [] },
    ...{ by: 'alice', reason: '', time: '2026-11-23T02:00:00.000Z' },
    ...changes,
  };
}

function learned(): Profile {
  const profile = new Profile({ workload, createdMs: 0 });
  for (let index = 0; index < 20; index++) profile.addSample('steady', index);
  profile.learn(peer, 'c', sample, 1);
  profile.addKernelKey(peerKey, [peer]);
  profile.judge(shell, 2);
  profile.addListener('/usr/sbin/nginx');
  return profile;
}

describe('accept', () => {
  test('makes what is judged known, as if seen once; again, it changes nothing', () => {
    const profile = learned();
    const accept = decision({ features: [shell, peer] });
    expect(applyDecision(profile, accept, 9)).toEqual({ outcome: 'applied', judged: [], forget: false });
    expect([profile.state(shell), profile.incidence(shell, 'steady'), profile.size('exec')]).toEqual(['known', 1, 1]);
    profile.takeChanges();
    expect(applyDecision(profile, accept, 10).outcome).toBe('applied');
    expect(profile.takeChanges()).toBeUndefined();
  });

  test('lasts: it is not forgotten with the next slice, and is there after a restart', () => {
    const profile = learned();
    applyDecision(profile, decision({ features: [shell] }), 9);
    profile.endSlice(60_000);
    const stored = profile.takeChanges();
    expect(new Profile({ ...(stored as NonNullable<typeof stored>) }).state(shell)).toBe('known');
  });

  test('what does not fit is said, and costs the others nothing', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    for (let index = 0; index < featuresMax; index++) profile.judge({ dimension: 'exec', key: `/bin/${index}` }, 1);
    const features = [shell, { dimension: 'exec', key: '/bin/7' } as const];
    expect(applyDecision(profile, decision({ features }), 9).outcome).toBe('full');
    expect(profile.state({ dimension: 'exec', key: '/bin/7' })).toBe('known');
  });
});

describe('deny', () => {
  test('unlearns what was known, and names the kernel keys that stood for it', () => {
    const profile = learned();
    expect([...profile.recognisable()]).toEqual([peerKey]);
    const deny = decision({ verdict: 'deny', features: [peer, shell] });
    expect(applyDecision(profile, deny, 9)).toEqual({ outcome: 'applied', judged: [peerKey], forget: false });
    expect([profile.state(peer), profile.state(shell), profile.size('net.out')]).toEqual(['judged', 'judged', 0]);
    expect(profile.incidences('net.out', 'steady')).toMatchObject({ once: 0, total: 0 });
    expect([...profile.recognisable()]).toEqual([]);
    expect(profile.learn(peer, 'c', sample, 10)).toBe('judged');
    const stored = profile.takeChanges();
    expect(new Profile({ ...(stored as NonNullable<typeof stored>) }).state(peer)).toBe('judged');
    expect(applyDecision(profile, deny, 11).outcome).toBe('applied');
  });

  test('in advance: what was never seen is judged', () => {
    const profile = learned();
    const never: Feature = { dimension: 'dns', key: 'evil.example' };
    applyDecision(profile, decision({ verdict: 'deny', features: [never] }), 9);
    expect(profile.state(never)).toBe('judged');
  });

  test('a member of a pattern cannot be denied, nor the pattern: nothing is changed', () => {
    const profile = new Profile({ workload, createdMs: 0 });
    for (const name of 'abcdefghi') profile.learn({ dimension: 'file.write', key: `/srv/${name}.db` }, 'c', sample, 1);
    const pattern = profile.features()[0]?.key ?? '';
    expect(pattern).toContain('*');
    for (const key of ['/srv/a.db', pattern]) {
      const deny = decision({ verdict: 'deny', features: [{ dimension: 'file.write', key }] });
      expect(applyDecision(profile, deny, 9)).toEqual({ outcome: 'pattern', judged: [], forget: false });
    }
    expect(profile.features().map(({ key, state }) => `${state} ${key}`)).toEqual([`known ${pattern}`]);
  });
});

describe('relearn', () => {
  test('begins a profile that knows only who listens; the same decision again leaves it alone', () => {
    const relearn = decision({ verdict: 'relearn' });
    const applied = applyDecision(learned(), relearn, 99);
    expect(applied).toMatchObject({ outcome: 'applied', forget: true });
    const fresh = applied.fresh;
    expect(fresh?.features()).toEqual([]);
    expect(fresh).toMatchObject({ createdMs: 99, samples: { startup: 0, steady: 0 } });
    expect([...(fresh?.listeners ?? [])]).toEqual(['/usr/sbin/nginx']);
    const stored = fresh?.takeChanges();
    expect(stored).toMatchObject({ reset: true, relearned: relearn.id });
    expect(fresh?.takeChanges()).toBeUndefined();
    const { reset: _, ...loaded } = stored as NonNullable<typeof stored>;
    const again = new Profile(loaded);
    expect(applyDecision(again, relearn, 120)).toEqual({ outcome: 'applied', judged: [], forget: false });
    expect(applyDecision(again, decision({ verdict: 'relearn', id: '01JDAW0000000000000000000B' }), 120).forget).toBe(
      true,
    );
  });

  test('a reset that could not be saved is handed out again', () => {
    const fresh = applyDecision(learned(), decision({ verdict: 'relearn' }), 99).fresh;
    const changes = fresh?.takeChanges();
    if (changes !== undefined) fresh?.returnChanges(changes);
    expect(fresh?.takeChanges()).toMatchObject({ reset: true });
  });
});

test('a node without the profile says so, and what was acknowledged changes nothing', () => {
  expect(applyDecision(undefined, decision({ features: [shell] }), 9).outcome).toBe('unknown');
  const profile = learned();
  profile.takeChanges();
  expect(applyDecision(profile, decision({ verdict: 'acknowledge' }), 9).outcome).toBe('applied');
  expect(profile.takeChanges()).toBeUndefined();
});
