import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containerChecks, nodeChecks } from './checks.ts';
import { clusterChecks, kubeletChecks, namespaceChecks, podChecks } from './cluster/cluster-checks.ts';
import { loadPractices, parsePractices, shippedPractices } from './practice-file.ts';
import { Practices } from './practices.ts';

const text = readFileSync(shippedPractices, 'utf8');

describe('the shipped practices', () => {
  const practices = loadPractices();

  test('are thirty, ten of each kind, each with where it is from', () => {
    expect(practices.all).toHaveLength(30);
    for (const kind of ['docker', 'kubernetes', 'owasp'])
      expect(practices.all.filter(({ name }) => name.startsWith(`${kind}-`))).toHaveLength(10);
    for (const { id, sources, sameAs } of practices.all)
      expect(Object.keys(sources).length + sameAs.length, id).toBeGreaterThan(0);
  });

  test('describe every check that there is, and no other', () => {
    const of = (kind: string): string[] =>
      practices.checks
        .filter((check) => check.of === kind)
        .map(({ id }) => id)
        .toSorted();
    expect(of('container')).toEqual(Object.keys(containerChecks).toSorted());
    expect(of('node')).toEqual(Object.keys(nodeChecks).toSorted());
    expect(of('cluster')).toEqual(Object.keys(clusterChecks).toSorted());
    expect(of('kubelet')).toEqual(Object.keys(kubeletChecks).toSorted());
    expect(of('namespace')).toEqual(Object.keys(namespaceChecks).toSorted());
    expect(of('pod')).toEqual(Object.keys(podChecks).toSorted());
  });

  test('have every run-time check of CIS Docker 1.6.0 section 5', () => {
    const numbers = new Set(practices.checks.flatMap(({ sources }) => sources['cis-docker-1.6'] ?? []));
    for (let number = 1; number <= 32; number++)
      expect(numbers, `5.${String(number)}`).toContain(`5.${String(number)}`);
  });

  test('are found by id and by name, and a practice has the checks of those that stand for it', () => {
    expect(practices.practice('docker-10')).toBe(practices.practice('D10'));
    expect(practices.checksOf('docker-9')).toContain('privileged');
    // OWASP D07, resource protection, is Docker's limits.
    expect(practices.checksOf('O07')).toEqual(expect.arrayContaining(['memory-limit', 'pids-limit']));
    expect(practices.practicesOf('privileged')).toEqual(['D09', 'K07']);
    expect(practices.checksOf('D99')).toEqual([]);
  });
});

describe('mistakes', () => {
  const wrong: readonly (readonly [name: string, from: string, to: string, reason: string])[] = [
    ['no YAML', 'practices:', 'practices: [', 'not valid YAML'],
    ['an id twice', '  - id: D02', '  - id: D01', 'the id D01 is taken'],
    ['a practice that is not there', 'also: ["O04"]', 'also: ["O77"]', 'there is no practice O77'],
    [
      'a benchmark that is not there',
      'kubescape: ["C-0055"]',
      'kubescope: ["C-0055"]',
      'there is no benchmark kubescope',
    ],
    ['a severity that is not there', 'severity: notice', 'severity: awful', 'Invalid option'],
    ['a member that is not there', 'of: node', 'off: node', 'Unrecognized key'],
  ];
  test.each(wrong)('%s is named with its line', (_name, from, to, reason) => {
    const at = text.indexOf(from);
    expect(at).toBeGreaterThan(0);
    const problems = parsePractices('p.yaml', text.slice(0, at) + to + text.slice(at + from.length));
    if (problems instanceof Practices) throw new Error('it was taken');
    const found = problems.find((one) => one.reason.includes(reason));
    expect(found, JSON.stringify(problems.slice(0, 3))).toBeDefined();
    const line = text.slice(0, at).split('\n').length;
    if (!['no YAML', 'a member that is not there'].includes(_name))
      expect(found).toMatchObject({ file: 'p.yaml', line });
  });

  test('a file that is not there says so', () => {
    expect(() => loadPractices('/nowhere/practices.yaml')).toThrow(/cannot be read/);
  });

  test('whatever the text, the answer is practices or problems', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (noise) => {
        const read = parsePractices('p', `practices:\n${noise}`);
        expect(read instanceof Practices || read.length > 0).toBe(true);
      }),
    );
  });
});
