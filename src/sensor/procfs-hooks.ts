import type { HookState } from '../model/node.ts';

/** What the kernel sensor would see and polling does not, by the names of the sensor's hooks. */
const unseen: readonly (readonly [hook: string, unseen: string])[] = [
  [
    'exec',
    'programs that begin and end between two looks, about a second apart; what scripts are started by their #! lines',
  ],
  ['exit', 'ends of processes and how they ended'],
  ['open', 'files that are read, written and created'],
  ['change', 'files that are renamed, removed, linked, or given another mode or owner'],
  [
    'connect',
    'connections that are over before the next look (counted as short_lived), datagrams to peers without a connection',
  ],
  ['call', 'rare system calls: mount, setns, ptrace, bpf, module loads, changes of identity'],
];

/**
 * The hooks of a node whose containers are polled, for the node report and `anchorwatch doctor`.
 * @param reason Why there is no kernel sensor.
 */
export function procfsHooks(reason: string): readonly HookState[] {
  const polled = ['procfs.processes', 'procfs.sockets'].map((hook): HookState => ({
    hook,
    state: 'attached',
    reason: '',
    unseen: '',
  }));
  const missing = unseen.map(([hook, what]): HookState => ({ hook, state: 'missing', reason, unseen: what }));
  return [...polled, ...missing];
}
