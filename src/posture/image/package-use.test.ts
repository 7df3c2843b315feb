import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContainerFiles } from './container-files.ts';
import { pathsOf } from './mapped-files.ts';
import { packageFiles } from './package-files.ts';
import { useOf } from './package-use.ts';
import type { SeenFiles, UseSources } from './package-use.ts';

let root = '';
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'anchorwatch-root-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const settled = { startup: 1, steady: 60, coverage: 0.99 };
function seen(more: Partial<SeenFiles> = {}): SeenFiles {
  return { executed: new Set(), read: new Set(), ...settled, typed: (path) => path.replaceAll(/\d+/g, '<n>'), ...more };
}
function sources(more: Partial<UseSources> = {}): UseSources {
  const files = new ContainerFiles(root);
  return { mapped: new Set(), seen: seen(), watched: true, packages: packageFiles(files), files, ...more };
}
const libssl = { kind: 'os', package: 'libssl3', path: '' } as const;
const library = '/usr/lib/x/libssl.so.3';

describe('packages of the distribution', () => {
  beforeEach(() =>
    put(
      '/var/lib/dpkg/info/libssl3:amd64.list',
      '/.\n/lib\n/lib/x\n/lib/x/libssl.so.3\n/usr/share/doc/libssl3/copyright\n',
    ),
  );

  test('are used when a file of theirs is mapped, executed or read', () => {
    expect(useOf(libssl, sources({ mapped: new Set([library]) }))).toEqual({
      use: 'used',
      evidence: `mapped: ${library}`,
    });
    expect(useOf(libssl, sources({ seen: seen({ executed: new Set([library]) }) })).use).toBe('used');
    const typed = (path: string): string => path;
    expect(useOf(libssl, sources({ seen: seen({ read: new Set([library]), typed }) })).use).toBe('used');
    expect(
      useOf(libssl, sources({ seen: seen({ read: new Set(['/usr/share/doc/libssl3/copyright']), typed }) })).use,
    ).toBe('unused');
  });

  test('may be used where a pattern stands for their file', () => {
    expect(useOf(libssl, sources({ seen: seen({ read: new Set(['/usr/lib/x/libssl.so.<n>']) }) })).use).toBe('unknown');
  });

  test('are unused only where somebody looked long enough', () => {
    expect(useOf(libssl, sources())).toEqual({
      use: 'unused',
      evidence: 'never executed, mapped or read: 1 starts, 60 samples, coverage 0.990',
    });
    const little = [{ startup: 0 }, { steady: 3 }, { coverage: 0.5 }];
    for (const more of little) expect(useOf(libssl, sources({ seen: seen(more) })).use).toBe('unknown');
    expect(useOf(libssl, sources({ watched: false })).use).toBe('unknown');
    expect(useOf(libssl, sources({ seen: undefined })).use).toBe('unknown');
    expect(useOf(libssl, sources({ packages: undefined })).use).toBe('unknown');
    expect(useOf({ ...libssl, package: 'other' }, sources()).use).toBe('unknown');
  });
});

test('packages of Alpine, by their names and by what they were built from', () => {
  put('/lib/apk/db/installed', 'P:libssl3\no:openssl\nF:usr/lib\nR:libssl.so.3\n\nP:musl\nF:lib\nR:ld-musl.so.1\n\n');
  const found = packageFiles(new ContainerFiles(root));
  expect(found?.filesOf('libssl3')).toEqual(['/usr/lib/libssl.so.3']);
  expect(found?.filesOf('openssl')).toEqual(['/usr/lib/libssl.so.3']);
  expect(found?.filesOf('none')).toBeUndefined();
});

test('packages of languages, by where they stand', () => {
  const typed = (path: string): string => path;
  const lodash = { kind: 'language', package: 'lodash', path: '/app/node_modules/lodash/package.json' } as const;
  const read = (path: string): UseSources => sources({ seen: seen({ read: new Set([path]), typed }) });
  expect(useOf(lodash, read('/app/node_modules/lodash/index.js')).use).toBe('used');
  expect(useOf(lodash, read('/app/node_modules/lodash/node_modules/other/index.js')).use).toBe('unused');
  expect(useOf(lodash, read('/app/node_modules/lodash-es/index.js')).use).toBe('unused');
  const jar = { kind: 'language', package: 'log4j', path: '/app/log4j.jar' } as const;
  expect(useOf(jar, read('/app/log4j.jar')).use).toBe('used');
  expect(useOf(jar, read('/app/*.jar')).use).toBe('unknown');
  put('/srv/site/flask-3.dist-info/RECORD', 'flask/app.py,sha256=x,1\n../../bin/flask,,\n');
  const flask = { kind: 'language', package: 'flask', path: '/srv/site/flask-3.dist-info/METADATA' } as const;
  expect(useOf(flask, read('/srv/site/flask/__pycache__/app.cpython-311.pyc')).use).toBe('used');
  expect(useOf(flask, read('/srv/site/other.py')).use).toBe('unused');
  const go = { kind: 'binary', package: 'stdlib', path: '/usr/bin/web' } as const;
  expect(useOf(go, sources({ seen: seen({ executed: new Set(['/usr/bin/web']) }) })).use).toBe('used');
});

test('no link leads out of a container', () => {
  put('/outside', 'secret');
  put('/c/etc/real', 'own');
  symlinkSync(join(root, 'outside'), join(root, 'c/etc/link'));
  symlinkSync(root, join(root, 'c/up'));
  const files = new ContainerFiles(join(root, 'c'));
  expect(files.read('/etc/real', 10)?.toString()).toBe('own');
  expect(files.read('/etc/real', 2)).toBeUndefined();
  for (const path of ['/etc/link', '/up/outside', '/../outside', '/etc', '/none'])
    expect(files.read(path, 100)).toBeUndefined();
  expect(files.names('/up', 10)).toEqual([]);
  expect(files.names('/etc', 10).toSorted()).toEqual(['link', 'real']);
});

test('paths of mappings', () => {
  const maps = [
    '7f00-7f01 r-xp 00000000 08:01 123   /usr/lib/libc.so.6',
    '7f01-7f02 r--p 00000000 08:01 124   /tmp/gone (deleted)',
    '7f02-7f03 rw-p 00000000 00:00 0     [heap]',
    '7f03-7f04 rw-p 00000000 00:00 0 ',
    '7f04-7f05 r--p 00000000 08:01 125   /srv/a b.so',
  ].join('\n');
  expect([...pathsOf(maps)]).toEqual(['/usr/lib/libc.so.6', '/srv/a b.so']);
});
