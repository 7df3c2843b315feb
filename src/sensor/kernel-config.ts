import { callNumber } from './call-cookie.ts';
import { config } from './layout.ts';
import { updateAny } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import type { Tiers } from './tiers.ts';

export interface KernelSettings {
  /** 16 bytes. */
  readonly hashKey: Uint8Array;
  readonly recordsPerSecond: number;
  readonly capturedPerSecond: number;
}

/** What the programs in the kernel are told (`struct aw_config` of agents/sensor/wire.h). */
export class KernelConfig {
  readonly #libbpf: Libbpf;
  readonly #fd: number;
  readonly #bytes: Buffer = Buffer.alloc(config.sizeBytes);

  /** @param fd of the map; nothing is written yet */
  constructor(libbpf: Libbpf, fd: number, { hashKey, recordsPerSecond, capturedPerSecond }: KernelSettings) {
    this.#libbpf = libbpf;
    this.#fd = fd;
    this.#bytes.set(hashKey, config.members.hash_key[0]);
    this.#bytes.writeUInt32LE(recordsPerSecond, config.members.records_per_second[0]);
    this.#bytes.writeUInt32LE(capturedPerSecond, config.members.captured_per_second[0]);
  }

  /** Tells the programs which of them tells of what. */
  choose({ tcpByCgroup, rawByCapability }: Tiers): void {
    this.#bytes.writeUInt32LE(tcpByCgroup ? 1 : 0, config.members.tcp_by_cgroup[0]);
    this.#bytes.writeUInt32LE(rawByCapability ? callNumber('socket') : 0, config.members.socket_call[0]);
    this.#write();
  }

  /** The kernel's first level remembers what it told: everything there is looked up anew. */
  lookUpAnew(): void {
    const [at] = config.members.epoch;
    this.#bytes.writeUInt32LE((this.#bytes.readUInt32LE(at) + 1) >>> 0, at);
    this.#write();
  }

  #write(): void {
    this.#libbpf.update(this.#fd, Buffer.alloc(4), this.#bytes, updateAny);
  }
}
