import type { Libbpf } from './libbpf.ts';

// Numbers of include/uapi/linux/bpf.h.
const mapTypes = { hash: 1, ringBuffer: 27, taskStorage: 29 };
const helpers = { taskStorageGet: 156, attachCookie: 174, taskPtRegs: 175, loop: 181 };

/** The newest of what {@link lackingOf} asks for came with this version. */
const sufficientVersion = '5.17';

/**
 * What the sensor cannot do without and this kernel does not have, asked of the kernel and not read off its version: distributions carry
 * back. Empty when all is there, and when the kernel lets nothing be asked.
 */
export function lackingOf(libbpf: Pick<Libbpf, 'hasMapType' | 'hasHelper'>): readonly string[] {
  if (!libbpf.hasMapType(mapTypes.hash)) return [];
  const lacking: string[] = [];
  if (!libbpf.hasMapType(mapTypes.ringBuffer)) lacking.push('ring buffers (5.8)');
  if (!libbpf.hasMapType(mapTypes.taskStorage) || !libbpf.hasHelper(helpers.taskStorageGet))
    lacking.push('task storage for tracing programs (5.12)');
  if (!libbpf.hasHelper(helpers.taskPtRegs)) lacking.push('bpf_task_pt_regs (5.15)');
  if (!libbpf.hasHelper(helpers.attachCookie)) lacking.push('attach cookies (5.15)');
  if (!libbpf.hasHelper(helpers.loop)) lacking.push('bpf_loop (5.17)');
  return lacking;
}

/** The same as a sentence for people. */
export function lackingText(lacking: readonly string[]): string {
  return `this kernel lacks what the sensor needs: ${lacking.join(', ')}; Linux ${sufficientVersion} or newer has it`;
}
