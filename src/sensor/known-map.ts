import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import { keyHash, programHash } from './key-hash.ts';
import { states } from './layout.ts';
import { KnownKeys } from './known-keys.ts';
import type { CountedKey } from './known-keys.ts';
import { entryWords, KnownReading } from './known-reading.ts';
import type { ReadEntries } from './known-reading.ts';
import { KnownWrites } from './known-writes.ts';
import { errnoNoEntry } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import type { SipKey } from './sip-hash.ts';

/**
 * Told how often the kernel saw a key since the last reading: in how many samples more of the stratum. `key` is the key's number for whoever told it, or
 * the key where it was told without one. Called for a hundred thousand keys in a row: no object for each.
 */
export type IncidenceTaker = (workloadId: string, key: CountedKey, stratum: Stratum, delta: number) => void;

/** As many keys as are told of in one go: some 3 ms of the thread that asked. */
const toldInOneGo = 32_768;
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
    const read = this.#reading();
    for (let last = false; !last;) {
      const [result, count] = this.#libbpf.lookupBatch(this.#fd, ...read.lookup());
      if (result !== 0 && result !== -errnoNoEntry) break;
      last = result !== 0;
      read.take(count);
    }
    for (const of of read.workloads()) this.#tell(of, take);
  }

  /**
   * `incidences`, with the map read in another thread, which for a full map takes longer than all that is done with it. Another reading that begins
   * meanwhile tells all, and this one nothing.
   */
  async readIncidences(take: IncidenceTaker): Promise<void> {
    const reading = ++this.#readings;
    this.#writes.flush();
    const read = this.#reading();
    for (let last = false; !last;) {
      const [result, count] = await this.#libbpf.lookupBatchAside(this.#fd, ...read.lookup());
      if (reading !== this.#readings) return;
      if (result !== 0 && result !== -errnoNoEntry) break;
      last = result !== 0;
      read.take(count);
    }
    let told = 0;
    for (const of of read.workloads()) {
      this.#tell(of, take);
      told += of.count;
      if (told < toldInOneGo) continue;
      told = 0;
      await setImmediate();
      if (reading !== this.#readings) return;
    }
  }

  #reading(): KnownReading<KnownKeys> {
    return new KnownReading((low, high) => this.#workloads.get((BigInt(high) << 32n) | BigInt(low)));
  }

  /** Of a workload that was revoked while it was read, nothing that was read counts. */
  #tell({ keys, entries, count }: ReadEntries<KnownKeys>, take: IncidenceTaker): void {
    if (this.#workloads.get(workloadNumber(keys.id)) === keys) tellChanged(keys, entries, count, take);
  }
}

/** Tells what entries of one workload say that was not told yet. */
function tellChanged(known: KnownKeys, entries: Uint32Array, count: number, take: IncidenceTaker): void {
  for (let at = 0; at < count * entryWords; at += entryWords) {
    const place = known.find(entries[at] ?? 0, entries[at + 1] ?? 0);
    if (place < 0) continue;
    const startup = entries[at + 2] ?? 0;
    const steady = entries[at + 3] ?? 0;
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

function halves(hash: bigint): [number, number] {
  return [Number(hash & 0xffff_ffffn), Number(hash >> 32n)];
}
