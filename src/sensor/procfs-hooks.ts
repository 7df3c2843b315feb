import type { Dimension } from '../model/feature.ts';
import type { HookState } from '../model/node.ts';

/** What the kernel sensor would see and polling does not, by the names of the sensor's hooks. */
const unseen: readonly (readonly [hook: string, unseen: string, ...dimensions: readonly Dimension[]])[] = [
  [
    'exec',
    'programs that begin and end between two looks, about a second apart; what scripts are started by their #! lines',
    'exec',
  ],
  ['exit', 'ends of processes and how they ended'],
  ['open', 'files that are read, written and created', 'file.read', 'file.write'],
  ['change', 'files that are renamed, removed, linked, or given another mode or owner', 'file.write'],
  [
    'connect',
    'connections that are over before the next look (counted as short_lived), datagrams to peers without a connection',
    'net.out',
  ],
  ['dns', 'DNS questions and answers: peers are told by their addresses alone', 'dns', 'net.out'],
  [
    'call',
    'rare system calls: mount, setns, ptrace, bpf, module loads, changes of identity',
    ...(['syscall', 'privilege', 'kernel', 'capability'] as const),
  ],
];

/**
 * The hooks of a node whose containers are polled, for the node report and `anchorwatch doctor`.
 * @param reason Why there is no kernel sensor.
 */
export function procfsHooks(reason: string): readonly HookState[] {
  const works = { state: 'attached', reason: '', unseen: '', main: true } as const;
  const polled: readonly HookState[] = [
    { hook: 'procfs.processes', ...works, dimensions: ['exec'] },
    { hook: 'procfs.sockets', ...works, dimensions: ['net.out', 'net.listen'] },
  ];
  const missing = unseen.map(([hook, what, ...dimensions]): HookState => ({
    hook,
    state: 'missing',
    reason,
    unseen: what,
    dimensions,
  }));
  return [...polled, ...missing];
}
