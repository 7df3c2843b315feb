import type { Logger } from '../../lib/log.ts';
import { OtherPods } from './other-pods.ts';
import type { Peers } from './peers.ts';
import { Reflector } from './reflector.ts';
import type { Api, ReflectorListener, ReflectorOptions } from './reflector.ts';

export interface PeerWatchOptions {
  readonly api: Api;
  /** Who keeps what is heard. */
  readonly peers: Peers;
  /** All pods as well, beside services and what is behind them. */
  readonly pods: boolean;
  /** Its pods are known by other means; undefined: those of all nodes are watched. */
  readonly nodeName?: string;
  /** Pods at most; beyond them they are left out and counted. Default 20000. */
  readonly podsMax?: number;
  readonly log: Logger;
  readonly random: () => number;
  /** For tests that do not want to wait. */
  readonly reflector?: Pick<ReflectorOptions, 'watchSeconds' | 'retryBaseMs'> | undefined;
  /** Everything was listed for the first time. */
  readonly synced?: () => void;
}

/** Pods of other nodes in a page of their list: what pages of 100 leave behind in the heap is 20 MB more. */
const podsPage = 50;

/** Watches the peers of a cluster, once; a further time takes another one. Stop: what was heard is forgotten. */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  readonly #reflectors: readonly Reflector[];
  readonly #pods: OtherPods;
  readonly #unlisted: Set<string>;
  #stopped = false;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    const { api, peers, pods, nodeName, podsMax, log, random, reflector } = options;
    this.#pods = new OtherPods(peers, log, podsMax);
    const kinds = [
      { path: '/api/v1/services', listener: peers.services },
      { path: '/apis/discovery.k8s.io/v1/endpointslices', listener: peers.slices },
      ...(pods
        ? [
            {
              ...{ path: '/api/v1/pods', fieldSelector: OtherPods.selector(nodeName), listener: this.#pods },
              ...{ kept: this.#pods.kept, pageObjects: podsPage },
            },
          ]
        : []),
    ];
    this.#unlisted = new Set(kinds.map(({ path }) => path));
    this.#reflectors = kinds.map(
      (kind) =>
        new Reflector({ api, log, random, ...reflector, ...kind, listener: this.#noting(kind.path, kind.listener) }),
    );
  }

  /** Begins; resolves after the first list of each kind, or its failure. */
  async start(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.start()));
  }

  stop(): void {
    this.#stopped = true;
    for (const reflector of this.#reflectors) reflector.stop();
    this.#pods.clear();
    this.#options.peers.clear();
  }

  /** Everything was listed once. */
  get whole(): boolean {
    return this.#unlisted.size === 0;
  }

  /** The API does not let it watch something. */
  get forbidden(): boolean {
    return this.#reflectors.some(({ forbidden }) => forbidden);
  }

  /** What is wrong with the API; empty: nothing. */
  get trouble(): string {
    return this.#reflectors.map(({ trouble }) => trouble).find((trouble) => trouble !== '') ?? '';
  }

  /** What could not be kept or read, by reason; what the peers themselves count is not among it. */
  get lost(): Readonly<Record<'object_refused' | 'broken_line' | 'peers_full', number>> {
    const { refused, full } = this.#pods.counters;
    const broken = this.#reflectors.reduce((sum, { counters }) => sum + counters.broken, 0);
    return { object_refused: refused, broken_line: broken, peers_full: full };
  }

  /** What is under way when it stops comes to nobody. */
  #noting(path: string, listener: ReflectorListener): ReflectorListener {
    return {
      replaced: (objects) => {
        if (this.#stopped) return;
        listener.replaced(objects);
        if (this.#unlisted.delete(path) && this.#unlisted.size === 0) this.#options.synced?.();
      },
      put: (object) => {
        if (!this.#stopped) listener.put(object);
      },
      removed: (object) => {
        if (!this.#stopped) listener.removed(object);
      },
    };
  }
}
