import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FanOut } from './fan-out.ts';
import {
  bounded,
  foldDigits,
  foldText,
  isFoldable,
  isProtected,
  patternMatches,
  siblingPattern,
  typedDomain,
  typedPath,
} from './generalise.ts';

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
    ['/tmp/job-<n>.part', '/tmp/job-<lt>n>.part'],
    ['/tmp/*', '/tmp/<star>'],
    ['/srv/backup-20261123T021109Z.tar', '/srv/backup-<date>.tar'],
    ['/srv/2026-11-23T02:11:09.123Z.json', '/srv/<date>.json'],
    ['/srv/repo/objects/a3/9f86d081884c7d659a2feaa0c55ad015a3bf4f', '/srv/repo/objects/<hex>/<hex>'],
    ['/var/cache/nginx/c/29/b7f54b2df7773722d382f4809d65029c', '/var/cache/nginx/<hex>/<hex>/<hex>'],
    ['/srv/up/01ARZ3NDEKTSV4RRFFQ69G5FAV.png', '/srv/up/<random>.png'],
    ['/srv/up/MFRGGZDFMZTWQ2LK', '/srv/up/<random>'],
    ['/srv/up/V1StGXR8_Z5jdHi6B-myT', '/srv/up/<random>'],
    ['/srv/job-7/server-1.key', '/srv/job-<n>/server-1.key'],
    ['/srv/en_US/x86_64/utf8.txt', '/srv/en_US/x<n>_<n>/utf<n>.txt'],
  ])('%s', (from, to) => {
    expect(typedPath(from)).toBe(to);
  });

  test('patterns match what they were made from', () => {
    fc.assert(
      fc.property(path, (p) => {
        const typed = typedPath(p);
        const siblings = siblingPattern(typed);
        return patternMatches(typed, p) && (siblings === undefined || patternMatches(siblings, p));
      }),
    );
  });

  test('no name passes for a type or a pattern', () => {
    const words = fc.constantFrom(
      '<n>',
      '<hex>',
      '<uuid>',
      '<date>',
      '<random>',
      '<lt>',
      '<star>',
      '*',
      '.*',
      '*.json',
      '<long 0>',
    );
    const around = fc.string({ unit: fc.constantFrom('a', '.', '-', '\n', '\ufffd', 'é'), maxLength: 5 });
    fc.assert(
      fc.property(
        around,
        words,
        around,
        fc.stringMatching(/^[a-z]{1,8}(?:\.[a-z]{1,4})?$|^\d{1,20}$/),
        (a, word, b, other) => {
          const [hostile, plain] = [`/srv/x/${a}${word}${b}`, `/srv/x/${other}`];
          const typed = typedPath(hostile);
          expect(typed).not.toBe(typedPath(plain));
          expect(typed).not.toBe(siblingPattern(typedPath(plain)));
          expect(isFoldable(hostile) && foldDigits(hostile) === foldDigits(plain)).toBe(false);
        },
      ),
    );
  });

  test('credentials, hidden files, devices and processes are never one of many', () => {
    for (const name of ['.env', 'tls.key', 'server.pem', 'id_rsa', '.bashrc', 'token', '.git-credentials'])
      expect(siblingPattern(`/srv/app/${name}`)).toBeUndefined();
    expect(siblingPattern('/srv/app/.hidden')).toBe('/srv/app/.*');
    expect(siblingPattern('/srv/app/plain')).toBe('/srv/app/*');
    expect(siblingPattern('/dev/sda')).toBeUndefined();
    expect(siblingPattern('/dev/shm/sem')).toBe('/dev/shm/*');
    expect(siblingPattern('/proc/<n>/environ')).toBeUndefined();
  });

  test('what is too long is told apart by a digest, and bounded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 40, maxLength: 90 }), fc.string({ minLength: 1 }), (head, tail) => {
        expect(bounded(head + tail, 32)).not.toBe(bounded(head, 32));
        expect(bounded(head, 32).length).toBeLessThanOrEqual(32 + 24);
      }),
    );
    expect(siblingPattern(bounded(`/tmp/${'a'.repeat(600)}/b`, 512))).toBeUndefined();
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

  function peers(keys: readonly string[]): FanOut {
    const fanOut = new FanOut();
    for (const key of keys) {
      const feature = { dimension: 'net.out' as const, key };
      if (fanOut.patternOf(feature) !== undefined) continue;
      fanOut.add(feature);
      const collapsed = fanOut.collapse(feature);
      if (collapsed !== undefined) fanOut.add({ dimension: 'net.out', key: collapsed.pattern });
    }
    return fanOut;
  }
  const patternFor = (fanOut: FanOut, key: string): string | undefined =>
    fanOut.patternOf({ dimension: 'net.out', key })?.key;
  const range = (count: number, make: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, index) => make(index));

  test('private addresses become networks, and those of the internet stay what they are until there are many', () => {
    const pods = peers(range(8, (n) => `10.1.2.${n}:5432/tcp`));
    expect(patternFor(pods, '10.1.2.99:5432/tcp')).toBe('10.1.2.0/24:5432/tcp');
    expect(patternFor(pods, '10.1.3.99:5432/tcp')).toBeUndefined();
    expect(patternFor(pods, '10.1.2.99:22/tcp')).toBeUndefined();
    const spread = peers(range(4, (n) => `172.20.${n}.7:5432/tcp`));
    expect(patternFor(spread, '172.20.200.1:5432/tcp')).toBe('172.20.0.0/16:5432/tcp');
    const v6 = peers(range(8, (n) => `[fd12::7:0:0:${n}:1]:5432/tcp`));
    expect(patternFor(v6, '[fd12:0:0:0:9:9:9:9]:5432/tcp')).toBeUndefined();
    expect(patternFor(v6, '[fd12:0:0:0:7::1]:5432/tcp')).toBeUndefined();
    const site = peers(range(8, (n) => `[fd12:1:2:3::${n}]:5432/tcp`));
    expect(patternFor(site, '[fd12:1:2:3:9:9:9:9]:5432/tcp')).toBe('[fd12:1:2:3::/64]:5432/tcp');
    const one = peers(range(200, (n) => `203.0.113.${n}:443/tcp`));
    expect(patternFor(one, '203.0.113.250:443/tcp')).toBeUndefined();
    const many = peers(range(16, (n) => `${20 + n}.0.113.1:443/tcp`));
    expect(patternFor(many, '99.1.1.1:443/tcp')).toBe('*:443/tcp');
  });

  test('names become their own domain, never one that strangers share', () => {
    expect(patternFor(peers(range(8, (n) => `h${n}.cdn.example.com:443/tcp`)), 'x.cdn.example.com:443/tcp')).toBe(
      '*.cdn.example.com:443/tcp',
    );
    expect(
      patternFor(peers(range(8, (n) => `h${n}.herokuapp.com:443/tcp`)), 'evil.herokuapp.com:443/tcp'),
    ).toBeUndefined();
    expect(typedDomain('9f86d081884c7d65.example.com')).toBe('<random>.example.com');
    expect(typedDomain('9f86d081884c7d65.com')).toBe('9f86d081884c7d65.com');
    expect(typedDomain('9f86d081884c7d65.co.uk')).toBe('9f86d081884c7d65.co.uk');
    expect(typedDomain('*.example.com')).toBe('<star>.example.com');
  });

  test('networks do not depend on the order of arrival', () => {
    const address = fc
      .tuple(fc.constantFrom('10.1', '10.2', '8.8'), fc.nat({ max: 5 }), fc.nat({ max: 11 }))
      .map(([net, third, last]) => `${net}.${third}.${last}:443/tcp`);
    const keys = fc.uniqueArray(
      fc.oneof(
        address,
        fc.nat({ max: 19 }).map((n) => `${n + 20}.1.1.1:443/tcp`),
      ),
      {
        maxLength: 80,
      },
    );
    const probes = ['10.1.0.99', '10.1.77.1', '10.2.3.99', '8.8.1.99', '99.9.9.9'].map((ip) => `${ip}:443/tcp`);
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = list
          .map((key) => ({ key, rank: order.next().value ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ key }) => key);
        const covers = (all: readonly string[]): boolean[] =>
          probes.map((probe) => patternFor(peers(all), probe) !== undefined);
        expect(covers(shuffled)).toEqual(covers(list));
      }),
    );
  });

  test('the metadata service is never one of many addresses', () => {
    const many = peers(range(16, (n) => `${20 + n}.0.0.1:80/tcp`));
    expect(patternFor(many, '10.9.9.9:80/tcp')).toBe('*:80/tcp');
    expect(patternFor(many, '169.254.169.254:80/tcp')).toBeUndefined();
  });
});

describe('foldText', () => {
  test('hides nothing that a shell would run', () => {
    expect(foldText('echo "a b" 17', 160)).toBe('echo "" 0');
    expect(foldText('echo "$(nc 10.0.0.1 99)"', 160)).toBe('echo "$(nc 0.0.0.0 0)"');
    expect(foldText(`${'x'.repeat(200)} one`, 160)).not.toBe(foldText(`${'x'.repeat(200)} two`, 160));
    expect(foldText('rm <hex>', 160)).not.toBe(foldText('rm deadbeef01', 160));
  });
});
