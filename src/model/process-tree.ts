import type { Alert } from './alert.ts';

/** A process of an incident with those that it started, as far as alerts tell of them. */
export interface ProcessNode {
  readonly pid: number;
  /** Path of the executable; empty when no alert told it. */
  readonly exe: string;
  /** Arguments with secrets masked; absent when the process caused no alert itself. */
  readonly args?: readonly string[];
  readonly uid?: number;
  /** Ids of the alerts that it caused, the earliest first. */
  readonly alerts: readonly string[];
  readonly children: readonly ProcessNode[];
}

/** Generations below each other; a process further down stands at the top again. */
const depthMax = 64;

interface Building {
  readonly pid: number;
  exe: string;
  by: { readonly args: readonly string[]; readonly uid: number } | undefined;
  parent: number | undefined;
  readonly alerts: string[];
  readonly children: number[];
}

/**
 * The processes around alerts of one container as a forest, from their ancestors. Every pid stands once, below the parent that it had
 * when it was seen first: what is forked twice is given to the container's first process later. Pure.
 */
export function processTree(alerts: readonly Alert[]): readonly ProcessNode[] {
  const nodes = new Map<number, Building>();
  const nodeOf = (pid: number): Building => {
    let node = nodes.get(pid);
    if (node === undefined) nodes.set(pid, (node = noNode(pid)));
    return node;
  };
  const mayStandBelow = (pid: number, parent: number): boolean => {
    let depth = 1;
    for (let at: number | undefined = parent; at !== undefined; at = nodes.get(at)?.parent)
      // A pid may come back within an incident: a process must not become its own ancestor.
      if (at === pid || depth++ >= depthMax) return false;
    return true;
  };
  for (const { id, process } of alerts.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))) {
    if (process === undefined) continue;
    const { args, uid, exe } = process;
    const chain = [{ pid: process.pid, exe }, ...process.ancestors];
    for (const { pid, exe: path } of chain) if (path !== '') nodeOf(pid).exe = path;
    const own = nodeOf(process.pid);
    own.by = { args, uid };
    own.alerts.push(id);
    for (const [index, { pid }] of chain.entries()) {
      const parent = chain[index + 1];
      const node = nodeOf(pid);
      if (parent === undefined || node.parent !== undefined) continue;
      if (!mayStandBelow(pid, parent.pid)) continue;
      node.parent = parent.pid;
      nodeOf(parent.pid).children.push(pid);
    }
  }
  const finish = (pid: number): ProcessNode => {
    const { exe, by, alerts: caused, children } = nodeOf(pid);
    return { pid, exe, ...by, alerts: caused, children: children.map(finish) };
  };
  return [...nodes.values()].filter(({ parent }) => parent === undefined).map(({ pid }) => finish(pid));
}

function noNode(pid: number): Building {
  return { pid, exe: '', by: undefined, parent: undefined, alerts: [], children: [] };
}
