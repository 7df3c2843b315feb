import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricsReference } from '../../../src/collector/metrics-reference.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import { Harness } from './harness.ts';

const harness = new Harness();
let collector: RunningCollector;

beforeAll(async () => {
  collector = await harness.collector();
});
afterAll(() => harness.end());

test('docs/reference/metrics.md is what `npm run docs` writes', () => {
  const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
  expect(page).toBe(metricsReference(collector.metrics));
});

test('every metric follows the conventions, says what it is, and /metrics knows it', async () => {
  const text = await (await fetch(`${collector.url}/metrics`)).text();
  for (const { name, type, help } of collector.metrics) {
    expect(name).toMatch(/^(?:anchorwatch|process)_[a-z][a-z0-9_]*$/);
    expect(help).toMatch(/^[A-Z0-9].{10,}\.$/);
    expect(text).toContain(`# TYPE ${name} ${type}`);
    if (type === 'counter') expect(name).toMatch(/_total$/);
  }
});
