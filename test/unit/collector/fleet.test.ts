import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fleet } from '../../../src/agent/fleet.ts';
import { Watch } from '../../../src/agent/watch.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { loadRules } from '../../../src/detect/rule-parser.ts';
import type { Alert } from '../../../src/model/alert.ts';
import type { Container } from '../../../src/model/container.ts';
import type { ExecEvent } from '../../../src/model/event.ts';
import type { SharedProfile } from '../../../src/model/shared-profile.ts';
import { decodeAgentMessage, decodeCollectorMessage, encodeMessage } from '../../../src/protocol/message.ts';
import type { Outbox } from '../../../src/outbox/outbox.ts';
import { makeReport } from '../../support/alerts.ts';
import { makeContainer } from '../../support/containers.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness, metric, token } from './harness.ts';

const rules = loadRules([join(import.meta.dirname, '../../../profiles/rules')]);
const minuteMs = 60_000;

let harness: Harness;
let collector: RunningCollector;
beforeEach(async () => {
  harness = new Harness();
  collector = await harness.collector();
});
afterEach(() => harness.end());

/** An agent without a sensor: events are told by the test, minutes pass at once. Its time ends up at the present. */
class Node {
  readonly alerts: Alert[] = [];
  readonly watch: Watch;
  readonly fleet: Fleet;
  readonly #container: Container = makeContainer();
  readonly #outbox: Outbox;
  #nowMs: number;

  constructor(name: string, minutes: number, url = collector.url) {
    this.#nowMs = Date.now() - minutes * minuteMs;
    const clock = { nowMs: () => this.#nowMs, monotonicMs: () => this.#nowMs };
    this.watch = new Watch({
      ...{ rules, clock, node: name, sliceMs: minuteMs, startupMs: minuteMs },
      profiles: { load: () => [], save: () => undefined },
    });
    this.#outbox = harness.outbox(url, {
      ...{ nodeName: name, fileName: `${name}.db` },
      onFleetOpen: () => this.fleet.opened(),
      onFleet: (workload, shared) => this.fleet.told(workload, shared),
    });
    const { log } = harness;
    this.fleet = new Fleet({ profiles: this.watch, link: this.#outbox, clock, random: () => 0.5, log });
    this.watch.containerStarted(this.#container, this.#nowMs);
    this.fleet.started(this.#container.workload.id);
  }

  run(path: string): string {
    const process = { pid: 9, startTimeNs: '1', comm: 'x', exe: path, args: [path], uid: 0, gid: 0, cwd: '/' };
    const event: ExecEvent = {
      ...{ kind: 'exec', path, origin: 'image', script: '', parentExe: '/usr/bin/serve', fromRuntime: false },
      ...{ timeMs: this.#nowMs, cgroupId: '7', source: 'kernel', process: { ...process, ancestors: [] } },
    };
    const { alert, reason } = this.watch.handle(event, this.#container);
    if (alert !== undefined && alert.count === 1) this.alerts.push(alert);
    return reason;
  }

  /** Lets minutes pass in which the programs run. */
  minutes(count: number, ...paths: readonly string[]): void {
    for (let minute = 0; minute < count; minute++) {
      for (const path of paths) this.run(path);
      for (let second = 0; second < 60; second += 20) {
        this.#nowMs += 20_000;
        this.watch.rollover(this.#nowMs);
      }
    }
  }

  /** Shares what is due, once the collector is there. */
  async share(until: () => boolean): Promise<void> {
    await waitFor('the fleet', () => {
      this.fleet.tick();
      return until();
    });
  }

  async contribute(): Promise<void> {
    const before = this.fleet.counters.contributed;
    this.#nowMs += 20 * minuteMs;
    await this.share(() => this.fleet.counters.contributed > before);
    this.#nowMs -= 20 * minuteMs;
  }
}

async function stored(count: number): Promise<void> {
  await waitFor('the contribution', async () => {
    return (await metric(collector.url, 'anchorwatch_fleet_contributions_total{outcome="stored"}')) === count;
  });
}

describe('what one node learned', () => {
  test('counts on a fresh node from its first question on, and the alert says from where', async () => {
    const [a, b] = [new Node('a', 720), new Node('b', 720)];
    for (const node of [a, b]) {
      node.minutes(600, '/usr/bin/serve', '/usr/bin/report');
      await node.contribute();
    }
    await stored(2);
    const fresh = new Node('fresh', 2);
    expect(fresh.run('/usr/bin/serve')).toBe('learn');
    await fresh.share(() => fresh.fleet.counters.told === 1);
    expect(fresh.run('/usr/bin/report')).toBe('known');
    // What no node has seen surprises in the first minute of the workload on this node; without the others it would be learned.
    expect(fresh.run('/usr/bin/other')).toBe('alert');
    expect(fresh.alerts).toMatchObject([{ key: '/usr/bin/other', suspicion: 0 }]);
    expect(fresh.alerts[0]?.evidence.note).toMatch(
      /^never in 1,1\d\d samples of .*, of them 1,1\d\d from 2 other nodes/,
    );
    expect(new Node('alone', 2).run('/usr/bin/other')).toBe('learn');
  });

  test('that was judged does not travel as known, and judges for the others', async () => {
    const [a, b] = [new Node('a', 120), new Node('b', 120)];
    a.minutes(100, '/usr/bin/serve');
    a.run('/usr/bin/nmap');
    expect(a.alerts).toHaveLength(1);
    a.minutes(15, '/usr/bin/serve', '/usr/bin/nmap');
    // The other node was poisoned while it was young.
    b.minutes(100, '/usr/bin/serve', '/usr/bin/nmap');
    for (const node of [a, b]) await node.contribute();
    await stored(2);
    const fresh = new Node('fresh', 2);
    await fresh.share(() => fresh.fleet.counters.told === 1);
    fresh.minutes(1, '/usr/bin/serve');
    fresh.run('/usr/bin/nmap');
    expect(fresh.alerts).toMatchObject([{ key: '/usr/bin/nmap' }]);
  });

  test('is contributed by nobody else: what a node was told is not passed on', async () => {
    const a = new Node('a', 120);
    a.minutes(100, '/usr/bin/serve', '/usr/bin/report');
    await a.contribute();
    await stored(1);
    const fresh = new Node('fresh', 10);
    await fresh.share(() => fresh.fleet.counters.told === 1);
    fresh.minutes(5, '/usr/bin/serve');
    await fresh.contribute();
    await stored(2);
    const third = new Node('third', 2);
    let told: SharedProfile | undefined;
    const profile = third.watch.profile('w');
    const use = profile?.usePrior.bind(profile);
    if (profile !== undefined)
      profile.usePrior = (shared, nowMs) => {
        told = shared;
        use?.(shared, nowMs);
      };
    await third.share(() => third.fleet.counters.told === 1);
    expect(told?.nodes).toBe(2);
    expect(told?.features.find(({ key }) => key === '/usr/bin/report')?.nodes).toBe(1);
    expect(told?.features.find(({ key }) => key === '/usr/bin/serve')?.nodes).toBe(2);
    expect(Math.round(told?.samples.steady ?? 0)).toBe(100 + 5);
  });

  test('is told to nobody else than other nodes: alone, a node is told nothing', async () => {
    const a = new Node('a', 120);
    a.minutes(100, '/usr/bin/serve');
    await a.contribute();
    await waitFor(
      'the answer',
      async () => (await metric(collector.url, 'anchorwatch_fleet_answers_total{outcome="none"}')) === 1,
    );
    expect(a.fleet.counters.told).toBe(0);
  });

  test('is forgotten when an operator lets the workload be learned anew', async () => {
    const a = new Node('a', 120);
    a.minutes(100, '/usr/bin/serve');
    await a.contribute();
    await stored(1);
    const { id: workload } = makeContainer({}).workload;
    const client = await harness.client(`${collector.url}/agent`, { authorization: `Bearer ${token}` });
    client.send({ type: 'hello', protocol: 1, node: 'x', agentVersion: '1' });
    expect(await client.message('welcome')).toMatchObject({ accepts: expect.arrayContaining(['fleet']) as unknown });
    client.send({ type: 'report', report: makeReport({ workloads: a.watch.report() }) });
    client.send({ type: 'ask', workload });
    expect(await client.message('fleet')).toMatchObject({ workload, shared: { nodes: 1 } });
    client.messages.length = 0;
    await fetch(`${collector.url}/api/v1/workloads/${workload}/decisions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ verdict: 'relearn' }),
    });
    client.send({ type: 'ask', workload });
    expect(await client.message('fleet')).toEqual({ type: 'fleet', workload });
  });
});

describe('a node that lies', () => {
  const workload = { id: 'w', name: 'shop/web', kind: 'image' as const };
  const figures = { startup: 0, steady: 10 };
  const feature = { dimension: 'exec', key: '/bin/nc', state: 'known', count: figures, weight: figures, nodes: 1 };
  const shared = {
    ...{
      workload,
      asOfMs: 0,
      halfLifeMs: 2_592_000_000,
      nodes: 1,
      samples: figures,
      incomplete: {},
      listeners: [],
      images: [],
    },
    ...{ features: [feature], omitted: 0 },
  };

  async function said(changes: object): Promise<Record<string, unknown>> {
    const headers = { authorization: `Bearer ${token}` };
    const liar = await harness.client(`${collector.url}/agent`, headers);
    liar.send({ type: 'hello', protocol: 1, node: 'liar', agentVersion: '1' });
    liar.send({ type: 'contribution', shared: { ...shared, asOfMs: Date.now(), ...changes } });
    await stored(1);
    const other = await harness.client(`${collector.url}/agent`, headers);
    other.send({ type: 'hello', protocol: 1, node: 'other', agentVersion: '1' });
    other.send({ type: 'ask', workload: 'w' });
    return (await other.message('fleet'))['shared'] as Record<string, unknown>;
  }

  test('speaks for one node only, and of no more samples than it has', async () => {
    const claim = { ...feature, weight: { startup: 9, steady: 1e6 }, nodes: 500 };
    expect(await said({ nodes: 500, features: [claim, claim] })).toMatchObject({
      nodes: 1,
      features: [{ key: '/bin/nc', nodes: 1, weight: { startup: 0, steady: 10 } }],
    });
  });

  test('from the future is believed as of now, and cannot keep a later word out', async () => {
    expect(await said({ asOfMs: 8e15 })).toMatchObject({ samples: figures });
    const again = await harness.client(`${collector.url}/agent`, { authorization: `Bearer ${token}` });
    again.send({ type: 'hello', protocol: 1, node: 'liar', agentVersion: '1' });
    again.send({ type: 'contribution', shared: { ...shared, asOfMs: Date.now() + 1000 } });
    await stored(2);
  });

  test.each([
    ['negative counts', { features: [{ ...feature, weight: { startup: -1, steady: 0 } }] }, 'features.0.weight'],
    ['too many samples', { samples: { startup: 0, steady: 1e12 } }, 'samples.steady'],
    ['too many features', { features: Array.from({ length: 4097 }, () => feature) }, 'features'],
    ['a half-life of nothing', { halfLifeMs: 0 }, 'halfLifeMs'],
  ])('%s: refused, and the field is named', (_name, changes, field) => {
    const text = JSON.stringify({ type: 'contribution', shared: { ...shared, ...changes } });
    expect(() => decodeAgentMessage(text)).toThrow(field);
  });
});

test('an agent sends a collector of an earlier release nothing that it would refuse', () => {
  const welcome = encodeMessage({ type: 'welcome', protocol: 1, collectorVersion: '0.1.0' });
  expect(decodeCollectorMessage(welcome)).not.toHaveProperty('accepts');
  const outbox = harness.outbox('http://127.0.0.1:1');
  expect(outbox.share({ type: 'ask', workload: 'w' })).toBe(false);
});
