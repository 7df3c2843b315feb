import { containerLoss, hooks, losses } from './layout.ts';
import { errnoNoEntry } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';

/** What the kernel could not tell of one container, since it is watched. */
export interface ContainerLoss {
  readonly cgroupId: string;
  readonly hook: string;
  readonly reason: string;
  readonly count: number;
}

const batchEntries = 1024;
const hookNames: ReadonlyMap<number, string> = new Map(Object.entries(hooks).map(([name, number]) => [number, name]));
const reasons: ReadonlyMap<number, string> = new Map(Object.entries(losses).map(([name, number]) => [number, name]));

/** The kernel's counts of losses by container. */
export class ContainerLosses {
  readonly #libbpf: Libbpf;
  readonly #fd: number;

  constructor(libbpf: Libbpf, fd: number) {
    this.#libbpf = libbpf;
    this.#fd = fd;
  }

  read(): readonly ContainerLoss[] {
    const out: ContainerLoss[] = [];
    const { members, sizeBytes } = containerLoss;
    const keys = Buffer.alloc(batchEntries * sizeBytes);
    const values = Buffer.alloc(batchEntries * 8);
    const next = Buffer.alloc(sizeBytes);
    let position: Uint8Array | null = null;
    for (let last = false; !last;) {
      const [result, count] = this.#libbpf.lookupBatch(this.#fd, position, next, keys, values, batchEntries);
      if (result !== 0 && result !== -errnoNoEntry) return out;
      last = result !== 0;
      position = Buffer.from(next);
      for (let i = 0; i < count; i++) {
        const at = i * sizeBytes;
        const hook = hookNames.get(keys.readUInt32LE(at + members.hook[0]));
        const reason = reasons.get(keys.readUInt32LE(at + members.loss[0]));
        if (hook === undefined || reason === undefined) continue;
        const cgroupId = keys.readBigUInt64LE(at + members.container[0]).toString();
        out.push({ cgroupId, hook, reason, count: Number(values.readBigUInt64LE(i * 8)) });
      }
    }
    return out;
  }

  /** Forgets a container that is not watched any more. */
  forget(cgroupId: string): void {
    const { members, sizeBytes } = containerLoss;
    for (const entry of this.read()) {
      if (entry.cgroupId !== cgroupId) continue;
      const key = Buffer.alloc(sizeBytes);
      key.writeBigUInt64LE(BigInt(cgroupId), members.container[0]);
      key.writeUInt32LE(numberOf(hooks, entry.hook), members.hook[0]);
      key.writeUInt32LE(numberOf(losses, entry.reason), members.loss[0]);
      this.#libbpf.remove(this.#fd, key);
    }
  }
}

function numberOf(table: Readonly<Record<string, number>>, name: string): number {
  return table[name] ?? 0;
}
