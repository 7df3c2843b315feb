import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Decision, DecisionOutcome } from '../model/decision.ts';
import type { Event, KernelKey, LifecycleEvent } from '../model/event.ts';
import type { LossWindow } from '../model/loss.ts';
import { cgroupPlace } from '../identity/containers.ts';
import { Captures } from '../history/captures.ts';
import { Pending } from '../identity/pending.ts';
import { cgroupContents } from '../sensor/processes.ts';
import type { KernelHandle, Sensor } from '../sensor/sensor.ts';
import { KernelCounts } from './kernel-counts.ts';
import { Losses } from './losses.ts';
import { ownNamespaces } from './own-namespaces.ts';
import { ProfileSaves } from './profile-saves.ts';
import { standingEvents } from './standing-events.ts';
import type { PipelineOptions, Poller } from './pipeline-options.ts';
import { configurationActions } from './told.ts';
import { UserNamespaces } from './user-namespaces.ts';
import type { Watch } from './watch.ts';

interface Held {
  readonly event: Event;
  readonly handle: KernelHandle | undefined;
}

/** How a container begins to be watched. */
interface Beginning {
  readonly sample: ReturnType<Watch['containerStarted']>;
  /** It ran before the agent did. */
  readonly older: boolean;
}

/** The way of an event on a node: who is it, what is it worth, what is the kernel answered, where does the alert go. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #pending: Pending<Held> = new Pending();
  readonly #events: Map<string, number> = new Map();
  readonly #pushedDown: Set<string> = new Set();
  readonly #startedMs: number;
  readonly #captures: Captures;
  readonly #users: UserNamespaces = new UserNamespaces();
  readonly #losses: Losses;
  readonly #saves: ProfileSaves;
  readonly #counts: KernelCounts;
  #sensor: Sensor | undefined;
  #poller: Poller | undefined;
  #finished = false;
  #handlingFailures = 0;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
    this.#captures = new Captures(options.captureMs);
    const { clock, log, containers, watch, losses } = options;
    this.#saves = new ProfileSaves(watch, log);
    this.#counts = new KernelCounts(
      (workloadId, kernelKey, stratum, delta) => {
        watch.addIncidence(workloadId, stratum, kernelKey, delta);
        if (delta > 0) options.counted?.(workloadId, kernelKey, delta);
      },
      { clock, log },
    );
    this.#losses = new Losses({
      ...{ clock, log, history: losses },
      byCgroup: (cgroupId) => containers.byCgroup(cgroupId),
      onLost: (containerId, dimensions, count, nowMs) => {
        watch.lost(containerId, dimensions, count, nowMs);
      },
    });
  }

  /** The kernel sensor; undefined when it has stopped: what it had in the kernel is gone. */
  useSensor(sensor: Sensor | undefined): void {
    this.#sensor = sensor;
  }

  /** Polls instead of the kernel sensor. */
  usePoller(poller: Poller): void {
    this.#poller = poller;
    this.#sensor = undefined;
  }

  /** Events that were seen, by kind. `not-a-container`: of cgroups that are named like containers and that no engine knows. */
  get events(): Readonly<Record<string, number>> {
    return { ...Object.fromEntries(this.#events), 'not-a-container': this.#pending.lost['not-a-container'] };
  }

  /** How often the profiles could not be saved. */
  get saveFailures(): number {
    return this.#saves.failures;
  }

  /** The last times in which something of a container could not be told, newest first. */
  get lossWindows(): readonly LossWindow[] {
    return this.#losses.recent;
  }

  /** Containers of which everything is told at present. */
  get captured(): number {
    return this.#captures.size;
  }

  get pendingEvents(): number {
    return this.#pending.size;
  }

  /** What was lost between the sensor and the judgement, by reason. */
  get lost(): Readonly<Record<string, number>> {
    const { full, expired } = this.#pending.lost;
    return { full, expired, failed: this.#handlingFailures };
  }

  /** An event from the kernel: judged now, or kept until its container is known. */
  event(event: Event, handle?: KernelHandle): void {
    const kind = event.captured === true ? 'captured' : event.kind === 'file' ? `file.${event.access}` : event.kind;
    this.#events.set(kind, (this.#events.get(kind) ?? 0) + 1);
    const container =
      event.kind === 'lifecycle'
        ? this.#options.containers.byId(event.containerId)
        : this.#options.containers.byCgroup(event.cgroupId);
    if (container !== undefined) {
      this.#handle(event, handle, container);
      return;
    }
    // Told for the record alone: the kernel knows the container, and will tell more of it.
    if (event.captured === true) return;
    const held = this.#pending.hold(event.cgroupId, { event, handle }, this.#options.clock.nowMs());
    if (!held && handle !== undefined) this.#sensor?.answer(handle, '', undefined, 'forget');
  }

  lifecycle(event: LifecycleEvent): void {
    const container = this.#options.containers.byId(event.containerId);
    // What the agent was given to watch the node with is no news to whoever set it up. Who enters it is.
    if (container !== undefined && this.#isOwn(container) && configurationActions.has(event.action)) return;
    this.event(event);
  }

  #isOwn({ pid }: Container): boolean {
    return pid > 1 && this.#options.ownPids.includes(pid);
  }

  /** A cgroup that is named like a container was made. */
  async cgroupMade(cgroupId: string, path: string): Promise<void> {
    const answer = await this.#options.containers.announce(cgroupId, path);
    if (answer === 'container') return;
    this.#sensor?.unwatch(cgroupId);
    this.#pending.drop(cgroupId);
  }

  /** A container runs: its sample begins, the kernel gets its profile, what waited is judged. */
  started(container: Container): void {
    const { watch, clock, log, cluster } = this.#options;
    const { workload, cgroupId } = container;
    if (this.#isOwn(container)) {
      this.#leaveAlone(container);
      return;
    }
    const sample = watch.containerStarted(container, clock.nowMs());
    if (cgroupId === undefined) {
      log.warn(
        { code: 'container.unseen', container: container.name },
        'the cgroup of this container was not found by /proc/PID/cgroup: nothing of it is seen. An agent in a container needs the PID and cgroup namespaces of the node (pid: host, cgroup: host)',
      );
      return;
    }
    log.info(
      { container: container.name, id: container.id.slice(0, 12), workload: workload.name },
      'container watched',
    );
    if (!this.#pushedDown.has(workload.id)) {
      this.#pushedDown.add(workload.id);
      this.#recognise(workload.id, watch.kernelKeys(workload.id, cluster?.isCurrent));
    }
    const older = container.pid !== 0 && (container.startedAtMs ?? 0) < this.#startedMs;
    if (this.#poller === undefined) this.#watchByKernel(container, cgroupId, { sample, older });
    else this.#watchByPolling(this.#poller, container, cgroupId, { sample, older });
    for (const { event, handle } of this.#pending.take(cgroupId)) this.#handle(event, handle, container);
  }

  /** Watching itself, the agent would tell of every record that it stores, for ever. */
  #leaveAlone({ name, cgroupId }: Container): void {
    this.#options.log.info(
      { container: name },
      'this container is the agent itself: what its processes do is not watched',
    );
    if (cgroupId === undefined) return;
    this.#sensor?.unwatch(cgroupId);
    this.#pending.drop(cgroupId);
  }

  #watchByKernel(container: Container, cgroupId: string, { sample, older }: Beginning): void {
    const place = older ? cgroupPlace(container) : undefined;
    const contents = place === undefined ? { insideIds: [], pids: [] } : cgroupContents(place.directory);
    this.#sensor?.watch(
      {
        ...{ cgroupId, workloadId: container.workload.id, sample: sample.number, stratum: sample.stratum },
        namespaces: ownNamespaces(container),
      },
      contents.insideIds,
    );
    if (contents.pids.length > 0) this.#observe(cgroupId, contents.pids);
  }

  #watchByPolling(poller: Poller, container: Container, cgroupId: string, { sample, older }: Beginning): void {
    const place = cgroupPlace(container);
    if (place === undefined) return;
    const { name, startedAtMs } = container;
    poller.watch({
      ...{ name, cgroupId, startedAtMs, adopted: older, sample: sample.number },
      directory: place.directory,
    });
  }

  stopped(container: Container): void {
    const nowMs = this.#options.clock.nowMs();
    this.#counts.readAgain(this.#sensor);
    // While the kernel still has its counts, and the sample is still open.
    this.#losses.read(this.#sensor?.losses() ?? []);
    this.#losses.end(container);
    this.#options.watch.containerStopped(container.id, nowMs);
    this.#captures.forget(container.id);
    this.#users.forget(container.id);
    this.#options.recorder.end(container.id);
    if (container.cgroupId === undefined) return;
    this.#sensor?.unwatch(container.cgroupId);
    this.#poller?.unwatch(container.cgroupId);
  }

  /** What runs in a container that is older than the agent. */
  #observe(cgroupId: string, pids: readonly number[]): void {
    const { processes, events } = standingEvents(cgroupId, pids, this.#options.clock.nowMs());
    for (const { pid, exe } of processes) this.#sensor?.adopt(pid, exe, cgroupId);
    for (const event of events) this.event(event);
  }

  /** Once a second: ends samples, begins to save profiles at the end of a slice, gives up on what waited too long. */
  tick(): void {
    const { watch, clock, containers } = this.#options;
    const nowMs = clock.nowMs();
    this.#losses.read(this.#sensor?.losses() ?? []);
    for (const containerId of this.#captures.ended(nowMs)) {
      this.#capture(containers.byId(containerId), false);
      this.#options.recorder.end(containerId);
    }
    for (const { handle } of this.#pending.expire(nowMs))
      if (handle !== undefined) this.#sensor?.answer(handle, '', undefined, 'forget');
    if (watch.rolloverDue(nowMs) && this.#sensor !== undefined) void this.#readAndRollOver(this.#sensor);
    else this.#rollOver(nowMs);
  }

  /** What the kernel counted belongs to the samples that end: they end when it was read. */
  async #readAndRollOver(sensor: Sensor): Promise<void> {
    const read = await this.#counts.readAside(sensor);
    if (read && !this.#finished) this.#rollOver(this.#options.clock.nowMs());
  }

  #rollOver(nowMs: number): void {
    const { watch, alerts } = this.#options;
    const { changes, sliceEnded, updates } = watch.rollover(nowMs, 'in-parts');
    for (const { containerId, cgroupId, sample } of changes) {
      const workloadId = this.#options.containers.byId(containerId)?.workload.id;
      if (cgroupId !== undefined && workloadId !== undefined)
        this.#sensor?.watch({ cgroupId, workloadId, sample: sample.number, stratum: sample.stratum });
      if (cgroupId !== undefined) this.#poller?.resample(cgroupId, sample.number);
    }
    for (const alert of updates) alerts.push(alert);
    if (sliceEnded) this.#saves.sliceEnded();
  }

  /** Saves the profiles; a failure is logged and tried again with the next slice. */
  save(): void {
    this.#saves.now();
  }

  /**
   * Does what an operator decided, and answers when it is saved: what was decided is not forgotten then. Throws what the store throws; doing it
   * again is safe.
   */
  decide(decision: Decision): DecisionOutcome {
    const { watch, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    // What was counted belongs to the profile as it is before.
    this.#counts.read(this.#sensor);
    const { outcome, judged, forget } = watch.decide(decision, nowMs);
    if (forget) this.#sensor?.revoke(decision.workload, 'all');
    else if (judged.length > 0) this.#sensor?.revoke(decision.workload, judged);
    watch.save(decision.workload);
    const { id, verdict, by, workload, features } = decision;
    log.info({ decision: id, verdict, by, workload, features: features.length, outcome }, 'an operator decided');
    return outcome;
  }

  /** Before the end: counts what the kernel counted, saves. */
  finish(): void {
    this.#finished = true;
    this.#counts.read(this.#sensor);
    this.#losses.read(this.#sensor?.losses() ?? []);
    this.#losses.finish();
    this.save();
  }

  /** An alert of the container, or a copy of one with a larger count, is told; what the container does from now on is recorded, but for a notice. */
  raise(alert: Alert, container: Container): void {
    const { alerts, log, clock, recorder } = this.#options;
    alerts.push(alert);
    // What ran just before belongs to its story, which is told from half a second on.
    void this.#sensor?.fetchMarks();
    log.warn({ alert: alert.id, severity: alert.severity, score: alert.score }, alert.title);
    recorder.alerted(alert, container);
    if (this.#captures.alerted(container.id, clock.nowMs(), alert.severity)) this.#capture(container, true);
  }

  #capture(container: Container | undefined, on: boolean): void {
    if (container?.cgroupId === undefined) return;
    this.#sensor?.capture(container.cgroupId, on);
    this.#options.log.info(
      { container: container.name, id: container.id.slice(0, 12) },
      on ? 'everything that this container does is recorded from now on' : 'quiet again: recorded no more',
    );
  }

  #recognise(workloadId: string, keys: Iterable<KernelKey>): void {
    const { watch } = this.#options;
    this.#sensor?.recognise(workloadId, keys, (key) => watch.kernelKeyNumber(workloadId, key));
  }

  #handle(seen: Event, handle: KernelHandle | undefined, container: Container): void {
    const { watch, log, recorder, cluster } = this.#options;
    const event = this.#users.named(cluster?.named(seen) ?? seen, container);
    const workloadId = container.workload.id;
    recorder.record(event, container);
    if (event.captured === true) return;
    try {
      const { mark, alsoKnown, alert, saveNow } = watch.handle(event, container);
      if (alert !== undefined) this.raise(alert, container);
      if (handle !== undefined && mark !== 'none') {
        const { kernelKey } = event;
        const number = kernelKey === undefined ? -1 : watch.kernelKeyNumber(workloadId, kernelKey);
        this.#sensor?.answer(handle, workloadId, kernelKey, mark, number);
      }
      if (alsoKnown.length > 0) this.#recognise(workloadId, alsoKnown);
      if (saveNow) this.#saves.soon(workloadId);
    } catch (error) {
      this.#handlingFailures++;
      if (handle !== undefined) this.#sensor?.answer(handle, workloadId, undefined, 'forget');
      log.error({ err: error, kind: event.kind }, 'an event could not be handled; the kernel tells it again');
    }
  }
}
