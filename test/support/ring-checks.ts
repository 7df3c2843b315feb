import assert from 'node:assert/strict';
import { Ring } from '../../src/sensor/ring.ts';

const pageBytes = 4096;
/** Bytes of the rings that are checked. */
export const ringBytes = 1024;

/** What stands in a ring, whether it can be or not. */
export interface RingState {
  readonly consumed: bigint;
  readonly produced: bigint;
  /** From the start of the data; the rest is 0. */
  readonly data: Uint8Array;
  readonly limit: number;
}

/** A ring's memory in plain buffers, both copies of the data alike. */
export function ringOf({ consumed, produced, data }: Omit<RingState, 'limit'>): {
  readonly ring: Ring;
  readonly consumed: () => bigint;
  readonly produce: (position: bigint) => void;
} {
  const [consumer, producer] = [new ArrayBuffer(pageBytes), new ArrayBuffer(pageBytes + 2 * ringBytes)];
  const [positions, ends] = [new BigUint64Array(consumer), new BigUint64Array(producer, 0, 1)];
  const own = data.subarray(0, ringBytes);
  new Uint8Array(producer, pageBytes).set(own);
  new Uint8Array(producer, pageBytes + ringBytes).set(own);
  positions[0] = consumed;
  ends[0] = produced;
  return {
    ring: new Ring({ consumer, producer, pageBytes, dataBytes: ringBytes }),
    consumed: () => positions[0] ?? 0n,
    produce: (position) => void (ends[0] = position),
  };
}

/**
 * Everything that holds of a ring whatever stands in it: it is read in bounded steps, nothing is handed over that does not lie in it, what
 * cannot be is counted, and what comes later is read. Throws an AssertionError where it does not.
 */
export function checkRing(state: RingState): string {
  const { ring, consumed, produce } = ringOf(state);
  const waiting = BigInt.asUintN(64, state.produced - state.consumed);
  const sane = waiting <= BigInt(ringBytes) && state.consumed % 8n === 0n && state.produced % 8n === 0n;
  let handed = 0;
  let records = 0;
  let taken = 0;
  let rounds = 0;
  do {
    assert.ok(rounds++ <= ringBytes / 8 + 1, 'a ring that is never empty');
    const before = consumed();
    let count = 0;
    taken = ring.drain(state.limit, (bytes) => {
      assert.ok(++records <= ringBytes / 8, 'more records than the ring can hold');
      count++;
      handed += bytes.length + 8;
    });
    assert.equal(taken, count, 'another number of records than were handed over');
    assert.ok(taken <= state.limit, 'more records than were asked for');
    const moved = BigInt.asUintN(64, consumed() - before);
    if (sane) assert.ok(moved <= BigInt(ringBytes), 'read beyond what was written');
    if (taken > 0) assert.ok(moved >= 8n, 'a record that takes no room');
  } while (taken === state.limit && taken > 0);
  assert.ok(handed <= ringBytes, `${handed} bytes of a ring of ${ringBytes}`);
  assert.ok(ring.torn <= 1, 'one state is torn once');
  if (!sane) {
    assert.equal(ring.torn, 1, 'positions that cannot be, and nobody counted it');
    assert.equal(records, 0, 'records from positions that cannot be');
    assert.equal(consumed(), state.produced, 'a torn ring is set to its end');
  }
  const outcome = ring.torn > 0 ? 'torn' : consumed() === state.produced ? 'read' : 'busy';
  if (outcome === 'torn' && state.produced % 8n === 0n) checkGoesOn(ring, consumed, produce);
  return outcome;
}

/** After a torn state, the next record is read: here one without data, or what the memory makes of it, and never more than that. */
function checkGoesOn(ring: Ring, consumed: () => bigint, produce: (position: bigint) => void): void {
  const before = consumed();
  produce(BigInt.asUintN(64, before + 8n));
  const tornBefore = ring.torn;
  const taken = ring.drain(10, (bytes) => {
    assert.equal(bytes.length, 0, 'a record larger than what was written');
  });
  const went = consumed() !== before;
  assert.ok(taken <= 1 && (went || ring.torn === tornBefore), 'a torn ring that does not go on');
}
