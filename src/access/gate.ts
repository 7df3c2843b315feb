import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopbackAddress, network } from '../lib/address.ts';
import { Allowances } from '../lib/allowance.ts';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter } from '../lib/metrics.ts';
import type { Counter, Registry } from '../lib/metrics.ts';
import { endOfToken } from '../model/access.ts';
import type { AccessToken, Principal } from '../model/access.ts';
import type { Checks } from './checks.ts';
import { parseSecret } from './secret.ts';

/** A token with what its secret is compared with. */
export interface HashedToken {
  readonly token: AccessToken;
  readonly hash: string;
}

/** Where tokens are looked up, at each request: what was revoked, by whomever, counts at once. */
export interface TokenShelf {
  find(id: string): Promise<HashedToken | undefined>;
  /** Notes when tokens were used last, by id, in milliseconds since the epoch. */
  used(times: ReadonlyMap<string, number>): Promise<void>;
  /** True when a token of viewer, operator or admin was ever made, whether it still is accepted or not. */
  configured(): Promise<boolean>;
}

/** What a client shows. */
export interface Credentials {
  /** The bearer token. */
  readonly token: string | undefined;
  /** Of a client certificate that the client CA vouches for. */
  readonly certificate: { readonly name: string; readonly untilMs: number } | undefined;
  /** The client's address. */
  readonly address: string;
}

/**
 * Why a client is not let in. `missing`: it shows nothing. `unknown`: what it shows is wrong, revoked or expired. `certificate`: agents need
 * one. `limited`: too many wrong ones came from there. `busy`: too many wait to be checked.
 */
const denials = ['missing', 'unknown', 'certificate', 'limited', 'busy'] as const;
export type Denial = (typeof denials)[number];

export type Admission =
  | { readonly principal: Principal }
  | {
      readonly denial: Denial;
      /** When asking again may help. */
      readonly waitMs: number;
    };

export interface GateOptions {
  readonly shelf: TokenShelf;
  readonly checks: Checks;
  /** The agents' one token from a file. */
  readonly sharedToken: string;
  /** Agents show a certificate of the client CA, which names their node. */
  readonly agentCertificates: boolean;
  /** The node of this very process, whose agent shows the shared token from loopback although others need a certificate. */
  readonly localNode?: string | undefined;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly log: Logger;
}

/** Wrong tokens from one address: ten at once, then ten a minute. */
const wrong = { perSecond: 1 / 6, most: 10, addresses: 4096 } as const;

/** Says who a client is, by what it shows. Every decision is counted. */
export class Gate {
  readonly #options: GateOptions;
  readonly #shared: Buffer;
  readonly #wrong = new Allowances(wrong.perSecond, wrong.most, wrong.addresses);
  readonly #denied: Counter<'reason'>;
  /** What `noteUsed` is to write; as many as there are tokens at most. */
  #used = new Map<string, number>();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#shared = digest(options.sharedToken);
    this.#denied = counter(
      options.registry,
      'anchorwatch_access_denied_total',
      'Requests that were not let in, by what was wrong with what they showed.',
      ['reason'],
    );
    for (const reason of denials) this.#denied.inc({ reason }, 0);
  }

  /** Who asks something of the API. `missing` when the client shows no token. */
  async admit(credentials: Credentials): Promise<Admission> {
    const { token, address } = credentials;
    if (token === undefined) return this.#deny('missing');
    if (this.#isShared(token)) return { principal: { name: 'agent-token', role: 'agent', kind: 'shared' } };
    return this.#byToken(token, address);
  }

  /** Which agent dials. */
  async admitAgent(credentials: Credentials): Promise<Admission> {
    const { agentCertificates, localNode } = this.#options;
    if (!agentCertificates) return this.admit(credentials);
    const { certificate, token, address } = credentials;
    if (certificate !== undefined) {
      const { name, untilMs } = certificate;
      return { principal: { name, role: 'agent', kind: 'certificate', node: name, untilMs } };
    }
    if (localNode !== undefined && token !== undefined && isLoopbackAddress(address) && this.#isShared(token))
      return { principal: { name: 'agent-token', role: 'agent', kind: 'shared', node: localNode } };
    return this.#deny('certificate');
  }

  /** True while who was let in may stay: its token is neither revoked nor expired, its certificate still valid. */
  async stands({ token: id, untilMs }: Principal): Promise<boolean> {
    const nowMs = this.#options.clock.nowMs();
    if (untilMs !== undefined && untilMs <= nowMs) return false;
    if (id === undefined) return true;
    const found = await this.#options.shelf.find(id);
    return found !== undefined && endOfToken(found.token, nowMs) === undefined;
  }

  /** Writes down which tokens were used since the last time: all at once, as a fleet that comes back uses thousands. Never rejects. */
  async noteUsed(): Promise<void> {
    const times = this.#used;
    if (times.size === 0) return;
    this.#used = new Map();
    try {
      await this.#options.shelf.used(times);
    } catch (error) {
      this.#options.log.debug({ err: error }, `it was not noted which tokens were used: ${errorText(error)}`);
    }
  }

  #isShared(token: string): boolean {
    // Digests have one length, so that comparing them tells nothing about the token, its length included.
    return timingSafeEqual(digest(token), this.#shared);
  }

  async #byToken(text: string, address: string): Promise<Admission> {
    const { checks, clock } = this.#options;
    const parsed = parseSecret(text);
    const found = parsed === undefined ? undefined : await this.#live(parsed.id);
    // Ids are no secrets: that one is unknown may be seen from how fast the answer comes.
    if (parsed === undefined || found === undefined) return this.#wrongToken(network(address));
    const { id, secret } = parsed;
    if (checks.remembers(secret, found.hash)) return { principal: principalOf(found.token) };
    // By address and id, so that others at the same address who know no id cannot keep its owner out.
    const key = `${network(address)} ${id}`;
    const waitMs = this.#wrong.waitMs(key, clock.monotonicMs());
    if (waitMs > 0) return this.#deny('limited', waitMs);
    const right = await checks.check(secret, found.hash);
    if (right === 'busy') return this.#deny('busy', 1000);
    if (!right) return this.#wrongToken(key);
    // It may have been revoked while the hash was computed.
    const still = await this.#live(id);
    if (still === undefined) return this.#deny('unknown');
    this.#used.set(id, clock.nowMs());
    return { principal: principalOf(still.token) };
  }

  async #live(id: string): Promise<HashedToken | undefined> {
    const found = await this.#options.shelf.find(id);
    return found !== undefined && endOfToken(found.token, this.#options.clock.nowMs()) === undefined
      ? found
      : undefined;
  }

  #wrongToken(key: string): Admission {
    const waitMs = this.#wrong.take(key, this.#options.clock.monotonicMs());
    if (waitMs > 0) return this.#deny('limited', waitMs);
    // Bounded by the same limit.
    this.#options.log.warn({ from: key }, 'a token was shown that is wrong, revoked or expired');
    return this.#deny('unknown');
  }

  #deny(denial: Denial, waitMs = 0): Admission {
    this.#denied.inc({ reason: denial });
    return { denial, waitMs };
  }
}

function principalOf({ id, name, role, node, expiresAt }: AccessToken): Principal {
  const untilMs = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  return { name, role, kind: 'token', token: id, node, untilMs };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
