import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import type { LifecycleEvent } from '../model/event.ts';
import { Book } from './book.ts';
import { cgroupOf, containerIdOfCgroupPath } from './cgroup.ts';
import type { CgroupPlace } from './cgroup.ts';
import { engineAddress, isEngineExpected } from './engine-socket.ts';
import type { EngineAddress } from './engine-socket.ts';
import { Engine } from './engine.ts';
import type { EngineCounters, EngineText } from './engine.ts';
import type { EngineEvent } from './engine-events.ts';
import type { Inspected } from './inspection.ts';
import { accessSource } from './kubernetes/access.ts';
import { hasPods, treeMount } from './kubernetes/cgroup-tree.ts';
import { Kubernetes } from './kubernetes/kubernetes.ts';
import type { KubernetesOptions } from './kubernetes/kubernetes.ts';
import { eventFinding, startFindings, WorkloadHistory } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { Turns } from './turns.ts';

/** Who is told about containers. */
export interface ContainersListener {
  /** A container runs; once for each start. */
  started(container: Container): void;
  stopped(container: Container): void;
  /** More is known of a container that runs: its first process, the digest of its image. */
  updated?(container: Container): void;
  /** The engine said that the container's first process ended; before or after `stopped`. */
  died?(container: Container, exitCode: number | undefined, timeMs: number): void;
  lifecycle(event: LifecycleEvent): void;
  /** Its limits or its name were changed while it runs. */
  reconfigured?(container: Container): void;
  /** The engine was asked to execute something in it, which is not its health check. */
  executed?(container: Container, execId: string): void;
}

export interface ContainersOptions {
  readonly dockerHost: string | undefined;
  readonly listener: ContainersListener;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Pods are watched where there is a cluster to ask, or where a kubelet made cgroups. Undefined: they are not. */
  readonly kubernetes?: {
    readonly kubeconfig: string | undefined;
    readonly nodeName: string;
    readonly peers?: KubernetesOptions['peers'];
    readonly mayShare?: KubernetesOptions['mayShare'];
    /** For tests: other folders, other waits. */
    readonly more?: Partial<Pick<KubernetesOptions, 'mount' | 'bundleFolders' | 'reflector' | 'walkMs' | 'peerWaits'>>;
  };
}

/** A cgroup that is named like a container, and what the engine says of it. */
export type Announcement = 'container' | 'not-a-container';

const announcementRetryMs = 500;
const announcementTries = 40;

/** Which containers there are, by the engine and by the kernel's cgroups. Both may tell first; a start is one `started`. */
export class Containers {
  readonly #options: ContainersOptions;
  readonly #engine: Engine;
  readonly #book: Book = new Book();
  readonly #history: WorkloadHistory = new WorkloadHistory();
  readonly #turns: Turns = new Turns();
  /** Cgroups that the engine is being asked about, and whether they are gone since. */
  readonly #asked: Map<string, { gone: boolean }> = new Map();
  readonly #engineUsed: boolean;
  readonly #address: EngineAddress;
  /** The pods of this node; undefined where there are none. */
  readonly kubernetes: Kubernetes | undefined;

  constructor(options: ContainersOptions) {
    this.#options = options;
    const address = engineAddress(options.dockerHost);
    this.#address = address;
    this.kubernetes = this.#kubernetesOf(options);
    this.#engineUsed = this.kubernetes === undefined || isEngineExpected(options.dockerHost);
    this.#engine = new Engine({
      address,
      log: options.log,
      clock: options.clock,
      random: options.random ?? Math.random,
      listener: {
        listed: (containers) => {
          this.#reconcile(containers);
        },
        event: (event) => {
          // An event may need an answer of the engine: those that follow it wait, or a `die` would come before its `start`.
          this.#turns.take(event.containerId, () => this.#take(event));
        },
      },
    });
  }

  /** Connects and lists; answers whether an engine is there. Goes on trying when there is none. */
  async start(): Promise<boolean> {
    // First: what is a pod's is known as such then.
    await this.kubernetes?.start();
    return this.#engineUsed && (await this.#engine.start());
  }

  stop(): void {
    this.#engine.stop();
    this.kubernetes?.stop();
  }

  /** The engine answers; on a node of a cluster without one, the API does, or there is none to ask. */
  get connected(): boolean {
    return this.#engineUsed ? this.#engine.connected : this.kubernetes?.api !== 'away';
  }

  get counters(): EngineCounters {
    return this.#engine.counters;
  }

  /** Where the engine is, or is waited for. */
  get address(): string {
    return this.#address.text;
  }

  byId(id: string): Container | undefined {
    return this.#book.byId(id);
  }

  byCgroup(cgroupId: string): Container | undefined {
    return this.#book.byCgroup(cgroupId);
  }

  running(): readonly Container[] {
    return this.#book.running();
  }

  /** See `Engine.inspection`. */
  inspection(id: string, timeoutMs: number): Promise<unknown> {
    return this.#engine.inspection(id, timeoutMs);
  }

  /** See `Engine.ask`. Rejects where no engine is used. */
  ask(path: string, timeoutMs: number): Promise<unknown> {
    return this.#engineUsed ? this.#engine.ask(path, timeoutMs) : Promise.reject(new Error('there is no engine here'));
  }

  /** See `Engine.changes`. */
  changes(id: string, bytesMax: number, timeoutMs: number): Promise<EngineText> {
    return this.#engine.changes(id, bytesMax, timeoutMs);
  }

  /**
   * The kernel saw a cgroup being made that is named like a container. Asks the engine, again for 20 s while it does not answer: the name
   * alone makes no container.
   */
  async announce(cgroupId: string, path: string): Promise<Announcement> {
    const id = containerIdOfCgroupPath(path);
    if (id === undefined) return 'not-a-container';
    this.#book.made(cgroupId, id);
    if (this.kubernetes?.claims(path) === true) return await this.kubernetes.announce(cgroupId, path);
    if (!this.#engineUsed) return 'not-a-container';
    const asked = { gone: false };
    this.#asked.set(cgroupId, asked);
    try {
      return await this.#identify(cgroupId, id, asked);
    } finally {
      this.#asked.delete(cgroupId);
    }
  }

  async #identify(cgroupId: string, id: string, asked: { readonly gone: boolean }): Promise<Announcement> {
    for (let attempt = 0; attempt < announcementTries; attempt++) {
      try {
        const found = await this.#engine.inspect(id);
        // Whoever may make cgroups on the node may give one the name of a container: where that one's process is says which is its own.
        if ((found.container.cgroupId ?? cgroupId) !== cgroupId) return 'not-a-container';
        // An engine answers when the start is over. Of one that failed it never tells an end.
        if (asked.gone && found.container.startedAtMs === undefined) return 'not-a-container';
        this.#startOfEngine({ ...found, container: { ...found.container, cgroupId } });
        if (asked.gone && !found.running) this.#end(id);
        return 'container';
      } catch (error) {
        if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return 'not-a-container';
        if (this.#book.byCgroup(cgroupId) !== undefined) return 'container';
      }
      await new Promise((resolve) => setTimeout(resolve, announcementRetryMs));
    }
    return 'not-a-container';
  }

  /** The kernel saw the cgroup go: the container ended, whatever the engine says later. */
  cgroupRemoved(cgroupId: string): void {
    const asked = this.#asked.get(cgroupId);
    if (asked !== undefined) asked.gone = true;
    const container = this.#book.byCgroup(cgroupId);
    if (container?.cgroupId !== cgroupId) return;
    this.kubernetes?.forget(container.id);
    this.#end(container.id);
  }

  #reconcile(found: readonly Inspected[]): void {
    const running = found.filter((one) => one.running);
    const ids = new Set(running.map(({ container }) => container.id));
    for (const { id } of this.#book.running()) if (!ids.has(id) && this.kubernetes?.holds(id) !== true) this.#end(id);
    for (const entry of running) this.#startOfEngine(entry);
    for (const entry of found) if (!entry.running) this.#create(entry);
  }

  async #take(event: EngineEvent): Promise<void> {
    const id = event.containerId;
    switch (event.action) {
      case 'create':
      case 'start':
      case 'rename':
        await this.#look(event);
        if (event.action === 'rename') this.#reconfigured(id);
        return;
      case 'update':
        this.#reconfigured(id);
        return;
      case 'destroy':
        this.#book.discard(id);
        return;
      case 'kill':
        this.#history.signalled(id, timeOf(event));
        return;
      case 'die':
        this.#die(event);
        return;
      default: {
        const container = this.#book.byId(id);
        if (container === undefined) return;
        const checks = [container.healthcheck ?? [], ...(container.probes ?? [])];
        const finding = checks.reduce(
          (found: Lifecycle | undefined, check) => found && eventFinding(event.action, check),
          eventFinding(event.action, []),
        );
        // `docker run` in the foreground attaches itself before the start.
        const early = this.#book.isCreated(id) || timeOf(event) < (container.startedAtMs ?? 0);
        if (finding === undefined || (finding.action === 'attach' && early)) return;
        this.#options.listener.lifecycle(lifecycleEvent(container, finding, timeOf(event)));
        if (finding.action === 'exec-create' && event.execId !== undefined)
          this.#options.listener.executed?.(container, event.execId);
      }
    }
  }

  #reconfigured(id: string): void {
    const container = this.#book.byId(id);
    if (container !== undefined && this.#book.isRunning(id)) this.#options.listener.reconfigured?.(container);
  }

  async #look({ containerId: id, action }: EngineEvent): Promise<void> {
    try {
      const found = await this.#engine.inspect(id);
      if (found.running) this.#startOfEngine(found);
      else if (action === 'create') this.#create(found);
    } catch {
      // It ended before it could be looked at; if it ran, the kernel's announcement has told of it.
    }
  }

  #die(event: EngineEvent): void {
    const container = this.#book.byId(event.containerId);
    if (container === undefined) return;
    const timeMs = timeOf(event);
    // Told again after a lost connection, it may be the end of an earlier run.
    if (container.startedAtMs === undefined || timeMs >= container.startedAtMs) this.#end(container.id);
    this.#options.listener.died?.(container, event.exitCode, timeMs);
    const failed = (event.exitCode ?? 0) !== 0 && !this.#history.wasAsked(container.id, timeMs);
    if (failed && this.#history.died(container.workload.id, timeMs))
      this.#options.listener.lifecycle(lifecycleEvent(container, { action: 'restart-loop', detail: '' }, timeMs));
  }

  /** A container that does not run yet: whoever mounts the node into it should be known before it does. */
  #create({ container }: Inspected): void {
    if (this.#isOfPod(container)) return;
    if (this.#book.create(container)) this.#tellConfiguration(container);
  }

  /** Of an engine below a kubelet, pods are told by Kubernetes, which knows more of them. */
  #isOfPod({ labels }: Container): boolean {
    return this.kubernetes !== undefined && labels['io.kubernetes.pod.uid'] !== undefined;
  }

  #startOfEngine(found: Inspected): void {
    if (!this.#isOfPod(found.container)) this.#start(found.container);
  }

  #kubernetesOf({ kubernetes, log, clock, random = Math.random }: ContainersOptions): Kubernetes | undefined {
    if (kubernetes === undefined) return undefined;
    const [access, mount] = [accessSource(kubernetes.kubeconfig), kubernetes.more?.mount ?? treeMount()];
    if (mount === undefined || (access === undefined && !hasPods(mount))) return undefined;
    return new Kubernetes({
      ...{
        access,
        mount,
        nodeName: kubernetes.nodeName,
        ...{ peers: kubernetes.peers, mayShare: kubernetes.mayShare },
        log,
        clock,
        random,
        ...kubernetes.more,
      },
      listener: {
        found: (container) => this.#podFound(container),
        gone: (id) => this.#end(id),
        happened: (id, news) => this.#podNews(id, news),
      },
    });
  }

  #podFound(container: Container): void {
    const before = this.#book.byId(container.id);
    const isRunning = this.#book.isRunning(container.id) && before?.cgroupId === container.cgroupId;
    if (before === undefined || !isRunning || before.workload.id !== container.workload.id) {
      // What it did so far was taken for another workload's: that cannot be undone, but it ends here.
      if (isRunning) this.#end(container.id);
      this.#start(container);
      return;
    }
    this.#book.put({ ...container, startedAtMs: before.startedAtMs });
    this.#options.listener.updated?.(container);
    // A tag that stands for another image than it did is known as such only now.
    if (before.digest !== container.digest) this.#tellImage(container);
  }

  #podNews(id: string, news: Lifecycle | 'died'): void {
    const container = this.#book.byId(id);
    if (container === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    if (news !== 'died') this.#options.listener.lifecycle(lifecycleEvent(container, news, nowMs));
    else if (this.#history.died(container.workload.id, nowMs))
      this.#options.listener.lifecycle(lifecycleEvent(container, { action: 'restart-loop', detail: '' }, nowMs));
  }

  #start(fresh: Container): void {
    const { listener, clock } = this.#options;
    const before = this.#book.byId(fresh.id);
    const nowMs = clock.nowMs();
    const container: Container = {
      ...fresh,
      cgroupId:
        fresh.cgroupId ?? (before !== undefined && this.#book.isRunning(fresh.id) ? before.cgroupId : undefined),
      // Announced by its cgroup, before its program runs.
      startedAtMs: fresh.pid === 0 ? nowMs : (fresh.startedAtMs ?? nowMs),
    };
    const again = this.#book.isRunning(fresh.id) && before?.cgroupId === container.cgroupId;
    if (!again && this.#book.isRunning(fresh.id)) this.#end(fresh.id);
    const told = this.#book.isCreated(fresh.id);
    this.#book.put(container);
    if (again) return;
    listener.started(container);
    if (!told) this.#tellConfiguration(container);
    this.#tellImage(container);
  }

  #tellImage(container: Container): void {
    const { listener, clock } = this.#options;
    if (this.#history.started(container.workload.id, container.digest))
      listener.lifecycle(lifecycleEvent(container, { action: 'image-change', detail: '' }, clock.nowMs()));
  }

  #tellConfiguration(container: Container): void {
    const { listener, clock } = this.#options;
    for (const finding of startFindings(container))
      listener.lifecycle(lifecycleEvent(container, finding, clock.nowMs()));
  }

  #end(id: string): void {
    const container = this.#book.byId(id);
    if (container === undefined || !this.#book.end(id, this.#options.clock.nowMs())) return;
    this.#options.listener.stopped(container);
  }
}

/** Where a running container's cgroup stands; undefined when it has none. */
export function cgroupPlace(container: Container): CgroupPlace | undefined {
  return container.pid === 0 ? undefined : cgroupOf(container.pid, container.id);
}

function timeOf({ timeNano }: EngineEvent): number {
  return Number(timeNano) / 1e6;
}

function lifecycleEvent(container: Container, { action, detail }: Lifecycle, timeMs: number): LifecycleEvent {
  return {
    kind: 'lifecycle',
    action,
    detail,
    containerId: container.id,
    cgroupId: container.cgroupId ?? '0',
    timeMs,
    source: 'engine',
  };
}
