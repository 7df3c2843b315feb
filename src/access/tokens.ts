import type { Clock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { endOfToken } from '../model/access.ts';
import type { AccessToken, Role } from '../model/access.ts';
import { makeSecret, parseSecret } from './secret.ts';

/** Where tokens are kept. */
export interface TokenLedger {
  add(token: AccessToken, hash: string): Promise<void>;
  /** In the order in which they were made. */
  list(): Promise<readonly AccessToken[]>;
  revoke(id: string, by: string, nowMs: number): Promise<void>;
}

/** What a new token is to be. */
export interface NewToken {
  /** 1 to 64 letters, digits and `.`, `_`, `@`, `-`; no other token that is accepted has it. */
  readonly name: string;
  readonly role: Role;
  /** With the role agent: the only node that it is for. */
  readonly node?: string | undefined;
  /** Milliseconds from now; undefined: it does not expire. */
  readonly expiresInMs?: number | undefined;
  /** Its secret, made elsewhere (`aw_ID_SECRET`: 12 hexadecimal digits, 43 letters, digits, `-` and `_`); undefined: a new one. */
  readonly secret?: string | undefined;
}

/** Tokens at once that are accepted; more are refused, so that the list stays one that somebody can read. */
const liveTokensMax = 20_000;

/** Makes, shows and revokes tokens. */
export class Tokens {
  readonly #ledger: TokenLedger;
  readonly #clock: Clock;

  constructor(ledger: TokenLedger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /**
   * Makes a token; its secret is in the answer and nowhere else. Throws AnchorwatchError `token.name`, `token.node`, `token.taken`,
   * `token.limit`, `token.secret`.
   */
  async create(wanted: NewToken, by: string): Promise<{ readonly token: AccessToken; readonly secret: string }> {
    const { name, role, node, expiresInMs, secret } = wanted;
    const given = secret === undefined ? undefined : parseSecret(secret);
    if (secret !== undefined && given === undefined)
      throw new AnchorwatchError(
        'token.secret',
        'the secret of a token is aw_ID_SECRET: ID of 12 hexadecimal digits, SECRET of 43 letters, digits, "-" and "_"',
      );
    if (!/^[\w.@-]{1,64}$/u.test(name))
      throw new AnchorwatchError('token.name', 'the name of a token is 1 to 64 letters, digits, ".", "_", "@" and "-"');
    if (node !== undefined && role !== 'agent')
      throw new AnchorwatchError('token.node', `only tokens of the role agent are for a node, not those of ${role}`);
    const nowMs = this.#clock.nowMs();
    const all = await this.#ledger.list();
    if (given !== undefined && all.some(({ id }) => id === given.id))
      throw new AnchorwatchError('token.taken', `there is a token of the id ${given.id}`);
    const live = all.filter((token) => endOfToken(token, nowMs) === undefined);
    if (live.some((token) => token.name === name))
      throw new AnchorwatchError('token.taken', `there is a token ${name}: revoke it first, or choose another name`);
    if (live.length >= liveTokensMax)
      throw new AnchorwatchError('token.limit', `there are ${String(live.length)} tokens: revoke those of no use`);
    const { id, text, hash } = await makeSecret(role, given);
    const token: AccessToken = {
      ...{ id, name, role, createdAt: new Date(nowMs).toISOString(), createdBy: by },
      ...(node === undefined ? {} : { node }),
      ...(expiresInMs === undefined ? {} : { expiresAt: new Date(nowMs + expiresInMs).toISOString() }),
    };
    await this.#ledger.add(token, hash);
    return { token, secret: text };
  }

  /** In the order in which they were made, those that are not accepted any more too. */
  list(): Promise<readonly AccessToken[]> {
    return this.#ledger.list();
  }

  /** Revokes a token by its id, or its name while it is accepted; undefined when there is none. One that is revoked stays as it is. */
  async revoke(idOrName: string, by: string): Promise<AccessToken | undefined> {
    const nowMs = this.#clock.nowMs();
    const all = await this.#ledger.list();
    const found =
      all.find(({ id }) => id === idOrName) ??
      all.find((token) => token.name === idOrName && endOfToken(token, nowMs) === undefined);
    if (found === undefined || found.revokedAt !== undefined) return found;
    await this.#ledger.revoke(found.id, by, nowMs);
    return { ...found, revokedAt: new Date(nowMs).toISOString(), revokedBy: by };
  }
}
