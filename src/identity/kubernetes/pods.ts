import { errorText } from '../../lib/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { podOf } from './pod.ts';
import type { Pod, PodContainer } from './pod.ts';

/** Pods of one node: many times what a kubelet runs (110 by default). Beyond it pods are left out and counted. */
const podsMax = 4_096;
/** Pods that were removed are still known for so long: the last events of their containers still come in. */
const keptMs = 60_000;
const removedMax = 1_024;

export interface PodsListener {
  /** A pod is new or changed. `before` is undefined for a new one, and for all of the first list. */
  changed(pod: Pod, before: Pod | undefined): void;
  removed(pod: Pod): void;
}

/** A container of a pod. */
export interface PodMember {
  readonly pod: Pod;
  readonly container: PodContainer;
}

/** The pods of this node, as the API last told them. */
export class Pods {
  readonly #listener: PodsListener;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #byUid: Map<string, Pod> = new Map();
  readonly #byHash: Map<string, string> = new Map();
  readonly #byContainer: Map<string, string> = new Map();
  readonly #removed: Map<string, number> = new Map();
  #waiting: (() => void)[] = [];
  #misread = '';
  /** Objects that are no pods as the API has them; pods beyond the bound. */
  readonly counters: { refused: number; full: number } = { refused: 0, full: 0 };

  constructor(listener: PodsListener, clock: Clock, log: Logger) {
    this.#listener = listener;
    this.#clock = clock;
    this.#log = log;
  }

  /** Pods that exist. */
  get size(): number {
    return this.#byUid.size - this.#removed.size;
  }

  /** By uid, or by what the cgroup of a static pod is named. */
  byUid(uid: string): Pod | undefined {
    return this.#byUid.get(uid) ?? this.#byUid.get(this.#byHash.get(uid) ?? '');
  }

  /** The container of a pod that has or had this id. */
  byContainerId(id: string): PodMember | undefined {
    const pod = this.#byUid.get(this.#byContainer.get(id) ?? '');
    const container = pod?.containers.find((one) => one.id === id || one.last?.id === id);
    return pod === undefined || container === undefined ? undefined : { pod, container };
  }

  all(): readonly Pod[] {
    return [...this.#byUid.values()].filter(({ uid }) => !this.#removed.has(uid));
  }

  /** Resolves at the next change, or after `timeoutMs`. */
  async changed(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  replaced(objects: readonly unknown[]): void {
    const pods = objects.flatMap((object) => this.#read(object) ?? []);
    const uids = new Set(pods.map(({ uid }) => uid));
    for (const pod of this.all()) if (!uids.has(pod.uid)) this.#remove(pod);
    for (const pod of pods) this.#put(pod);
    this.#wake();
  }

  put(object: unknown): void {
    const pod = this.#read(object);
    if (pod !== undefined) this.#put(pod);
    this.#wake();
  }

  removed(object: unknown): void {
    const pod = this.#read(object);
    if (pod !== undefined && this.#byUid.has(pod.uid)) this.#remove(pod);
    this.#wake();
  }

  #read(object: unknown): Pod | undefined {
    try {
      return podOf(object);
    } catch (error) {
      this.counters.refused++;
      const text = errorText(error);
      if (text !== this.#misread) this.#log.error({ code: 'kubernetes.object' }, `a pod is not watched: ${text}`);
      this.#misread = text;
      return undefined;
    }
  }

  #put(pod: Pod): void {
    const before = this.#byUid.get(pod.uid);
    if (before === undefined && this.#byUid.size >= podsMax) {
      this.counters.full++;
      return;
    }
    this.#forgetIndexes(before);
    this.#byUid.set(pod.uid, pod);
    this.#removed.delete(pod.uid);
    if (pod.staticHash !== undefined) this.#byHash.set(pod.staticHash, pod.uid);
    for (const { id, last } of pod.containers)
      for (const one of [last?.id ?? '', id]) if (one !== '') this.#byContainer.set(one, pod.uid);
    this.#listener.changed(pod, before);
  }

  #remove(pod: Pod): void {
    const nowMs = this.#clock.nowMs();
    this.#removed.set(pod.uid, nowMs);
    for (const [uid, sinceMs] of this.#removed) {
      if (nowMs - sinceMs <= keptMs && this.#removed.size <= removedMax) break;
      this.#removed.delete(uid);
      this.#forgetIndexes(this.#byUid.get(uid));
      this.#byUid.delete(uid);
    }
    this.#listener.removed(pod);
  }

  #forgetIndexes(pod: Pod | undefined): void {
    if (pod === undefined) return;
    if (pod.staticHash !== undefined && this.#byHash.get(pod.staticHash) === pod.uid)
      this.#byHash.delete(pod.staticHash);
    for (const { id, last } of pod.containers) for (const one of [id, last?.id ?? '']) this.#byContainer.delete(one);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
