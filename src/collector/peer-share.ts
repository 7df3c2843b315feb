import { randomBytes } from 'node:crypto';
import { accessSource } from '../identity/kubernetes/access.ts';
import { ApiClient } from '../identity/kubernetes/api-client.ts';
import { clusterService } from '../identity/kubernetes/cluster-id.ts';
import { Peers } from '../identity/kubernetes/peers.ts';
import { PeerWatch } from '../identity/kubernetes/peer-watch.ts';
import type { PeerWatchOptions } from '../identity/kubernetes/peer-watch.ts';
import { PeerDesk } from '../ingest/peer-desk.ts';
import { PeerLedger } from '../ingest/peer-ledger.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Registry } from '../lib/metrics.ts';
import type { PeersNone } from '../protocol/peers-schema.ts';

export interface PeerShareOptions {
  /** How the API of the cluster is reached; default: the service account of the pod that the collector runs in, if any. */
  readonly kubeconfig?: string | undefined;
  /** What agents are told the names of: `services`, and what is behind them; `pods` (and `auto`), all pods as well; `none`. Default `none`. */
  readonly sharePeers?: 'auto' | 'services' | 'pods' | 'none' | undefined;
  /** For tests that do not want to wait. */
  readonly reflector?: PeerWatchOptions['reflector'];
  /** How long the API may forbid the watch before agents are told so. Default 60000. */
  readonly forbiddenMs?: number;
}

interface Surroundings {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface PeerShare {
  /** Who gives agents the names; undefined: none are shared. */
  readonly desk: PeerDesk | undefined;
  /** Sets the metrics. */
  refresh(): void;
  stop(): void;
}

/** A cluster may have 150,000; each takes some 500 bytes here. */
const podsMax = 100_000;
/** Changes that come together go together: so long after the first, and longer the more agents there are to tell. */
const gatherMs = 250;
const gatherMaxMs = 10_000;
const gatherMsPerAgent = 1;
/** Names that are looked up and encoded in one go. */
const keysAtOnce = 5_000;
const tickMs = 5_000;
const lossReasons = ['object_refused', 'broken_line', 'peers_full', 'name_refused'] as const;

/**
 * Watches Services, EndpointSlices and pods of the cluster once, and shares with the agents what their addresses are called. Where there is no cluster to
 * ask, or nothing is to be shared, nothing happens, but the metrics are there. Stop: agents are told nothing more.
 */
export function startPeerShare(
  { kubeconfig, sharePeers = 'none', reflector, forbiddenMs = 60_000 }: PeerShareOptions,
  { registry, clock, log }: Surroundings,
): PeerShare {
  const ledger = new PeerLedger({ epoch: randomBytes(9).toString('base64url') });
  const measure = metricsOf(registry, ledger);
  const access = sharePeers === 'none' ? undefined : accessSource(kubeconfig);
  const pods = sharePeers !== 'services';
  const touched = new Set<string>();
  let [timer, flushedMs]: [NodeJS.Timeout | undefined, number] = [undefined, -Infinity];
  const peers = new Peers(log, (key) => {
    touched.add(key);
    if (watch?.whole === true) soon();
  });
  const desk = new PeerDesk({ ledger, pods, cluster: () => peers.uidOf(clusterService), registry, clock });
  if (access === undefined) return { desk: undefined, refresh: () => measure(undefined), stop: () => desk.stop() };
  const client = new ApiClient({ access });
  const watch: PeerWatch | undefined = new PeerWatch({
    ...{ api: client, peers, pods, podsMax, log, random: Math.random, reflector },
    synced: () => {
      flush();
      log.info({ names: ledger.size }, 'the names of peers are shared with the agents');
    },
  });

  let forbiddenSinceMs: number | undefined;
  const none = (): Exclude<PeersNone['reason'], 'other-cluster'> | undefined => {
    const nowMs = clock.monotonicMs();
    forbiddenSinceMs = watch.forbidden ? (forbiddenSinceMs ?? nowMs) : undefined;
    if (watch.forbidden && (!watch.whole || nowMs - (forbiddenSinceMs ?? nowMs) >= forbiddenMs)) return 'forbidden';
    return watch.whole ? undefined : 'starting';
  };

  function soon(): void {
    const waitMs = Math.min(gatherMaxMs, Math.max(gatherMs, desk.size * gatherMsPerAgent));
    // The first change after a while goes at once.
    const sinceMs = clock.monotonicMs() - flushedMs;
    timer ??= setTimeout(flush, Math.max(0, waitMs - sinceMs));
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    flushedMs = clock.monotonicMs();
    const keys: string[] = [];
    for (const key of touched) {
      if (keys.length === keysAtOnce && ledger.size > 0) break;
      keys.push(key);
      touched.delete(key);
    }
    ledger.update(keys.map((key) => [key, peers.nameOf(key)] as const));
    desk.changed(none());
    if (touched.size > 0) soon();
  }

  const ticking = setInterval(
    () => {
      for (const key of ledger.takeLeftOut()) touched.add(key);
      if (watch.whole && touched.size > 0) soon();
      desk.changed(none());
    },
    Math.min(tickMs, forbiddenMs),
  ).unref();
  log.info({ api: access.text }, 'the names of peers are watched for the agents');
  void watch.start().then(() => desk.changed(none()));
  return {
    desk,
    refresh: () => {
      desk.count();
      const { refused, full } = peers.counters;
      const { object_refused, broken_line, peers_full } = watch.lost;
      measure({ object_refused: object_refused + refused, broken_line, peers_full: peers_full + full });
    },
    stop() {
      clearInterval(ticking);
      clearTimeout(timer);
      desk.stop();
      watch.stop();
      client.close();
    },
  };
}

/** Registers what is told of the names; answers who sets it. */
function metricsOf(
  registry: Registry,
  ledger: PeerLedger,
): (lost: Readonly<Record<'object_refused' | 'broken_line' | 'peers_full', number>> | undefined) => void {
  const names = gauge(
    registry,
    'anchorwatch_peers_names',
    'Addresses of the Kubernetes cluster, and ports of endpoints, whose names the collector shares with its agents.',
  );
  const characters = gauge(
    registry,
    'anchorwatch_peers_characters',
    'How long these addresses and names are together.',
  );
  const leftOut = gauge(
    registry,
    'anchorwatch_peers_left_out',
    'Addresses that have a name in the cluster which the collector has no room to share.',
  );
  const lost = counter(
    registry,
    'anchorwatch_peers_lost_total',
    'What the collector could not take for the names of peers: objects of no known form (`object_refused`), lines of a watch that are no event (`broken_line`), objects beyond the bounds (`peers_full`), addresses or names that are none (`name_refused`).',
    ['reason'],
  );
  const measure: ReturnType<typeof metricsOf> = (counts) => {
    names.set(ledger.size);
    characters.set(ledger.characters);
    leftOut.set(ledger.leftOut);
    lost.reset();
    const all = { object_refused: 0, broken_line: 0, peers_full: 0, ...counts, name_refused: ledger.refused };
    for (const reason of lossReasons) lost.inc({ reason }, all[reason]);
  };
  measure(undefined);
  return measure;
}
