import { createHash } from 'node:crypto';
import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import { keyHash, programHash } from './key-hash.ts';
import { feature, featureKey, states } from './layout.ts';
import { KnownKeys } from './known-keys.ts';
import type { CountedKey } from './known-keys.ts';
import { KnownWrites } from './known-writes.ts';
import { errnoNoEntry } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import type { SipKey } from './sip-hash.ts';

/**
 * Told how often the kernel saw a key since the last reading: in how many samples more of the stratum. `key` is the key's number for whoever told it, or
 * the key where it was told without one. Called for a hundred thousand keys in a row: no object for each.
 */
export type IncidenceTaker = (workloadId: string, key: CountedKey, stratum: Stratum, delta: number) => void;

/** As many as are counted in one go: some 3 ms of the thread that asked. */
const batchEntries = 16_384;
/** Keys of one workload in the kernel: one that shows ever-new behaviour must not take the others' room. The oldest make way, and are told again. */
const workloadEntriesMax = 32_768;

/** Numbers that were asked for; there are as many as workloads on a node, unless somebody makes them up. */
const numbers: Map<string, bigint> = new Map();
const numbersMax = 4096;

/** Number that stands for a workload in the kernel. */
export function workloadNumber(workloadId: string): bigint {
  let number = numbers.get(workloadId);
  if (number !== undefined) return number;
  number = createHash('sha256').update(workloadId).digest().readBigUInt64LE(0);
  if (numbers.size >= numbersMax) numbers.clear();
  numbers.set(workloadId, number);
  return number;
}

/** The kernel's map of known features, and what its hashes mean. */
export class KnownMap {
  readonly #libbpf: Libbpf;
  readonly #fd: number;
  readonly #sip: SipKey;
  readonly #workloads: Map<bigint, KnownKeys> = new Map();
  /** The same by the lower half of their numbers, as far as they were met. */
  readonly #byHalves: Map<number, Met> = new Map();
  readonly #writes: KnownWrites;
  /** Readings that were begun. */
  #readings = 0;
  /** Keys that did not fit: the kernel goes on to tell them. */
  full = 0;

  constructor(libbpf: Libbpf, fd: number, sip: SipKey) {
    this.#libbpf = libbpf;
    this.#fd = fd;
    this.#sip = sip;
    this.#writes = new KnownWrites({
      libbpf,
      fd,
      refused: (workload, hash) => {
        this.full++;
        this.#drop(workload, hash);
      },
    });
  }

  /** Tells the kernel what it was not told yet. It happens by itself when the process is done with what it has in hand. */
  flush(): void {
    this.#writes.flush();
  }

  /** Nothing is told any more. */
  close(): void {
    this.#readings++;
    this.#writes.close();
  }

  /** Makes a key known (or anything else) by what it is made of. `number` as in `answer`. */
  put(workloadId: string, kernelKey: KernelKey, state: 'known' | 'judged', number?: number): void {
    this.answer(workloadId, keyHash(this.#sip, kernelKey), kernelKey, state, number);
  }

  /**
   * Sets the state of a key that the kernel told. Without `kernelKey` it is not counted and not found again.
   * @param number by which it is counted; below 0: nobody wants to know. Left out, it is counted by the key itself.
   */
  answer(
    workloadId: string,
    hash: bigint,
    kernelKey: KernelKey | undefined,
    state: 'known' | 'judged',
    number?: number,
  ): void {
    const workloadHash = workloadNumber(workloadId);
    let keys = this.#workloads.get(workloadHash);
    if (keys === undefined) {
      keys = new KnownKeys(workloadId);
      this.#workloads.set(workloadHash, keys);
    }
    const [low, high] = halves(hash);
    const place = keys.find(low, high);
    const counted = number ?? kernelKey;
    if (place >= 0 && counted !== undefined && counted !== -1) keys.setKey(place, counted);
    if (place >= 0 && keys.state(place) === states[state]) return;
    const [startup, steady] = place < 0 ? [0, 0] : [keys.startup(place), keys.steady(place)];
    this.#writes.set(workloadHash, hash, states[state], startup, steady);
    if (place >= 0) keys.setState(place, states[state]);
    else if (kernelKey !== undefined) {
      keys.add(low, high, counted ?? -1, states[state]);
      if (keys.size > workloadEntriesMax) this.#forgetOldest(workloadHash, keys);
    }
  }

  /** Takes a key out, so that the kernel tells it again: its event could not be handled. */
  forget(workload: bigint, hash: bigint): void {
    this.#writes.flush();
    this.#writes.remove(workload, hash);
    this.#writes.flush();
    this.#drop(workload, hash);
  }

  /** Takes a key out by what it is made of. */
  forgetKey(workloadId: string, kernelKey: KernelKey): void {
    this.forget(workloadNumber(workloadId), keyHash(this.#sip, kernelKey));
  }

  /** These keys are judged from now on; `all`: every key of the workload that was answered is taken out. */
  revoke(workloadId: string, keys: readonly KernelKey[] | 'all'): void {
    if (keys === 'all') {
      const number = workloadNumber(workloadId);
      this.#writes.flush();
      const known = this.#workloads.get(number);
      for (const place of known?.places() ?? []) this.#writes.remove(number, known?.hash(place) ?? 0n);
      this.#workloads.delete(number);
      this.#byHalves.delete(halves(number)[0]);
    } else for (const key of keys) this.put(workloadId, key, 'judged');
    this.#writes.flush();
  }

  #forgetOldest(workload: bigint, keys: KnownKeys): void {
    const oldest = keys.oldest();
    if (oldest < 0) return;
    // Of so many keys, the oldest is none of those that wait to be written.
    this.#writes.remove(workload, keys.hash(oldest));
    keys.remove(oldest);
  }

  #drop(workload: bigint, hash: bigint): void {
    const keys = this.#workloads.get(workload);
    keys?.remove(keys.find(...halves(hash)));
  }

  /** Hash of a program's path, as lineage has it. */
  program(path: string): bigint {
    return programHash(this.#sip, path);
  }

  /** What was counted since the last call. */
  incidences(take: IncidenceTaker): void {
    this.#readings++;
    this.#writes.flush();
    const batch = new Batch();
    for (let last = false; !last;) {
      const [result, count] = this.#libbpf.lookupBatch(this.#fd, ...batch.lookup());
      if (result !== 0 && result !== -errnoNoEntry) return;
      last = result !== 0;
      this.#counted(batch, count, take);
    }
  }

  /**
   * `incidences`, with the map read in another thread, which for a full map takes longer than all that is done with it. Another reading that begins
   * meanwhile tells what this one did not.
   */
  async readIncidences(take: IncidenceTaker): Promise<void> {
    const reading = ++this.#readings;
    this.#writes.flush();
    const batch = new Batch();
    for (let last = false; !last;) {
      const [result, count] = await this.#libbpf.lookupBatchAside(this.#fd, ...batch.lookup());
      if ((result !== 0 && result !== -errnoNoEntry) || reading !== this.#readings) return;
      last = result !== 0;
      this.#counted(batch, count, take);
    }
  }

  /** Workload by workload, although hashes come in no order: what belongs to one fits the processor's cache, what belongs to all does not. */
  #counted({ keys, values, next }: Batch, count: number, take: IncidenceTaker): void {
    const met: Met[] = [];
    for (let i = 0; i < count; i++) {
      const word = (i * featureKey.sizeBytes) >> 2;
      const workload = this.#workload(keys[word] ?? 0, keys[word + 1] ?? 0);
      if (workload === undefined) continue;
      if (workload.first < 0) met.push(workload);
      next[i] = workload.first;
      workload.first = i;
    }
    const firsts = met.map(({ first }) => first);
    for (const workload of met) workload.first = -1;
    for (const [index, { keys: known }] of met.entries()) {
      const first = firsts[index] ?? -1;
      for (let i = first; i >= 0; i = next[i] ?? -1) {
        const word = (i * featureKey.sizeBytes) >> 2;
        const place = known.find(keys[word + 2] ?? 0, keys[word + 3] ?? 0);
        if (place < 0) continue;
        const at = (i * feature.sizeBytes + feature.members.incidence[0]) >> 2;
        const startup = values[at] ?? 0;
        const steady = values[at + 1] ?? 0;
        const startupBefore = known.startup(place);
        const steadyBefore = known.steady(place);
        if (startup === startupBefore && steady === steadyBefore) continue;
        known.setCounts(place, startup, steady);
        const key = known.key(place);
        if (key === -1) continue;
        if (startup > startupBefore) take(known.id, key, 'startup', startup - startupBefore);
        if (steady > steadyBefore) take(known.id, key, 'steady', steady - steadyBefore);
      }
    }
  }

  /** By the halves of its number: no large integers for a hundred thousand keys. */
  #workload(low: number, high: number): Met | undefined {
    let found = this.#byHalves.get(low);
    if (found?.high === high) return found;
    const keys = this.#workloads.get((BigInt(high) << 32n) | BigInt(low));
    if (keys === undefined) return undefined;
    found = { high, keys, first: -1 };
    this.#byHalves.set(low, found);
    return found;
  }
}

/** A workload that was met while the map is read. */
interface Met {
  /** Upper half of its number. */
  readonly high: number;
  readonly keys: KnownKeys;
  /** The entry of its that was met last in a batch; -1: none. */
  first: number;
}

/** Room for one lookup of many entries; both sides are little-endian. */
class Batch {
  readonly keys: Uint32Array = new Uint32Array((batchEntries * featureKey.sizeBytes) >> 2);
  readonly values: Uint32Array = new Uint32Array((batchEntries * feature.sizeBytes) >> 2);
  /** For each entry the one before it of the same workload. */
  readonly next: Int32Array = new Int32Array(batchEntries);
  readonly #after: Uint8Array = new Uint8Array(16);
  #position: Uint8Array | null = null;

  /** What the next lookup is given. */
  lookup(): [Uint8Array | null, Uint8Array, Uint8Array, Uint8Array, number] {
    const position = this.#position === null ? null : Uint8Array.from(this.#after);
    this.#position = this.#after;
    return [position, this.#after, new Uint8Array(this.keys.buffer), new Uint8Array(this.values.buffer), batchEntries];
  }
}

function halves(hash: bigint): [number, number] {
  return [Number(hash & 0xffff_ffffn), Number(hash >> 32n)];
}
