import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../test/support/wait.ts';
import { mountOf, originOf, upperDirectory } from './origin.ts';
import { readProcess } from './processes.ts';

const line = (point: string, type: string, options = 'rw'): string =>
  `36 35 98:0 / ${point} rw,noatime master:1 - ${type} /dev/root ${options}`;

describe('the mount of a path', () => {
  const table = [line('/', 'overlay'), line('/tmp', 'tmpfs'), line('/srv/a\\040b', 'ext4'), line('/tmp/x', 'xfs')].join(
    '\n',
  );

  test('is the longest above it, by whole names', () => {
    const typeOf = (path: string): string | undefined => mountOf(table, path)?.type;
    expect(
      ['/bin/sh', '/tmp', '/tmp/y', '/tmpfile', '/tmp/x/y', '/tmp/xy', '/srv/a b/c', '/srv/a'].map(typeOf),
    ).toEqual(['overlay', 'tmpfs', 'tmpfs', 'overlay', 'xfs', 'tmpfs', 'ext4', 'overlay']);
  });

  test('that was mounted over another is the later one', () => {
    expect(mountOf(`${line('/', 'rootfs')}\n${line('/', 'overlay')}`, '/bin/sh')?.type).toBe('overlay');
    expect(mountOf('', '/bin/sh')).toBeUndefined();
  });

  test('is found in any text, and is above the path', () => {
    const word = fc.constantFrom('/', '/a', '/a/b', ' - ', 'tmpfs', 'rw', '\\040', '\n', 'x');
    fc.assert(
      fc.property(
        fc.array(word).map((words) => words.join(' ')),
        fc.constantFrom('/a/b/c', '/x', '/'),
        (text, path) => {
          const point = mountOf(text, path)?.point;
          if (point !== undefined) expect(path.startsWith(point)).toBe(true);
        },
      ),
    );
  });
});

test('the upper directory of an overlay is named by its options', () => {
  expect(upperDirectory('rw,lowerdir=/l/A:/l/B,upperdir=/var/lib/docker/overlay2/x/diff,workdir=/w')).toBe(
    '/var/lib/docker/overlay2/x/diff',
  );
  expect(upperDirectory('rw,upperdir=/a\\040b\\134,x')).toBe('/a b\\');
  expect(upperDirectory('rw,lowerdir=/l/A')).toBeUndefined();
});

describe('the origin of an executable', () => {
  function scratch(): string {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'anchorwatch-origin-')));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    return root;
  }

  /** A process 7 that runs the file `program` below `root`. */
  function question(mountinfo: (root: string) => string, startedAtMs?: number) {
    const root = scratch();
    mkdirSync(join(root, '7'));
    writeFileSync(join(root, 'program'), '');
    symlinkSync(join(root, 'program'), join(root, '7/exe'));
    writeFileSync(join(root, '7/mountinfo'), mountinfo(root));
    return { root, asked: { proc: root, pid: 7, startedAtMs } };
  }

  const overlay = (root: string): string => line('/', 'overlay', `rw,lowerdir=/l,upperdir=${root}/upper`);

  test('in the upper layer of an overlay: it was written; below it: it is of the image', () => {
    const { root, asked } = question(overlay);
    mkdirSync(join(root, 'upper'));
    expect(originOf(asked)).toBe('image');
    mkdirSync(dirname(join(root, 'upper', root, 'program')), { recursive: true });
    writeFileSync(join(root, 'upper', root, 'program'), '');
    expect(originOf(asked)).toBe('written');
  });

  test('where the upper layer is out of reach: written, when it changed after the start', () => {
    expect(originOf(question(overlay, Date.now() - 60_000).asked)).toBe('written');
    expect(originOf(question(overlay, Date.now() + 60_000).asked)).toBe('unknown');
    expect(originOf(question(() => line('/', 'btrfs'), Date.now() - 60_000).asked)).toBe('written');
    expect(originOf(question(() => line('/', 'btrfs')).asked)).toBe('unknown');
  });

  test('in another mount, and in one of memory', () => {
    expect(originOf(question((root) => `${line('/', 'overlay')}\n${line(root, 'ext4')}`).asked)).toBe('mount');
    expect(originOf(question((root) => `${line('/', 'overlay')}\n${line(root, 'tmpfs')}`).asked)).toBe('tmpfs');
  });

  test('a process that is gone, a table that says nothing: unknown', () => {
    expect(originOf({ proc: '/proc', pid: 2 ** 22 + 1, startedAtMs: 0 })).toBe('unknown');
    expect(originOf(question(() => 'x').asked)).toBe('unknown');
  });

  test('a file that was removed is deleted, whatever it was called', async () => {
    const program = join(scratch(), 'sleeper (deleted)');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['60'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pid = child.pid ?? 0;
    const ask = (): string => originOf({ proc: '/proc', pid, startedAtMs: undefined });
    await waitFor('the program', () => readProcess(pid)?.comm === 'sleeper (delete');
    expect(ask()).not.toBe('deleted');
    rmSync(program);
    expect(ask()).toBe('deleted');
  });
});
