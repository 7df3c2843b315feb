import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PostureView } from '../model/posture.ts';
import { junitProblems, sarifProblems } from '../../test/support/report-schemas.ts';
import { postureFormats } from './formats.ts';

const { sarif, junit } = postureFormats('1.2.3');

function view(change: Partial<PostureView> = {}): PostureView {
  return {
    ...{ id: 1, check: 'privileged', title: 'It is not privileged', practice: 'D09', practices: ['D09', 'K07'] },
    ...{ result: 'fail', severity: 'critical', note: 'it may do everything', node: 'worker-3' },
    evidence: [{ field: 'HostConfig.Privileged', value: 'true' }],
    sources: { 'cis-docker-1.6': ['5.5'] },
    remedy: { docker: 'leave out --privileged' },
    workload: { id: 'w', name: 'shop/web', kind: 'compose' },
    container: { id: 'c', name: 'shop-web-1', image: 'web:7', digest: 'sha256:aa' },
    ...{
      firstSeen: '2026-11-28T12:00:00.000Z',
      lastSeen: '2026-11-28T12:00:00.000Z',
      changed: '2026-11-28T12:00:00.000Z',
    },
    ...change,
  };
}
const excuse = {
  id: 'e',
  owner: 'ann',
  reason: 'it builds images',
  expires: '2999-01-01T00:00:00.000Z',
  expired: false,
};
const {
  workload: _workload,
  container: _container,
  ...ofNode
} = view({ check: 'live-restore', result: 'warn', severity: 'notice' });
const all = [
  view(),
  view({ id: 2, check: 'sshd', result: 'unknown', severity: 'notice' }),
  view({ id: 3, check: 'seccomp', result: 'pass', severity: 'notice' }),
  view({ id: 4, check: 'host-pid', exception: excuse }),
  view({ id: 5, check: 'host-ipc', exception: { ...excuse, expired: true } }),
  ofNode,
];

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly suppressions?: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
interface SarifLog {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly SarifResult[];
  }[];
}

describe('SARIF', () => {
  const run = (JSON.parse(sarif(all)) as SarifLog).runs[0];

  test('is as the schema of SARIF 2.1.0 has it, also of nothing', () => {
    expect(sarifProblems(JSON.parse(sarif(all)))).toEqual([]);
    expect(sarifProblems(JSON.parse(sarif([])))).toEqual([]);
  });

  test('has a rule for each check, and results that point at theirs', () => {
    const rules = run?.tool.driver.rules ?? [];
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(rules[ruleIndex]?.id).toBe(ruleId);
  });

  test('says what fails, what passes, what is open, and what is suppressed', () => {
    expect(
      run?.results.map(({ ruleId, kind, level, suppressions }) => [ruleId, kind, level, suppressions?.length ?? 0]),
    ).toEqual([
      ['privileged', 'fail', 'error', 0],
      ['sshd', 'open', 'none', 0],
      ['seccomp', 'pass', 'none', 0],
      ['host-pid', 'fail', 'error', 1],
      ['host-ipc', 'fail', 'error', 0],
      ['live-restore', 'fail', 'note', 0],
    ]);
  });

  test('a finding is the same one the next time, whatever its id', () => {
    const prints = (finding: PostureView): unknown =>
      (JSON.parse(sarif([finding])) as SarifLog).runs[0]?.results[0]?.partialFingerprints;
    expect(prints(view({ id: 99, note: 'else' }))).toEqual(prints(view()));
    expect(prints(view({ node: 'other' }))).not.toEqual(prints(view()));
  });
});

describe('JUnit', () => {
  test('is as junit-10.xsd has it, also of nothing', () => {
    expect(junitProblems(junit(all))).toEqual([]);
    expect(junitProblems(junit([]))).toEqual([]);
  });

  test('counts a suite for each container and node', () => {
    const text = junit(all);
    expect(text).toContain(
      '<testsuite name="worker-3/shop/web/shop-web-1" tests="5" failures="2" errors="0" skipped="2">',
    );
    expect(text).toContain('<testsuite name="worker-3" tests="1" failures="1" errors="0" skipped="0">');
  });
});

test('whatever names and values hold, both are whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const odd = view({
        note: text,
        node: `n${text}`,
        evidence: [{ field: text, value: text }],
        remedy: { docker: text },
      });
      expect(sarifProblems(JSON.parse(sarif([odd])))).toEqual([]);
      expect(junitProblems(junit([odd, { ...odd, result: 'unknown' }]))).toEqual([]);
    }),
  );
});
