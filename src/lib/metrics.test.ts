import { expect, test } from 'vitest';
import { counter, createRegistry, gauge, histogram } from './metrics.ts';

test('each kind is shown by the registry that it was made in, and by no other', async () => {
  const registry = createRegistry();
  const other = createRegistry();
  counter(registry, 'a_total', 'A.', ['kind']).inc({ kind: 'exec' }, 2);
  counter(registry, 'b_total', 'B.');
  gauge(registry, 'c_bytes', 'C.', ['node']).set({ node: 'n"1' }, 7);
  histogram(registry, 'd_seconds', 'D.', [], [0.1, 1]).observe(0.5);
  const text = await registry.metrics();
  expect(text).toContain('# TYPE a_total counter\na_total{kind="exec"} 2');
  expect(text).toContain('b_total 0');
  expect(text).toContain('c_bytes{node="n\\"1"} 7');
  expect(text).toContain('d_seconds_bucket{le="0.1"} 0\nd_seconds_bucket{le="1"} 1\nd_seconds_bucket{le="+Inf"} 1');
  expect(await other.metrics()).not.toContain('a_total');
});

test('the same name twice in a registry is an error', () => {
  const registry = createRegistry();
  counter(registry, 'a_total', 'A.');
  expect(() => counter(registry, 'a_total', 'A.')).toThrow(/already/);
});
