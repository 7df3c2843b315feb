import type { PeersHeld, PeersMessage } from '../protocol/peers-schema.ts';
import type { Companion, CompanionMessage, SendBack } from './companion.ts';

/** Who takes the names that the collector shares. */
export interface PeerTaker {
  /** The collector listens. @param shares The names of services, of pods as well, or none @param send Says what the taker holds, on this link */
  opened(shares: 'none' | 'services' | 'pods', send: (held: Omit<PeersHeld, 'type'>) => void): void;
  told(message: PeersMessage): void;
  /** The link ended. */
  ended(): void;
}

/** Brings the names that the collector shares to who takes them; nothing waits here. Without a taker nothing is asked for. */
export class PeerCompanion implements Companion {
  /** What the collector tells is asked for first. */
  readonly accepts: readonly string[] = [];
  readonly #taker: () => PeerTaker | undefined;

  /** @param taker undefined: there is no cluster */
  constructor(taker: () => PeerTaker | undefined) {
    this.#taker = taker;
  }

  opened(accepts: readonly string[], send: SendBack): void {
    const shares = !accepts.includes('peers') ? 'none' : accepts.includes('peers-of-pods') ? 'pods' : 'services';
    this.#taker()?.opened(shares, (held) => send({ type: 'peers-held', ...held }));
  }

  take(message: CompanionMessage): void {
    if (message.type === 'peers-part' || message.type === 'peers-change' || message.type === 'peers-none')
      this.#taker()?.told(message);
  }

  ended(): void {
    this.#taker()?.ended();
  }
}
