import { feature, featureKey } from './layout.ts';
import type { Libbpf } from './libbpf.ts';

/** What is used of libbpf, and who hears of a key that had no room. */
interface KnownWritesOptions {
  readonly libbpf: Pick<Libbpf, 'updateBatch' | 'removeBatch'>;
  /** Descriptor of the map of known features. */
  readonly fd: number;
  /** The map is full: this key is not in it, and the kernel goes on to tell it. */
  refused(workload: bigint, hash: bigint): void;
}

/** Writes of each kind that wait; one more makes them all go. */
export const writesMax = 512;

/**
 * Writes to the map of known features, many by one system call (bpf(2), BPF_MAP_UPDATE_BATCH and BPF_MAP_DELETE_BATCH): a call each costs
 * several times what the kernel does in it. They wait until the process is done with what it has in hand, `writesMax` of them at most, and go
 * at once when one more comes; nothing is dropped but by `close`. Removals go before updates.
 */
export class KnownWrites {
  readonly #options: KnownWritesOptions;
  readonly #keys: Buffer = Buffer.alloc(writesMax * featureKey.sizeBytes);
  readonly #values: Buffer = Buffer.alloc(writesMax * feature.sizeBytes);
  readonly #removedKeys: Buffer = Buffer.alloc(writesMax * featureKey.sizeBytes);
  #updates = 0;
  #removals = 0;
  #due: NodeJS.Immediate | undefined;

  constructor(options: KnownWritesOptions) {
    this.#options = options;
  }

  /** The key has this state from the next flush on. */
  set(workload: bigint, hash: bigint, state: number, startup: number, steady: number): void {
    if (this.#updates === writesMax) this.flush();
    writeKey(this.#keys, this.#updates, workload, hash);
    const at = this.#updates * feature.sizeBytes;
    this.#values.writeUInt32LE(state, at + feature.members.state[0]);
    this.#values.writeUInt32LE(startup, at + feature.members.incidence[0]);
    this.#values.writeUInt32LE(steady, at + feature.members.incidence[0] + 4);
    this.#updates++;
    this.#later();
  }

  /** The key is gone from the next flush on. Where an update of it may wait, flush before: removals go first. */
  remove(workload: bigint, hash: bigint): void {
    if (this.#removals === writesMax) this.flush();
    writeKey(this.#removedKeys, this.#removals, workload, hash);
    this.#removals++;
    this.#later();
  }

  /** Does what waits. */
  flush(): void {
    if (this.#due !== undefined) clearImmediate(this.#due);
    this.#due = undefined;
    const [removals, updates] = [this.#removals, this.#updates];
    this.#removals = 0;
    this.#updates = 0;
    const { libbpf, fd } = this.#options;
    // The kernel ends a batch at the first key that it cannot write; a removal fails only where there is nothing to remove.
    for (let from = 0; from < removals; from++)
      from += libbpf.removeBatch(fd, this.#removedKeys.subarray(from * featureKey.sizeBytes), removals - from);
    for (let from = 0; from < updates; from++) {
      const keys = this.#keys.subarray(from * featureKey.sizeBytes);
      from += libbpf.updateBatch(fd, keys, this.#values.subarray(from * feature.sizeBytes), updates - from);
      if (from < updates) this.#options.refused(...readKey(this.#keys, from));
    }
  }

  /** Drops what waits: the map is gone. */
  close(): void {
    if (this.#due !== undefined) clearImmediate(this.#due);
    this.#due = undefined;
    this.#removals = 0;
    this.#updates = 0;
  }

  #later(): void {
    this.#due ??= setImmediate(() => {
      this.flush();
    });
  }
}

function writeKey(keys: Buffer, index: number, workload: bigint, hash: bigint): void {
  keys.writeBigUInt64LE(workload, index * featureKey.sizeBytes);
  keys.writeBigUInt64LE(hash, index * featureKey.sizeBytes + 8);
}

function readKey(keys: Buffer, index: number): [bigint, bigint] {
  const at = index * featureKey.sizeBytes;
  return [keys.readBigUInt64LE(at), keys.readBigUInt64LE(at + 8)];
}
