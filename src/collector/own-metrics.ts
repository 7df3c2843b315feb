import { statfs } from 'node:fs/promises';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import { verdicts } from '../model/decision.ts';
import type { Verdict } from '../model/decision.ts';

/** What the collector's process costs, the disk that it writes to, and what operators decided. */
export class OwnMetrics {
  readonly #directory: string;
  readonly #cpu: Counter;
  readonly #memory: Gauge;
  readonly #available: Gauge;
  readonly #size: Gauge;
  readonly #decisions: Counter<'verdict'>;

  /** @param directory Where the store is. */
  constructor(registry: Registry, directory: string) {
    this.#directory = directory;
    // Named as all programs that Prometheus knows name them.
    this.#cpu = counter(
      registry,
      'process_cpu_seconds_total',
      'CPU time used by the process of the collector, and of the agent with it in anchorwatch up.',
    );
    this.#memory = gauge(registry, 'process_resident_memory_bytes', 'Memory resident of the same process.');
    gauge(registry, 'process_start_time_seconds', 'When that process started.').set(
      (Date.now() - process.uptime() * 1000) / 1000,
    );
    this.#available = gauge(
      registry,
      'anchorwatch_store_disk_available_bytes',
      'Bytes that the collector may still write to the disk of its store.',
    );
    this.#size = gauge(registry, 'anchorwatch_store_disk_size_bytes', 'Size of the disk of the store.');
    this.#decisions = counter(
      registry,
      'anchorwatch_decisions_total',
      'What operators decided since the collector started: accept says that an alert was none, deny that it was one.',
      ['verdict'],
    );
    for (const verdict of verdicts) this.#decisions.inc({ verdict }, 0);
  }

  decided(verdict: Verdict): void {
    this.#decisions.inc({ verdict });
  }

  /** Brings them up to date. The disk's figures stay as they were while it cannot be asked. */
  async refresh(): Promise<void> {
    const { user, system } = process.cpuUsage();
    this.#cpu.reset();
    this.#cpu.inc((user + system) / 1e6);
    this.#memory.set(process.memoryUsage.rss());
    const disk = await statfs(this.#directory).catch(() => undefined);
    if (disk === undefined) return;
    this.#available.set(disk.bavail * disk.bsize);
    this.#size.set(disk.blocks * disk.bsize);
  }
}
