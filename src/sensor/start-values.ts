import { namesWithArguments } from '../model/program.ts';
import { config } from './layout.ts';
import { updateAny } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';

/** How many records one container may make in a second; what is more is counted by hook. */
export interface RateBounds {
  /** Of files, changes, calls and connections; more: `rate_limited`. */
  readonly recordsPerSecond: number;
  /** Of what is captured, besides; more: `capture_limited`. */
  readonly capturedPerSecond: number;
  /** Marks of processes (hook `process`); more: `rate_limited`. 0: none are told. */
  readonly marksPerSecond: number;
}

/** `struct aw_config` as the programs begin with it. @param hashKey 16 random bytes. Pure. */
export function firstConfig(
  hashKey: Buffer,
  { recordsPerSecond, capturedPerSecond, marksPerSecond }: RateBounds,
): Buffer {
  const value = Buffer.alloc(config.sizeBytes);
  hashKey.copy(value, config.members.hash_key[0]);
  value.writeUInt32LE(recordsPerSecond, config.members.records_per_second[0]);
  value.writeUInt32LE(capturedPerSecond, config.members.captured_per_second[0]);
  value.writeUInt32LE(marksPerSecond, config.members.marks_per_second[0]);
  return value;
}

/** Tells the kernel which programs are identified by their arguments. @param fd The map `interpreters`. */
export function tellInterpreters(libbpf: Libbpf, fd: number): void {
  for (const name of namesWithArguments()) {
    const key = Buffer.alloc(16);
    key.write(name.replaceAll(/[\d.]/g, '').slice(0, 15), 'latin1');
    libbpf.update(fd, key, Buffer.from([1]), updateAny);
  }
}
