import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PostureVerdict } from '../../../src/model/posture.ts';
import type { Vulnerability, VulnerabilityView } from '../../../src/model/vulnerability.ts';
import { PostureCourier } from '../../../src/outbox/posture-courier.ts';
import { waitFor } from '../../support/wait.ts';
import { Harness } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

const vulnerability = (id: string, more: Partial<Vulnerability>): Vulnerability => ({
  ...{ id, severity: 'high', package: 'libssl3', version: '3.0.1', fixed: '3.0.2', use: 'unknown', evidence: 'so' },
  ...more,
});
function verdict(name: string, digest: string, items: readonly Vulnerability[]): PostureVerdict {
  const counts: Record<string, number> = {};
  for (const { severity, use } of items) counts[`${severity} ${use}`] = (counts[`${severity} ${use}`] ?? 0) + 1;
  return {
    container: { id: Buffer.from(name).toString('hex').padEnd(64, '0'), name, image: 'web:7', digest },
    workload: { id: 'w1', name: 'shop/web', kind: 'compose' },
    ...{ timeMs: Date.now(), passed: ['seccomp'], outcomes: [] },
    vulnerabilities: { scanners: ['trivy'], scannedMs: 1_764_000_000_000, items, counts },
  };
}

interface Page {
  readonly items: readonly VulnerabilityView[];
  readonly next?: string;
}
const get = async (url: string, path: string): Promise<Page> => (await (await fetch(`${url}${path}`)).json()) as Page;

test('what is used comes first, page by page; it is counted, filtered, replaced, and goes with its container', async () => {
  const { url } = await harness.collector();
  const verdicts = [
    verdict('a', 'sha256:aa', [
      vulnerability('CVE-1', { use: 'used', severity: 'medium' }),
      vulnerability('CVE-2', { severity: 'critical' }),
      vulnerability('CVE-3', { use: 'unused', severity: 'critical' }),
    ]),
    verdict('b', 'sha256:bb', [vulnerability('CVE-1', { use: 'used', severity: 'critical' })]),
  ];
  const courier = new PostureCourier(() => verdicts);
  harness.outbox(url, { companion: courier });
  const path = '/api/v1/vulnerabilities';
  await waitFor('the report', async () => (await get(url, path)).items.length === 4);
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const { items, next } = await get(url, `${path}?limit=1${after}`);
    seen.push(...items.map(({ id, container }) => `${id} ${container.name}`));
    if (next === undefined) break;
    after = `&after=${next}`;
  }
  expect(seen).toEqual(['CVE-1 b', 'CVE-1 a', 'CVE-2 a', 'CVE-3 a']);
  expect((await get(url, `${path}?use=used,unknown&severity=high`)).items.map(({ id }) => id)).toEqual([
    ...['CVE-1', 'CVE-2'],
  ]);
  expect((await get(url, `${path}?container=a&id=CVE-1`)).items).toMatchObject([
    { node: 'worker-3', scanners: ['trivy'], scanned: '2025-11-24T16:00:00.000Z', workload: { name: 'shop/web' } },
  ]);
  expect((await fetch(`${url}${path}?use=maybe`)).status).toBe(400);
  const drift = (await get(url, '/api/v1/images/drift')) as unknown as { items: readonly object[] };
  expect(drift.items).toMatchObject([{ image: 'web:7', digests: [{ digest: 'sha256:aa' }, { digest: 'sha256:bb' }] }]);
  await waitFor('the metrics', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return (
      metrics.includes('anchorwatch_vulnerabilities{severity="critical",use="used"} 1') &&
      metrics.includes('anchorwatch_image_drift_workloads 1')
    );
  });
  courier.changed(verdict('a', 'sha256:aa', []));
  courier.gone(verdicts[1]?.container?.id ?? '');
  await waitFor('all of them to be gone', async () => (await get(url, path)).items.length === 0);
});
