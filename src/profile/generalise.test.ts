import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FanOut } from './fan-out.ts';
import { foldDigits, isFoldable, isProtected, patternMatches, siblingPattern, typedPath } from './generalise.ts';

const segment = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/),
  fc.constantFrom(
    'tmp',
    'etc',
    'root',
    '.ssh',
    'usr',
    'lib',
    'var',
    'cache',
    'proc',
    '123',
    '*',
    'a*b',
    '<n>',
    'héé',
    '\\x0a',
  ),
  fc.uuid(),
);
const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => `/${segments.join('/')}`);

describe('typedPath', () => {
  test.each([
    ['/tmp/job-17.part', '/tmp/job-<n>.part'],
    ['/proc/4711/status', '/proc/<n>/status'],
    ['/var/cache/app/3fa85f64-5717-4562-b3fc-2c963f66afa6', '/var/cache/app/<uuid>'],
    ['/srv/objects/9f86d081884c7d65', '/srv/objects/<hex>'],
    ['/tmp/tmp.aB3dEf9xQ2', '/tmp/tmp.<random>'],
    ['/var/log/app-2026-11-23.log', '/var/log/app-<date>.log'],
    ['/srv/MyFileName.txt', '/srv/MyFileName.txt'],
    ['/etc/cron.d/job17', '/etc/cron.d/job17'],
    ['/usr/lib/python3.11/os.py', '/usr/lib/python3.11/os.py'],
    ['/home/x/.ssh/id_2', '/home/x/.ssh/id_2'],
    ['/run/secrets/db1', '/run/secrets/db1'],
  ])('%s', (from, to) => {
    expect(typedPath(from)).toBe(to);
  });

  test('patterns match what they were made from, and typing twice is typing once', () => {
    fc.assert(
      fc.property(path, (p) => {
        const typed = typedPath(p);
        const siblings = siblingPattern(typed);
        return (
          patternMatches(typed, p) &&
          (siblings === undefined || patternMatches(siblings, p)) &&
          typedPath(typed) === typed
        );
      }),
    );
  });

  test('protected directories are never folded', () => {
    fc.assert(
      fc.property(
        path,
        fc.constantFrom('/etc', '/root', '/bin', '/usr/bin', '/lib64', '/home/a/.ssh', '/run/secrets', '/srv/.aws'),
        (p, directory) => {
          const inside = directory + p;
          return (
            isProtected(inside) &&
            typedPath(inside) === inside &&
            siblingPattern(inside) === undefined &&
            !isFoldable(inside)
          );
        },
      ),
    );
  });

  test('a foldable path has the same kernel key as its siblings', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const [one, two] = [`/tmp/job-${a}.part`, `/tmp/job-${b}.part`];
        return isFoldable(one) && foldDigits(one) === foldDigits(two) && typedPath(one) === typedPath(two);
      }),
    );
    expect(isFoldable('/srv/objects/9f86d081884c7d65')).toBe(false);
  });
});

describe('FanOut', () => {
  function covered(keys: readonly string[], probes: readonly string[]): readonly boolean[] {
    const fanOut = new FanOut();
    for (const key of keys) {
      const feature = { dimension: 'file.write' as const, key: typedPath(key) };
      if (fanOut.patternOf(feature) !== undefined) continue;
      fanOut.add(feature);
      const collapsed = fanOut.collapse(feature);
      if (collapsed !== undefined) fanOut.add({ dimension: 'file.write', key: collapsed.pattern });
    }
    return probes.map((probe) => fanOut.patternOf({ dimension: 'file.write', key: typedPath(probe) }) !== undefined);
  }

  test('does not depend on the order of arrival', () => {
    const name = fc.stringMatching(/^[a-d]{1,3}(?:\.(?:txt|log))?$/);
    const keys = fc.array(
      fc.tuple(fc.constantFrom('/srv/a/', '/srv/b/', '/etc/'), name).map(([d, n]) => d + n),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = list
          .map((key) => ({ key, rank: order.next().value ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank);
        const probes = ['/srv/a/zz', '/srv/a/zz.txt', '/srv/b/zz.log', '/etc/zz'];
        const result = covered(list, probes);
        expect(
          covered(
            shuffled.map(({ key }) => key),
            probes,
          ),
        ).toEqual(result);
        expect(result[3]).toBe(false);
      }),
    );
  });

  test('eight siblings of one shape make a pattern, seven do not; a file called * is none', () => {
    const names = (count: number): string[] =>
      ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg', 'hh'].slice(0, count).map((n) => `/srv/${n}.json`);
    expect(covered(names(7), ['/srv/zz.json'])).toEqual([false]);
    expect(covered(names(8), ['/srv/zz.json', '/srv/zz.php'])).toEqual([true, false]);
    expect(covered(['/srv/*', '/srv/*.json'], ['/srv/zz', '/srv/zz.json'])).toEqual([false, false]);
  });

  test('the metadata service is never one of many addresses', () => {
    const fanOut = new FanOut();
    for (let index = 0; index < 8; index++) {
      const feature = { dimension: 'net.out' as const, key: `10.0.0.${index}:80/tcp` };
      fanOut.add(feature);
      const collapsed = fanOut.collapse(feature);
      if (collapsed !== undefined) fanOut.add({ dimension: 'net.out', key: collapsed.pattern });
    }
    expect(fanOut.patternOf({ dimension: 'net.out', key: '10.9.9.9:80/tcp' })?.key).toBe('*:80/tcp');
    expect(fanOut.patternOf({ dimension: 'net.out', key: '169.254.169.254:80/tcp' })).toBeUndefined();
  });
});
