import { Allowance } from '../lib/allowance.ts';
import type { Clock } from '../lib/clock.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import { encodeMessage } from '../protocol/message.ts';
import { peersNoneReasons } from '../protocol/peers-schema.ts';
import type { PeersHeld, PeersNone } from '../protocol/peers-schema.ts';
import type { NextMessage, PeerLedger } from './peer-ledger.ts';

/** An agent's connection, as far as names are sent on it. */
export interface PeerClient {
  sendEncoded(bytes: Buffer): void;
  /** Bytes handed over that have not left the process. */
  readonly bufferedBytes: number;
}

export interface PeerDeskOptions {
  readonly ledger: PeerLedger;
  /** All pods have names, not only services and what is behind them. */
  readonly pods: boolean;
  /** Uid of the Service default/kubernetes; undefined: not known yet. */
  readonly cluster: () => string | undefined;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** Names that were asked for, on one connection. */
interface Asking {
  held: PeersHeld;
  /** A message is on its way. */
  isWaiting: boolean;
  /** It was told that it has everything. */
  isCurrent: boolean;
  toldNone: PeersNone['reason'] | undefined;
  readonly allowance: Allowance;
  timer: NodeJS.Timeout | undefined;
}

/** What an agent has not read of what it was sent, beyond which no name is added to it. */
const bufferedMax = 262_144;
const retryMs = 1_000;
/** Of one agent: everything some times over at once, and so much a second from then on. A storm of questions costs no more. */
const bytesAtOnce = 67_108_864;
const bytesPerSecond = 1_048_576;

const resyncs = ['new', 'behind', 'gap', 'refused'] as const;

/**
 * Gives agents the names that a collector shares: one message after the other, each when the agent has taken the one before. What waits for an agent is
 * how far it has come, nothing else; one that reads slowly, or asks too much, waits.
 */
export class PeerDesk {
  readonly #options: PeerDeskOptions;
  readonly #asking: Map<PeerClient, Asking> = new Map();
  /** Why there are no names to share; undefined: there are. */
  #none: Exclude<PeersNone['reason'], 'other-cluster'> | undefined = 'starting';
  readonly #agents: Gauge<'state'>;
  readonly #messages: Counter<'kind'>;
  readonly #bytes: Counter;
  readonly #resyncs: Counter<'reason'>;
  readonly #putOff: Counter<'reason'>;

  constructor(options: PeerDeskOptions) {
    this.#options = options;
    const { registry } = options;
    this.#agents = gauge(
      registry,
      'anchorwatch_peers_agents',
      'Connected agents that asked for the names of peers: `current`: they have all; `behind`: some are on their way; `none`: there are none for them, and they watch themselves.',
      ['state'],
    );
    this.#messages = counter(registry, 'anchorwatch_peers_messages_total', 'Messages with names of peers to agents.', [
      'kind',
    ]);
    for (const kind of ['part', 'change', 'none']) this.#messages.inc({ kind }, 0);
    this.#bytes = counter(registry, 'anchorwatch_peers_sent_bytes_total', 'Size of the messages with names of peers.');
    this.#resyncs = counter(
      registry,
      'anchorwatch_peers_resyncs_total',
      'Times that an agent was sent all names: it had none (`new`), too much had changed meanwhile (`behind`), it missed a change (`gap`), it did not believe one (`refused`).',
      ['reason'],
    );
    for (const reason of resyncs) this.#resyncs.inc({ reason }, 0);
    this.#putOff = counter(
      registry,
      'anchorwatch_peers_put_off_total',
      'Times that an agent had to wait for names: it had not read what was sent before (`slow`), or asked for too much (`throttled`).',
      ['reason'],
    );
    for (const reason of ['slow', 'throttled']) this.#putOff.inc({ reason }, 0);
    this.count();
  }

  /** For the welcome. */
  get accepts(): readonly string[] {
    return this.#options.pods ? ['peers', 'peers-of-pods'] : ['peers'];
  }

  /** An agent says what it holds. */
  held(client: PeerClient, held: PeersHeld): void {
    const nowMs = this.#options.clock.monotonicMs();
    let asking = this.#asking.get(client);
    if (asking === undefined) {
      const allowance = new Allowance(bytesPerSecond, bytesAtOnce, nowMs);
      asking = { held, isWaiting: false, isCurrent: false, toldNone: undefined, allowance, timer: undefined };
      this.#asking.set(client, asking);
    }
    asking.held = held;
    asking.isWaiting = false;
    asking.isCurrent = held.reason === 'taken' && held.part === undefined;
    if (held.reason !== 'taken') asking.toldNone = undefined;
    if (held.reason === 'gap' || held.reason === 'refused') this.#resyncs.inc({ reason: held.reason });
    this.#pump(client, asking);
  }

  /** The connection ended. */
  ended(client: PeerClient): void {
    clearTimeout(this.#asking.get(client)?.timer);
    this.#asking.delete(client);
  }

  /** There is a new version, or another state of affairs. @param none Why there is nothing to share */
  changed(none: Exclude<PeersNone['reason'], 'other-cluster'> | undefined): void {
    this.#none = none;
    for (const [client, asking] of this.#asking) this.#pump(client, asking);
  }

  /** Agents that asked. */
  get size(): number {
    return this.#asking.size;
  }

  /** Sets the gauges. */
  count(): void {
    const counts = { current: 0, behind: 0, none: 0 };
    for (const { toldNone, isCurrent, held } of this.#asking.values())
      counts[
        toldNone !== undefined
          ? 'none'
          : isCurrent && held.version === this.#options.ledger.version
            ? 'current'
            : 'behind'
      ]++;
    for (const [state, count] of Object.entries(counts)) this.#agents.set({ state }, count);
  }

  stop(): void {
    for (const { timer } of this.#asking.values()) clearTimeout(timer);
    this.#asking.clear();
  }

  #pump(client: PeerClient, asking: Asking): void {
    if (asking.isWaiting || asking.timer !== undefined) return;
    const cluster = this.#options.cluster();
    const none =
      this.#none ??
      (cluster === undefined ? 'starting' : cluster === asking.held.cluster ? undefined : 'other-cluster');
    if (none !== undefined) return this.#tellNone(client, asking, none);
    const { ledger, clock } = this.#options;
    const { held } = asking;
    if (asking.isCurrent && held.epoch === ledger.epoch && held.version === ledger.version && held.part === undefined)
      return;
    if (client.bufferedBytes > bufferedMax) return this.#later(client, asking, 'slow', retryMs);
    const next = ledger.next(held);
    const waitMs = asking.allowance.waitMs(next.bytes.length, clock.monotonicMs());
    if (waitMs > 0) return this.#later(client, asking, 'throttled', Math.max(waitMs, retryMs));
    asking.allowance.take(next.bytes.length, clock.monotonicMs());
    this.#send(client, asking, next);
  }

  #send(client: PeerClient, asking: Asking, { reason, bytes }: NextMessage): void {
    asking.toldNone = undefined;
    asking.isWaiting = true;
    const isAll = reason === 'new' || reason === 'behind';
    // After a gap the agent has nothing either, which was counted.
    if (isAll && (asking.held.reason === 'asks' || asking.held.reason === 'taken')) this.#resyncs.inc({ reason });
    this.#messages.inc({ kind: isAll || reason === 'part' ? 'part' : 'change' });
    this.#bytes.inc(bytes.length);
    client.sendEncoded(bytes);
  }

  #tellNone(client: PeerClient, asking: Asking, reason: PeersNone['reason']): void {
    if (asking.toldNone === reason) return;
    asking.toldNone = reason;
    asking.isCurrent = false;
    this.#messages.inc({ kind: 'none' });
    client.sendEncoded(noneBytes[reason]);
  }

  #later(client: PeerClient, asking: Asking, reason: 'slow' | 'throttled', ms: number): void {
    this.#putOff.inc({ reason });
    asking.timer = setTimeout(() => {
      asking.timer = undefined;
      this.#pump(client, asking);
    }, ms).unref();
  }
}

const noneBytes = Object.fromEntries(
  peersNoneReasons.map((reason) => [reason, Buffer.from(encodeMessage({ type: 'peers-none', reason }))]),
) as Readonly<Record<PeersNone['reason'], Buffer>>;
