import { namesWithArguments } from '../model/program.ts';
import { callNumber } from './call-cookie.ts';
import { config } from './layout.ts';
import { updateAny } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import type { Tiers } from './tiers.ts';

/** How many records one container may make in a second; what is more is counted by hook. */
export interface RateBounds {
  /** Of files, changes, calls and connections; more: `rate_limited`. */
  readonly recordsPerSecond: number;
  /** Of what is captured, besides; more: `capture_limited`. */
  readonly capturedPerSecond: number;
  /** Marks of processes (hook `process`); more: `rate_limited`. 0: none are told. */
  readonly marksPerSecond: number;
}

/** What the programs in the kernel are told (`struct aw_config` of agents/sensor/wire.h). */
export class KernelConfig {
  readonly #libbpf: Libbpf;
  readonly #fd: number;
  readonly #bytes: Buffer = Buffer.alloc(config.sizeBytes);

  /** @param fd of the map; nothing is written yet. @param hashKey 16 random bytes */
  constructor(
    libbpf: Libbpf,
    fd: number,
    hashKey: Uint8Array,
    { recordsPerSecond, capturedPerSecond, marksPerSecond }: RateBounds,
  ) {
    this.#libbpf = libbpf;
    this.#fd = fd;
    this.#bytes.set(hashKey, config.members.hash_key[0]);
    this.#bytes.writeUInt32LE(recordsPerSecond, config.members.records_per_second[0]);
    this.#bytes.writeUInt32LE(capturedPerSecond, config.members.captured_per_second[0]);
    this.#bytes.writeUInt32LE(marksPerSecond, config.members.marks_per_second[0]);
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

/** Tells the kernel which programs are identified by their arguments. @param fd The map `interpreters`. */
export function tellInterpreters(libbpf: Libbpf, fd: number): void {
  for (const name of namesWithArguments()) {
    const key = Buffer.alloc(16);
    key.write(name.replaceAll(/[\d.]/g, '').slice(0, 15), 'latin1');
    libbpf.update(fd, key, Buffer.from([1]), updateAny);
  }
}
