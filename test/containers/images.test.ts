import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';

interface Seen {
  readonly id: string;
  readonly use: string;
  readonly evidence: string;
  readonly fixed: string;
  readonly container: { readonly name: string };
}

let engine: Engine;
let product: Product;
let scratch = '';
const missing = engineMissing();
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

const found = (id: string, name: string, fixed: string): object => ({
  ...{ VulnerabilityID: id, PkgName: name, InstalledVersion: '1', FixedVersion: fixed, Severity: 'CRITICAL' },
});

/** As `cosign sign --key` writes it. */
function bundleOf(digest: string, key: ReturnType<typeof generateKeyPairSync>): string {
  const payload = Buffer.from(
    JSON.stringify({
      ...{ _type: 'https://in-toto.io/Statement/v1', predicateType: 'https://sigstore.dev/cosign/sign/v1' },
      subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }],
    }),
  );
  const payloadType = 'application/vnd.in-toto+json';
  const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `);
  const der = key.publicKey.export({ type: 'spki', format: 'der' });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: createHash('sha256').update(der).digest('base64') } },
    dsseEnvelope: {
      ...{ payload: payload.toString('base64'), payloadType },
      signatures: [{ sig: sign('sha256', Buffer.concat([head, payload]), key.privateKey).toString('base64') }],
    },
  });
}

beforeAll(async () => {
  if (missing !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-images-test-'));
  for (const name of ['reports', 'signatures']) mkdirSync(join(scratch, name));
  engine = await startEngine();
  const debian = await engine.debianImage();
  const { Id: debianId } = await engine.docker.getImage(debian).inspect();
  const report = {
    ...{ SchemaVersion: 2, CreatedAt: new Date().toISOString(), ArtifactName: debian, ArtifactType: 'container_image' },
    Metadata: { ImageID: debianId },
    Results: [
      {
        ...{ Target: 'debian', Class: 'os-pkgs', Type: 'debian' },
        Vulnerabilities: [
          found('CVE-2026-0001', 'libssl3', '3.0.99'),
          found('CVE-2026-0002', 'perl-base', ''),
          found('CVE-2026-0003', 'not-installed', ''),
        ],
      },
    ],
  };
  writeFileSync(join(scratch, 'reports', 'debian.json'), JSON.stringify(report));
  writeFileSync(join(scratch, 'reports', 'broken.json'), '{"SchemaVersion":');
  const [own, stranger] = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ];
  writeFileSync(join(scratch, 'cosign.pub'), own.publicKey.export({ type: 'spki', format: 'pem' }));
  const busybox = await engine.busyboxImage();
  const { Id: busyboxId } = await engine.docker.getImage(busybox).inspect();
  writeFileSync(join(scratch, 'signatures', 'debian.sigstore.json'), bundleOf(debianId, own));
  writeFileSync(join(scratch, 'signatures', 'busybox.sigstore.json'), bundleOf(busyboxId, stranger));
  // They come after the agent, which is to see how they start.
  product = await startProduct(engine.host, [
    ...['--slice', '1s', '--startup', '2s', '--vulnerability-reports', join(scratch, 'reports')],
    ...['--image-signatures', join(scratch, 'signatures'), '--image-keys', join(scratch, 'cosign.pub')],
  ]);
  await engine.cli('run', '-d', '--name', 'loads', debian, 'nginx', '-g', 'daemon off;');
  await engine.cli('run', '-d', '--name', 'idle', debian, 'sleep', '600');
  // A tag that is moved between the starts of two replicas.
  await engine.cli('tag', debian, 'anchorwatch-test/moving:1');
  await engine.cli('run', '-d', '--name', 'replica-1', 'anchorwatch-test/moving:1', 'sleep', '600');
  await engine.cli('tag', busybox, 'anchorwatch-test/moving:1');
  await engine.cli('run', '-d', '--name', 'replica-2', 'anchorwatch-test/moving:1', 'sleep', '600');
}, 300_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
  if (scratch !== '') rmSync(scratch, { recursive: true, force: true });
}, 120_000);

const seen = async (query: string): Promise<readonly Seen[]> =>
  (await product.get<{ items: readonly Seen[] }>(`/api/v1/vulnerabilities?${query}`)).items;
const useOf = async (container: string, id: string): Promise<string | undefined> =>
  (await seen(`container=${container}&id=${id}`))[0]?.use;
async function resultOf(container: string, check: string): Promise<string | undefined> {
  const path = `/api/v1/posture?result=all&container=${container}&practice=${check}`;
  return (await product.get<{ items: readonly { result: string; note: string }[] }>(path)).items[0]?.result;
}

test('a library that is loaded ranks above the same one that never was', async () => {
  await waitFor(
    'the library to be seen in use',
    async () => (await useOf('loads', 'CVE-2026-0001')) === 'used',
    60_000,
  );
  await waitFor(
    'enough to be learned of the other one',
    async () => (await useOf('idle', 'CVE-2026-0001')) === 'unused',
    150_000,
  );
  const all = await seen('id=CVE-2026-0001');
  expect(all[0]).toMatchObject({ use: 'used', fixed: '3.0.99', container: { name: 'loads' } });
  expect(all[0]?.evidence).toMatch(/^mapped: \/usr\/lib\/.*lib(?:ssl|crypto)\.so\.3$/);
  const idle = all.find(({ container }) => container.name === 'idle');
  expect(idle?.evidence).toMatch(/^never executed, mapped or read: \d+ starts, \d+ samples, coverage /);
  expect(await useOf('idle', 'CVE-2026-0003')).toBe('unknown');
  expect([await resultOf('loads', 'image-vulnerable'), await resultOf('idle', 'image-vulnerable')]).toEqual([
    'fail',
    'warn',
  ]);
  await waitFor('the metrics', async () =>
    /anchorwatch_vulnerabilities\{severity="critical",use="used"\} [1-9]/.test(await product.metrics()),
  );
}, 240_000);

test('who signed an image, and that a stranger did', async () => {
  await waitFor('the verdicts', async () => (await resultOf('replica-2', 'image-signed')) !== undefined, 60_000);
  expect([await resultOf('loads', 'image-signed'), await resultOf('replica-2', 'image-signed')]).toEqual([
    'pass',
    'fail',
  ]);
});

test('replicas of one name that run two images', async () => {
  await waitFor('both to be checked', async () => (await resultOf('replica-2', 'image-drift')) === 'fail', 60_000);
  const { items } = await product.get<{ items: readonly { image: string; digests: readonly unknown[] }[] }>(
    '/api/v1/images/drift',
  );
  expect(items).toMatchObject([{ image: 'anchorwatch-test/moving:1', digests: [{}, {}] }]);
  await waitFor('the metric', async () => (await product.metrics()).includes('anchorwatch_image_drift_workloads 1'));
});

test('a report that is none is counted by its reason', async () => {
  await waitFor('the loss', async () => /reason="report_not_json"[^\n]* 1/.test(await product.metrics()));
});
