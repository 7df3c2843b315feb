import type { ApiRequest, AuditStage } from '../model/api-request.ts';

const bits: Readonly<Record<AuditStage, number>> = {
  RequestReceived: 1,
  ResponseStarted: 2,
  ResponseComplete: 4,
  Panic: 8,
};

/** `first`: nothing of the request was seen that says how it was answered. `further`: another stage of a request that was judged. `again`: this stage was seen. */
export type Sighted = 'first' | 'further' | 'again';

/**
 * Which stages of which requests came lately, so that what the API server sends twice counts once. Holds between `capacity` and twice as many;
 * the oldest are forgotten, and judged again when they come again: that changes no profile within a slice, and no alert.
 */
export class SeenRequests {
  readonly #capacity: number;
  #young: Map<string, number> = new Map();
  #old: Map<string, number> = new Map();

  constructor(capacity: number = 65_536) {
    this.#capacity = capacity;
  }

  /** Notes a stage. */
  see({ auditId, stage }: Pick<ApiRequest, 'auditId' | 'stage'>): Sighted {
    const before = this.#young.get(auditId) ?? this.#old.get(auditId) ?? 0;
    const bit = bits[stage];
    if ((before & bit) !== 0) return 'again';
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(auditId, before | bit);
    return (before & ~bits.RequestReceived) === 0 ? 'first' : 'further';
  }

  /** Forgets requests that could not be kept: they come again. */
  forget(requests: readonly Pick<ApiRequest, 'auditId'>[]): void {
    for (const { auditId } of requests) {
      this.#young.delete(auditId);
      this.#old.delete(auditId);
    }
  }
}
