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

/** How often the kernel saw a key since the last reading: in how many samples, by stratum. */
export interface Incidence {
  readonly workloadId: string;
  /** The key's number for whoever told it, or the key where it was told without one. */
  readonly kernelKey: CountedKey;
  readonly stratum: Stratum;
  readonly delta: number;
}

const batchEntries = 4096;
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
  *incidences(): Iterable<Incidence> {
    this.#writes.flush();
    const keys = Buffer.alloc(batchEntries * featureKey.sizeBytes);
    const values = Buffer.alloc(batchEntries * feature.sizeBytes);
    const next = Buffer.alloc(16);
    let position: Uint8Array | null = null;
    for (let last = false; !last;) {
      const [result, count] = this.#libbpf.lookupBatch(this.#fd, position, next, keys, values, batchEntries);
      if (result !== 0 && result !== -errnoNoEntry) return;
      last = result !== 0;
      position = Buffer.from(next);
      for (let i = 0; i < count; i++) {
        const key = i * featureKey.sizeBytes;
        const workload = this.#workloads.get(keys.readBigUInt64LE(key));
        const place = workload?.find(keys.readUInt32LE(key + 8), keys.readUInt32LE(key + 12)) ?? -1;
        if (workload === undefined || place < 0) continue;
        const at = i * feature.sizeBytes + feature.members.incidence[0];
        const startup = values.readUInt32LE(at);
        const steady = values.readUInt32LE(at + 4);
        const more = { startup: startup - workload.startup(place), steady: steady - workload.steady(place) };
        if (more.startup === 0 && more.steady === 0) continue;
        workload.setCounts(place, startup, steady);
        const kernelKey = workload.key(place);
        if (kernelKey === -1) continue;
        if (more.startup > 0) yield { workloadId: workload.id, kernelKey, stratum: 'startup', delta: more.startup };
        if (more.steady > 0) yield { workloadId: workload.id, kernelKey, stratum: 'steady', delta: more.steady };
      }
    }
  }
}

function halves(hash: bigint): [number, number] {
  return [Number(hash & 0xffff_ffffn), Number(hash >> 32n)];
}
