import { expect, test } from 'vitest';
import { mergeWorkloads } from './fleet.ts';
import type { NodeState } from './fleet.ts';
import type { NodeReport, RateReport } from './node.ts';

function node(name: string, rates?: readonly RateReport[]): NodeState {
  const workload = { id: 'w', name: 'shop/web', kind: 'compose' } as const;
  const reported = { workload, containers: 1, samples: { startup: 1, steady: 2 }, dimensions: [] };
  const report = { workloads: [{ ...reported, ...(rates === undefined ? {} : { rates }) }] } as unknown as NodeReport;
  return { ...{ name, agentVersion: '1', up: true, firstSeenMs: 0, lastSeenMs: 0 }, report, reportReceivedMs: 0 };
}

test('rates of several nodes: usual as the one knows that watched longest, the highest of all, absent where no node tells', () => {
  const [merged] = mergeWorkloads([
    node('a', [
      { name: 'cpu', usual: 0.2, highest: 0.9, samples: 40 },
      { name: 'exec', usual: 1, samples: 40 },
    ]),
    node('b'),
    node('c', [
      { name: 'cpu', usual: 0.1, highest: 0.3, samples: 90 },
      { name: 'exec', usual: 2, highest: 5, samples: 10 },
      { name: 'dns', usual: 3, samples: 1 },
    ]),
  ]);
  expect(merged?.rates).toEqual([
    { name: 'cpu', usual: 0.1, highest: 0.9, samples: 90 },
    { name: 'exec', usual: 1, highest: 5, samples: 40 },
    { name: 'dns', usual: 3, samples: 1 },
  ]);
  expect(mergeWorkloads([node('a'), node('b')])[0]).not.toHaveProperty('rates');
});
