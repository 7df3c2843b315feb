import type { ClusterEvent } from './cluster-event.ts';

/** What may be wrong with a node. */
export type NodeTrouble =
  | 'not-ready'
  | 'disk-pressure'
  | 'memory-pressure'
  | 'pid-pressure'
  | 'oom'
  | 'kernel-oops'
  | 'read-only'
  | 'disk-error'
  | 'task-hung'
  | 'rebooted';

export interface NodeMeaning {
  readonly trouble: NodeTrouble;
  /** It is over. */
  readonly over: boolean;
}

const begins = (trouble: NodeTrouble): NodeMeaning => ({ trouble, over: false });
const ends = (trouble: NodeTrouble): NodeMeaning => ({ trouble, over: true });

/** Reasons of the kubelet, of the controller of nodes, and of the node problem detector, of Kubernetes 1.36. */
const meanings: ReadonlyMap<string, NodeMeaning> = new Map([
  ['NodeNotReady', begins('not-ready')],
  ['NodeReady', ends('not-ready')],
  ['NodeHasDiskPressure', begins('disk-pressure')],
  ['FreeDiskSpaceFailed', begins('disk-pressure')],
  ['NodeHasNoDiskPressure', ends('disk-pressure')],
  ['NodeHasInsufficientMemory', begins('memory-pressure')],
  ['NodeHasSufficientMemory', ends('memory-pressure')],
  ['NodeHasInsufficientPID', begins('pid-pressure')],
  ['NodeHasSufficientPID', ends('pid-pressure')],
  ['SystemOOM', begins('oom')],
  ['KernelOops', begins('kernel-oops')],
  ['FilesystemIsReadOnly', begins('read-only')],
  ['FilesystemIsNotReadOnly', ends('read-only')],
  ['Ext4Error', begins('disk-error')],
  ['IOError', begins('disk-error')],
  ['TaskHung', begins('task-hung')],
  ['Rebooted', begins('rebooted')],
]);

/** What an Event about a node means; undefined for the ordinary course of things. Pure. */
export function nodeMeaningOf({ kind, reason, message }: ClusterEvent): NodeMeaning | undefined {
  if (kind !== 'Node') return undefined;
  if (reason === 'EvictionThresholdMet')
    return begins(
      /reclaim memory/.test(message)
        ? 'memory-pressure'
        : /reclaim pids/.test(message)
          ? 'pid-pressure'
          : 'disk-pressure',
    );
  // Of a container that reached its own limit its pod's status tells.
  if (reason === 'OOMKilling') return message.startsWith('Memory cgroup') ? undefined : begins('oom');
  return meanings.get(reason);
}

/** The program that was ended for want of memory, as the kubelet or the node problem detector name it; empty: not said. Pure. */
export function victimOf(message: string): string {
  return (
    (/victim process: ([^,]{1,64})/.exec(message) ?? /Killed? process \d+ \(([^)]{1,64})\)/.exec(message))?.[1] ?? ''
  );
}
