import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { AnchorwatchError } from '../../src/lib/errors.ts';
import type { MixJudgement, MixState } from '../../src/detect/syscall-mix.ts';
import { evaluateTrace, outcomeOf } from '../evaluate/shil.ts';
import { decodeShilTrace, readShilTrace, shilFiles } from '../evaluate/shil-data.ts';
import { seeded } from '../support/draws.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-shil-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const names = ['exploit command 1 entered', 'command returned', 'all commands ended'];
const times = (...rows: readonly number[]): unknown => Object.fromEntries(names.map((name, at) => [name, [rows[at]]]));
const good = {
  ...{ cve: 'CVE-1', syscalls: ['read', 'write', 'execve'], times: times(1, 2, 2) },
  containers: {
    '1': {
      train: [[0, { '1': 3 }]],
      test: [
        [0, { '1': 4 }],
        [100, { '1': 4, '2': 1 }],
        [200, {}],
      ],
    },
    '5': { train: [[0, { '0': 2 }]], test: null },
  },
};

describe('traces', () => {
  test('are read as they are, calls numbered as they come', () => {
    expect(decodeShilTrace(JSON.stringify(good), 'x')).toEqual({
      ...{ cve: 'CVE-1', calls: ['write', 'execve', 'read'] },
      normal: [
        { container: '1', windows: [new Map([[0, 3]])] },
        { container: '5', windows: [new Map([[2, 2]])] },
      ],
      attacked: [
        {
          ...{ container: '1', exploitAt: 1, returnedAt: 2, endedAt: 2 },
          windows: [
            new Map([[0, 4]]),
            new Map([
              [0, 4],
              [1, 1],
            ]),
            new Map(),
          ],
        },
      ],
    });
  });

  const containers = (train: unknown, test_: unknown): unknown => ({
    ...good,
    containers: { '1': { train, test: test_ } },
  });
  test.each([
    ['[]', /file: must be an object/],
    ['{', /is no JSON/],
    [JSON.stringify({ ...good, syscalls: [1] }), /syscalls\[0\]: must be a name/],
    [JSON.stringify({ ...good, times: [] }), /times: must be an object/],
    [JSON.stringify({ ...good, times: {} }), /times\["exploit command 1 entered"\]: must be a list/],
    [JSON.stringify({ ...good, times: times(-1, 2, 3) }), /must hold a row for container 1/],
    [JSON.stringify({ ...good, containers: { '1': 3 } }), /containers\.1: must be an object/],
    [JSON.stringify({ ...good, containers: {} }), /no normal load/],
    [JSON.stringify(containers([[0, { '3': 1 }]], null)), /containers\.1\.train\[0\]: "3" is no index/],
    [JSON.stringify(containers([[0, { __proto__x: 1 }]], null)), /is no index/],
    [JSON.stringify(containers([[0, { '1': -1 }]], null)), /count of "1" must be a number/],
    [JSON.stringify(containers([[0]], null)), /train\[0\]\[1\]: must be an object/],
    [JSON.stringify(containers([], [7])), /containers\.1\.test\[0\]: must be a list/],
  ])('%s is refused, naming the place', (text, reason) => {
    expect(() => decodeShilTrace(text, 'file.json.gz')).toThrow(reason);
    expect(() => decodeShilTrace(text, 'file.json.gz')).toThrow(/^file\.json\.gz/);
  });

  test('nothing but AnchorwatchError comes of hostile ones', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('syscalls', 'times', 'containers', ''), (value, part) => {
        try {
          decodeShilTrace(JSON.stringify(part === '' ? value : { ...good, [part]: value }), 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(AnchorwatchError);
        }
      }),
    );
  });

  test('a folder without traces and a file that is not packed are named', () => {
    expect(() => shilFiles(join(folder, 'none'))).toThrow(/none cannot be read/);
    expect(() => shilFiles(folder)).toThrow(/holds no traces/);
    writeFileSync(join(folder, 'a.json.gz'), 'not packed');
    writeFileSync(join(folder, 'b.json.gz'), gzipSync(JSON.stringify(good)));
    const [bad = '', fine = ''] = shilFiles(folder);
    expect(() => readShilTrace(bad)).toThrow(/a\.json\.gz cannot be unpacked/);
    expect(readShilTrace(fine).cve).toBe('CVE-1');
  });
});

describe('counting', () => {
  const judged = (states: readonly MixState[]): readonly MixJudgement[] =>
    states.map((state) => ({ state, alarm: state !== 'quiet', surprise: 0, newCalls: [] }));

  test('alarms before the exploit are false, those until the command returned detect it', () => {
    const run = { container: '1', exploitAt: 4, returnedAt: 5, endedAt: 5 };
    expect(outcomeOf(run, judged(['quiet', 'begins', 'quiet', 'quiet', 'quiet', 'alarm', 'quiet']))).toEqual({
      ...{ container: '1', falsePositives: 0.25, hours: 4 / 36_000, episodes: 1 },
      ...{ detected: true, toldInTime: false, told: false },
    });
    expect(outcomeOf(run, judged(['quiet', 'quiet', 'quiet', 'alarm', 'quiet', 'quiet', 'begins']))).toMatchObject({
      ...{ falsePositives: 0.25, episodes: 0, detected: false, toldInTime: false, told: true },
    });
    expect(outcomeOf(run, judged(['quiet', 'quiet']))).toMatchObject({ falsePositives: 0, detected: false });
  });

  test('an attack on a made-up server is seen, its normal load is not', () => {
    const random = seeded(1);
    const load = (rows: number): unknown[] =>
      Array.from({ length: rows }, (_, at) => {
        const requests = Math.round(50 * random());
        return [at, { '0': requests, '1': 2 * requests }];
      });
    const attack = load(300).map((row, at) => (at >= 200 && at < 210 ? [at, { '0': 3, '1': 90, '2': 4 }] : row));
    const trace = {
      ...{ ...good, times: times(200, 205, 210) },
      containers: { '1': { train: load(400), test: attack }, '2': { train: load(400), test: null } },
    };
    const [outcome] = evaluateTrace(decodeShilTrace(JSON.stringify(trace), 'x'));
    expect(outcome).toMatchObject({ episodes: 0, detected: true, toldInTime: true, told: true });
    expect(outcome?.falsePositives).toBeLessThan(0.02);
  });
});
