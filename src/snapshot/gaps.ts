import type { SnapshotGap, SnapshotGapReason } from '../model/snapshot.ts';

/** Kinds of gaps that one snapshot tells apart; later kinds count as the last. */
const kindsMax = 64;
const detailMax = 256;

/** What is missing of a snapshot and why, one line a kind. */
export class Gaps {
  readonly #gaps: Map<string, { what: string; reason: SnapshotGapReason; count: number; detail: string }> = new Map();

  /** @param detail The first of a kind is kept. */
  add(what: string, reason: SnapshotGapReason, detail: string | number = '', count = 1): void {
    const key = `${what} ${reason}`;
    const known = this.#gaps.get(key);
    if (known !== undefined) known.count += count;
    else if (this.#gaps.size < kindsMax)
      this.#gaps.set(key, { what, reason, count, detail: String(detail).slice(0, detailMax) });
  }

  list(): readonly SnapshotGap[] {
    return [...this.#gaps.values()].map((gap) => ({ ...gap }));
  }
}
