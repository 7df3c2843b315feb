import { callDimension } from '../model/call.ts';
import type { Dimension } from '../model/feature.ts';
import type { HookState } from '../model/node.ts';
import { sensorDimensions } from '../model/observation.ts';

type Told = Pick<HookState, 'dimensions' | 'main'>;

/** Of what programs tell that are attached once, by name. `main`: without it, and others of the dimension that are, next to nothing of it is seen. */
const told: Readonly<Record<string, Told>> = {
  on_fork: { dimensions: ['exec'] },
  on_exec: { dimensions: ['exec'], main: true },
  on_sock_state: { dimensions: ['net.out', 'net.listen'], main: true },
  on_exit_listen: { dimensions: ['net.listen'], main: true },
  on_connect4: { dimensions: ['net.out'], main: true },
  on_connect6: { dimensions: ['net.out'] },
  on_sendmsg4: { dimensions: ['net.out'] },
  on_sendmsg6: { dimensions: ['net.out'] },
  on_exit_bind: { dimensions: ['net.listen'] },
  on_io_uring_complete: { dimensions: ['file.read', 'file.write'] },
  on_io_uring: { dimensions: ['file.read', 'file.write', 'net.out', 'syscall'] },
  on_exit_mmap: { dimensions: ['syscall'] },
  on_signal: { dimensions: ['syscall'] },
  on_capability: { dimensions: ['capability'], main: true },
  on_dns_question: { dimensions: ['dns'], main: true },
  on_dns_answer: { dimensions: ['net.out'] },
  on_any_call: { dimensions: ['syscall'] },
  on_compat_open: { dimensions: ['file.read', 'file.write'] },
  on_cgroup_mkdir: { dimensions: sensorDimensions },
  on_cgroup_attach: { dimensions: ['exec'] },
};

/** Dimensions of which something is unseen without the program. */
export function hookDimensions(program: string): Told {
  return told[program] ?? { dimensions: [] };
}

/** The same of a program that is attached once for each of many calls. */
export function callDimensions(program: string, call: string): Told {
  const files: readonly Dimension[] = ['file.read', 'file.write'];
  if (program === 'on_exit_open') return { dimensions: files, ...(call === 'openat' ? { main: true } : {}) };
  if (program === 'on_exit_accept') return { dimensions: ['net.listen'] };
  if (program === 'on_exit_change') return { dimensions: ['file.write'] };
  return { dimensions: [callDimension(call)] };
}
