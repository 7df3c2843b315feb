import type { Evidence, Kept } from '../protocol/question.ts';
import type { Companion, CompanionMessage, SendBack } from './companion.ts';

/** Where pieces of evidence come from. */
interface EvidenceSource<Piece> {
  /** The next one, when one is due; never rejects. */
  next(): Promise<Piece | undefined>;
  settle(piece: Piece, outcome: Kept['outcome']): void;
}

/** Between questions whether something is due. */
const idleMs = 1_000;
/** A piece that was not answered is sent again. */
const answerMs = 30_000;

/** Brings events around alerts to a collector that keeps them: one piece at a time, so that alerts wait behind one message at most. Nothing waits here. */
export class EvidenceCourier<Piece extends Omit<Evidence, 'type' | 'id'>> implements Companion {
  readonly accepts: readonly string[] = [];
  readonly #source: EvidenceSource<Piece>;
  #send: SendBack | undefined;
  #last = 0;
  #sent: { readonly id: number; readonly piece: Piece } | undefined;
  #asking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: EvidenceSource<Piece>) {
    this.#source = source;
  }

  opened(accepts: readonly string[], send: SendBack): void {
    if (!accepts.includes('evidence')) return;
    this.#send = send;
    void this.#pump();
  }

  take(message: CompanionMessage): void {
    if (message.type !== 'kept' || message.id !== this.#sent?.id) return;
    const { piece } = this.#sent;
    this.#sent = undefined;
    clearTimeout(this.#timer);
    this.#source.settle(piece, message.outcome);
    void this.#pump();
  }

  ended(): void {
    clearTimeout(this.#timer);
    this.#send = undefined;
    this.#sent = undefined;
    this.#last = 0;
  }

  async #pump(): Promise<void> {
    if (this.#asking || this.#sent !== undefined || this.#send === undefined) return;
    this.#asking = true;
    const piece = await this.#source.next();
    this.#asking = false;
    // The link may have ended, and another opened, in between.
    const send = this.#send;
    if (send === undefined) return;
    if (piece === undefined) {
      this.#wait(idleMs);
      return;
    }
    this.#last += 1;
    this.#sent = { id: this.#last, piece };
    const { incident, container, piece: number, fromMs, toMs, entries, dropped, data } = piece;
    send({
      type: 'evidence',
      id: this.#last,
      incident,
      container,
      piece: number,
      fromMs,
      toMs,
      entries,
      dropped,
      data,
    });
    this.#wait(answerMs);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#sent = undefined;
      void this.#pump();
    }, ms);
  }
}
