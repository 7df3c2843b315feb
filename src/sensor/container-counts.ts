import type { ContainerRates } from '../model/node.ts';
import { counts } from './layout.ts';
import type { Member } from './layout.ts';
import { updateOnlyNew } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import { keyBytes } from './watched-map.ts';

/**
 * What the kernel counts of each container, known or not: executions, TCP connections that it begins, DNS questions, programs of its own that it ends by signals, files that it makes, descriptors that it uses up. At most 8192 containers; one
 * that does not fit is not counted, its figures are absent.
 */
export class ContainerCounts {
  readonly #libbpf: Libbpf;
  readonly #fd: number;

  constructor(libbpf: Libbpf, fd: number) {
    this.#libbpf = libbpf;
    this.#fd = fd;
  }

  /** Counts from now on; nothing for a container that is counted. */
  begin(cgroupId: string): void {
    this.#libbpf.update(this.#fd, keyBytes(cgroupId), Buffer.alloc(counts.sizeBytes), updateOnlyNew);
  }

  /** Counts since `begin`; empty for a container that is not counted. */
  read(
    cgroupId: string,
  ): Pick<ContainerRates, 'execs' | 'connects' | 'dnsQuestions' | 'kills' | 'creates' | 'descriptors'> {
    const value = Buffer.alloc(counts.sizeBytes);
    if (this.#libbpf.lookup(this.#fd, keyBytes(cgroupId), value) !== 0) return {};
    const of = ([at]: Member): number => Number(value.readBigUInt64LE(at));
    const { execs, connects, questions, kills, creates, descriptors } = counts.members;
    return {
      ...{ execs: of(execs), connects: of(connects), dnsQuestions: of(questions), kills: of(kills) },
      ...{ creates: of(creates), descriptors: of(descriptors) },
    };
  }

  forget(cgroupId: string): void {
    this.#libbpf.remove(this.#fd, keyBytes(cgroupId));
  }
}
