import assert from 'node:assert/strict';
import { SharedPeers } from '../../src/identity/kubernetes/shared-peers.ts';
import { decodeCollectorMessage } from '../../src/protocol/message.ts';
import type { CollectorMessage } from '../../src/protocol/message.ts';
import { addressOfPeer, isPeerEntry } from '../../src/protocol/peer-groups.ts';
import { jsonWords } from './text-targets.ts';
import type { Target } from './target.ts';

const put = [
  { service: 'payments/service/db', at: '10.96.0.7 fd00::7' },
  { endpoint: 'payments/service/db', port: 5432, target: '6432/tcp', at: '10.244.3.9' },
  { pod: 'shop/deployment/web', at: '10.244.1.7' },
];
const part = { type: 'peers-part', epoch: 'e', version: 1, part: 1, parts: 1, entries: 4, leftOut: 0, put };
const gone = [{ pod: '', at: '10.244.1.7' }];
const change = { type: 'peers-change', epoch: 'e', from: 1, version: 2, entries: 3, leftOut: 0, put: [], gone };

/** The names that a collector tells, two messages one after the other: what is taken are names, and what is refused takes none of them away. */
export const peersTarget: Target = {
  name: 'peers',
  covers: (path) =>
    /^src\/(?:identity\/kubernetes\/shared-peers|protocol\/peer(?:-group)?s(?:-schema)?)\.ts$/.test(path),
  seeds: () => [part, change, { ...part, parts: 2 }].map((one) => new TextEncoder().encode(JSON.stringify(one))),
  dictionary: [
    ...jsonWords,
    ...['"part":', '"parts":', '"entries":', '"from":', '"version":', '"gone":', '"put":', '"endpoint":', '"at":"'],
    ...['"target":"53/udp"', '10.0.0.1 10.0.0.2', '::ffff:10.0.0.1', 'a/b/c', '"service":"', '"pod":"'],
  ],
  maxBytes: 2_000,
  check: (bytes) => {
    let message: CollectorMessage;
    try {
      message = decodeCollectorMessage(bytes);
    } catch {
      return;
    }
    if (message.type !== 'peers-part' && message.type !== 'peers-change') return;
    for (const known of [false, true]) {
      const agent = new SharedPeers();
      if (known) assert.equal(agent.take(part as never), 'whole');
      const before = new Map(agent.entries());
      const taken = agent.take(message);
      for (const entry of agent.entries()) assert.ok(isPeerEntry(entry), entry.join(': '));
      if (taken === 'part' || (taken === 'refused' && message.type === 'peers-part'))
        assert.deepEqual(new Map(agent.entries()), before);
      if (taken === 'refused' || taken === 'gap') assert.equal(agent.position.epoch, '');
      const moved = agent.takeMoved();
      for (const [key, name] of before)
        if (agent.nameOf(key) !== name) assert.ok(moved.has(addressOfPeer(key)), `${key} moved`);
      // Whatever came, everything told anew is taken.
      if (taken !== 'part') assert.equal(agent.take(part as never), 'whole');
    }
  },
};
