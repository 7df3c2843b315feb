import { z } from 'zod';
import { errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { parse } from '../../protocol/message.ts';
import { ownerOf } from './owner.ts';
import type { PeerPod, Peers } from './peers.ts';
import type { ReflectorListener } from './reflector.ts';

/** Beyond them pods of other nodes are left out, and counted. A cluster may have 150,000. */
const otherPodsMax = 20_000;

const text = z.string().nullish();
/** What is used of a Pod (core/v1) of another node: a tenth of what is read of this node's. */
const schema = z.object({
  metadata: z.object({
    ...{ uid: z.string().min(1), name: z.string().min(1), namespace: z.string().min(1), generateName: text },
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
      .nullish(),
  }),
  spec: z.object({ nodeName: text, hostNetwork: z.boolean().nullish() }),
  status: z.object({ phase: text, podIP: text, podIPs: z.array(z.object({ ip: text })).nullish() }).nullish(),
});

/**
 * The pods of other nodes, as peers: their addresses and what made them, nothing else. Of an object that came over the wire some 200 bytes stay.
 */
export class OtherPods implements ReflectorListener {
  readonly #peers: Peers;
  readonly #log: Logger;
  readonly #most: number;
  readonly #byUid: Map<string, PeerPod> = new Map();
  readonly counters: { refused: number; full: number } = { refused: 0, full: 0 };
  #misread = '';

  /** @param most Pods at most */
  constructor(peers: Peers, log: Logger, most: number = otherPodsMax) {
    this.#peers = peers;
    this.#log = log;
    this.#most = most;
  }

  /**
   * Which pods: those that run, elsewhere. Both fields can be selected by in every API server (kubernetes.io, "Field Selectors").
   * @param nodeName undefined: those of all nodes
   */
  static selector(nodeName: string | undefined): string {
    return `${nodeName === undefined ? '' : `spec.nodeName!=${nodeName},`}status.phase=Running`;
  }

  /** What stays of an object; undefined for one that is no pod as the API has it. */
  readonly kept = (object: unknown): PeerPod | undefined => {
    try {
      return peerPodOf(object);
    } catch (error) {
      this.counters.refused++;
      const message = errorText(error);
      if (message !== this.#misread) this.#log.error({ code: 'kubernetes.object' }, `a peer has no name: ${message}`);
      this.#misread = message;
      return undefined;
    }
  };

  /** @param objects as `kept` made them */
  replaced(objects: readonly unknown[]): void {
    const pods = objects.filter((one): one is PeerPod => one !== undefined);
    const uids = new Set(pods.map(({ uid }) => uid));
    for (const [uid, pod] of this.#byUid) if (!uids.has(uid)) this.#drop(pod);
    for (const pod of pods) this.#put(pod);
  }

  put(object: unknown): void {
    const pod = this.kept(object);
    if (pod !== undefined) this.#put(pod);
  }

  removed(object: unknown): void {
    const pod = this.#byUid.get(this.kept(object)?.uid ?? '');
    if (pod !== undefined) this.#drop(pod);
  }

  /** Forgets all pods. */
  clear(): void {
    for (const pod of [...this.#byUid.values()]) this.#drop(pod);
  }

  #put(pod: PeerPod): void {
    const before = this.#byUid.get(pod.uid);
    if (before === undefined && this.#byUid.size >= this.#most) {
      this.counters.full++;
      return;
    }
    this.#byUid.set(pod.uid, pod);
    this.#peers.podChanged(pod, before);
  }

  #drop(pod: PeerPod): void {
    this.#byUid.delete(pod.uid);
    this.#peers.podRemoved(pod);
  }
}

function peerPodOf(object: unknown): PeerPod {
  const { metadata, spec, status } = parse(
    schema,
    object,
    'kubernetes.object',
    'a pod is not as the Kubernetes API has it',
  );
  const { uid, name, namespace, generateName, labels, annotations, ownerReferences } = metadata;
  const addresses = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)];
  return {
    ...{ uid, namespace, phase: status?.phase ?? '', hostNamespaces: spec.hostNetwork === true ? ['net'] : [] },
    addresses: [...new Set(addresses.filter((ip): ip is string => Boolean(ip)))],
    owner: ownerOf({
      ...{ name, generateName: generateName ?? '', labels: labels ?? {}, nodeName: spec.nodeName ?? '' },
      controller: ownerReferences?.find(({ controller }) => controller === true),
      isStatic: annotations?.['kubernetes.io/config.mirror'] !== undefined,
    }),
  };
}
