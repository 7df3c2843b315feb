import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRegistry } from '../lib/metrics.ts';
import type { Registry } from '../lib/metrics.ts';
import { OwnMetrics } from './own-metrics.ts';

async function figure(registry: Registry, series: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.split(' ')[1] ?? Number.NaN);
}

test('shows what the process costs, and the disk of the store', async () => {
  const registry = createRegistry();
  const metrics = new OwnMetrics(registry, tmpdir());
  await metrics.refresh();
  const first = await figure(registry, 'process_cpu_seconds_total');
  expect(first).toBeGreaterThan(0);
  await metrics.refresh();
  expect(await figure(registry, 'process_cpu_seconds_total')).toBeGreaterThanOrEqual(first);
  expect(await figure(registry, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  const start = await figure(registry, 'process_start_time_seconds');
  expect(Math.abs(Date.now() / 1000 - process.uptime() - start)).toBeLessThan(60);
  const size = await figure(registry, 'anchorwatch_store_disk_size_bytes');
  expect(size).toBeGreaterThan(0);
  expect(await figure(registry, 'anchorwatch_store_disk_available_bytes')).toBeLessThanOrEqual(size);
});

test('a disk that cannot be asked leaves its figures as they were', async () => {
  const registry = createRegistry();
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-own-'));
  const metrics = new OwnMetrics(registry, directory);
  await metrics.refresh();
  const size = await figure(registry, 'anchorwatch_store_disk_size_bytes');
  rmSync(directory, { recursive: true });
  await metrics.refresh();
  expect(await figure(registry, 'anchorwatch_store_disk_size_bytes')).toBe(size);
});

test('counts decisions, with zeros for those that nobody made', async () => {
  const registry = createRegistry();
  const metrics = new OwnMetrics(registry, tmpdir());
  metrics.decided('accept');
  metrics.decided('accept');
  expect(await figure(registry, 'anchorwatch_decisions_total{verdict="accept"}')).toBe(2);
  expect(await figure(registry, 'anchorwatch_decisions_total{verdict="deny"}')).toBe(0);
});
