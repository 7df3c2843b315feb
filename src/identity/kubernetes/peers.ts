import { z } from 'zod';
import { errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { parse } from '../../protocol/message.ts';
import type { PeerEntry } from '../../protocol/peers-schema.ts';
import type { Pod } from './pod.ts';
import type { ReflectorListener } from './reflector.ts';

/** Who an address and port is in the cluster. */
export interface ClusterPeer {
  /** `payments/service/db`, `shop/deployment/web`. */
  readonly name: string;
  /** The service's port, where the connection went to a port of a pod behind it. */
  readonly port: number;
}

/** What is used of a pod to name its addresses. */
export type PeerPod = Pick<Pod, 'uid' | 'namespace' | 'owner' | 'addresses' | 'hostNamespaces' | 'phase'>;

/** Services and slices together, and endpoints; beyond them they are left out and counted. */
const objectsMax = 20_000;
const endpointsMax = 100_000;

const text = z.string().nullish();
const protocol = z.string().nullish();
const metadata = z.object({
  uid: z.string(),
  name: z.string(),
  namespace: z.string(),
  labels: z.record(z.string(), z.string()).nullish(),
});
const serviceSchema = z.object({
  metadata,
  spec: z.object({
    clusterIP: text,
    clusterIPs: z.array(z.string()).nullish(),
    ports: z.array(z.object({ name: text, port: z.number(), protocol })).nullish(),
  }),
});
const sliceSchema = z.object({
  metadata,
  endpoints: z
    .array(z.object({ addresses: z.array(z.string()), targetRef: z.object({ kind: text }).nullish() }))
    .nullish(),
  ports: z.array(z.object({ name: text, port: z.number().nullish(), protocol })).nullish(),
});

interface Service {
  readonly name: string;
  /** Its own addresses. */
  readonly keys: readonly string[];
  /** By `NAME/PROTOCOL`. */
  readonly ports: ReadonlyMap<string, number>;
}

interface Slice {
  readonly service: string;
  /** Endpoints, as `endpointKey` writes them. */
  readonly keys: readonly string[];
  /** By `PORT/PROTOCOL`. */
  readonly portOf: ReadonlyMap<string, { readonly name: string; readonly port: number }>;
}

/**
 * The names of a cluster's addresses: a Service's own, those of pods behind one (headless services are connected to so), and those of other
 * pods. Endpoints count only where they are pods: whoever may write EndpointSlices could give any address the name of a service otherwise.
 */
export class Peers {
  readonly #log: Logger;
  readonly #services: Map<string, Service> = new Map();
  readonly #byAddress: Map<string, string> = new Map();
  readonly #byName: Map<string, string> = new Map();
  readonly #slices: Map<string, Slice> = new Map();
  /** Slices that have an endpoint, sorted: two services may stand before the same pods. */
  readonly #byEndpoint: Map<string, readonly string[]> = new Map();
  readonly #pods: Map<string, { readonly uid: string; readonly name: string }> = new Map();
  readonly counters: { refused: number; full: number } = { refused: 0, full: 0 };
  readonly services: ReflectorListener;
  readonly slices: ReflectorListener;
  /** Slices of each service, by its name: what its ports are called changes what their endpoints are. */
  readonly #slicesOf: Map<string, Set<string>> = new Map();
  readonly #touched: ((key: string) => void) | undefined;
  #misread = '';
  #moved: Set<string> = new Set();

  /** @param touched is told of each key (`PeerEntry`) whose name may be another one now */
  constructor(log: Logger, touched?: (key: string) => void) {
    this.#log = log;
    this.#touched = touched;
    this.services = this.#listener(
      (object) => this.#putService(object),
      (uid) => this.#dropService(uid),
      () => [...this.#services.keys()],
    );
    this.slices = this.#listener(
      (object) => this.#putSlice(object),
      (uid) => this.#dropSlice(uid),
      () => [...this.#slices.keys()],
    );
  }

  /** Addresses that have names. */
  get size(): number {
    return this.#byAddress.size + this.#byEndpoint.size + this.#pods.size;
  }

  /** Addresses that have lost a name since the last call; an address that was given another name is among them. */
  takeMoved(): ReadonlySet<string> {
    const moved = this.#moved;
    this.#moved = new Set();
    return moved;
  }

  /** Who listens there; undefined for an address that is none of the cluster's. */
  of(address: string, port: number, protocolName: 'tcp' | 'udp'): ClusterPeer | undefined {
    const service = this.#services.get(this.#byAddress.get(address) ?? '');
    if (service !== undefined) return { name: service.name, port };
    const endpoint = this.#endpoint(endpointKey(address, port, protocolName));
    if (endpoint !== undefined) return endpoint;
    const pod = this.#pods.get(address);
    return pod === undefined ? undefined : { name: pod.name, port };
  }

  #endpoint(key: string): ClusterPeer | undefined {
    const [first] = this.#byEndpoint.get(key) ?? [];
    const slice = first === undefined ? undefined : this.#slices.get(first.slice(first.indexOf('\0') + 1));
    if (slice === undefined) return undefined;
    const target = key.slice(key.indexOf(' ') + 1);
    const [port = '', protocolName = ''] = target.split('/');
    const name = slice.portOf.get(target)?.name ?? '';
    const own = this.#services.get(this.#byName.get(slice.service) ?? '');
    return { name: slice.service, port: own?.ports.get(`${name}/${protocolName}`) ?? Number(port) };
  }

  /** Name of a key, both as in `PeerEntry`. */
  nameOf(key: string): string | undefined {
    const at = key.indexOf(' ');
    const [kind, rest] = [key.slice(0, at), key.slice(at + 1)];
    if (kind === 'service') return this.#services.get(this.#byAddress.get(rest) ?? '')?.name;
    if (kind === 'pod') return this.#pods.get(rest)?.name;
    const endpoint = this.#endpoint(rest);
    return endpoint === undefined ? undefined : `${endpoint.name} ${String(endpoint.port)}`;
  }

  /** All that have names. */
  *entries(): Generator<PeerEntry, void, undefined> {
    const keys = [
      ...[...this.#byAddress.keys()].map((address) => `service ${address}`),
      ...[...this.#byEndpoint.keys()].map((key) => `endpoint ${key}`),
      ...[...this.#pods.keys()].map((address) => `pod ${address}`),
    ];
    for (const key of keys) {
      const name = this.nameOf(key);
      if (name !== undefined) yield [key, name];
    }
  }

  /** Uid of a service, by `NAMESPACE/service/NAME`. */
  uidOf(service: string): string | undefined {
    return this.#byName.get(service);
  }

  /** Forgets all services and slices. */
  clear(): void {
    for (const uid of [...this.#services.keys()]) this.#dropService(uid);
    for (const uid of [...this.#slices.keys()]) this.#dropSlice(uid);
  }

  /**
   * Pods on the node's own network have its address, which says nothing.
   * @param before the picture of the same pod before this one; its network may have been made anew, with another address
   */
  podChanged(pod: PeerPod, before?: PeerPod): void {
    if (before !== undefined) this.#dropPod(before, pod.addresses);
    if (pod.hostNamespaces.includes('net')) return;
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return this.#dropPod(pod, []);
    const name = `${pod.namespace}/${pod.owner.kind}/${pod.owner.name}`;
    for (const address of pod.addresses) {
      const had = this.#pods.get(address);
      if (had?.uid === pod.uid && had.name === name) continue;
      if (had !== undefined && had.name !== name) this.#moved.add(address);
      this.#pods.set(address, { uid: pod.uid, name });
      this.#touched?.(`pod ${address}`);
    }
  }

  podRemoved(pod: PeerPod): void {
    this.#dropPod(pod, []);
  }

  /** Takes the pod's name from its addresses but those that it keeps. An address that another pod has by now is that one's. */
  #dropPod({ uid, addresses }: PeerPod, kept: readonly string[]): void {
    for (const address of addresses) {
      if (kept.includes(address) || this.#pods.get(address)?.uid !== uid) continue;
      this.#pods.delete(address);
      this.#moved.add(address);
      this.#touched?.(`pod ${address}`);
    }
  }

  #listener(
    put: (object: unknown) => string,
    drop: (uid: string) => void,
    all: () => readonly string[],
  ): ReflectorListener {
    const attempt = (object: unknown): string => {
      try {
        return put(object);
      } catch (error) {
        this.counters.refused++;
        const message = errorText(error);
        if (message !== this.#misread) this.#log.error({ code: 'kubernetes.object' }, message);
        this.#misread = message;
        return '';
      }
    };
    return {
      replaced: (objects) => {
        const kept = new Set(objects.map(attempt));
        for (const uid of all()) if (!kept.has(uid)) drop(uid);
      },
      put: (object) => void attempt(object),
      removed: (object) => {
        const uid = z.object({ metadata: z.object({ uid: z.string() }) }).safeParse(object).data?.metadata.uid;
        if (uid !== undefined) drop(uid);
      },
    };
  }

  #hasRoom(endpoints: number): boolean {
    const fits =
      this.#services.size + this.#slices.size < objectsMax && this.#byEndpoint.size + endpoints <= endpointsMax;
    if (!fits) this.counters.full++;
    return fits;
  }

  #putService(object: unknown): string {
    const { metadata: meta, spec } = parse(
      serviceSchema,
      object,
      'kubernetes.object',
      'a service is not as the Kubernetes API has it',
    );
    const before = this.#services.get(meta.uid);
    this.#removeService(meta.uid);
    if (!this.#hasRoom(0)) return meta.uid;
    const addresses = [...new Set([spec.clusterIP, ...(spec.clusterIPs ?? [])])].filter(
      (address): address is string => Boolean(address) && address !== 'None',
    );
    const ports = new Map(
      (spec.ports ?? []).map((one) => [`${one.name ?? ''}/${(one.protocol ?? 'TCP').toLowerCase()}`, one.port]),
    );
    const name = `${meta.namespace}/service/${meta.name}`;
    this.#services.set(meta.uid, { name, keys: addresses, ports });
    this.#byName.set(name, meta.uid);
    for (const address of addresses) this.#byAddress.set(address, meta.uid);
    for (const address of before?.keys ?? []) if (!addresses.includes(address)) this.#moved.add(address);
    this.#touchService(name, addresses);
    return meta.uid;
  }

  #dropService(uid: string): void {
    for (const address of this.#services.get(uid)?.keys ?? []) this.#moved.add(address);
    this.#removeService(uid);
  }

  #removeService(uid: string): void {
    const service = this.#services.get(uid);
    if (service === undefined) return;
    for (const address of service.keys) if (this.#byAddress.get(address) === uid) this.#byAddress.delete(address);
    if (this.#byName.get(service.name) === uid) this.#byName.delete(service.name);
    this.#services.delete(uid);
    this.#touchService(service.name, service.keys);
  }

  /** Its addresses, and the endpoints that are named by its ports. */
  #touchService(name: string, addresses: readonly string[]): void {
    if (this.#touched === undefined) return;
    for (const address of addresses) this.#touched(`service ${address}`);
    for (const uid of this.#slicesOf.get(name) ?? [])
      for (const key of this.#slices.get(uid)?.keys ?? []) this.#touched(`endpoint ${key}`);
  }

  #putSlice(object: unknown): string {
    const {
      metadata: meta,
      endpoints,
      ports,
    } = parse(sliceSchema, object, 'kubernetes.object', 'an endpoint slice is not as the Kubernetes API has it');
    const before = this.#slices.get(meta.uid);
    this.#removeSlice(meta.uid);
    const name = meta.labels?.['kubernetes.io/service-name'];
    if (name === undefined) return meta.uid;
    const addresses = (endpoints ?? []).flatMap((one) => (one.targetRef?.kind === 'Pod' ? one.addresses : []));
    const named = (ports ?? []).flatMap((one) =>
      one.port ? [{ name: one.name ?? '', port: one.port, protocol: (one.protocol ?? 'TCP').toLowerCase() }] : [],
    );
    const keys = addresses.flatMap((address) => named.map((one) => endpointKey(address, one.port, one.protocol)));
    if (!this.#hasRoom(keys.length)) return meta.uid;
    const service = `${meta.namespace}/service/${name}`;
    const kept = new Set(keys);
    for (const key of before?.keys ?? []) if (!kept.has(key)) this.#moved.add(addressOf(key));
    this.#slices.set(meta.uid, {
      service,
      keys,
      portOf: new Map(named.map((one) => [`${one.port}/${one.protocol}`, one])),
    });
    const siblings = this.#slicesOf.get(service) ?? new Set();
    this.#slicesOf.set(service, siblings.add(meta.uid));
    for (const key of keys) {
      this.#byEndpoint.set(key, [...(this.#byEndpoint.get(key) ?? []), `${service}\0${meta.uid}`].toSorted());
      this.#touched?.(`endpoint ${key}`);
    }
    return meta.uid;
  }

  #dropSlice(uid: string): void {
    for (const key of this.#slices.get(uid)?.keys ?? []) this.#moved.add(addressOf(key));
    this.#removeSlice(uid);
  }

  #removeSlice(uid: string): void {
    const slice = this.#slices.get(uid);
    if (slice === undefined) return;
    for (const key of slice.keys) {
      const rest = (this.#byEndpoint.get(key) ?? []).filter((entry) => entry !== `${slice.service}\0${uid}`);
      if (rest.length === 0) this.#byEndpoint.delete(key);
      else this.#byEndpoint.set(key, rest);
      this.#touched?.(`endpoint ${key}`);
    }
    const siblings = this.#slicesOf.get(slice.service);
    siblings?.delete(uid);
    if (siblings?.size === 0) this.#slicesOf.delete(slice.service);
    this.#slices.delete(uid);
  }
}

function endpointKey(address: string, port: number, protocolName: string): string {
  return `${address} ${port}/${protocolName}`;
}

function addressOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.indexOf(' '));
}
