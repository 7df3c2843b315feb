import { createHash } from 'node:crypto';
import type { KernelKey } from '../model/event.ts';
import type { Stratum } from '../model/feature.ts';
import { keyHash, programHash } from './key-hash.ts';
import { feature, featureKey, states } from './layout.ts';
import { KnownWrites } from './known-writes.ts';
import { errnoNoEntry } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import type { SipKey } from './sip-hash.ts';

/** How often the kernel saw a key since the last reading: in how many samples, by stratum. */
export interface Incidence {
  readonly workloadId: string;
  readonly kernelKey: KernelKey;
  readonly stratum: Stratum;
  readonly delta: number;
}

interface Entry {
  readonly kernelKey: KernelKey;
  state: number;
  startup: number;
  steady: number;
}

interface WorkloadKeys {
  readonly id: string;
  readonly entries: Map<bigint, Entry>;
  /** Hashes in the order in which they came, some of them gone; a map's own order would be searched from its first hole each time. */
  order: bigint[];
  /** What stands before is gone. */
  oldest: number;
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
  readonly #workloads: Map<bigint, WorkloadKeys> = new Map();
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
        this.#workloads.get(workload)?.entries.delete(hash);
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

  /** Makes a key known (or anything else) by what it is made of. */
  put(workloadId: string, kernelKey: KernelKey, state: 'known' | 'judged'): void {
    this.answer(workloadId, keyHash(this.#sip, kernelKey), kernelKey, state);
  }

  /** Sets the state of a key that the kernel told. Without `kernelKey` it is not counted and not found again. */
  answer(workloadId: string, hash: bigint, kernelKey: KernelKey | undefined, state: 'known' | 'judged'): void {
    const number = workloadNumber(workloadId);
    let workload = this.#workloads.get(number);
    if (workload === undefined) {
      workload = { id: workloadId, entries: new Map(), order: [], oldest: 0 };
      this.#workloads.set(number, workload);
    }
    const entry = workload.entries.get(hash);
    if (entry?.state === states[state]) return;
    this.#writes.set(number, hash, states[state], entry?.startup ?? 0, entry?.steady ?? 0);
    if (entry !== undefined) entry.state = states[state];
    else if (kernelKey !== undefined) {
      workload.entries.set(hash, { kernelKey, state: states[state], startup: 0, steady: 0 });
      workload.order.push(hash);
      if (workload.entries.size > workloadEntriesMax) this.#forgetOldest(number, workload);
    }
  }

  /** Takes a key out, so that the kernel tells it again: its event could not be handled. */
  forget(workload: bigint, hash: bigint): void {
    this.#writes.flush();
    this.#writes.remove(workload, hash);
    this.#writes.flush();
    this.#workloads.get(workload)?.entries.delete(hash);
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
      for (const hash of this.#workloads.get(number)?.entries.keys() ?? []) this.#writes.remove(number, hash);
      this.#workloads.delete(number);
    } else for (const key of keys) this.put(workloadId, key, 'judged');
    this.#writes.flush();
  }

  #forgetOldest(number: bigint, workload: WorkloadKeys): void {
    for (let gone = false; !gone && workload.oldest < workload.order.length; workload.oldest++) {
      const hash = workload.order[workload.oldest];
      gone = hash !== undefined && workload.entries.has(hash);
      if (!gone || hash === undefined) continue;
      // Of so many keys, the oldest is none of those that wait to be written.
      this.#writes.remove(number, hash);
      workload.entries.delete(hash);
    }
    if (workload.oldest < workloadEntriesMax) return;
    workload.order = workload.order.slice(workload.oldest);
    workload.oldest = 0;
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
        const workload = this.#workloads.get(keys.readBigUInt64LE(i * featureKey.sizeBytes));
        const entry = workload?.entries.get(keys.readBigUInt64LE(i * featureKey.sizeBytes + 8));
        if (workload === undefined || entry === undefined) continue;
        const at = i * feature.sizeBytes + feature.members.incidence[0];
        const { kernelKey } = entry;
        const startup = values.readUInt32LE(at);
        const steady = values.readUInt32LE(at + 4);
        if (startup > entry.startup)
          yield { workloadId: workload.id, kernelKey, stratum: 'startup', delta: startup - entry.startup };
        if (steady > entry.steady)
          yield { workloadId: workload.id, kernelKey, stratum: 'steady', delta: steady - entry.steady };
        entry.startup = startup;
        entry.steady = steady;
      }
    }
  }
}
