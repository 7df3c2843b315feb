import { beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import type { Ask, Contribution } from '../protocol/message.ts';
import { Profile } from '../profile/profile.ts';
import { Fleet } from './fleet.ts';
import { candidateOf } from './release-note.ts';

const log = createLogger({ level: 'silent' });
const minuteMs = 60_000;

let nowMs: number;
let open: boolean;
let sent: (Contribution | Ask)[];
let samples: Map<string, number>;
let priors: SharedProfile[];
let fleet: Fleet;

function shared(id: string, changes: Partial<SharedProfile> = {}): SharedProfile {
  const figures = { startup: 1, steady: 9 };
  return {
    ...{ workload: { id, name: id, kind: 'image' }, asOfMs: nowMs, halfLifeMs: 1e9, nodes: 1, samples: figures },
    ...{ incomplete: {}, listeners: [], images: [], features: [], omitted: 0, ...changes },
  };
}

beforeEach(() => {
  [nowMs, open, sent, samples, priors] = [0, true, [], new Map(), []];
  fleet = new Fleet({
    profiles: {
      profile: (id) => ({
        samples: { startup: 0, steady: samples.get(id) ?? 0 },
        contribution: () => shared(id),
        usePrior: (prior) => void priors.push(prior),
      }),
    },
    link: {
      share: (message) => {
        if (open) sent.push(message);
        return open;
      },
    },
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    random: () => 0.5,
    log,
  });
});

/** Lets time pass second by second; answers what was sent in it, `ask ID` or `contribution ID`. */
function pass(ms: number): string[] {
  sent = [];
  for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 1000) fleet.tick();
  return sent.map(
    (message) => `${message.type} ${message.type === 'ask' ? message.workload : message.shared.workload.id}`,
  );
}

describe('Fleet', () => {
  test('asks in the second in which a container starts, and contributes once there is a sample, then only what is new', () => {
    fleet.started('w');
    expect(pass(1000)).toEqual(['ask w']);
    fleet.told('w', shared('w', { nodes: 3 }));
    expect(priors).toMatchObject([{ nodes: 3 }]);
    expect(pass(2 * minuteMs)).toEqual([]);
    samples.set('w', 2);
    expect(pass(minuteMs)).toEqual(['contribution w']);
    samples.set('w', 3);
    expect(pass(9 * minuteMs)).toEqual([]);
    expect(pass(2 * minuteMs)).toEqual(['contribution w']);
    expect(pass(60 * minuteMs)).toEqual([]);
    expect(fleet.counters).toEqual({ contributed: 2, omitted: 0, asked: 1, told: 1, forgotten: 0 });
  });

  test('a workload that nobody knows is asked about again soon, one that is known later, one with evidence of its own never', () => {
    for (const id of ['nobody', 'somebody', 'enough']) fleet.started(id);
    samples.set('enough', 10_000);
    expect(pass(1000)).toEqual(['ask nobody', 'ask somebody']);
    fleet.told('nobody', undefined);
    fleet.told('somebody', shared('somebody'));
    expect(pass(15 * minuteMs).filter((one) => one.startsWith('ask'))).toEqual(['ask nobody']);
    expect(pass(120 * minuteMs).filter((one) => one.startsWith('ask'))).toContain('ask somebody');
  });

  test('without a collector that takes it nothing is sent and nothing is lost; a new connection asks again', () => {
    open = false;
    fleet.started('w');
    samples.set('w', 5);
    expect(pass(30 * minuteMs)).toEqual([]);
    open = true;
    expect(pass(minuteMs)).toEqual(['ask w', 'contribution w']);
    fleet.opened();
    expect(pass(1000)).toEqual(['ask w']);
  });

  test('many workloads that start together take turns', () => {
    for (let index = 0; index < 40; index++) fleet.started(`w${index}`);
    expect(pass(1000)).toHaveLength(4);
    expect(pass(20_000)).toHaveLength(36);
  });

  test('an answer about another workload than was asked is not used', () => {
    fleet.told('w', shared('other'));
    expect(priors).toEqual([]);
  });

  test('remembers a bounded number of workloads, and counts what it forgets', () => {
    for (let index = 0; index < 5000; index++) fleet.started(`w${index}`);
    expect(fleet.counters.forgotten).toBe(5000 - 4096);
  });
});

test('what other nodes know stays new while a lone one knows it, and does not outweigh what was denied here', () => {
  const profile = new Profile({ workload: { id: 'w', name: 'w', kind: 'image' }, createdMs: 0 });
  const figures = { startup: 0, steady: 500 };
  const known = { dimension: 'exec', state: 'known', count: figures, weight: figures } as const;
  const features = [
    { ...known, key: '/bin/common', nodes: 2 },
    { ...known, key: '/bin/lone', nodes: 1 },
  ];
  profile.usePrior(shared('w', { nodes: 2, samples: { startup: 1, steady: 1000 }, features }), 0);
  const candidate = (key: string): ReturnType<typeof candidateOf> =>
    candidateOf(profile, { dimension: 'exec', key, level: 'program' }, '', 'steady', false);
  expect(candidate('/bin/common')).toMatchObject({ state: 'known' });
  expect(candidate('/bin/lone')).toMatchObject({ state: 'new' });
  expect(candidate('/bin/lone').surprise).toBeLessThan(0.01);
  expect(candidate('/bin/never').surprise).toBeCloseTo(3, 1);
  profile.deny({ dimension: 'exec', key: '/bin/common' }, 2);
  expect(candidate('/bin/common')).toMatchObject({ state: 'judged' });
  expect(candidate('/bin/common').surprise).toBeCloseTo(3, 1);
});
