import { expect, test, vi } from 'vitest';
import { createRegistry } from '../lib/metrics.ts';
import { decodeCollectorMessage } from '../protocol/message.ts';
import type { CollectorMessage } from '../protocol/message.ts';
import type { PeersHeld } from '../protocol/peers-schema.ts';
import { PeerDesk } from './peer-desk.ts';
import { PeerLedger } from './peer-ledger.ts';

const asks: PeersHeld = { type: 'peers-held', cluster: 'here', epoch: '', version: 0, reason: 'asks' };

class Client {
  bufferedBytes = 0;
  readonly got: CollectorMessage[] = [];
  sendEncoded(bytes: Buffer): void {
    this.got.push(decodeCollectorMessage(bytes));
  }

  get last(): Record<string, unknown> {
    return { ...this.got.at(-1) };
  }
}

function desk(cluster: string | undefined = 'here'): {
  readonly desk: PeerDesk;
  readonly ledger: PeerLedger;
  put(last: number): void;
  value(series: string): Promise<number>;
} {
  const registry = createRegistry();
  const ledger = new PeerLedger({ epoch: 'e', messageCharacters: 400, logBytesMax: 3_000 });
  const clock = { nowMs: () => 0, monotonicMs: () => performance.now() };
  const made = new PeerDesk({ ledger, pods: true, cluster: () => cluster, registry, clock });
  return {
    ...{ desk: made, ledger },
    put: (last) => {
      ledger.update([[`pod 10.0.0.${String(last)}`, 'shop/deployment/web']]);
      made.changed(undefined);
    },
    value: async (series) => {
      made.count();
      const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
      return Number(line?.split(' ')[1]);
    },
  };
}

/** Says what the last message brought. */
function take({ desk: at }: ReturnType<typeof desk>, client: Client): void {
  const { version, part, parts } = client.last as { version: number; part?: number; parts?: number };
  const more = part === undefined || part === parts ? {} : { part };
  at.held(client, { ...asks, epoch: 'e', version, ...more, reason: 'taken' });
}

test('one message at a time: parts until all is there, then what changes, each when the one before was taken', async () => {
  const at = desk();
  for (let last = 0; last < 60; last++) at.put(last);
  const client = new Client();
  at.desk.held(client, asks);
  expect(client.last).toMatchObject({ type: 'peers-part', part: 1, entries: 60 });
  at.put(70);
  at.put(71);
  expect(client.got).toHaveLength(1);
  const { parts } = client.last as { parts: number };
  for (let part = 2; part <= parts; part++) {
    take(at, client);
    expect(client.last).toMatchObject({ type: 'peers-part', part, version: 61 });
  }
  expect(await at.value('anchorwatch_peers_agents{state="behind"}')).toBe(1);
  take(at, client);
  expect(client.last).toMatchObject({ type: 'peers-change', from: 61, version: 62 });
  take(at, client);
  expect(client.last).toMatchObject({ type: 'peers-change', from: 62, version: 63, entries: 62 });
  take(at, client);
  expect(client.got).toHaveLength(parts + 2);
  expect(await at.value('anchorwatch_peers_agents{state="current"}')).toBe(1);
  at.desk.ended(client);
  at.put(72);
  expect(client.got).toHaveLength(parts + 2);
  expect(await at.value('anchorwatch_peers_agents{state="current"}')).toBe(0);
});

test('who has everything is told so, once', () => {
  const at = desk();
  at.put(1);
  const client = new Client();
  at.desk.held(client, { ...asks, epoch: 'e', version: at.ledger.version });
  expect(client.last).toMatchObject({ type: 'peers-change', from: 2, version: 2, put: [], gone: [] });
  take(at, client);
  at.desk.changed(undefined);
  expect(client.got).toHaveLength(1);
});

test('what there is none of is told with its reason, once; names follow when there are some', async () => {
  const at = desk();
  const [client, stranger] = [new Client(), new Client()];
  at.desk.held(client, asks);
  at.desk.held(stranger, { ...asks, cluster: 'elsewhere' });
  for (const reason of ['starting', 'forbidden', 'forbidden'] as const) at.desk.changed(reason);
  expect(client.got).toEqual(['starting', 'forbidden'].map((reason) => ({ type: 'peers-none', reason })));
  at.put(1);
  expect(client.last).toMatchObject({ type: 'peers-part', entries: 1 });
  expect(stranger.last).toEqual({ type: 'peers-none', reason: 'other-cluster' });
  expect(await at.value('anchorwatch_peers_agents{state="none"}')).toBe(1);
  // As long as it is not known which cluster this is, there is nothing for anybody.
  const unknown = desk('');
  unknown.put(1);
  unknown.desk.held(client, asks);
  expect(client.last).toEqual({ type: 'peers-none', reason: 'other-cluster' });
});

test('who does not read is sent nothing more; it goes on from where it is when it has read', async () => {
  vi.useFakeTimers();
  try {
    const at = desk();
    const client = new Client();
    at.desk.held(client, asks);
    at.put(1);
    take(at, client);
    client.bufferedBytes = 300_000;
    for (let last = 2; last < 9; last++) at.put(last);
    expect(client.got).toHaveLength(2);
    expect(await at.value('anchorwatch_peers_put_off_total{reason="slow"}')).toBe(1);
    client.bufferedBytes = 0;
    vi.advanceTimersByTime(1_000);
    expect(client.last).toMatchObject({ type: 'peers-change', from: 2, version: 3 });
  } finally {
    vi.useRealTimers();
  }
});

test('who asks again and again is sent what it may have, then waits', async () => {
  const at = desk();
  // Names as large as they may be.
  const entries = Array.from({ length: 200 }, (_, last): [string, string] => [
    `pod 10.0.0.${String(last)}`,
    `${'n'.repeat(160)}/deployment/web-${String(last)}`,
  ]);
  at.ledger.update(entries);
  at.desk.changed(undefined);
  const client = new Client();
  let sizeBytes = 0;
  client.sendEncoded = (bytes) => void (sizeBytes += bytes.length);
  for (
    let count = 0;
    count < 400_000 &&
    (count % 1_000 !== 0 || (await at.value('anchorwatch_peers_put_off_total{reason="throttled"}')) === 0);
    count++
  )
    at.desk.held(client, { ...asks, reason: 'gap' });
  expect(await at.value('anchorwatch_peers_put_off_total{reason="throttled"}')).toBe(1);
  expect(sizeBytes).toBeLessThan(80_000_000);
  expect(await at.value('anchorwatch_peers_resyncs_total{reason="gap"}')).toBeGreaterThan(100);
  at.desk.stop();
});
