import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import { workloadSubject } from '../model/posture.ts';
import type { PostureOutcome, PostureVerdict } from '../model/posture.ts';
import { checkContainer, checkNode } from './checks.ts';
import { engineContainer, engineExec, engineImage, engineSelf } from './engine-answer.ts';
import { readHost } from './host-reading.ts';
import type { ImageWatch } from './image/image-watch.ts';
import { readImageContent } from './image-content.ts';
import type { ImageContent } from './image-content.ts';
import { cgroupMounts, processesBeside, readKernel, readListening, textOf } from './kernel-reading.ts';
import type { CgroupMount } from './kernel-reading.ts';
import type { EngineImage, EngineSelf, ExecTally, HostSelf, Replica } from './reading.ts';
import type { Known } from './known-container.ts';
import { isSame, type Kept, namesOf, verdictOf } from './verdict.ts';
import { containerFacts, WorkloadFacts } from './workload-facts.ts';

/** What the checks need of the engine and of those who watch. */
export interface PostureSource {
  /** `GET path` of the container engine. Rejects when it cannot be asked, and where there is none. */
  ask(path: string, timeoutMs: number): Promise<unknown>;
  /** Whether the kernel sensor sees what the container does. */
  watches(container: Container): boolean;
}

/** Who is told. */
export interface PostureListener {
  /** There is another verdict on a container, on a workload as a whole, or on the node. */
  changed(verdict: PostureVerdict): void;
  /** A container ended, or the last of a workload (`workloadSubject`). */
  gone(subject: string): void;
  /** A check that did not fail before fails now, while the container runs. */
  appeared(container: Container, outcome: PostureOutcome): void;
}

export interface PostureOptions {
  readonly source: PostureSource;
  readonly listener: PostureListener;
  readonly images: ImageWatch;
  /** Address of the engine: its socket is looked at. */
  readonly engine: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** From the start of a container to its first check: until then it may be the runtime's process, which has all rights. Default 2000. */
  readonly settleMs?: number;
  /** Between two looks at what the kernel says of a container. Default 60000. */
  readonly lookMs?: number;
  /** Between two looks at the node, its engine, and what the engine says of containers without an event. Default 300000. */
  readonly hostMs?: number;
}

const askTimeoutMs = 10_000;
/** Questions without an answer after which what the engine said before is not believed any more. */
const failuresMax = 3;
/** Containers that the engine is asked about at once. */
const busyMax = 4;
/** Looks at what the kernel says in one tick: some ten milliseconds; the others come with the next. */
const looksMax = 20;
/** Containers that are looked at; those beyond are counted. */
const containersMax = 4096;
/** Images whose answers are kept: what an id stands for does not change. */
const imagesMax = 256;

/**
 * Checks what runs. A container is asked about when it started, when its engine said that it was changed, and every few minutes; what the kernel says of it is
 * looked at once a minute, and judged anew with what the engine said last. Nothing waits but containers: one entry for each that runs. What cannot be
 * asked is unknown, and asked again. Stop: what is under way is dropped.
 */
export class Posture {
  readonly #options: Required<Omit<PostureOptions, 'engine'>> & { readonly engine: string };
  readonly #known: Map<string, Known> = new Map();
  readonly #images: Map<string, Promise<EngineImage | undefined>> = new Map();
  /** By image id; what a container changed in its own root since is the same for no other. */
  readonly #contents: Map<string, ImageContent | undefined> = new Map();
  readonly #facts: WorkloadFacts = new WorkloadFacts();
  readonly #counts = { overflow: 0, execsMissed: 0 };
  #host: HostSelf;
  #mounts: readonly CgroupMount[] = [];
  #engine: EngineSelf | undefined;
  #node: PostureVerdict | undefined;
  #hostDueMs = -Infinity;
  #hostFailures = 0;
  #askingHost = false;
  #busy = 0;
  #stopped = false;
  #trouble = '';

  constructor({ settleMs = 2_000, lookMs = 60_000, hostMs = 300_000, ...options }: PostureOptions) {
    this.#options = { ...options, settleMs, lookMs, hostMs };
    this.#host = readHost(options.engine);
  }

  /** Containers too many, and executions that were over before they could be asked for. */
  get counters(): Readonly<Record<'overflow' | 'execsMissed', number>> {
    return { ...this.#counts };
  }

  /** The last verdict on each container, how each workload is made, and the verdict on the node. */
  verdicts(): readonly PostureVerdict[] {
    const node = this.#node === undefined ? [] : [this.#node];
    return [...node, ...this.#facts.verdicts(), ...[...this.#known.values()].flatMap(({ verdict }) => verdict ?? [])];
  }

  started(container: Container): void {
    if (this.#known.size >= containersMax && !this.#known.has(container.id)) {
      this.#counts.overflow++;
      return;
    }
    const { clock, settleMs } = this.#options;
    this.#known.set(container.id, {
      ...{
        container,
        dueMs: clock.monotonicMs() + settleMs,
        ask: true,
        busy: false,
        failures: 0,
        api: undefined,
        image: undefined,
      },
      ...{
        tagId: undefined,
        pid: container.pid,
        listening: undefined,
        execs: { total: 0, privileged: 0, root: 0, missed: 0 },
      },
      ...{ verdict: undefined, results: new Map<string, Kept>(), settled: new Map<string, PostureOutcome['result']>() },
    });
  }

  /** More is known of it, or it was changed: the engine is asked again at the next tick. */
  changed(container: Container): void {
    const known = this.#known.get(container.id);
    if (known === undefined) return;
    known.container = container;
    known.ask = true;
    if (known.verdict !== undefined) known.dueMs = -Infinity;
  }

  stopped(containerId: string): void {
    const { images, listener, clock } = this.#options;
    if (!this.#known.delete(containerId)) return;
    images.gone(containerId);
    listener.gone(containerId);
    const { verdict, gone } = this.#facts.ended(containerId, clock.nowMs());
    if (verdict !== undefined) listener.changed(verdict);
    if (gone !== undefined) listener.gone(workloadSubject(gone));
  }

  /** Something is executed in it by the engine's API. Never rejects. */
  async executed(containerId: string, execId: string): Promise<void> {
    const known = this.#known.get(containerId);
    if (known === undefined) return;
    known.execs.total++;
    try {
      const exec = engineExec(await this.#ask(`/exec/${execId}/json`));
      if (exec === undefined) throw new Error('an answer of another form');
      if (exec.privileged) known.execs.privileged++;
      const isRoot = /^(?:0|root)(?::|$)/.test(exec.user);
      if (isRoot && known.api !== undefined && !/^(?:|0|root)(?::|$)/.test(known.api.user)) known.execs.root++;
    } catch {
      known.execs.missed++;
      this.#counts.execsMissed++;
    }
    if (known.verdict !== undefined) this.#judge(known);
  }

  /** To be called about once a second. */
  tick(): void {
    const { clock, hostMs, images } = this.#options;
    const nowMs = clock.monotonicMs();
    if (images.tick()) for (const known of this.#known.values()) if (known.verdict !== undefined) known.dueMs = nowMs;
    if (nowMs >= this.#hostDueMs && !this.#askingHost) {
      this.#hostDueMs = nowMs + hostMs;
      void this.#lookAtHost();
      // What no event tells of: networks that it was joined to, a tag that was moved.
      for (const known of this.#known.values()) if (known.verdict !== undefined) known.ask = true;
    }
    if (this.#engine === undefined && this.#node === undefined) return;
    let looks = 0;
    for (const known of this.#known.values()) {
      if (known.dueMs > nowMs || known.busy) continue;
      if (!known.ask && ++looks > looksMax) break;
      this.#look(known, nowMs);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #look(known: Known, nowMs: number): void {
    const { lookMs } = this.#options;
    if (!known.ask) {
      known.dueMs = nowMs + lookMs;
      this.#judge(known);
    } else if (this.#busy < busyMax) void this.#askAbout(known);
  }

  async #askAbout(known: Known): Promise<void> {
    const { clock, lookMs } = this.#options;
    known.busy = true;
    known.ask = false;
    this.#busy++;
    try {
      const { id } = known.container;
      const answer = await this.#ask(`/containers/${id}/json`);
      known.api = engineContainer(answer);
      known.failures = 0;
      known.pid = pidOf(answer) ?? known.container.pid;
      if (known.api !== undefined) {
        known.image = await this.#image(known.api.imageId);
        known.tagId = (await this.#image(known.api.imageName, true))?.id;
      }
      this.#listen(known);
      await this.#readContent(known);
    } catch (error) {
      this.#unanswered(known, error);
    } finally {
      this.#busy--;
      known.busy = false;
      known.dueMs = clock.monotonicMs() + lookMs;
    }
    this.#judge(known);
    // The next one need not wait for a second to pass.
    if (!this.#stopped) setImmediate(() => this.#next());
  }

  /** An engine that starts anew is no reason to know less for a minute: what it said holds until it was silent three times. */
  #unanswered(known: Known, error: unknown): void {
    known.failures++;
    if (known.failures >= failuresMax) known.api = undefined;
    // A pod's container may have no engine, and is judged by its spec and by the kernel.
    if (known.container.workload.kind === 'kubernetes') return;
    known.ask = known.failures < failuresMax;
    this.#failed(error);
  }

  /** Looked for until something listens on each port that is published: from then on they are needed. */
  #listen(known: Known): void {
    const inside = [...new Set((known.api?.ports ?? []).map((port) => port.inside))];
    const { listening } = known;
    if (inside.every((port) => listening?.includes(port) === true)) return;
    known.listening = known.pid === 0 ? undefined : readListening(known.pid, inside);
  }

  /** Once for each image. */
  async #readContent({ api, container, pid }: Known): Promise<void> {
    const image = api?.imageId ?? container.digest;
    if (image === '' || pid === 0 || this.#contents.has(image)) return;
    this.#contents.set(image, undefined);
    this.#contents.set(image, await readImageContent(`/proc/${String(pid)}/root`));
    for (const oldest of this.#contents.keys()) if (this.#contents.size > imagesMax) this.#contents.delete(oldest);
  }

  #next(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const known of this.#known.values()) {
      if (this.#busy >= busyMax || this.#stopped) return;
      if (known.ask && known.dueMs <= nowMs && !known.busy) void this.#askAbout(known);
    }
  }

  #judge(known: Known): void {
    const { source, clock, listener, images } = this.#options;
    const { container, api, image, tagId } = known;
    if (this.#stopped || this.#known.get(container.id) !== known) return;
    const execs: ExecTally | undefined = api === undefined ? undefined : { ...known.execs };
    const nowMs = clock.nowMs();
    const pid = known.pid === 0 ? container.pid : known.pid;
    const kernel = readKernel(pid, this.#mounts);
    const watched = source.watches(container);
    const pids = (): readonly string[] => (pid === 0 ? [] : processesBeside(pid, this.#mounts));
    const origin = images.read({ container, image, imageId: api?.imageId, pid, watched, pids });
    const { vulnerabilities } = origin;
    const outcomes = checkContainer({
      ...{ container, api, image, tagId, execs, nowMs, engine: this.#engine, host: this.#host },
      kernel: kernel === undefined ? undefined : { ...kernel, listening: known.listening },
      ...{ watched, origin, replicas: this.#replicas(known) },
    });
    const content = this.#contents.get(api?.imageId ?? container.digest);
    const made = this.#facts.looked(container, containerFacts(api, kernel, content), nowMs);
    if (made !== undefined) listener.changed(made);
    const results = new Map(outcomes.map(({ check, result, note }) => [check, { result, note }]));
    const before = known.results;
    known.results = results;
    const isFirst = known.verdict === undefined;
    if (isFirst || known.verdict?.vulnerabilities !== vulnerabilities || !isSame(before, results)) {
      const subject = { container: namesOf(container), workload: container.workload };
      known.verdict = verdictOf(outcomes, nowMs, {
        ...subject,
        ...(vulnerabilities === undefined ? {} : { vulnerabilities }),
      });
      listener.changed(known.verdict);
    }
    for (const outcome of outcomes) {
      const { check, result } = outcome;
      // Reports and tags change beside the container: that is told as a change, and wakes nobody.
      if (result === 'unknown' || check.startsWith('image-')) continue;
      const was = known.settled.get(check);
      known.settled.set(check, result);
      if (result === 'fail' && (was === 'pass' || was === 'warn')) listener.appeared(container, outcome);
    }
  }

  #replicas({ container: own }: Known): readonly Replica[] {
    return [...this.#known.values()].flatMap(({ container: { id, name, workload }, api }) =>
      api === undefined || id === own.id || workload.id !== own.workload.id
        ? []
        : [{ name, imageName: api.imageName, imageId: api.imageId }],
    );
  }

  /** Never rejects. */
  async #lookAtHost(): Promise<void> {
    const { engine, clock, listener } = this.#options;
    this.#askingHost = true;
    try {
      this.#engine = engineSelf(
        await this.#ask('/info'),
        await this.#ask('/version').catch(() => undefined),
        await this.#ask('/networks/bridge').catch(() => undefined),
      );
      this.#hostFailures = 0;
    } catch (error) {
      this.#engine = undefined;
      // There may be none yet, or none ever.
      this.#hostDueMs = clock.monotonicMs() + Math.min(this.#options.hostMs, 10_000 * 2 ** this.#hostFailures);
      this.#hostFailures++;
      this.#failed(error);
    } finally {
      this.#askingHost = false;
    }
    if (this.#stopped) return;
    this.#host = readHost(engine);
    this.#mounts = cgroupMounts(textOf('/proc/self/mountinfo') ?? '');
    const nowMs = clock.nowMs();
    const outcomes = checkNode({ engine: this.#engine, host: this.#host, nowMs });
    const before = new Map(this.#node?.outcomes.map((outcome) => [outcome.check, outcome]));
    const verdict = verdictOf(outcomes, nowMs, {});
    const now = new Map(verdict.outcomes.map((outcome) => [outcome.check, outcome]));
    if (this.#node !== undefined && isSame(before, now)) return;
    this.#node = verdict;
    listener.changed(verdict);
  }

  /** Of an id what is known is kept; of a name for as long as the host's facts. Undefined: there is none. Never rejects. */
  #image(name: string, isName: boolean = false): Promise<EngineImage | undefined> {
    const kept = this.#images.get(name);
    if (kept !== undefined) return kept;
    const path = `/images/${encodeURIComponent(name)}`;
    const asked = Promise.all([
      this.#ask(`${path}/json`),
      isName ? undefined : this.#ask(`${path}/history`).catch(() => undefined),
    ]).then(
      ([image, history]) => engineImage(image, history),
      () => undefined,
    );
    this.#images.set(name, asked);
    // A name may stand for another one in a minute, and what could not be asked may be answered then.
    void asked.then((image) => this.#forgetSoon(name, isName || image === undefined));
    for (const oldest of this.#images.keys()) if (this.#images.size > imagesMax) this.#images.delete(oldest);
    return asked;
  }

  #forgetSoon(name: string, soon: boolean): void {
    if (soon) setTimeout(() => this.#images.delete(name), 30_000).unref();
  }

  #ask(path: string): Promise<unknown> {
    return this.#options.source.ask(path, askTimeoutMs);
  }

  /** The same trouble is logged once until it changes. */
  #failed(error: unknown): void {
    const text = errorText(error);
    if (text !== this.#trouble)
      this.#options.log.debug({ err: error }, `the engine could not be asked for practices: ${text}`);
    this.#trouble = text;
  }
}

function pidOf(answer: unknown): number | undefined {
  const state = (answer as { readonly State?: { readonly Pid?: unknown } } | null)?.State;
  return typeof state?.Pid === 'number' ? state.Pid : undefined;
}
