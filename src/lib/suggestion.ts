/** The name among these that is at most two slips (a letter more, less or another one) from what was written; undefined when none is. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, slips: distance(written.toLowerCase().slice(0, 64), name.toLowerCase()) }))
    .filter(({ name, slips }) => slips <= Math.min(2, name.length - 1))
    .toSorted((a, b) => a.slips - b.slips);
  return near[0]?.name;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
