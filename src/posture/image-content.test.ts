import { chmodSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mergedFacts } from '../model/container-facts.ts';

import { dpkgSizes } from './image/package-database.ts';
import { apkOwners, readImageContent } from './image-content.ts';

test('programs and packages of a root, and nothing that it points elsewhere', async () => {
  const root = mkdtempSync(join(tmpdir(), 'anchorwatch-root-'));
  try {
    const put = (path: string, content: string, mode = 0o644): void => {
      mkdirSync(dirname(`${root}${path}`), { recursive: true });
      writeFileSync(`${root}${path}`, content);
      chmodSync(`${root}${path}`, mode);
    };
    put('/usr/bin/web', 'x'.repeat(10), 0o755);
    put('/usr/bin/own', 'x', 0o755);
    put('/usr/bin/notes', 'x');
    put('/usr/bin/many', 'x', 0o755);
    linkSync(`${root}/usr/bin/many`, `${root}/usr/bin/names`);
    symlinkSync('/usr/sbin', `${root}/usr/sbin`);
    symlinkSync('/etc/hostname', `${root}/usr/bin/link`);
    put('/var/lib/dpkg/status', 'Package: web\nInstalled-Size: 7\n\nPackage: other\nInstalled-Size: 9\n');
    put('/var/lib/dpkg/info/web:amd64.list', '/.\n/bin\n/bin/web\n');
    expect(await readImageContent(root)).toEqual({
      programs: [
        { path: '/usr/bin/own', sizeBytes: 1 },
        { path: '/usr/bin/web', sizeBytes: 10, package: 'web' },
      ],
      packages: [{ name: 'web', sizeBytes: 7168 }],
    });
    expect(await readImageContent(`${root}/none`)).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a root that swaps directories for links while it is read shows nothing from elsewhere, and holds nothing up', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-root-'));
  try {
    const [root, outside] = [`${scratch}/root`, `${scratch}/outside`];
    for (const directory of [`${root}/usr/bin`, `${root}/real`, outside]) mkdirSync(directory, { recursive: true });
    writeFileSync(`${root}/usr/bin/own`, 'x', { mode: 0o755 });
    writeFileSync(`${outside}/host`, 'x', { mode: 0o755 });
    const over = new AbortController();
    let swaps = 0;
    const swapping = (async (): Promise<void> => {
      for (; !over.signal.aborted; swaps++) {
        renameSync(`${root}/usr/bin`, `${root}/real/bin`);
        symlinkSync(outside, `${root}/usr/bin`);
        await setImmediate();
        rmSync(`${root}/usr/bin`);
        renameSync(`${root}/real/bin`, `${root}/usr/bin`);
        await setImmediate();
      }
    })();
    const seen = new Set<string>();
    for (let look = 0; look < 200; look++)
      for (const { path } of (await readImageContent(root))?.programs ?? []) seen.add(path);
    over.abort();
    await swapping;
    expect([...seen]).not.toContain('/usr/bin/host');
    // It took turns with the other one.
    expect(swaps).toBeGreaterThan(10);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

test('lists of packages', () => {
  expect([...dpkgSizes('Package: a\nInstalled-Size: 1\n\nPackage: b\n')]).toEqual([['a', 1024]]);
  const { owners, sizes } = apkOwners('P:a\nI:5\nF:usr/bin\nR:x\nF:etc\nR:y\n\nP:b c\nF:bin\nR:z\n');
  expect([[...owners], [...sizes]]).toEqual([[['/usr/bin/x', 'a']], [['a', 5]]]);
});

test('of containers that are made differently counts the most that any may do, and what one does not tell is not known', () => {
  const one = {
    user: '33',
    capabilities: ['chown'],
    readOnlyRoot: true,
    writableMounts: ['/a', '/b'],
    networkMode: 'own',
  };
  const other = { user: '', capabilities: ['kill'], readOnlyRoot: false, writableMounts: ['/b'], networkMode: 'host' };
  expect(mergedFacts([one, other])).toEqual({
    ...{ user: '', capabilities: ['chown', 'kill'], readOnlyRoot: false, writableMounts: ['/b'], networkMode: 'host' },
  });
  expect(mergedFacts([one, {}])).toEqual({});
  expect(mergedFacts([])).toBeUndefined();
});
