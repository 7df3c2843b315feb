import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { HookState } from '../model/node.ts';
import { namesWithArguments } from '../model/program.ts';
import type { SensorRecord } from './decode.ts';
import { eventOf } from './event.ts';
import { KnownMap, workloadNumber } from './known-map.ts';
import type { Incidence } from './known-map.ts';
import { config, hooks as hookNumbers, kinds, losses, stats, task } from './layout.ts';
import { openLibbpf, updateAny } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import { loadPrograms } from './programs.ts';
import type { LoadedPrograms } from './programs.ts';
import type { ReaderBatch, ReaderInput, ReaderOrder } from './reader-worker.ts';
import { mountTracefs } from './tracefs.ts';
import { WatchedMap } from './watched-map.ts';
import type { Pattern, WatchedContainer } from './watched-map.ts';

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

export interface SensorOptions {
  readonly listener: SensorListener;
  readonly log: Logger;
  /** Records a second that one container's files and network may make; more are counted as `rate_limited`. */
  readonly recordsPerSecond?: number;
  /** Entries of the kernel's map of known features. */
  readonly knownEntries?: number;
}

export interface SensorCounters {
  /** Events that reached user space, by kind. */
  readonly events: Readonly<Record<string, number>>;
  /** Recognised in the kernel, by kind. */
  readonly known: Readonly<Record<string, number>>;
  /** Not told again (pending or judged in this sample), by kind. */
  readonly repeated: Readonly<Record<string, number>>;
  /** First level missed, by kind. */
  readonly missed: Readonly<Record<string, number>>;
  readonly lost: readonly { readonly hook: string; readonly reason: string; readonly count: number }[];
}

const ringNames = ['process_ring', 'activity_ring'] as const;
const ringBytes = { process_ring: 2 << 20, activity_ring: 4 << 20 } as const;
const programsMax = 65_536;
const defaultRecordsPerSecond = 5_000;
const stopTimeoutMs = 2_000;

/**
 * The kernel sensor: loads and attaches the BPF programs, reads their records in a worker thread and answers them.
 * Needs root, BTF and libbpf.so.1.
 */
export class Sensor {
  readonly #libbpf: Libbpf;
  readonly #programs: LoadedPrograms;
  readonly #listener: SensorListener;
  readonly #log: Logger;
  readonly #known: KnownMap;
  readonly #watched: WatchedMap;
  readonly #tasksFd: number;
  readonly #statsFd: number;
  readonly #config: Buffer = Buffer.alloc(config.sizeBytes);
  readonly #paths: Map<bigint, string> = new Map();
  #reader: { readonly worker: Worker; readonly ended: Promise<void> } | undefined;
  #failures: ReaderBatch['failures'] = {};
  #stopping = false;
  #readerGone = false;
  #hooks: readonly HookState[] = [];

  /**
   * Loads everything into the kernel; nothing is attached yet.
   * @throws AnchorwatchError `sensor.libbpf`, `sensor.object`, `sensor.kernel`, `sensor.load`
   */
  constructor({ listener, log, recordsPerSecond = defaultRecordsPerSecond, knownEntries }: SensorOptions) {
    this.#listener = listener;
    this.#log = log;
    this.#libbpf = openLibbpf();
    mountTracefs();
    this.#programs = loadPrograms(this.#libbpf, knownEntries === undefined ? {} : { known: knownEntries });
    const random = randomBytes(16);
    this.#known = new KnownMap(this.#libbpf, this.#programs.mapFd('known'), [
      random.readBigUInt64LE(0),
      random.readBigUInt64LE(8),
    ]);
    this.#watched = new WatchedMap(this.#libbpf, this.#programs.mapFd('watched'));
    this.#tasksFd = this.#programs.mapFd('tasks');
    this.#statsFd = this.#programs.mapFd('stats');
    random.copy(this.#config, config.members.hash_key[0]);
    this.#config.writeUInt32LE(recordsPerSecond, config.members.records_per_second[0]);
    this.#writeConfig();
    const interpreters = this.#programs.mapFd('interpreters');
    for (const name of namesWithArguments()) {
      const key = Buffer.alloc(16);
      key.write(name.replaceAll(/[\d.]/g, '').slice(0, 15), 'latin1');
      this.#libbpf.update(interpreters, key, Buffer.from([1]), updateAny);
    }
  }

  /** Starts the reader, then attaches the programs. Containers that run already are to be watched before. */
  async start(): Promise<void> {
    const input: ReaderInput = {
      rings: ringNames.map((name) => ({ fd: this.#programs.mapFd(name), sizeBytes: ringBytes[name] })),
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
      this.#take(batch);
    });
    reader.on('error', (error) => {
      this.#blind(error.message);
    });
    reader.on('exit', (code) => {
      this.#blind(`it ended with ${code}`);
    });
    this.#hooks = this.#programs.attach();
    this.#libbpf.trim();
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
    this.#watched.set(container, insideIds);
  }

  unwatch(cgroupId: string): void {
    this.#watched.remove(cgroupId);
  }

  /** The kernel recognises these from now on. */
  recognise(workloadId: string, keys: Iterable<KernelKey>): void {
    for (const key of keys) {
      this.#known.put(workloadId, key, 'known');
      const pattern = patternOf(key);
      if (pattern !== undefined) this.#watched.addPattern(workloadId, pattern);
      if (key.kind !== 'exec') continue;
      this.#learnPath(this.#known.program(key.path), key.path);
      if (key.parent !== '') this.#learnPath(this.#known.program(key.parent), key.parent);
    }
  }

  /**
   * Answers an event: `known`, the kernel recognises it from now on; `judged`, it tells it once per container and sample; `forget`, it
   * tells it again at once.
   */
  answer(
    handle: KernelHandle,
    workloadId: string,
    kernelKey: KernelKey | undefined,
    mark: 'known' | 'judged' | 'forget',
  ): void {
    if (handle.key === 0n) return;
    if (mark === 'forget') {
      this.#known.forget(handle.workload, handle.key);
      // The kernel's first level remembers that it told: everything there is looked up anew.
      this.#config.writeUInt32LE(
        (this.#config.readUInt32LE(config.members.epoch[0]) + 1) >>> 0,
        config.members.epoch[0],
      );
      this.#writeConfig();
      return;
    }
    this.#known.answer(workloadId, handle.key, kernelKey, mark);
    // Told before the container was known: under a number of its own, which nobody looks up again.
    if (handle.workload !== workloadNumber(workloadId)) this.#known.forget(handle.workload, handle.key);
  }

  /** What the kernel counted since the last call. */
  incidences(): Iterable<Incidence> {
    return this.#known.incidences();
  }

  /** Gives a process that is older than the sensor its place in the lineage. False when it is gone. */
  adopt(pid: number, exe: string): boolean {
    const program = this.#known.program(exe);
    this.#learnPath(program, exe);
    const pidfd = this.#libbpf.pidfdOpen(pid);
    if (pidfd < 0) return false;
    const key = Buffer.alloc(4);
    key.writeInt32LE(pidfd, 0);
    const value = Buffer.alloc(task.sizeBytes);
    value.writeBigUInt64LE(program, task.members.program[0]);
    const result = this.#libbpf.update(this.#tasksFd, key, value, updateAny);
    this.#libbpf.closeFd(pidfd);
    return result === 0;
  }

  counters(): SensorCounters {
    const key = Buffer.alloc(4);
    const cpus = this.#libbpf.possibleCpus();
    const values = Buffer.alloc(stats.sizeBytes * cpus);
    this.#libbpf.lookup(this.#statsFd, key, values);
    const sum = (at: number): number => {
      let total = 0n;
      for (let cpu = 0; cpu < cpus; cpu++) total += values.readBigUInt64LE(cpu * stats.sizeBytes + at);
      return Number(total);
    };
    const byKind = (member: 'known' | 'emitted' | 'repeated' | 'missed'): Record<string, number> => {
      const out: Record<string, number> = {};
      for (const [kind, name] of Object.entries(kindLabels))
        out[name] = sum(stats.members[member][0] + Number(kind) * 8);
      return out;
    };
    const lost: { hook: string; reason: string; count: number }[] = [];
    for (const [hook, h] of Object.entries(hookNumbers)) {
      if (hook === 'count') continue;
      for (const [reason, l] of Object.entries(losses)) {
        if (reason === 'count') continue;
        lost.push({ hook, reason, count: sum(stats.members.lost[0] + (h * losses.count + l) * 8) });
      }
    }
    for (const reason of decodeFailures) lost.push({ hook: 'reader', reason, count: this.#failures[reason] ?? 0 });
    lost.push({ hook: 'answer', reason: 'known_full', count: this.#known.full });
    lost.push({ hook: 'watch', reason: 'watched_full', count: this.#watched.full });
    return {
      events: byKind('emitted'),
      known: byKind('known'),
      repeated: byKind('repeated'),
      missed: byKind('missed'),
      lost,
    };
  }

  /** Reads what is still in the rings, then detaches everything. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#reader !== undefined) {
      const { worker, ended } = this.#reader;
      worker.postMessage('stop' satisfies ReaderOrder);
      const timer = setTimeout(() => void worker.terminate(), stopTimeoutMs);
      await ended;
      clearTimeout(timer);
    }
    this.#programs.close();
  }

  #take({ records, failures }: ReaderBatch): void {
    this.#failures = failures;
    const monotonicOriginMs = Date.now() - Number(process.hrtime.bigint()) / 1e6;
    const context = { programPath: (program: bigint): string => this.#paths.get(program) ?? '', monotonicOriginMs };
    for (const record of records) {
      if (record.kind === 'cgroup_make' || record.kind === 'cgroup_remove') this.#takeCgroup(record);
      else {
        if (record.kind === 'exec') this.#learnPath(record.program, record.path);
        const event = eventOf(record, context);
        if (event !== undefined) this.#listener.event(event, { workload: record.workload, key: record.key });
      }
    }
    if (records.length > 0) this.#reader?.worker.postMessage({ handled: records.length } satisfies ReaderOrder);
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
    if (record.kind === 'cgroup_remove') {
      this.#listener.cgroupRemoved(id);
      return;
    }
    // For cgroups made inside a container, the record's workload is the container.
    if (record.workload === record.cgroupId) this.#listener.cgroupMade(id, record.path);
    else this.#watched.addInside(record.workload.toString(), id);
  }

  #writeConfig(): void {
    this.#libbpf.update(this.#programs.mapFd('.data.config'), Buffer.alloc(4), this.#config, updateAny);
  }

  #learnPath(program: bigint, path: string): void {
    if (this.#paths.get(program) === path) return;
    this.#paths.set(program, path);
    if (this.#paths.size > programsMax) for (const oldest of this.#paths.keys()) return void this.#paths.delete(oldest);
  }
}

const kindLabels: Readonly<Record<number, string>> = {
  [kinds.exec]: 'exec',
  [kinds.exit]: 'exit',
  [kinds.file_read]: 'file.read',
  [kinds.file_write]: 'file.write',
  [kinds.net_out]: 'net.out',
  [kinds.net_listen]: 'net.listen',
  [kinds.cgroup_make]: 'cgroup',
  [kinds.call]: 'call',
  [kinds.change]: 'change',
};

const decodeFailures = [
  'too-short',
  'wrong-version',
  'wrong-size',
  'unknown-kind',
  'wrong-lengths',
  'unknown-value',
  'torn-ring',
] as const;

function patternOf(key: KernelKey): Pattern | undefined {
  if (key.kind.endsWith('.folded')) return 'folded';
  if (key.kind.endsWith('.directory')) return 'directory';
  return key.kind === 'net.out.port' ? 'port' : undefined;
}
