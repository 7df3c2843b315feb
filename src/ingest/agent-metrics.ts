import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { AgentReport } from '../model/node.ts';

/** What agents report of their own cost and of the disk that they write to, as metrics of the collector. */
export class AgentMetrics {
  readonly #cpu: Counter<'node'>;
  readonly #memory: Gauge<'node'>;
  readonly #available: Gauge<'node'>;
  readonly #size: Gauge<'node'>;

  constructor(registry: Registry) {
    const node = ['node'] as const;
    this.#cpu = counter(registry, 'anchorwatch_agent_cpu_seconds_total', 'CPU time used by the agent itself.', node);
    this.#memory = gauge(registry, 'anchorwatch_agent_memory_bytes', 'Memory resident of the agent itself.', node);
    this.#available = gauge(
      registry,
      'anchorwatch_agent_disk_available_bytes',
      'Bytes that the agent may still write to the disk of its state directory.',
      node,
    );
    this.#size = gauge(
      registry,
      'anchorwatch_agent_disk_size_bytes',
      "Size of the disk of the agent's state directory.",
      node,
    );
  }

  clear(): void {
    for (const metric of [this.#cpu, this.#memory, this.#available, this.#size]) metric.reset();
  }

  set(node: string, { cpuSeconds, memoryBytes, disk }: AgentReport): void {
    this.#cpu.inc({ node }, cpuSeconds);
    this.#memory.set({ node }, memoryBytes);
    if (disk === undefined) return;
    this.#available.set({ node }, disk.availableBytes);
    this.#size.set({ node }, disk.sizeBytes);
  }
}
