import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReport } from './report-formats.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const manifest = `sha256:${'2'.repeat(64)}`;

const trivy = {
  ...{ SchemaVersion: 2, CreatedAt: '2026-11-01T10:00:00.1Z', ArtifactName: 'shop/web:7' },
  Metadata: { ImageID: digest, RepoDigests: [`shop/web@${manifest}`] },
  Results: [
    {
      ...{ Target: 'shop/web:7 (debian 12)', Class: 'os-pkgs', Type: 'debian' },
      Vulnerabilities: [
        ...[{ VulnerabilityID: 'CVE-1', PkgName: 'libssl3', InstalledVersion: '3.0.1', FixedVersion: '3.0.2' }],
        { VulnerabilityID: 'CVE-2', PkgName: 'zlib1g', InstalledVersion: '1', Severity: 'NEGLIGIBLE' },
        { PkgName: 'has no id' },
        'nothing',
      ],
    },
    {
      ...{ Target: 'Node.js', Class: 'lang-pkgs', Type: 'node-pkg' },
      Vulnerabilities: [
        { VulnerabilityID: 'CVE-3', PkgName: 'a', PkgPath: 'app/node_modules/a/package.json', Severity: 'HIGH' },
      ],
    },
    {
      ...{ Target: 'usr/bin/web', Class: 'lang-pkgs', Type: 'gobinary' },
      Vulnerabilities: [{ VulnerabilityID: 'CVE-4', PkgName: 'stdlib', Severity: 'CRITICAL' }],
    },
  ],
};
const grype = {
  descriptor: { name: 'grype', version: '0.9', timestamp: '2026-11-02T00:00:00Z' },
  source: { type: 'image', target: { userInput: 'shop/web:7', imageID: digest, manifestDigest: manifest } },
  matches: [
    {
      vulnerability: { id: 'CVE-1', severity: 'High', fix: { versions: ['3.0.2'], state: 'fixed' } },
      artifact: { name: 'libssl3', version: '3.0.1', type: 'deb', locations: [{ path: '/var/lib/dpkg/status' }] },
    },
    {
      vulnerability: { id: 'GHSA-1', severity: 'Critical', fix: { versions: [] } },
      artifact: { name: 'log4j', version: '2', type: 'java-archive', locations: [{ path: '/app/log4j.jar' }] },
    },
  ],
};
const operator = {
  ...{ apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'VulnerabilityReport' },
  report: {
    artifact: { repository: 'shop/web', tag: '7', digest: manifest },
    updateTimestamp: '2026-11-03T00:00:00Z',
    vulnerabilities: [
      { vulnerabilityID: 'CVE-1', resource: 'libssl3', installedVersion: '1', fixedVersion: '2', severity: 'HIGH' },
      { vulnerabilityID: 'CVE-9', resource: 'b', pkgPath: '../../etc/shadow', severity: 'LOW', class: 'lang-pkgs' },
    ],
  },
};
const read = (document: unknown) => readReport(Buffer.from(JSON.stringify(document)), false);
const one = (document: unknown) => {
  const result = read(document);
  if ('refused' in result) throw new Error(result.refused);
  return result.reports[0];
};

describe('reports of scanners', () => {
  test('Trivy: packages of the distribution, of languages and in binaries', () => {
    const report = one(trivy);
    expect(report).toMatchObject({ scanner: 'trivy', digests: [digest, manifest], skipped: 2 });
    expect(report?.madeMs).toBe(Date.parse('2026-11-01T10:00:00.1Z'));
    expect(report?.found.map(({ id, severity, kind, path, fixed }) => [id, severity, kind, path, fixed])).toEqual([
      ['CVE-1', 'unknown', 'os', '', '3.0.2'],
      ['CVE-2', 'low', 'os', '', ''],
      ['CVE-3', 'high', 'language', '/app/node_modules/a/package.json', ''],
      ['CVE-4', 'critical', 'binary', '/usr/bin/web', ''],
    ]);
  });

  test('Grype', () => {
    expect(one(grype)).toMatchObject({
      ...{ scanner: 'grype', digests: [digest, manifest] },
      found: [
        { id: 'CVE-1', severity: 'high', kind: 'os', path: '', fixed: '3.0.2' },
        { id: 'GHSA-1', severity: 'critical', kind: 'language', path: '/app/log4j.jar', fixed: '' },
      ],
    });
  });

  test('trivy-operator: one, a list of them, and as YAML; no path leads out', () => {
    expect(one(operator)).toMatchObject({ scanner: 'trivy-operator', digests: [manifest], image: 'shop/web:7' });
    expect(one(operator)?.found[1]).toMatchObject({ kind: 'language', path: '' });
    const list = read({ apiVersion: 'v1', kind: 'List', items: [operator, { kind: 'Pod' }, operator] });
    expect('reports' in list && list.reports.length).toBe(2);
    const yaml = readReport(
      Buffer.from(
        `apiVersion: aquasecurity.github.io/v1alpha1\nkind: VulnerabilityReport\nreport:\n  artifact: { repository: a, digest: "${digest}" }\n`,
      ),
      true,
    );
    expect('reports' in yaml && yaml.reports[0]?.digests).toEqual([digest]);
  });

  test('what is none is refused by its name', () => {
    const refusals = [
      readReport(Buffer.from('{'), false),
      read({ hello: 1 }),
      read([]),
      read({ ...trivy, Metadata: {} }),
      read({ ...trivy, Metadata: { ImageID: 'sha256:12' } }),
      // An alias that stands for itself many times.
      readReport(Buffer.from('a: &a [x]\nb: [*a, *a]\n'), true),
    ].map((result) => ('refused' in result ? result.refused : 'read'));
    expect(refusals).toEqual(['not-json', 'unknown-format', 'unknown-format', 'no-digest', 'no-digest', 'not-json']);
    const many = {
      ...trivy,
      Results: [{ ...trivy.Results[0], Vulnerabilities: Array(20_001).fill(trivy.Results[0]?.Vulnerabilities[0]) }],
    };
    expect(read(many)).toMatchObject({ refused: 'too-many' });
  });

  test('whatever stands in it, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.constantFrom(trivy, grype, operator), fc.json(), fc.nat(5), (report, json, at) => {
        const keys = Object.keys(report);
        const document = { ...report, [keys[at % keys.length] ?? '']: JSON.parse(json) as unknown };
        const result = read(document);
        expect('refused' in result || result.reports.length > 0).toBe(true);
      }),
    );
  });
});
