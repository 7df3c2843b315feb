import type { SharedProfile } from '../model/shared-profile.ts';
import type { ContributionTable } from './contribution-table.ts';
import type { Remote } from './store-thread.ts';

/** What nodes learned, as whoever asks has it, wherever the table is. */
export class Contributions {
  readonly #table: Remote<ContributionTable>;

  constructor(table: Remote<ContributionTable>) {
    this.#table = table;
  }

  /** See `ContributionTable.keep`. */
  keep(node: string, shared: SharedProfile, receivedMs: number): ReturnType<ContributionTable['keep']> {
    return this.#table.keep(node, shared, receivedMs);
  }

  /** By node, the latest received first, one in memory at a time; what is deleted meanwhile is left out. */
  async *of(workload: string): AsyncGenerator<{ readonly node: string; readonly shared: SharedProfile }, void> {
    for (const node of await this.#table.nodesOf(workload)) {
      const shared = await this.#table.find(workload, node);
      if (shared !== undefined) yield { node, shared };
    }
  }

  /** See `ContributionTable.forget`. */
  forget(workload: string, node?: string): Promise<number> {
    return this.#table.forget(workload, node);
  }

  /** See `ContributionTable.prune`. */
  prune(nowMs: number): ReturnType<ContributionTable['prune']> {
    return this.#table.prune(nowMs);
  }
}
