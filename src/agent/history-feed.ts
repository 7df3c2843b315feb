import { maskArguments } from '../lib/mask.ts';
import type { Container } from '../model/container.ts';
import type { Alert } from '../model/alert.ts';
import type { Event, KernelKey } from '../model/event.ts';
import type { HistoryContainer, HistoryKind, KnownCount } from '../model/history.ts';
import type { LossWindow } from '../model/loss.ts';
import type { ContainerRates } from '../model/node.ts';
import { lossBody } from '../history/flight-recorder.ts';

/** Where entries are kept. */
interface Entries {
  record(event: Event, container: Container): void;
  add(kind: HistoryKind, timeMs: number, whose: Container | HistoryContainer | undefined, body: object): void;
}

/** Who keeps events around alerts for the collector. */
interface Bundles {
  alerted(alert: Alert, container: Container): void;
  /** The container is not captured any more. */
  quiet(containerId: string): void;
}

/** What numbers of kernel keys stand for. */
interface KernelKeyNames {
  kernelKey(number: number): KernelKey | undefined;
}

export interface HistoryFeedOptions {
  readonly entries: Entries;
  readonly bundles: Bundles;
  readonly running: () => readonly Container[];
  readonly byId: (containerId: string) => Container | undefined;
  /** Of a workload; another one when its profile began anew. */
  readonly names: (workloadId: string) => KernelKeyNames | undefined;
  readonly figures: (containers: readonly Container[]) => ReadonlyMap<string, ContainerRates>;
  /** Events before this were made by an earlier agent, or by none. */
  readonly startedMs: number;
}

const rateEveryMs = 60_000;
/** Known behaviours of a workload that are counted one by one between two entries. */
const countsMax = 4_096;
const figuresThatAreNow: ReadonlySet<string> = new Set(['memoryBytes', 'pids']);

interface Counted {
  readonly whose: HistoryContainer;
  readonly rows: { readonly kernelKey: KernelKey; samples: number }[];
  /** Rows by what the kernel counts by, as long as numbers mean the same. */
  readonly byKey: Map<KernelKey | number, Counted['rows'][number]>;
  names: KernelKeyNames | undefined;
  omitted: number;
}

/** Makes entries for the flight recorder of what the agent hears that is no event: the life of containers, rates, counts, alerts, losses. */
export class HistoryFeed {
  readonly #options: HistoryFeedOptions;
  readonly #counted: Map<string, Counted> = new Map();
  readonly #before: Map<string, { readonly timeMs: number; readonly rates: ContainerRates }> = new Map();
  #dueMs: number;

  constructor(options: HistoryFeedOptions) {
    this.#options = options;
    this.#dueMs = options.startedMs + rateEveryMs;
  }

  record(event: Event, container: Container): void {
    this.#options.entries.record(event, container);
  }

  /** An alert, or a copy of one with a larger count, was raised. */
  alerted(alert: Alert, container: Container): void {
    this.#options.bundles.alerted(alert, container);
    if (alert.count > 1) return;
    const { id, incident, severity, title, dimension, key, process } = alert;
    this.#options.entries.add('alert', Date.parse(alert.time), container, {
      ...{ alert: id, ...(incident === undefined ? {} : { incident }), severity, title, dimension, key },
      ...(process === undefined ? {} : { pid: process.pid }),
    });
  }

  end(containerId: string): void {
    this.#options.bundles.quiet(containerId);
  }

  started(container: Container, nowMs: number): void {
    const { startedAtMs = nowMs } = container;
    const adopted = startedAtMs < this.#options.startedMs;
    this.#options.entries.add('container', adopted ? nowMs : startedAtMs, container, {
      action: adopted ? 'adopted' : 'started',
    });
  }

  stopped(container: Container, nowMs: number): void {
    this.#rates([container], nowMs);
    this.#before.delete(container.id);
    this.#options.entries.add('container', nowMs, container, { action: 'stopped' });
  }

  /** @param exitCode Of the container's first process; undefined: the engine did not say. */
  died(container: Container, exitCode: number | undefined, timeMs: number): void {
    this.#options.entries.add('container', timeMs, container, {
      action: 'died',
      ...(exitCode === undefined ? {} : { exitCode }),
    });
  }

  /** The kernel counted known behaviour. @param counted A kernel key, or its number in the profile of the workload. */
  counted(workloadId: string, counted: KernelKey | number, samples: number): void {
    let all = this.#counted.get(workloadId);
    if (all === undefined) {
      const workload = this.#options.running().find((one) => one.workload.id === workloadId)?.workload;
      if (workload === undefined) return;
      const whose = { id: '', name: '', image: '', workload };
      all = { whose, rows: [], byKey: new Map(), names: undefined, omitted: 0 };
      this.#counted.set(workloadId, all);
    }
    const names = this.#options.names(workloadId);
    if (names !== all.names) {
      // A profile that began anew has numbers of its own.
      all.byKey.clear();
      all.names = names;
    }
    const before = all.byKey.get(counted);
    if (before !== undefined) before.samples += samples;
    else if (all.rows.length >= countsMax) all.omitted += 1;
    else {
      const kernelKey = typeof counted === 'number' ? names?.kernelKey(counted) : counted;
      if (kernelKey === undefined) return;
      const row = { kernelKey, samples };
      all.rows.push(row);
      all.byKey.set(counted, row);
    }
  }

  lost(windows: readonly LossWindow[]): void {
    for (const { fromMs, toMs, containerId, container, workload, hook, reason, count } of windows) {
      const whose = this.#options.byId(containerId) ?? {
        ...{ id: containerId, name: container, image: '' },
        workload: { id: '', name: workload, kind: 'image' as const },
      };
      this.#options.entries.add(
        'loss',
        toMs,
        containerId === '' ? undefined : whose,
        lossBody(fromMs, toMs, hook, reason, count),
      );
    }
  }

  /** Once a second. */
  tick(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + rateEveryMs;
    this.#rates(this.#options.running(), nowMs);
    this.finish(nowMs);
  }

  /** Tells what was counted. */
  finish(nowMs: number): void {
    for (const { whose, rows, omitted } of this.#counted.values()) {
      const counts = rows.map(({ kernelKey, samples }): KnownCount => ({ ...told(kernelKey), samples }));
      this.#options.entries.add('known', nowMs, whose, {
        ...{ workload: whose.workload, counts },
        ...(omitted > 0 ? { omitted } : {}),
      });
    }
    this.#counted.clear();
  }

  #rates(containers: readonly Container[], nowMs: number): void {
    const figures = this.#options.figures(containers);
    for (const container of containers) {
      const rates = figures.get(container.id);
      if (rates === undefined) continue;
      const before = this.#before.get(container.id);
      this.#before.set(container.id, { timeMs: nowMs, rates });
      if (before === undefined) continue;
      this.#options.entries.add('rates', nowMs, container, {
        ...{ spanMs: Math.round(nowMs - before.timeMs), rates: grown(before.rates, rates) },
      });
    }
  }
}

/** What was used between two readings. A counter that fell began anew. Pure. */
export function grown(before: ContainerRates, now: ContainerRates): ContainerRates {
  const earlier = new Map<string, number>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(now).map(([name, value]: [string, number]) => {
      const last = earlier.get(name);
      if (figuresThatAreNow.has(name) || last === undefined) return [name, figuresThatAreNow.has(name) ? value : 0];
      return [name, Math.round((value >= last ? value - last : value) * 1e6) / 1e6];
    }),
  );
}

/** In a shape each argument ends with a zero byte, as the decoder writes it. Its secrets were masked as those of one text; those of single arguments are here. */
function argumentsOf(shape: string): readonly string[] {
  return maskArguments(shape.split('\\x00').filter((argument) => argument !== ''));
}

/** What a kernel key stands for, as people read it, secrets masked. Pure. */
export function told(key: KernelKey): Pick<KnownCount, 'what' | 'key'> {
  switch (key.kind) {
    case 'exec':
      return { what: 'exec', key: [key.path, ...argumentsOf(key.shape)].join(' ') };
    case 'file.read':
    case 'file.write':
    case 'file.read.folded':
    case 'file.write.folded':
      return { what: key.kind.replace('.folded', ''), key: key.path };
    case 'file.read.directory':
    case 'file.write.directory':
      return { what: key.kind.replace('.directory', ''), key: `${key.path}*` };
    case 'net.out':
      return { what: 'net.out', key: `${key.address}:${String(key.port)}/${key.protocol}` };
    case 'net.out.port':
      return { what: 'net.out', key: `*:${String(key.port)}/${key.protocol}` };
    case 'net.listen':
      return { what: 'net.listen', key: `${String(key.port)}/${key.protocol}` };
    case 'net.in':
      return { what: 'net.in', key: `${String(key.port)}/${key.protocol} from ${key.peer}` };
    case 'dns':
      return { what: 'dns', key: key.type === '' ? key.name : `${key.name} ${key.type}` };
    case 'dns.parent':
      return { what: 'dns', key: `*.${key.name}` };
    case 'call':
      return { what: 'call', key: key.text === undefined ? key.call : `${key.call} ${key.text}` };
    default:
      return { what: 'change', key: `${key.change} ${key.path}${key.kind === 'change.directory' ? '*' : ''}` };
  }
}
