import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { HookState } from '../model/node.ts';
import { ContainerCounts } from './container-counts.ts';
import { ContainerLosses, type ContainerLoss } from './container-losses.ts';
import { decodeFailures, decodeRecord } from './decode.ts';
import type { DecodeFailure, SensorRecord } from './decode.ts';
import { readStats, type KernelStats } from './stats.ts';
import { eventOf, type EventContext } from './event.ts';
import { isSetUp } from './runtime-process.ts';
import { KnownMap, workloadNumber } from './known-map.ts';
import type { IncidenceTaker } from './known-map.ts';
import { KernelConfig, tellInterpreters } from './kernel-config.ts';
import type { RateBounds } from './kernel-config.ts';
import { syscalls, task } from './layout.ts';
import { updateAny, updateOnlyNew, type Libbpf } from './libbpf.ts';
import { loadSensor, type LoadedSensor, type LoadingOptions } from './loading.ts';
import { defaultMarksPerSecond, Marks, type MarkTaker } from './marks.ts';
import { MonotonicOrigin } from './monotonic-origin.ts';
import { ProgramPaths } from './program-paths.ts';
import type { LoadedPrograms } from './programs.ts';
import { RecordQueue } from './record-queue.ts';
import { releaseIdlePages } from './resident-pages.ts';
import type { ReaderBatch, ReaderInput, ReaderOrder } from './reader-worker.ts';
import { readExe } from './processes.ts';
import { keyBytes, patternOf, WatchedMap, type WatchedContainer } from './watched-map.ts';

/** What an event is answered by: its key as the kernel has it. */
export interface KernelHandle {
  readonly workload: bigint;
  readonly key: bigint;
}

/** Who is told what the kernel saw. */
export interface SensorListener {
  event(event: Event, handle: KernelHandle): void;
  /** A cgroup that is named like a container was made; the kernel watches it provisionally until `watch` or `unwatch`. */
  cgroupMade(cgroupId: string, path: string): void;
  cgroupRemoved(cgroupId: string): void;
}

export interface SensorOptions extends LoadingOptions, Partial<RateBounds> {
  readonly listener: SensorListener;
  readonly log: Logger;
  /** Who is told of starts and ends that no event tells of; left out, the kernel tells none. */
  readonly marks?: MarkTaker;
  /** What was loaded by the same options; left out, it is loaded now. The sensor closes it. */
  readonly loaded?: LoadedSensor;
}

export interface SensorCounters extends KernelStats {
  /** Programs and processes whose place in the lineage was taken from `/proc`, because the record that would have told it was lost. */
  readonly healed: number;
}

const ringNames = ['process_ring', 'activity_ring'] as const;
const ringBytes = { process_ring: 2 << 20, activity_ring: 4 << 20 } as const;
const defaultRecordsPerSecond = 25_000;
const defaultCapturedPerSecond = 2_000;
const markRingBytes = 512 << 10;
const stopTimeoutMs = 2_000;
const trimAfterMs = 15_000;
const trimEveryMs = 30_000;

/**
 * The kernel sensor: loads and attaches the BPF programs, reads their records in a worker thread and answers them.
 * Needs root, BTF and libbpf.so.1.
 */
export class Sensor {
  /** What each watched container did. */
  readonly counts: ContainerCounts;
  readonly #libbpf: Libbpf;
  readonly #programs: LoadedPrograms;
  readonly #listener: SensorListener;
  readonly #marks: Marks | undefined;
  readonly #log: Logger;
  readonly #known: KnownMap;
  readonly #watched: WatchedMap;
  readonly #losses: ContainerLosses;
  readonly #tasksFd: number;
  readonly #statsFd: number;
  readonly #syscallsFd: number | undefined;
  readonly #config: KernelConfig;
  readonly #paths: ProgramPaths = new ProgramPaths({ hash: (path) => this.#known.program(path), exeOf: readExe });
  #healed = 0;
  #reader: { readonly worker: Worker; readonly ended: Promise<void> } | undefined;
  readonly #failures: Partial<Record<DecodeFailure, number>> = {};
  readonly #queue: RecordQueue;
  #torn = 0;
  readonly #origin: MonotonicOrigin = new MonotonicOrigin();
  #context: EventContext = {
    programPath: (program) => this.#paths.pathOf(program),
    monotonicOriginMs: this.#origin.nowMs(),
    arch: process.arch,
  };
  #stopping = false;
  #trimming: NodeJS.Timeout | undefined;
  #readerGone = false;
  #hooks: readonly HookState[] = [];

  /**
   * Loads everything into the kernel, unless that was done; nothing is attached yet.
   * @throws AnchorwatchError `sensor.libbpf`, `sensor.object`, `sensor.kernel`, `sensor.load`
   */
  constructor({
    listener,
    log,
    recordsPerSecond = defaultRecordsPerSecond,
    capturedPerSecond = defaultCapturedPerSecond,
    marks,
    marksPerSecond = defaultMarksPerSecond,
    loaded,
    ...loading
  }: SensorOptions) {
    this.#listener = listener;
    this.#marks = marks === undefined ? undefined : new Marks(marks, this.#paths);
    this.#log = log;
    this.#queue = new RecordQueue({
      take: (bytes) => {
        this.#take(bytes);
      },
      handled: (handled) => this.#reader?.worker.postMessage({ handled } satisfies ReaderOrder),
    });
    const { libbpf, programs } = loaded ?? loadSensor(loading);
    this.#libbpf = libbpf;
    this.#programs = programs;
    this.#syscallsFd = loading.allSyscalls === true ? this.#programs.mapFd('syscalls') : undefined;
    const random = randomBytes(16);
    this.#known = new KnownMap(this.#libbpf, this.#programs.mapFd('known'), [
      random.readBigUInt64LE(0),
      random.readBigUInt64LE(8),
    ]);
    this.#watched = new WatchedMap(this.#libbpf, this.#programs.mapFd('watched'), this.#programs.mapFd('namespaces'));
    this.counts = new ContainerCounts(this.#libbpf, this.#programs.mapFd('counts'));
    this.#losses = new ContainerLosses(this.#libbpf, this.#programs.mapFd('container_losses'));
    this.#tasksFd = this.#programs.mapFd('tasks');
    this.#statsFd = this.#programs.mapFd('stats');
    const bounds = { recordsPerSecond, capturedPerSecond, marksPerSecond: marks === undefined ? 0 : marksPerSecond };
    this.#config = new KernelConfig(this.#libbpf, this.#programs.mapFd('.data.config'), random, bounds);
    this.#config.choose(this.#programs.tiers);
    tellInterpreters(this.#libbpf, this.#programs.mapFd('interpreters'));
  }

  /** Starts the reader, then attaches the programs. Containers that run already are to be watched before. */
  async start(): Promise<void> {
    const input: ReaderInput = {
      rings: ringNames.map((name) => ({ fd: this.#programs.mapFd(name), sizeBytes: ringBytes[name] })),
      marks: this.#marks && {
        ...{ fd: this.#programs.mapFd('mark_ring'), sizeBytes: markRingBytes },
        youngFd: this.#programs.mapFd('young_marks'),
      },
    };
    const reader = new Worker(new URL('./reader-worker.ts', import.meta.url), {
      workerData: input,
      name: 'sensor-reader',
    });
    // From the first moment: `stop` must not wait for a thread that ended long ago.
    const ended = new Promise<void>((resolve) => {
      reader.once('exit', () => {
        resolve();
      });
    });
    this.#reader = { worker: reader, ended };
    await new Promise<void>((resolve, reject) => {
      reader.once('message', () => {
        resolve();
      });
      reader.once('error', reject);
    });
    reader.on('message', (batch: ReaderBatch) => {
      this.#torn = batch.torn;
      this.#context = { ...this.#context, monotonicOriginMs: this.#origin.nowMs() };
      if (batch.marks === undefined) this.#queue.push(batch);
      else
        reader.postMessage({
          handled: this.#marks?.take(batch.marks, this.#context.monotonicOriginMs) ?? 0,
        } satisfies ReaderOrder);
    });
    reader.on('error', (error) => {
      this.#blind(error.message);
    });
    reader.on('exit', (code) => {
      this.#blind(`it ended with ${code}`);
    });
    this.#hooks = this.#programs.attach();
    this.#config.choose(this.#programs.tiers);
    // V8 tidies up some eight seconds after the start; what only that and the start needed can go then.
    this.#trimming = setTimeout(() => {
      releaseIdlePages();
      this.#trimming = setInterval(releaseIdlePages, trimEveryMs);
      this.#trimming.unref();
    }, trimAfterMs);
    this.#trimming.unref();
    if (this.#hooks.every(({ state }) => state !== 'attached'))
      throw new AnchorwatchError(
        'sensor.attach',
        `no hook could be attached: ${this.#hooks[0]?.reason ?? 'there are none'}`,
      );
  }

  get hooks(): readonly HookState[] {
    return this.#hooks;
  }

  /** Watches a container, or moves it to another sample. `insideIds`: cgroups made inside it before the sensor started. */
  watch(container: WatchedContainer, insideIds: readonly string[] = []): void {
    // What its workload is known to do is there before the container is looked at.
    this.#known.flush();
    this.#watched.set(container, insideIds);
    this.counts.begin(container.cgroupId);
    if (this.#syscallsFd !== undefined)
      this.#libbpf.update(
        this.#syscallsFd,
        keyBytes(container.cgroupId),
        Buffer.alloc(syscalls.sizeBytes),
        updateOnlyNew,
      );
  }

  /** Fetches the starts and ends of programs that wait in the kernel, which otherwise come every two seconds: somebody is about to ask. */
  fetchMarks(): void {
    if (this.#marks !== undefined) this.#reader?.worker.postMessage('marks' satisfies ReaderOrder);
  }

  /** How often a container made each system call (by its number) since it is watched; undefined but in strict mode. */
  syscallCounts(cgroupId: string): readonly number[] | undefined {
    if (this.#syscallsFd === undefined) return undefined;
    const value = Buffer.alloc(syscalls.sizeBytes);
    if (this.#libbpf.lookup(this.#syscallsFd, keyBytes(cgroupId), value) !== 0) return undefined;
    const [from, bytes] = syscalls.members.counts;
    return Array.from({ length: bytes / 8 }, (_, i) => Number(value.readBigUInt64LE(from + i * 8)));
  }

  unwatch(cgroupId: string): void {
    this.#watched.remove(cgroupId);
    this.counts.forget(cgroupId);
    this.#losses.forget(cgroupId);
    if (this.#syscallsFd !== undefined) this.#libbpf.remove(this.#syscallsFd, keyBytes(cgroupId));
  }

  /** Tells everything that a container does from now on, marked as `captured` where it is nothing new; or no more. */
  capture(cgroupId: string, on: boolean): void {
    this.#watched.capture(cgroupId, on);
  }

  /** What could not be told of the containers that are watched, by hook and reason. The sums are in `counters`. */
  losses(): readonly ContainerLoss[] {
    return this.#losses.read();
  }

  /** The kernel recognises these from now on. @param numberOf as `answer` has it */
  recognise(workloadId: string, keys: Iterable<KernelKey>, numberOf?: (key: KernelKey) => number): void {
    for (const key of keys) {
      this.#known.put(workloadId, key, 'known', numberOf?.(key));
      const pattern = patternOf(key);
      if (pattern !== undefined) this.#watched.addPattern(workloadId, pattern);
      if (key.kind !== 'exec') continue;
      this.#paths.learn(key.path);
      if (key.parent !== '') this.#paths.learn(key.parent);
    }
  }

  /**
   * Answers an event: `known`, the kernel recognises it from now on; `judged`, it tells it once per container and sample; `forget`, it
   * tells it again at once.
   * @param number by which `incidences` tells of it; below 0: not at all. Left out: by the key.
   */
  answer(
    handle: KernelHandle,
    workloadId: string,
    kernelKey: KernelKey | undefined,
    mark: 'known' | 'judged' | 'forget',
    number?: number,
  ): void {
    if (handle.key === 0n) return;
    if (mark === 'forget') {
      this.#known.forget(handle.workload, handle.key);
      this.#config.lookUpAnew();
      return;
    }
    this.#known.answer(workloadId, handle.key, kernelKey, mark, number);
    // Told before the container was known: under a number of its own, which nobody looks up again.
    if (handle.workload !== workloadNumber(workloadId)) this.#known.forget(handle.workload, handle.key);
  }

  /** The kernel tells these keys again, as judged; or again everything of the workload, as new. */
  revoke(workloadId: string, keys: readonly KernelKey[] | 'all'): void {
    this.#known.revoke(workloadId, keys);
    this.#config.lookUpAnew();
  }

  /** The kernel tells these keys again, as new. */
  tellAgain(workloadId: string, keys: readonly KernelKey[]): void {
    for (const key of keys) this.#known.forgetKey(workloadId, key);
    this.#config.lookUpAnew();
  }

  /** What the kernel counted since the last call. */
  incidences(take: IncidenceTaker): void {
    this.#known.incidences(take);
  }

  /** The same, with the map read in another thread. What another reading tells meanwhile is not told twice. */
  readIncidences(take: IncidenceTaker): Promise<void> {
    return this.#known.readIncidences(take);
  }

  /** Gives a process that is older than the sensor its place in the lineage. False when it is gone. */
  adopt(pid: number, exe: string, cgroupId: string): boolean {
    const program = this.#paths.learn(exe);
    const pidfd = this.#libbpf.pidfdOpen(pid);
    if (pidfd < 0) return false;
    const key = Buffer.alloc(4);
    key.writeInt32LE(pidfd, 0);
    const value = Buffer.alloc(task.sizeBytes);
    value.writeBigUInt64LE(program, task.members.program[0]);
    value.writeBigUInt64LE(BigInt(cgroupId), task.members.container[0]);
    const result = this.#libbpf.update(this.#tasksFd, key, value, updateAny);
    this.#libbpf.closeFd(pidfd);
    return result === 0;
  }

  counters(): SensorCounters {
    const { lost: inKernel, ...counts } = readStats(this.#libbpf, this.#statsFd);
    const lost = [...inKernel];
    for (const reason of decodeFailures) lost.push({ hook: 'reader', reason, count: this.#failures[reason] ?? 0 });
    lost.push({ hook: 'reader', reason: 'torn-ring', count: this.#torn });
    lost.push({ hook: 'reader', reason: 'wrong-mark', count: this.#marks?.refused ?? 0 });
    lost.push({ hook: 'answer', reason: 'known_full', count: this.#known.full });
    lost.push({ hook: 'watch', reason: 'watched_full', count: this.#watched.full });
    return { ...counts, healed: this.#healed + (this.#marks?.healed ?? 0), lost };
  }

  /** Reads what is still in the rings, then detaches everything. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#trimming);
    if (this.#reader !== undefined) {
      const { worker, ended } = this.#reader;
      worker.postMessage('stop' satisfies ReaderOrder);
      const timer = setTimeout(() => void worker.terminate(), stopTimeoutMs);
      await ended;
      clearTimeout(timer);
      this.#queue.finish();
    }
    this.#known.close();
    this.#programs.close();
  }

  #take(bytes: Uint8Array): void {
    const decoded = decodeRecord(bytes);
    if ('failure' in decoded) {
      this.#failures[decoded.failure] = (this.#failures[decoded.failure] ?? 0) + 1;
      return;
    }
    const { record } = decoded;
    if (record.kind === 'cgroup_make' || record.kind === 'cgroup_remove') {
      this.#takeCgroup(record);
      return;
    }
    if (isSetUp(record)) return this.#known.forget(record.workload, record.key);
    if (record.kind === 'exec') this.#paths.learnAs(record.program, record.path);
    this.#heal(record);
    const event = eventOf(record, this.#context);
    if (event !== undefined) this.#listener.event(event, { workload: record.workload, key: record.key });
  }

  /** The reader is gone: every hook says so from now on, in the node report and the metrics. */
  #blind(reason: string): void {
    if (this.#stopping || this.#readerGone) return;
    this.#readerGone = true;
    this.#log.fatal(
      { code: 'sensor.reader' },
      `the reader of the sensor is gone (${reason}): nothing is seen until the agent is restarted`,
    );
    this.#hooks = this.#hooks.map((hook) => ({ ...hook, state: 'failed', reason: `the reader is gone: ${reason}` }));
  }

  #takeCgroup(record: SensorRecord): void {
    const id = record.cgroupId.toString();
    if (record.kind === 'cgroup_remove') this.#listener.cgroupRemoved(id);
    // For cgroups made inside a container, the record's workload is the container.
    else if (record.workload === record.cgroupId) this.#listener.cgroupMade(id, record.path);
    else this.#watched.addInside(record.workload.toString(), id);
  }

  /** Takes from `/proc` what a lost record would have told: programs, and the lineage of a process that the kernel had no room for. */
  #heal(record: SensorRecord): void {
    if (record.kind === 'exit' || record.kind === 'dns_answer') return;
    this.#healed += this.#paths.heal(record.ancestors);
    if (record.kind !== 'exec' && record.program === 0n && record.exe !== '') {
      if (this.adopt(record.pid, record.exe, record.cgroupId.toString())) this.#healed++;
    }
  }
}
