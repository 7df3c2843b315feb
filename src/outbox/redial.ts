import { backoffMs } from '../lib/retry.ts';
import { protocolVersion } from '../protocol/limits.ts';
import type { Refuse } from '../protocol/message.ts';
import type { LinkEnd } from './link.ts';

export interface RedialOptions {
  /** Upper bound of the first wait. Default 500. */
  readonly reconnectBaseMs?: number | undefined;
  /** Upper bound of the wait while the collector cannot be reached. Default 30000. */
  readonly reconnectMaxMs?: number | undefined;
  /** Wait after a wrong token or a refusal. Default 30000. */
  readonly refusedRetryMs?: number | undefined;
  readonly random?: (() => number) | undefined;
}

/** When to dial again, and which version to say then: what a collector that many agents come back to has asked for. */
export class Redial {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #refusedMs: number;
  readonly #random: () => number;
  #attempt = 0;
  #spreadMs = 0;
  #version = protocolVersion;

  constructor({
    reconnectBaseMs = 500,
    reconnectMaxMs = 30_000,
    refusedRetryMs = 30_000,
    random = Math.random,
  }: RedialOptions) {
    this.#baseMs = reconnectBaseMs;
    this.#maxMs = reconnectMaxMs;
    this.#refusedMs = refusedRetryMs;
    this.#random = random;
  }

  /** Version to say in the next hello: one lower after the collector refused it, the own one again after that was refused too. */
  get version(): number {
    return this.#version;
  }

  /** The collector takes what is sent. */
  welcomed(): void {
    this.#attempt = 0;
  }

  /** The collector said over how long its agents shall spread when they come back. */
  spread(reconnectMs: number): void {
    this.#spreadMs = reconnectMs;
  }

  /** Milliseconds until the next dial, after a link ended like this. @param refusal what the collector refused last on it. */
  waitMs(end: LinkEnd, refusal: Refuse | undefined): number {
    if (refusal?.code === 'protocol.version' && protocolVersion > 1) {
      const refusedOwn = this.#version === protocolVersion;
      this.#version = refusedOwn ? protocolVersion - 1 : protocolVersion;
      // The collector is there and takes connections: the older version is worth a try at once.
      if (refusedOwn) return Math.floor(this.#random() * this.#baseMs);
    }
    const asked = Math.max(end.retryAfterMs ?? 0, refusal?.retryAfterMs ?? 0);
    // Spread behind what was asked for: others were told the same.
    if (asked > 0) return asked + Math.floor(this.#random() * asked);
    const slow = end.reason === 'unauthorized' || (refusal !== undefined && !refusal.code.startsWith('message.'));
    if (slow) return this.#refusedMs / 2 + (this.#random() * this.#refusedMs) / 2;
    this.#attempt += 1;
    const baseMs = Math.max(this.#baseMs, this.#spreadMs);
    return backoffMs(this.#attempt - 1, { baseMs, maxMs: Math.max(this.#maxMs, baseMs), random: this.#random });
  }
}
