import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import type { SnapshotManifest, StoredSnapshot } from '../../../src/model/snapshot.ts';
import { Answers } from '../../../src/outbox/answers.ts';
import type { Answerer } from '../../../src/outbox/answers.ts';
import type { Outbox } from '../../../src/outbox/outbox.ts';
import { snapshotAnswerers } from '../../../src/snapshot/answerers.ts';
import type { SnapshotAnswer } from '../../../src/snapshot/snapshots.ts';
import { Spool } from '../../../src/snapshot/spool.ts';
import { makeAlert, makeReport } from '../../support/alerts.ts';
import { archiveOf } from '../../support/snapshots.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric } from './harness.ts';

let harness: Harness;
let collector: RunningCollector;
beforeEach(async () => {
  harness = new Harness();
  collector = await harness.collector();
});
afterEach(() => harness.end());

/** A node with snapshots on its disk, that says at once when it has some. */
class Node {
  readonly spool: Spool;
  readonly asked: string[] = [];
  readonly offsets: number[] = [];
  answer: SnapshotAnswer = { outcome: 'taking', id: 'x' };
  /** Parts of an archive that are told before the answer fails. */
  partsMost = Infinity;
  readonly #outbox: Outbox;

  constructor(name = 'worker-3') {
    const { log } = harness;
    this.spool = new Spool({ directory: join(harness.directory, `spool-${name}`), log });
    const request = (container: string, incident?: string): SnapshotAnswer => {
      this.asked.push(`${container} ${incident ?? '-'}`);
      return this.answer;
    };
    const answerers = snapshotAnswerers({ request }, this.spool);
    const archive: Answerer = (args, signal) => this.#archive(answerers['snapshot-archive'], args, signal);
    const companion = new Answers({ log, answerers: { ...answerers, 'snapshot-archive': archive } });
    this.#outbox = harness.outbox(collector.url, { nodeName: name, fileName: `${name}.db`, companion });
    this.report();
  }

  add(number: number, bytes: Buffer, changes: Partial<SnapshotManifest> = {}, sent = bytes): string {
    const archive = archiveOf(number, bytes, changes);
    writeFileSync(this.spool.pathOfNew(archive.manifest.id), sent);
    this.spool.add(archive);
    this.report();
    return archive.manifest.id;
  }

  report(): void {
    const snapshots = { taken: 3, failed: { timeout: 1 }, shed: { node_limit: 2 } };
    const { waiting, sizeBytes: waitingBytes } = this.spool;
    this.#outbox.report(makeReport({ snapshots: { ...snapshots, waiting: waiting.length, waitingBytes } }));
  }

  push(number: number, incident: string): void {
    this.#outbox.push(makeAlert(number, { id: incident, incident }));
  }

  async *#archive(
    answerer: Answerer | undefined,
    args: Parameters<Answerer>[0],
    signal: AbortSignal,
  ): ReturnType<Answerer> {
    this.offsets.push(Number(args['offset']));
    let told = 0;
    for await (const part of answerer?.(args, signal) ?? []) {
      if (told++ >= this.partsMost) throw new Error('the disk of the node failed');
      yield part;
    }
    return {};
  }
}

const stored = async (id: string): Promise<StoredSnapshot | undefined> => {
  const response = await fetch(`${collector.url}/api/v1/snapshots/${id}`);
  return response.ok ? ((await response.json()) as StoredSnapshot) : undefined;
};

async function post(path: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${collector.url}${path}`, { method: 'POST' });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a snapshot comes in parts, is kept with its incident, can be fetched, and is forgotten by its node', async () => {
  const node = new Node();
  const incident = makeAlert(7).id;
  node.push(7, incident);
  await waitFor('the incident', async () => (await fetch(`${collector.url}/api/v1/incidents/${incident}`)).ok);
  const bytes = randomBytes(1_500_000);
  const id = node.add(1, bytes, { incident });
  const kept = await waitFor('the snapshot', () => stored(id));
  expect(kept.manifest.id).toBe(id);
  await waitFor('the node to forget it', () => node.spool.waiting.length === 0);
  const list = (await getJson(`${collector.url}/api/v1/incidents/${incident}/snapshots`)) as {
    items: { id: string }[];
  };
  expect(list.items.map((one) => one.id)).toEqual([id]);
  for (const path of [`/api/v1/snapshots/${id}/archive`, `/api/v1/incidents/${incident}/snapshots/${id}/archive`]) {
    const archive = await fetch(`${collector.url}${path}`);
    expect(archive.headers.get('content-type')).toBe('application/gzip');
    expect(Buffer.from(await archive.arrayBuffer()).equals(bytes)).toBe(true);
  }
  expect((await fetch(`${collector.url}/api/v1/snapshots/${makeAlert(9).id}/archive`)).status).toBe(404);
  expect(await metric(collector.url, 'anchorwatch_snapshots_received_total{outcome="stored"}')).toBe(1);
  expect(await metric(collector.url, 'anchorwatch_snapshots_kept_bytes')).toBe(bytes.length);
  expect(await metric(collector.url, 'anchorwatch_snapshots_shed_total{node="worker-3",reason="node_limit"}')).toBe(2);
  expect(await metric(collector.url, 'anchorwatch_snapshots_failed_total{node="worker-3",reason="timeout"}')).toBe(1);
});

test('what broke off goes on from where it was, and is there after a restart', async () => {
  const node = new Node();
  node.partsMost = 3;
  const bytes = randomBytes(2_000_000);
  const id = node.add(1, bytes);
  await waitFor('the first try', () => node.offsets.length === 1);
  await waitFor('its end', async () => {
    return (await metric(collector.url, 'anchorwatch_snapshots_received_total{outcome="broken"}')) === 1;
  });
  expect(await stored(id)).toBeUndefined();
  expect(node.spool.waiting).toHaveLength(1);
  node.partsMost = Infinity;
  node.report();
  await waitFor('the snapshot', () => stored(id));
  expect(node.offsets[0]).toBe(0);
  expect(node.offsets[1]).toBeGreaterThan(0);
  await collector.stop();
  collector = await harness.collector();
  const archive = await fetch(`${collector.url}/api/v1/snapshots/${id}/archive`);
  expect(Buffer.from(await archive.arrayBuffer()).equals(bytes)).toBe(true);
});

test('bytes that are not those offered, and snapshots of another node, are not kept', async () => {
  const node = new Node();
  const damaged = node.add(1, randomBytes(1000), {}, randomBytes(1000));
  await waitFor('the damaged one to go', () => node.spool.waiting.length === 0);
  const foreign = node.add(2, randomBytes(1000), { node: 'worker-9' });
  await waitFor('the foreign one to go', () => node.spool.waiting.length === 0);
  expect([await stored(damaged), await stored(foreign)]).toEqual([undefined, undefined]);
  expect(await metric(collector.url, 'anchorwatch_snapshots_received_total{outcome="damaged"}')).toBe(1);
  expect(await metric(collector.url, 'anchorwatch_snapshots_received_total{outcome="invalid"}')).toBe(1);
});

test('another node’s snapshot that says it is of an incident is not shown with it', async () => {
  const [node, other] = [new Node(), new Node('worker-9')];
  const incident = makeAlert(7).id;
  node.push(7, incident);
  await waitFor('the incident', async () => (await fetch(`${collector.url}/api/v1/incidents/${incident}`)).ok);
  const id = other.add(1, randomBytes(100), { node: 'worker-9', incident });
  await waitFor('the snapshot', () => stored(id));
  expect(await getJson(`${collector.url}/api/v1/incidents/${incident}/snapshots`)).toEqual({ items: [] });
});

test('whoever asks for one is told its id, or why there is none', async () => {
  const node = new Node();
  const container = makeReport().containers[0];
  await waitFor('the report', async () => {
    const { items } = (await getJson(`${collector.url}/api/v1/nodes`)) as { items: unknown[] };
    return items.length === 1 && (await post(`/api/v1/containers/${container?.name ?? ''}/snapshot`)).status !== 404;
  });
  node.asked.length = 0;
  const short = container?.id.slice(0, 12) ?? '';
  expect(await post(`/api/v1/containers/${short}/snapshot`)).toEqual({
    status: 202,
    body: { id: 'x', node: 'worker-3', container: container?.id },
  });
  expect(await post('/api/v1/containers/nobody/snapshot')).toMatchObject({
    status: 404,
    body: { code: 'container.unknown' },
  });
  expect(await post('/api/v1/incidents/nothing/snapshot')).toMatchObject({
    status: 404,
    body: { code: 'incident.unknown' },
  });
  node.answer = { outcome: 'shed', reason: 'container_limit' };
  expect(await post(`/api/v1/containers/${short}/snapshot`)).toMatchObject({
    status: 429,
    body: { code: 'snapshot.container_limit' },
  });
  expect(node.asked).toEqual([`${container?.id ?? ''} -`, `${container?.id ?? ''} -`]);
});
