/** A part of a user namespace: so many ids from `inside` on are those from `outside` on to whoever read it (user_namespaces(7)). */
export interface UserRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** Ranges of a text of /proc/PID/uid_map; lines of another form are left out. The kernel takes 340 at most. Pure. */
export function userRangesOf(text: string): readonly UserRange[] {
  return text.split('\n').flatMap((line): readonly UserRange[] => {
    const [, inside, outside, count] = /^\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*$/.exec(line) ?? [];
    return count === undefined ? [] : [{ inside: Number(inside), outside: Number(outside), count: Number(count) }];
  });
}

/** What an id of the node is called inside; undefined: it has no name there, it is somebody's from outside. Pure. */
export function insideOf(ranges: readonly UserRange[], uid: number): number | undefined {
  const range = ranges.find(({ outside, count }) => uid >= outside && uid - outside < count);
  return range === undefined ? undefined : range.inside + uid - range.outside;
}

/** Every id has the name that it has on the node: there is no namespace of its own. Pure. */
export function isWholeNode(ranges: readonly UserRange[]): boolean {
  return ranges.length === 1 && ranges[0]?.inside === 0 && ranges[0].outside === 0 && ranges[0].count >= 2 ** 32 - 1;
}
