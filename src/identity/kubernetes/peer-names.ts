import { backoffMs } from '../../lib/retry.ts';
import { errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { PeersReport } from '../../model/node.ts';
import { addressOfPeer } from '../../protocol/peer-groups.ts';
import type { PeerEntry, PeersHeld, PeersMessage } from '../../protocol/peers-schema.ts';
import { clusterIdOf, clusterIdPath } from './cluster-id.ts';
import { Peers } from './peers.ts';
import type { ClusterPeer, PeerPod } from './peers.ts';
import { PeerWatch } from './peer-watch.ts';
import type { Api } from './reflector.ts';
import type { ReflectorOptions } from './reflector.ts';
import { SharedPeers } from './shared-peers.ts';

/** `auto`: `pods` where the collector shares them, `services` where the agent watches itself. */
export type PeerChoice = 'auto' | 'services' | 'pods' | 'none';

export interface PeerNamesOptions {
  /** Undefined: there is none to ask. */
  readonly api: Api | undefined;
  readonly nodeName: string;
  readonly choice: PeerChoice;
  /** A collector is spoken to, which may share names: it is waited for a little. */
  readonly mayShare: boolean;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly reflector?: Pick<ReflectorOptions, 'watchSeconds' | 'retryBaseMs'> | undefined;
  /** For tests that do not want to wait. */
  readonly waits?: Partial<PeerWaits> | undefined;
}

/** Milliseconds. */
export interface PeerWaits {
  /** For the first names of a collector, after the start or a connection. */
  readonly firstMs: number;
  /** After the link to a collector that shares ended: it is back before, in most cases. As much again at random, so that not all agents list at once. */
  readonly graceMs: number;
  /** After a collector said that it has none, at random. */
  readonly spreadMs: number;
  /** How long names of other nodes' pods stay, with `auto`, after the agent took over. */
  readonly keptMs: number;
  /** Between two tries to be told all anew after something could not be believed. */
  readonly againMs: number;
}

const usualWaits: PeerWaits = {
  ...{ firstMs: 3_000, graceMs: 60_000, spreadMs: 10_000, keptMs: 3_600_000, againMs: 10_000 },
};
/** Messages in a row that could not be believed, after which the agent sees to the names itself. */
const refusedMax = 3;

/**
 * What addresses of the cluster are called: by the collector where it shares that, else by the agent's own watch. Whoever takes over does so when its
 * picture is whole; until then the other's names stay, and only what is called otherwise afterwards counts as moved. Pods of the node itself are known by
 * its own watch of them. Stop: watches and timers end.
 */
export class PeerNames {
  readonly #options: PeerNamesOptions;
  readonly #waits: PeerWaits;
  readonly #own: Peers;
  readonly #shared: SharedPeers = new SharedPeers();
  #use: 'own' | 'shared' = 'own';
  #watch: PeerWatch | undefined;
  /** Counts of watches that were stopped. */
  readonly #past: { object_refused: number; broken_line: number; peers_full: number } = {
    ...{ object_refused: 0, broken_line: 0, peers_full: 0 },
  };
  #moved: Set<string> = new Set();
  #reason = '';
  /** Until the agent watches itself. */
  #soon: NodeJS.Timeout | undefined;
  #soonMs = 0;
  #again: NodeJS.Timeout | undefined;
  #forgetting: NodeJS.Timeout | undefined;
  #send: ((held: Omit<PeersHeld, 'type'>) => void) | undefined;
  #clusterId: string | undefined;
  #asking: AbortController | undefined;
  #refusedInARow = 0;
  #resyncedMs = -Infinity;
  #ready: () => void = () => undefined;
  #isReady = false;
  #wasOpened = false;
  #stopped = false;

  constructor(options: PeerNamesOptions) {
    this.#options = options;
    this.#waits = { ...usualWaits, ...options.waits };
    this.#own = new Peers(options.log);
  }

  /** Addresses that have names. */
  get size(): number {
    return this.#use === 'shared' ? Math.max(this.#own.size, this.#shared.size) : this.#own.size + this.#shared.size;
  }

  /** Who listens there; undefined for an address that is none of the cluster's. */
  of(address: string, port: number, protocol: 'tcp' | 'udp'): ClusterPeer | undefined {
    if (this.#use === 'own') {
      const own = this.#own.of(address, port, protocol);
      if (own !== undefined) return own;
    } else {
      const service = this.#shared.service(address);
      if (service !== undefined) return { name: service, port };
      const endpoint = this.#shared.endpoint(address, port, protocol);
      if (endpoint !== undefined) return endpoint;
      const pod = this.#own.nameOf(`pod ${address}`);
      if (pod !== undefined) return { name: pod, port };
    }
    const pod = this.#options.choice === 'services' ? undefined : this.#shared.pod(address);
    return pod === undefined ? undefined : { name: pod, port };
  }

  /** Addresses that have lost a name since the last call; an address that was given another name is among them. */
  takeMoved(): ReadonlySet<string> {
    const moved = new Set([...this.#moved, ...this.#own.takeMoved(), ...this.#shared.takeMoved()]);
    this.#moved = new Set();
    return moved;
  }

  /** See `Peers.podChanged`: of the node's own pods. */
  podChanged(pod: PeerPod, before?: PeerPod): void {
    this.#own.podChanged(pod, before);
  }

  podRemoved(pod: PeerPod): void {
    this.#own.podRemoved(pod);
  }

  /** Who sees to the names, and why. */
  get report(): PeersReport {
    const source = this.#use === 'shared' ? 'collector' : this.#watch === undefined ? 'none' : 'agent';
    return { source, reason: this.#reason, names: this.size };
  }

  /** What is wrong with the API; empty: nothing, or it is not asked. */
  get trouble(): string {
    return this.#watch?.trouble ?? '';
  }

  /** What could not be kept or read, by reason. `shared_refused`: messages of the collector; `shared_full`: what it had no room for. */
  get lost(): Readonly<
    Record<'object_refused' | 'broken_line' | 'peers_full' | 'shared_refused' | 'shared_full', number>
  > {
    const { object_refused, broken_line, peers_full } = this.#watch?.lost ?? {
      ...{ object_refused: 0, broken_line: 0, peers_full: 0 },
    };
    return {
      object_refused: object_refused + this.#past.object_refused + this.#own.counters.refused,
      broken_line: broken_line + this.#past.broken_line,
      peers_full: peers_full + this.#past.peers_full + this.#own.counters.full,
      shared_refused: this.#shared.refused,
      shared_full: this.#shared.leftOut,
    };
  }

  /** Begins; resolves when there are names, or were to be and failed. */
  async start(): Promise<void> {
    const { api, choice, mayShare } = this.#options;
    if (api === undefined || choice === 'none') {
      this.#reason = api === undefined ? 'no API is asked' : 'not wanted';
      return;
    }
    const ready = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    if (this.#isReady) this.#ready();
    else if (this.#watch === undefined)
      this.#selfSoon(mayShare ? this.#waits.firstMs : 0, mayShare ? 'the collector has told nothing yet' : 'alone');
    await ready;
  }

  stop(): void {
    this.#stopped = true;
    this.ended();
    this.#notSoon();
    clearTimeout(this.#forgetting);
    this.#watch?.stop();
    this.#settled();
  }

  /** The collector listens. @param shares The names of services, of pods as well, or none */
  opened(shares: 'none' | 'services' | 'pods', send: (held: Omit<PeersHeld, 'type'>) => void): void {
    if (this.#stopped || this.#options.api === undefined || this.#options.choice === 'none') return;
    this.ended(false);
    if (shares === 'none') return this.#selfSoon(this.#spreadMs(), 'the collector shares no names');
    if (shares === 'services' && this.#options.choice === 'pods')
      return this.#selfSoon(this.#spreadMs(), 'the collector shares no names of pods');
    // A link that comes and goes does not put it off for ever.
    if (!this.#wasOpened) this.#notSoon();
    this.#wasOpened = true;
    this.#selfSoon(this.#patienceMs(), 'the collector has told nothing yet');
    this.#send = send;
    this.#refusedInARow = 0;
    void this.#ask(0);
  }

  /** The link to the collector ended. */
  ended(isLost: boolean = true): void {
    this.#asking?.abort();
    clearTimeout(this.#again);
    this.#send = undefined;
    this.#shared.dropComing();
    if (!isLost || this.#stopped) return;
    // Names that are there stay for a while: a collector that restarts, or a network that hiccups, is no reason to load a cluster's objects.
    this.#selfSoon(this.#use === 'shared' ? this.#patienceMs() : 0, 'the collector is away');
  }

  told(message: PeersMessage): void {
    if (this.#send === undefined || this.#stopped) return;
    if (message.type === 'peers-none') return this.#none(message.reason);
    const taken = this.#shared.take(message);
    if (taken === 'whole') {
      this.#refusedInARow = 0;
      this.#useShared();
    }
    if (taken === 'whole' || taken === 'part') return this.#hold('taken');
    if (taken === 'refused' && ++this.#refusedInARow >= refusedMax) {
      this.#options.log.error(
        { code: 'peers.refused' },
        'the collector tells names that are none; the agent sees to them itself until it connects anew',
      );
      this.#send = undefined;
      return this.#selfSoon(0, 'the collector told what is no name');
    }
    // Whatever the other side does, all is not told anew more often than that.
    const sinceMs = performance.now() - this.#resyncedMs;
    this.#later(Math.max(0, this.#waits.againMs - sinceMs), () => {
      this.#resyncedMs = performance.now();
      this.#hold(taken);
    });
  }

  /** One thing at most is to be said to the collector later. */
  #later(waitMs: number, act: () => void): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(act, waitMs);
  }

  #none(reason: string): void {
    if (reason === 'other-cluster') {
      this.#options.log.warn({ code: 'peers.cluster' }, 'the collector watches another cluster than this agent’s');
      // The Service that it is known by may have been made anew.
      this.#clusterId = undefined;
      this.#later(this.#waits.againMs * 6, () => void this.#ask(0));
    }
    const waitMs = reason === 'starting' ? this.#patienceMs() : this.#spreadMs();
    this.#selfSoon(waitMs, `the collector has none: ${reason}`);
  }

  /** Agents that have names by the collector do not list all at once. */
  #spreadMs(): number {
    return this.#use === 'shared' ? this.#waits.spreadMs * this.#options.random() : 0;
  }

  #hold(reason: PeersHeld['reason']): void {
    this.#send?.({ cluster: this.#clusterId ?? '', ...this.#shared.position, reason });
  }

  /** Asks the collector once it is known which cluster this is; never rejects. */
  async #ask(attempt: number): Promise<void> {
    const { api, log, random } = this.#options;
    const asking = new AbortController();
    this.#asking = asking;
    try {
      this.#clusterId ??= clusterIdOf(await api?.get(clusterIdPath, asking.signal));
      if (asking.signal.aborted) return;
      if (this.#clusterId === undefined) return this.#selfSoon(0, 'which cluster this is cannot be told');
      this.#hold('asks');
    } catch (error) {
      if (asking.signal.aborted) return;
      log.debug({ err: error }, `which cluster this is could not be asked: ${errorText(error)}`);
      const waitMs = backoffMs(attempt, {
        baseMs: this.#options.reflector?.retryBaseMs ?? 1_000,
        maxMs: 60_000,
        random,
      });
      this.#later(waitMs, () => void this.#ask(attempt + 1));
    }
  }

  /** The earlier one of two times counts. */
  #selfSoon(waitMs: number, reason: string): void {
    if (this.#stopped || this.#options.api === undefined || this.#options.choice === 'none') return;
    this.#reason = reason;
    if (this.#watch !== undefined) return;
    if (waitMs === 0) return this.#watchSelf();
    const dueMs = performance.now() + waitMs;
    if (this.#soon !== undefined && this.#soonMs <= dueMs) return;
    clearTimeout(this.#soon);
    this.#soonMs = dueMs;
    this.#soon = setTimeout(() => this.#watchSelf(), waitMs);
  }

  #notSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  /** How long a collector that may have names in a moment is waited for. */
  #patienceMs(): number {
    const { firstMs, graceMs } = this.#waits;
    return this.#use === 'shared' ? graceMs * (1 + this.#options.random()) : firstMs;
  }

  #watchSelf(): void {
    const { api, choice, nodeName, log, random, reflector } = this.#options;
    this.#notSoon();
    if (api === undefined || this.#watch !== undefined) return;
    const watch = new PeerWatch({
      ...{ api, peers: this.#own, pods: choice === 'pods', nodeName, log, random, reflector },
      synced: () => this.#useOwn(),
    });
    this.#watch = watch;
    log.info({ reason: this.#reason }, 'the agent watches the names of peers itself');
    void watch.start().then(() => this.#settled());
  }

  #useShared(): void {
    this.#notSoon();
    clearTimeout(this.#forgetting);
    this.#reason = '';
    if (this.#use === 'own' || this.#watch !== undefined) {
      const before = [...this.#own.entries()];
      const moved = this.#own.takeMoved();
      const count = this.#watch?.lost;
      this.#watch?.stop();
      this.#watch = undefined;
      if (count !== undefined)
        for (const reason of ['object_refused', 'broken_line', 'peers_full'] as const)
          this.#past[reason] += count[reason];
      this.#own.takeMoved();
      const wasOwn = this.#use === 'own';
      this.#use = 'shared';
      for (const address of moved) this.#moved.add(address);
      if (wasOwn) this.#compare(before);
      this.#options.log.info({ names: this.#shared.size }, 'the collector tells the names of peers');
    }
    this.#settled();
  }

  #useOwn(): void {
    if (this.#stopped) return;
    const before = [...this.#shared.entries()];
    for (const address of this.#shared.takeMoved()) this.#moved.add(address);
    const keepPods = this.#options.choice === 'auto';
    this.#shared.forget(keepPods);
    this.#use = 'own';
    this.#compare(before);
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => this.#forgetPods(), this.#waits.keptMs).unref();
    this.#settled();
  }

  /** What the collector told of other nodes' pods is too old to be believed. */
  #forgetPods(): void {
    if (this.#use === 'shared') return;
    const before = [...this.#shared.entries()];
    this.#shared.forget(false);
    this.#compare(before);
  }

  #compare(before: readonly PeerEntry[]): void {
    for (const [key, name] of before) {
      // With `services` they were not looked at.
      if (this.#options.choice === 'services' && key.startsWith('pod ') && this.#own.nameOf(key) === undefined)
        continue;
      if (this.#nameOf(key) !== name) this.#moved.add(addressOfPeer(key));
    }
  }

  #nameOf(key: string): string | undefined {
    const isPod = key.startsWith('pod ');
    if (this.#use === 'own' || isPod) {
      const own = this.#own.nameOf(key);
      if (own !== undefined || !isPod) return own;
    }
    return isPod && this.#options.choice === 'services' ? undefined : this.#shared.nameOf(key);
  }

  #settled(): void {
    this.#isReady = true;
    this.#ready();
  }
}
