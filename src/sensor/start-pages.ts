/** A range of the process's address space. */
export interface PageRange {
  readonly address: bigint;
  readonly sizeBytes: number;
}

const leastKb = 512;
const header = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +\/\S/;

/**
 * Ranges of files that are mapped to be read or executed and that nothing was written to: their pages come back from the page cache when
 * they are needed again (madvise(2), MADV_DONTNEED). Much of Node's own file is touched by the start alone.
 * @param smaps text of /proc/self/smaps (kernel: Documentation/filesystems/proc.rst)
 */
export function releasableRanges(smaps: string): readonly PageRange[] {
  const out: PageRange[] = [];
  for (const block of smaps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
    const [, from, to] = header.exec(block) ?? [];
    if (from === undefined || to === undefined) continue;
    // A page that was written to, as relocated ones are, stands nowhere else.
    if (kbOf(block, 'Anonymous') !== 0 || kbOf(block, 'Private_Dirty') !== 0) continue;
    if ((kbOf(block, 'Rss') ?? 0) < leastKb) continue;
    const address = BigInt(`0x${from}`);
    out.push({ address, sizeBytes: Number(BigInt(`0x${to}`) - address) });
  }
  return out;
}

function kbOf(block: string, name: string): number | undefined {
  const text = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(block)?.[1];
  return text === undefined ? undefined : Number(text);
}
