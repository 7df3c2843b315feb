import { array, assert, boolean, constantFrom, oneof, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SharedPeers } from '../../src/identity/kubernetes/shared-peers.ts';
import { PeerLedger } from '../../src/ingest/peer-ledger.ts';
import { decodeCollectorMessage } from '../../src/protocol/message.ts';
import type { PeersChange, PeersPart } from '../../src/protocol/peers-schema.ts';
import { anyPeer } from '../support/peers.ts';

// The collector's side and the agent's, without what lies between them.
function messageOf(bytes: Buffer): PeersPart | PeersChange {
  const message = decodeCollectorMessage(bytes);
  if (message.type !== 'peers-part' && message.type !== 'peers-change') throw new Error(message.type);
  return message;
}

/** Asks and takes until the agent has everything; answers how many messages it took. */
function settle(ledger: PeerLedger, agent: SharedPeers): number {
  for (let count = 1; count < 1_000; count++) {
    const { reason, bytes } = ledger.next(agent.position);
    agent.take(messageOf(bytes));
    if (reason === 'current') return count;
  }
  throw new Error('it never has everything');
}

const small = { epoch: 'e1', messageCharacters: 300, logBytesMax: 2_500 };
const step = oneof(
  { weight: 4, arbitrary: record({ kind: constantFrom('put' as const), entry: anyPeer }) },
  { weight: 3, arbitrary: record({ kind: constantFrom('drop' as const), entry: anyPeer }) },
  // A message that is lost, one that comes twice, one that comes late, the one after the next, and one that arrives as it should.
  {
    weight: 9,
    arbitrary: record({
      kind: constantFrom(
        'lose' as const,
        'twice' as const,
        'late' as const,
        'skip' as const,
        'take' as const,
        'take' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: record({ kind: constantFrom('restart' as const), empty: boolean() }) },
);

test('whatever is lost, doubled or late, and whoever restarts: at the end the agent has what the collector has, and knows what moved', () => {
  assert(
    property(array(step, { minLength: 20, maxLength: 150 }), (steps) => {
      let lives = 1;
      let ledger = new PeerLedger(small);
      let truth = new Map<string, string>();
      const agent = new SharedPeers();
      const late: (PeersPart | PeersChange)[] = [];
      const seen = new Map<string, string>();
      const moved = new Set<string>();
      for (const one of steps) {
        if (one.kind === 'put') {
          truth.set(...one.entry);
          ledger.update([one.entry]);
        } else if (one.kind === 'drop') {
          truth.delete(one.entry[0]);
          ledger.update([[one.entry[0], undefined]]);
        } else if (one.kind === 'restart') {
          ledger = new PeerLedger({ ...small, epoch: `e${String(++lives)}` });
          if (one.empty) truth = new Map();
          ledger.update(truth);
        } else {
          const { epoch, version, part } = agent.position;
          const after = part === undefined ? { epoch, version: version + 1 } : { epoch, version, part: part + 1 };
          const message = messageOf(ledger.next(one.kind === 'skip' ? after : agent.position).bytes);
          if (one.kind === 'skip') agent.take(message);
          if (one.kind === 'late') late.push(message);
          if (one.kind === 'take' || one.kind === 'twice') agent.take(message);
          if (one.kind === 'twice') agent.take(message);
          if (one.kind === 'take' && late.length > 0) agent.take(late.shift() ?? message);
        }
        for (const address of agent.takeMoved()) moved.add(address);
        for (const [key, name] of seen) if (agent.nameOf(key) !== name) expect(moved).toContain(key.split(' ')[1]);
        seen.clear();
        moved.clear();
        for (const [key, name] of agent.entries()) seen.set(key, name);
      }
      settle(ledger, agent);
      expect(new Map(agent.entries())).toEqual(truth);
      expect(new Map(ledger.entries())).toEqual(truth);
      expect(agent.refused).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('an agent that is a little behind gets the changes, one that is far behind everything; a reconnect that missed nothing gets neither', () => {
  const ledger = new PeerLedger({ ...small, logBytesMax: 600 });
  const put = (number: number): boolean => ledger.update([[`pod 10.0.0.${String(number)}`, 'shop/deployment/web']]);
  for (let number = 1; number <= 50; number++) put(number);
  const agent = new SharedPeers();
  expect(ledger.next(agent.position).reason).toBe('new');
  settle(ledger, agent);
  expect(ledger.next(agent.position).reason).toBe('current');
  put(51);
  expect(ledger.next(agent.position).reason).toBe('change');
  expect(settle(ledger, agent)).toBe(2);
  for (let number = 60; number <= 80; number++) put(number);
  expect(ledger.next(agent.position).reason).toBe('behind');
  settle(ledger, agent);
  expect(agent.size).toBe(72);
  expect([...agent.takeMoved()]).toEqual([]);
});

test('everything is put together anew when more than half as much has changed since, and not for less', () => {
  const ledger = new PeerLedger({ ...small, logBytesMax: 1 << 20 });
  const put = (number: number, name: string): boolean => ledger.update([[`pod 10.0.0.${String(number)}`, name]]);
  for (let number = 0; number < 200; number++) put(number, `shop/deployment/web-${String(number)}`);
  const versionOfNew = (): number => messageOf(ledger.next({ epoch: '', version: 0 }).bytes).version;
  expect(versionOfNew()).toBe(201);
  put(1, 'shop/deployment/api');
  expect(versionOfNew()).toBe(201);
  for (let number = 0; number < 100; number++) put(number, 'shop/deployment/api');
  expect(versionOfNew()).toBe(ledger.version);
});

test('names stay while everything is told anew, and only what is called otherwise has moved', () => {
  const agent = new SharedPeers();
  const first = new PeerLedger(small);
  first.update(
    Array.from({ length: 40 }, (_, index) => [`pod 10.0.0.${String(index)}`, 'shop/deployment/web'] as const),
  );
  settle(first, agent);
  const second = new PeerLedger({ ...small, epoch: 'e2' });
  second.update(
    [...first.entries()].map(([key, name]) => [key, key.endsWith('.7') ? 'shop/deployment/api' : name] as const),
  );
  for (let count = 0; ; count++) {
    const { reason, bytes } = second.next(agent.position);
    agent.take(messageOf(bytes));
    expect(agent.size).toBe(40);
    if (reason === 'current') break;
    if (agent.position.part !== undefined) expect(agent.pod('10.0.0.7')).toBe('shop/deployment/web');
  }
  expect([...agent.takeMoved()]).toEqual(['10.0.0.7']);
});

describe('at the bounds', () => {
  test('what does not fit is left out, said, and taken when there is room', () => {
    const ledger = new PeerLedger({ ...small, entriesMax: 3 });
    const name = 'shop/deployment/web';
    ledger.update([1, 2, 3, 4, 5].map((number) => [`pod 10.0.0.${String(number)}`, name] as const));
    expect([ledger.size, ledger.leftOut]).toEqual([3, 2]);
    const agent = new SharedPeers();
    settle(ledger, agent);
    expect([agent.size, agent.leftOut]).toEqual([3, 2]);
    expect(ledger.takeLeftOut()).toEqual([]);
    ledger.update([
      ['pod 10.0.0.1', undefined],
      ['pod 10.0.0.2', undefined],
    ]);
    const keys = ledger.takeLeftOut();
    expect(keys).toEqual(['pod 10.0.0.4', 'pod 10.0.0.5']);
    ledger.update(keys.map((key) => [key, name] as const));
    settle(ledger, agent);
    expect([agent.size, ledger.leftOut, agent.pod('10.0.0.5')]).toEqual([3, 0, name]);
  });

  test('characters count as well; a name that grows too long is no name', () => {
    const ledger = new PeerLedger({ ...small, charactersMax: 60 });
    ledger.update([['pod 10.0.0.1', 'shop/deployment/web']]);
    expect(ledger.characters).toBe(31);
    ledger.update([['pod 10.0.0.1', `shop/deployment/${'w'.repeat(60)}`]]);
    expect([ledger.size, ledger.leftOut, ledger.characters]).toEqual([0, 1, 0]);
    ledger.update([['pod 10.0.0.1', undefined]]);
    expect(ledger.leftOut).toBe(0);
  });

  test('what is no name is refused, and takes the place of none', () => {
    const ledger = new PeerLedger(small);
    ledger.update([
      ['pod 10.0.0.1', 'shop/deployment/web'],
      ['pod 300.0.0.1', 'shop/deployment/web'],
      ['pod 10.0.0.2', 'shop/deployment/web:80/tcp'],
    ]);
    ledger.update([['pod 10.0.0.1', 'not a name']]);
    expect([ledger.size, ledger.refused]).toEqual([0, 3]);
  });
});

describe('a collector that is not to be believed', () => {
  const part = { type: 'peers-part', epoch: 'e', version: 1, part: 1, parts: 1, entries: 1, leftOut: 0 } as const;
  const change = { type: 'peers-change', epoch: 'e', from: 1, version: 2, entries: 1, leftOut: 0 } as const;
  const web = [{ pod: 'shop/deployment/web', at: '10.0.0.1' }];
  test.each([
    ['an address that is none', { ...part, put: [{ pod: 'a/b/c', at: 'evil' }] }, 'refused'],
    ['a name that is none', { ...part, put: [{ service: 'evil.example:443/tcp', at: '10.0.0.1' }] }, 'refused'],
    ['more than it says', { ...part, entries: 0, put: web }, 'refused'],
    ['less than it says', { ...part, entries: 2, put: web }, 'gap'],
    ['a part too many', { ...part, part: 2, put: web }, 'refused'],
    ['a part out of order', { ...part, part: 2, parts: 3, put: web }, 'gap'],
    ['a change of what was never told', { ...change, put: web, gone: [] }, 'gap'],
    ['a change that goes back', { ...change, from: 3, put: web, gone: [] }, 'refused'],
  ] as const)('%s', (_, message, taken) => {
    const agent = new SharedPeers();
    expect(agent.take(message)).toBe(taken);
    expect(agent.position).toEqual({ epoch: '', version: 0 });
    expect(agent.refused).toBe(taken === 'refused' ? 1 : 0);
    expect(agent.take({ ...part, put: web })).toBe('whole');
    expect(agent.pod('10.0.0.1')).toBe('shop/deployment/web');
  });

  test('a part that is left out', () => {
    const agent = new SharedPeers();
    expect(agent.take({ ...part, parts: 3, entries: 3, put: web })).toBe('part');
    expect(agent.position).toEqual({ epoch: 'e', version: 1, part: 1 });
    expect(agent.take({ ...part, part: 3, parts: 3, entries: 3, put: web })).toBe('gap');
  });

  test('more names than there is room for', () => {
    const agent = new SharedPeers();
    let taken: string = 'part';
    for (let number = 1; taken === 'part'; number++) {
      const at = Array.from(
        { length: 4_000 },
        (_, index) => `10.${String(number)}.${String(index >> 8)}.${String(index & 255)}`,
      );
      taken = agent.take({
        ...part,
        part: number,
        parts: 100,
        entries: 150_000,
        put: [{ pod: 'a/b/c', at: at.join(' ') }],
      });
    }
    expect(taken).toBe('refused');
    expect(agent.size).toBe(0);
  });
});
