import type { Evidence } from '../protocol/question.ts';
import type { EvidenceTable } from './evidence-table.ts';
import type { Remote } from './store-thread.ts';

/** The history around incidents, as whoever asks has it, wherever the table is. */
export class IncidentEvidence {
  readonly #table: Remote<EvidenceTable>;

  constructor(table: Remote<EvidenceTable>) {
    this.#table = table;
  }

  /** See `EvidenceTable.keep`. */
  keep(node: string, evidence: Evidence, nowMs: number): ReturnType<EvidenceTable['keep']> {
    return this.#table.keep(node, evidence, nowMs);
  }

  /** Pieces of a node that reach into the time, one in memory at a time. */
  async *pieces(
    node: string,
    fromMs: number,
    untilMs: number,
  ): AsyncGenerator<{ readonly piece: number; readonly data: Uint8Array }, void> {
    for (const place of await this.#table.placesOf(node, fromMs, untilMs)) {
      const data = await this.#table.find(node, place);
      if (data !== undefined) yield { piece: place.piece, data };
    }
  }

  /** Nodes that have pieces that reach into the time. */
  nodes(fromMs: number, untilMs: number): Promise<readonly string[]> {
    return this.#table.nodes(fromMs, untilMs);
  }
}
