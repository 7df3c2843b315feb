import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { matchesSecret } from './secret.ts';

export interface ChecksOptions {
  readonly clock: Clock;
  /** How long a secret that was found right needs not be computed again. Default 60000. */
  readonly rememberMs?: number;
  /** Secrets remembered; beyond them the oldest is forgotten. Default 16384. */
  readonly rememberedMax?: number;
  /** Computations at once: more would take the threads that files and names need. Default 2. */
  readonly atOnce?: number;
  /** Computations that may wait; beyond them the answer is `busy`. Default 256. */
  readonly waitingMax?: number;
}

/**
 * Compares secrets with their scrypt hashes, and bounds what that costs: one that was right is remembered for a while under a keyed hash (the
 * key is random and never leaves the process), the same one is computed once however many ask, and only so many wait.
 */
export class Checks {
  readonly #clock: Clock;
  readonly #rememberMs: number;
  readonly #rememberedMax: number;
  readonly #waitingMax: number;
  readonly #key = randomBytes(32);
  /** Milliseconds of the monotonic clock until which it is remembered, by keyed hash of text and stored hash. */
  readonly #right = new Map<string, number>();
  readonly #running = new Map<string, Promise<boolean>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(options: ChecksOptions) {
    this.#clock = options.clock;
    this.#rememberMs = options.rememberMs ?? 60_000;
    this.#rememberedMax = options.rememberedMax ?? 16_384;
    this.#free = options.atOnce ?? 2;
    this.#waitingMax = options.waitingMax ?? 256;
  }

  /** True when this secret was found right against this hash a short while ago. */
  remembers(secret: string, hash: string): boolean {
    const until = this.#right.get(this.#name(secret, hash));
    return until !== undefined && until > this.#clock.monotonicMs();
  }

  /** Whether the secret is right; `busy`: too many wait to know. */
  async check(secret: string, hash: string): Promise<boolean | 'busy'> {
    const name = this.#name(secret, hash);
    const same = this.#running.get(name);
    if (same !== undefined) return same;
    if (this.#free === 0 && this.#waiting.length >= this.#waitingMax) return 'busy';
    const running = this.#turn(() => matchesSecret(secret, hash)).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    const right = await running;
    if (right) this.#remember(name);
    return right;
  }

  async #turn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free === 0) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    } else this.#free -= 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes over the turn.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #remember(name: string): void {
    this.#right.delete(name);
    this.#right.set(name, this.#clock.monotonicMs() + this.#rememberMs);
    const [oldest] = this.#right.keys();
    if (this.#right.size > this.#rememberedMax && oldest !== undefined) this.#right.delete(oldest);
  }

  #name(secret: string, hash: string): string {
    return createHmac('sha256', this.#key).update(secret).update('\n').update(hash).digest('base64url');
  }
}
