import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownWrites, writesMax } from './known-writes.ts';
import { feature, featureKey } from './layout.ts';

/** A map as bpf(2) describes it: a batch ends at the first entry that has no room, or is not there. */
function modelMap(room: number): {
  readonly entries: Map<string, number>;
  calls: number;
  updateBatch(fd: number, keys: Uint8Array, values: Uint8Array, count: number): number;
  removeBatch(fd: number, keys: Uint8Array, count: number): number;
} {
  const entries = new Map<string, number>();
  const keyAt = (keys: Uint8Array, i: number): string =>
    Buffer.from(keys.subarray(i * featureKey.sizeBytes, (i + 1) * featureKey.sizeBytes)).toString('hex');
  return {
    entries,
    calls: 0,
    updateBatch(_fd, keys, values, count) {
      this.calls++;
      for (let i = 0; i < count; i++) {
        const key = keyAt(keys, i);
        if (!entries.has(key) && entries.size >= room) return i;
        entries.set(key, Buffer.from(values).readUInt32LE(i * feature.sizeBytes + feature.members.state[0]));
      }
      return count;
    },
    removeBatch(_fd, keys, count) {
      this.calls++;
      for (let i = 0; i < count; i++) if (!entries.delete(keyAt(keys, i))) return i;
      return count;
    },
  };
}

const step = fc.record({ kind: fc.constantFrom('set', 'set', 'set', 'remove', 'flush'), hash: fc.bigInt(0n, 40n) });

test('after a flush the map is as if every write had been made at once, and what had no room is named', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (steps, room) => {
      const map = modelMap(room);
      const one = modelMap(room);
      const refused: bigint[] = [];
      const refusedOne: bigint[] = [];
      const writes = (libbpf: typeof map, into: bigint[]): KnownWrites =>
        new KnownWrites({ libbpf, fd: 1, refused: (_workload, hash) => void into.push(hash) });
      const [batched, single] = [writes(map, refused), writes(one, refusedOne)];
      steps.forEach(({ kind, hash }, i) => {
        if (kind === 'set') {
          batched.set(7n, hash, i + 1, 0, 0);
          single.set(7n, hash, i + 1, 0, 0);
        } else if (kind === 'remove') {
          batched.flush();
          batched.remove(7n, hash);
          single.remove(7n, hash);
        } else batched.flush();
        single.flush();
      });
      batched.flush();
      expect(map.entries).toEqual(one.entries);
      expect(refused).toEqual(refusedOne);
      expect(map.entries.size).toBeLessThanOrEqual(room);
    }),
  );
});

test('a batch is one call; one more than fits makes it go; the rest goes by itself', async () => {
  const map = modelMap(10_000);
  const writes = new KnownWrites({ libbpf: map, fd: 1, refused: () => undefined });
  for (let i = 0; i < writesMax; i++) writes.set(1n, BigInt(i), 2, 0, 0);
  expect([map.calls, map.entries.size]).toEqual([0, 0]);
  writes.set(1n, 1_000_000n, 2, 0, 0);
  expect([map.calls, map.entries.size]).toEqual([1, writesMax]);
  await new Promise((done) => setImmediate(done));
  expect([map.calls, map.entries.size]).toEqual([2, writesMax + 1]);
});

test('nothing is written after close', async () => {
  const map = modelMap(10);
  const writes = new KnownWrites({ libbpf: map, fd: 1, refused: () => undefined });
  writes.set(1n, 1n, 2, 0, 0);
  writes.close();
  await new Promise((done) => setImmediate(done));
  writes.flush();
  expect(map.calls).toBe(0);
});
