import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { RunningCollector } from '../../../src/collector/collector.ts';
import type { PriorReport, ProfileFeature } from '../../../src/model/node.ts';
import { makeReport } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { getJson, Harness, metric } from './harness.ts';

let harness: Harness;
let collector: RunningCollector;
beforeEach(async () => {
  harness = new Harness();
  collector = await harness.collector();
});
afterEach(() => harness.end());

const feature: ProfileFeature = {
  ...{ dimension: 'exec', key: '/usr/sbin/nginx', state: 'known', incidence: { startup: 1, steady: 0 } },
  ...{ firstSeen: '2026-11-23T02:11:09.123Z', lastSeen: '2026-11-23T02:11:09.123Z' },
};

/** A node that has reported a workload with something beside its profile, or nothing. */
async function node(nodeName: string, prior?: PriorReport): Promise<void> {
  const outbox = harness.outbox(collector.url, {
    ...{ nodeName, fileName: `${nodeName}.db` },
    onRequest: () => Promise.resolve([feature]),
  });
  const report = makeReport();
  const workloads = report.workloads.map((one) => (prior === undefined ? one : { ...one, prior }));
  outbox.report({ ...report, workloads });
  await waitFor(
    'the report',
    async () => (await metric(collector.url, `anchorwatch_containers{node="${nodeName}"}`)) === 1,
  );
}

test('what counts beside a profile is said, by node', async () => {
  const starter: PriorReport = {
    ...{ source: 'starter', name: 'nginx 2026-11-28', nodes: 0, samples: { startup: 1.2, steady: 9.5 } },
  };
  const fleet: PriorReport = { source: 'fleet', name: '', nodes: 1, samples: { startup: 4, steady: 2880 } };
  await node('a', starter);
  await node('b', fleet);
  await node('c');
  const priors = [
    { node: 'a', ...starter },
    { node: 'b', ...fleet },
  ];
  expect(await getJson(`${collector.url}/api/v1/workloads`)).toMatchObject({
    items: [{ nodes: ['a', 'b', 'c'], priors }],
  });
  expect(await getJson(`${collector.url}/api/v1/workloads/w-web/profile`)).toMatchObject({ priors });

  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const args = ['profile', 'show', 'shop/web', '--listen', collector.url.replace('http://', '')];
  expect(await runProgram(args, { terminal, env: {}, stop: new AbortController().signal })).toBe(0);
  expect(out.join('\n')).toContain('/usr/sbin/nginx');
  expect(err).toEqual([
    'On a the starter nginx 2026-11-28 counts beside it, as 1.2 starts and 9.5 samples.',
    'On b what 1 other node knows counts beside it, as 4 starts and 2,880 samples.',
  ]);
});
