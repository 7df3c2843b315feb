import type { Duplex } from 'node:stream';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Principal } from '../model/access.ts';

/** How often it is looked whether a token was revoked by another process, or has expired. */
const lookMs = 1000;
/** Owners of connections that are looked up then; the others the next times. */
const atOnce = 1000;

/** Connections that stay open, and whose they are: ended when their owner is not let in any more. */
export class Visitors {
  readonly #stands: (principal: Principal) => Promise<boolean>;
  readonly #log: Logger;
  readonly #sockets = new Map<Duplex, Principal>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #next = 0;

  /** @param stands Whether somebody who was let in still may stay. */
  constructor(stands: (principal: Principal) => Promise<boolean>, log: Logger) {
    this.#stands = stands;
    this.#log = log;
    this.#timer = setInterval(() => void this.#lookAtSome(), lookMs).unref();
  }

  add(socket: Duplex, principal: Principal): void {
    if (principal.token === undefined && principal.untilMs === undefined) return;
    this.#sockets.set(socket, principal);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Looks at everybody, and ends the connections of those who must go. Never rejects. */
  async review(): Promise<void> {
    await this.#look(this.#owners());
  }

  /** Whoever has several connections is looked up once. */
  #owners(): readonly [Principal, readonly Duplex[]][] {
    const sockets = Map.groupBy(this.#sockets, ([, { token, name, untilMs }]) => token ?? `${name} ${String(untilMs)}`);
    return [...sockets.values()].flatMap((entries) => {
      const owner = entries[0]?.[1];
      return owner === undefined
        ? []
        : [[owner, entries.map(([socket]) => socket)] as const satisfies [Principal, Duplex[]]];
    });
  }

  /** Some of them in turn: a look at ten thousand agents each second would be a load of its own. */
  async #lookAtSome(): Promise<void> {
    if (this.#looking || this.#sockets.size === 0) return;
    this.#looking = true;
    const owners = this.#owners();
    if (this.#next >= owners.length) this.#next = 0;
    const some = owners.slice(this.#next, this.#next + atOnce);
    this.#next += atOnce;
    await this.#look(some);
    this.#looking = false;
  }

  async #look(owners: readonly [Principal, readonly Duplex[]][]): Promise<void> {
    try {
      for (const [owner, sockets] of owners) {
        if (await this.#stands(owner)) continue;
        this.#log.info({ name: owner.name, connections: sockets.length }, 'not let in any more: connections are ended');
        for (const socket of sockets) socket.destroy();
      }
    } catch (error) {
      // The store is in trouble, which others tell of: nobody is let in by it, and whoever is in stays until it is back.
      this.#log.debug({ err: error }, `tokens could not be looked up: ${errorText(error)}`);
    }
  }

  /** Ends the connections of those who showed a certificate: who vouches for them has changed, so they have to show it again. */
  endCertificates(): void {
    for (const [socket, { kind }] of this.#sockets) if (kind === 'certificate') socket.destroy();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
