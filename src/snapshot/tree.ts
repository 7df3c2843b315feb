import type { ProcessView } from './collect.ts';

/** The processes as a tree for people, one a line, children below their parents in the order of their pids. Pure. */
export function treeText(processes: readonly ProcessView[]): string {
  const known = new Set(processes.map(({ pid }) => pid));
  const children = Map.groupBy(processes, ({ status, pid }) =>
    known.has(status.parentPid) && status.parentPid !== pid ? status.parentPid : 0,
  );
  const lines: string[] = [];
  const seen = new Set<number>();
  const write = (parent: number, depth: number): void => {
    for (const one of (children.get(parent) ?? []).toSorted((a, b) => a.pid - b.pid)) {
      if (seen.has(one.pid)) continue;
      seen.add(one.pid);
      const what = one.args.length > 0 ? one.args.join(' ') : one.exe || `[${one.comm}]`;
      const marks = [...(one.exeDeleted ? ['program deleted'] : []), ...(one.vanished ? ['vanished'] : [])];
      const [uid] = one.containerUids ?? [];
      const inside = uid === undefined ? '' : uid === null ? ' (no name inside)' : ` (${uid} inside)`;
      lines.push(
        `${'  '.repeat(depth)}${one.pid} uid ${one.status.uids[0] ?? '?'}${inside} ${what}${marks.map((mark) => ` [${mark}]`).join('')}`,
      );
      write(one.pid, depth + 1);
    }
  };
  write(0, 0);
  // A parent that changed while it was looked at can make a circle.
  for (const { pid } of processes) if (!seen.has(pid)) write(pid, 0);
  return `${lines.join('\n')}\n`;
}
