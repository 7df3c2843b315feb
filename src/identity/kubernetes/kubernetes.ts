import { existsSync } from 'node:fs';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Container } from '../../model/container.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { AccessSource } from './access.ts';
import { ApiClient } from './api-client.ts';
import { everywhere } from './bundle.ts';
import type { Bundle } from './bundle.ts';
import { BundleWatch } from './bundle-watch.ts';
import { announcedPlace, firstPid, isPause, madeAtMs, podCgroups } from './cgroup-tree.ts';
import type { PodCgroupPlace } from './cgroup-tree.ts';
import { bundleOfLog } from './container-logs.ts';
import { containerOf, identify, nameless } from './identification.ts';
import type { Clues, Identification, PodIdentity } from './identification.ts';
import { PeerNames } from './peer-names.ts';
import type { PeerChoice, PeerWaits } from './peer-names.ts';
import { podNews, Weaknesses } from './pod-changes.ts';
import { podOfCgroupPath } from './pod-cgroup.ts';
import { Pods } from './pods.ts';
import type { Pod } from './pod.ts';
import { Reflector } from './reflector.ts';
import type { ReflectorCounters, ReflectorOptions } from './reflector.ts';

/** Who is told of containers of pods. */
export interface KubernetesListener {
  /** A container of a pod runs, or more is known of it. */
  found(container: Container): void;
  gone(containerId: string): void;
  /** `died`: it ended by itself with a failure. */
  happened(containerId: string, news: Lifecycle | 'died'): void;
}

export interface KubernetesOptions {
  /** How the API is reached; undefined: what cgroups and the runtime's files say has to do. */
  readonly access: AccessSource | undefined;
  readonly nodeName: string;
  /** Peers that have names besides pods of this node. Default `auto`. */
  readonly peers?: PeerChoice | undefined;
  /** A collector is spoken to, which may share the names of peers. Default false. */
  readonly mayShare?: boolean | undefined;
  /** Mount of the tree of cgroups. */
  readonly mount: string;
  readonly listener: KubernetesListener;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  /** Folders of the runtime's bundles; the usual ones when left out. */
  readonly bundleFolders?: readonly string[];
  /** Folders of the kubelet's links to logs of containers; the usual ones when left out. */
  readonly logFolders?: readonly string[];
  /** How often the tree of cgroups is looked through. Default 10000. */
  readonly walkMs?: number;
  /** For tests that do not want to wait. */
  readonly reflector?: Pick<ReflectorOptions, 'watchSeconds' | 'retryBaseMs'>;
  readonly peerWaits?: Partial<PeerWaits>;
}

/** Container in hand: where it is and what was told of it. */
interface Held {
  readonly place: PodCgroupPlace;
  bundle: Bundle | undefined;
  readonly startedAtMs: number;
  told: Container | undefined;
  /** What became of it; pending while more may become known. */
  answer: Promise<'container' | 'not-a-container'>;
  settled: boolean;
}

const pending: Promise<'not-a-container'> = Promise.resolve('not-a-container');

/** For what the kernel did not announce, and for what went without a word. */
const usualWalkMs = 10_000;
/** A container is told of after so long with what is known by then, where its name is not in doubt. */
const hasteMs = 500;
/**
 * The kubelet tells a container's id and digest a second or two after its start. They are waited for where the pod has several containers and nothing
 * else says which it is; and where it is a release, so that what is new with it is expected.
 */
const statusMs = 3_000;
/** For a pod that the API has not told yet, and for containers that ended meanwhile: events wait no longer than 10 s. */
const patienceMs = 5_000;
const pidLooksMs = [100, 500, 2_000];
/** Images, and workloads with their images. */
const rememberedMax = 4_096;

/** The containers of the pods of this node: found by their cgroups, named by the API and the runtime's files. */
export class Kubernetes {
  readonly #options: KubernetesOptions;
  readonly #bundles: BundleWatch;
  readonly #pods: Pods;
  readonly #client: ApiClient | undefined;
  /** Of the pods of this node; undefined without an API. */
  readonly #reflector: Reflector | undefined;
  readonly #weaknesses: Weaknesses = new Weaknesses();
  readonly #held: Map<string, Held> = new Map();
  readonly #digests: Map<string, string> = new Map();
  /** Image of each workload, as its specification names it. */
  readonly #images: Map<string, string> = new Map();
  /** What was written down of some container of each pod, its sandbox first: the pod's names. */
  readonly #podNames: Map<string, Bundle> = new Map();
  readonly #timers: Set<NodeJS.Timeout> = new Set();
  readonly peers: PeerNames;
  #walkSoon: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    const { access, nodeName, peers = 'auto', mayShare = false, log, clock, random, reflector } = options;
    this.#bundles = new BundleWatch(options.bundleFolders ?? everywhere());
    this.#client = access === undefined ? undefined : new ApiClient({ access });
    const api = this.#client;
    this.peers = new PeerNames({
      ...{ api, nodeName, choice: peers, mayShare, log, random, reflector, waits: options.peerWaits },
    });
    this.#pods = new Pods(
      { changed: (pod, before) => this.#podChanged(pod, before), removed: (pod) => this.peers.podRemoved(pod) },
      clock,
      log,
    );
    const own = { path: '/api/v1/pods', fieldSelector: `spec.nodeName=${nodeName}`, listener: this.#pods };
    this.#reflector = api === undefined ? undefined : new Reflector({ api, log, random, ...reflector, ...own });
  }

  /** Lists what the API has, as far as it answers, and finds what runs. Goes on in the background. */
  async start(): Promise<void> {
    this.#bundles.refresh();
    const listed = Promise.all([this.#reflector?.start(), this.peers.start()]);
    // An API that does not answer holds nothing up.
    await Promise.race([listed, new Promise<void>((resolve) => this.#after(patienceMs, resolve))]);
    const { log, nodeName, access } = this.#options;
    if (access !== undefined)
      log.info({ node: nodeName, pods: this.#pods.size, api: this.api }, `Kubernetes: ${access.text}`);
    await this.#walk();
    this.#every(this.#options.walkMs ?? usualWalkMs, () => void this.#walk());
  }

  stop(): void {
    this.#stopped = true;
    this.#reflector?.stop();
    this.#bundles.stop();
    this.peers.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#walkSoon);
    this.#client?.close();
  }

  /** What identification may count on: the pods' reflector. */
  get api(): Clues['api'] {
    return this.#reflector === undefined ? 'off' : this.#reflector.current ? 'current' : 'away';
  }

  /** What is wrong with the API; empty: nothing. */
  get trouble(): string {
    return this.#reflector?.trouble || this.peers.trouble;
  }

  get podCount(): number {
    return this.#pods.size;
  }

  /** What could not be kept or read, by reason; see `PeerNames.lost`. */
  get lost(): PeerNames['lost'] & { readonly pods_full: number } {
    const { refused, full } = this.#pods.counters;
    const peers = this.peers.lost;
    return {
      ...{ ...peers, object_refused: peers.object_refused + refused, pods_full: full },
      broken_line: peers.broken_line + (this.#reflector?.counters.broken ?? 0),
    };
  }

  /** Of the watch of pods; undefined without an API. */
  get counters(): Readonly<ReflectorCounters> | undefined {
    return this.#reflector?.counters;
  }

  /** The path is that of a container of a pod. */
  claims(path: string): boolean {
    return podOfCgroupPath(path) !== undefined;
  }

  /** The container is one of those that were told of. */
  holds(containerId: string): boolean {
    return this.#held.has(containerId);
  }

  /** The kernel saw the cgroup being made. Answers whether it is a container's, and has told of it then. */
  async announce(cgroupId: string, path: string): Promise<'container' | 'not-a-container'> {
    const pod = podOfCgroupPath(path);
    if (pod === undefined) return 'not-a-container';
    const place = announcedPlace(this.#options.mount, path, cgroupId) ?? { ...pod, cgroupId, directory: '' };
    const before = this.#held.get(pod.containerId);
    if (before !== undefined && before.place.cgroupId === cgroupId) return await before.answer;
    // Ids are never given twice: another cgroup of this name is somebody's imitation while the container's own is there.
    if (before !== undefined && existsSync(before.place.directory)) return 'not-a-container';
    return await this.#take(place, this.#options.clock.nowMs());
  }

  /** The kernel saw the cgroup go. */
  forget(containerId: string): void {
    this.#held.delete(containerId);
  }

  #take(place: PodCgroupPlace, startedAtMs: number): Promise<'container' | 'not-a-container'> {
    const id = place.containerId;
    // While the cgroup is new the runtime's files are there; a short-lived container takes them with it.
    const held: Held = {
      place,
      bundle: this.#bundles.of(id),
      startedAtMs,
      told: undefined,
      answer: pending,
      settled: false,
    };
    this.#held.set(id, held);
    held.answer = this.#settle(held);
    return held.answer;
  }

  async #settle(held: Held): Promise<'container' | 'not-a-container'> {
    const id = held.place.containerId;
    const sinceMs = this.#options.clock.monotonicMs();
    let answer = this.#look(held);
    for (;;) {
      const waitedMs = this.#options.clock.monotonicMs() - sinceMs;
      const lacksDigest =
        answer.who === 'container' && this.#isRelease(answer.identity) && this.#digestOf(answer) === '';
      if (this.#stopped || isSettled(answer, { waitedMs, lacksDigest, isThere: this.#isThere(held) })) break;
      await this.#pods.changed(100);
      answer = this.#look(held);
    }
    held.settled = true;
    if (answer.who === 'nobody') this.#held.delete(id);
    if (answer.who !== 'container') return 'not-a-container';
    this.#tell(held, answer);
    if (!this.#isThere(held)) this.#gone(id);
    else if (held.told?.pid === 0) for (const ms of pidLooksMs) this.#after(ms, () => this.#again(held));
    return 'container';
  }

  #look(held: Held): Identification {
    const { place } = held;
    const pod = this.#pods.byUid(place.podUid);
    const member = this.#pods.byContainerId(place.containerId);
    if (member === undefined) held.bundle ??= this.#bundleLate(place);
    const { bundle } = held;
    if (bundle !== undefined) remember(this.#podNames, place.podUid, bundle);
    const mate = this.#podNames.get(place.podUid);
    const pause = bundle === undefined && member === undefined && isPause(firstPid(place.directory));
    return identify({ cgroup: place, bundle, mate, pod, member, api: this.api, isPause: pause });
  }

  /** What was written down of a container may come a little later than its cgroup, and be somewhere else when it is gone. */
  #bundleLate({ containerId, podUid }: PodCgroupPlace): Bundle | undefined {
    return this.#bundles.of(containerId) ?? bundleOfLog(containerId, podUid, this.#options.logFolders);
  }

  #isThere({ place }: Held): boolean {
    return place.directory !== '' && existsSync(place.directory);
  }

  #digestOf(answer: Identification): string {
    if (answer.who !== 'container') return '';
    const { spec, image } = answer.identity;
    return spec?.digest || this.#digests.get(image) || '';
  }

  #tell(held: Held, answer: Identification): void {
    if (answer.who !== 'container') return;
    const { place, startedAtMs } = held;
    const pid = firstPid(place.directory) || (held.told?.pid ?? 0);
    const circumstances = { id: place.containerId, cgroupId: place.cgroupId, pid, startedAtMs };
    const container = containerOf(answer.identity, { ...circumstances, digest: this.#digestOf(answer) });
    remember(this.#images, container.workload.name, container.image);
    const isFirst = held.told === undefined;
    if (!isFirst && JSON.stringify(container) === JSON.stringify(held.told)) return;
    const { listener } = this.#options;
    held.told = container;
    listener.found(container);
    const weaknesses = answer.identity.spec?.weaknesses;
    if (weaknesses === undefined) return;
    for (const detail of this.#weaknesses.newOf(container.workload.id, weaknesses))
      listener.happened(container.id, { action: 'weaker-security', detail });
  }

  /** More may be known of it by now. */
  #again(held: Held): void {
    if (this.#held.get(held.place.containerId) === held && this.#isThere(held)) this.#tell(held, this.#look(held));
  }

  #gone(containerId: string): void {
    const wasTold = this.#held.get(containerId)?.told !== undefined;
    this.#held.delete(containerId);
    if (wasTold) this.#options.listener.gone(containerId);
  }

  async #walk(): Promise<void> {
    this.#bundles.refresh();
    const places = podCgroups(this.#options.mount);
    const there = new Set(places.map(({ cgroupId }) => cgroupId));
    for (const [id, { place, settled }] of this.#held) if (settled && !there.has(place.cgroupId)) this.#gone(id);
    const fresh = places.filter((place) => !this.#held.has(place.containerId) && this.#isStarted(place));
    await Promise.all(
      fresh.map((place) => this.#take(place, madeAtMs(place.directory) ?? this.#options.clock.nowMs())),
    );
  }

  /** Before its first process there is nothing to look at; one whose processes are not seen from here is taken all the same. */
  #isStarted({ directory }: PodCgroupPlace): boolean {
    const ageMs = this.#options.clock.nowMs() - (madeAtMs(directory) ?? 0);
    return firstPid(directory) > 0 || ageMs > patienceMs;
  }

  /** Another version of a workload that runs here already. */
  #isRelease({ namespace, owner, containerName, image }: PodIdentity): boolean {
    const before = this.#images.get(`${namespace}/${owner.kind}/${owner.name}/${containerName}`);
    return before !== undefined && before !== image;
  }

  #podChanged(pod: Pod, before: Pod | undefined): void {
    this.peers.podChanged(pod, before);
    for (const { image, digest } of pod.containers) {
      if (digest !== '') remember(this.#digests, image, digest);
    }
    let unseen = false;
    for (const { id, state } of pod.containers) {
      const held = this.#held.get(id);
      if (held === undefined) unseen ||= id !== '' && state === 'running';
      else this.#again(held);
    }
    // Where the kernel announces nothing (/proc alone, cgroup v1), the API does.
    if (unseen)
      this.#walkSoon ??= setTimeout(() => {
        this.#walkSoon = undefined;
        void this.#walk();
      }, 200);
    const { changes, deaths } = podNews(before, pod);
    for (const { containerId, action, detail } of changes)
      this.#options.listener.happened(containerId, { action, detail });
    for (const { containerId } of deaths) this.#options.listener.happened(containerId, 'died');
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #every(ms: number, act: () => void): void {
    if (!this.#stopped) this.#timers.add(setInterval(act, ms));
  }
}

interface Waiting {
  readonly waitedMs: number;
  /** It is another version of its workload, and the digest of its image is not known. */
  readonly lacksDigest: boolean;
  readonly isThere: boolean;
}

/** Whether to answer now, or to wait for what the API may tell yet. Pure. */
function isSettled(answer: Identification, { waitedMs, lacksDigest, isThere }: Waiting): boolean {
  if (waitedMs >= patienceMs) return true;
  if (answer.who !== 'container') return answer.who === 'sandbox';
  if (answer.certainty === 'sure') return !lacksDigest || waitedMs >= statusMs;
  // What ended already is in no hurry: better its name a little later than a wrong one.
  const { pod, spec, containerName } = answer.identity;
  const isNameless = (pod !== undefined && spec === undefined) || containerName === nameless;
  return isThere && waitedMs >= (isNameless ? statusMs : hasteMs);
}

/** What was heard of longest ago is forgotten first. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > rememberedMax) for (const oldest of map.keys()) return void map.delete(oldest);
}
