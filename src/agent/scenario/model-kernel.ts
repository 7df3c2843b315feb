import type { Container } from '../../model/container.ts';
import type { Event, KernelKey } from '../../model/event.ts';
import type { Stratum } from '../../model/feature.ts';
import { changeOf, directoryKey, foldedKey } from '../../profile/generalise.ts';
import type { Sample } from '../../profile/samples.ts';

interface Entry {
  readonly workloadId: string;
  readonly kernelKey: KernelKey;
  state: 'known' | 'judged' | 'pending';
  readonly incidence: { startup: number; steady: number };
  readonly told: { startup: number; steady: number };
  readonly seen: Map<string, number>;
}

/** What the sensor's kernel filter does, in a few lines: known keys are counted, new and judged ones told once per container and sample. */
export class ModelKernel {
  readonly #entries: Map<string, Entry> = new Map();
  readonly #samples: Map<string, Sample> = new Map();

  setSample(containerId: string, sample: Sample): void {
    this.#samples.set(containerId, sample);
  }

  restore(workloadId: string, keys: Iterable<KernelKey>): void {
    for (const key of keys) this.mark(workloadId, key, 'known');
  }

  mark(workloadId: string, kernelKey: KernelKey, state: 'known' | 'judged' | 'none'): void {
    if (state !== 'none') this.#entry(workloadId, kernelKey).state = state;
  }

  /** Tells these keys again, as judged; or everything of the workload, as new. */
  revoke(workloadId: string, keys: readonly KernelKey[] | 'all'): void {
    if (keys !== 'all') for (const key of keys) this.mark(workloadId, key, 'judged');
    else for (const [id, entry] of this.#entries) if (entry.workloadId === workloadId) this.#entries.delete(id);
  }

  /** The event as it reaches user space, or undefined when it does not. */
  filter(event: Event, container: Container): Event | undefined {
    if (event.kernelKey === undefined) return event;
    const workloadId = container.workload.id;
    const sample = this.#samples.get(container.id) ?? { number: 0, stratum: 'steady' };
    for (const pattern of patternsOf(event)) {
      const entry = this.#entries.get(`${workloadId} ${JSON.stringify(pattern)}`);
      if (entry?.state !== 'known') continue;
      count(entry, container.id, sample);
      return undefined;
    }
    const entry = this.#entry(workloadId, event.kernelKey);
    const first = count(entry, container.id, sample);
    if (entry.state === 'known' || !first) return undefined;
    return entry.state === 'judged' ? { ...event, judged: true } : event;
  }

  *takeIncidences(): Iterable<{ workloadId: string; stratum: Stratum; kernelKey: KernelKey; delta: number }> {
    for (const { workloadId, kernelKey, incidence, told } of this.#entries.values()) {
      for (const stratum of ['startup', 'steady'] as const) {
        const delta = incidence[stratum] - told[stratum];
        told[stratum] = incidence[stratum];
        if (delta > 0) yield { workloadId, stratum, kernelKey, delta };
      }
    }
  }

  #entry(workloadId: string, kernelKey: KernelKey): Entry {
    const id = `${workloadId} ${JSON.stringify(kernelKey)}`;
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      const none = { startup: 0, steady: 0 };
      entry = { workloadId, kernelKey, state: 'pending', incidence: { ...none }, told: { ...none }, seen: new Map() };
      this.#entries.set(id, entry);
    }
    return entry;
  }
}

function patternsOf(event: Event): readonly KernelKey[] {
  if (event.kind === 'file' && event.error !== undefined) return [];
  if (event.kind === 'file') return [foldedKey(event.access, event.path), directoryKey(event.access, event.path)];
  if (event.kind === 'change')
    return [foldedKey(changeOf(event), event.path), directoryKey(changeOf(event), event.path)];
  if (event.kind === 'dns')
    return [{ kind: 'dns.parent', name: event.name.slice(event.name.indexOf('.') + 1), type: event.type }];
  if (event.kind === 'connect') return [{ kind: 'net.out.port', protocol: event.protocol, port: event.port }];
  return [];
}

function count(entry: Entry, containerId: string, sample: Sample): boolean {
  if (entry.seen.get(containerId) === sample.number) return false;
  entry.seen.set(containerId, sample.number);
  entry.incidence[sample.stratum]++;
  return true;
}
