import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDirectory } from './directory.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorwatch-directory-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a directory', () => {
  test('is made with those above it, of the mode that is asked for, and may be there already', () => {
    const path = join(folder, 'one/two/three');
    makeDirectory(path, 0o700);
    makeDirectory(path, 0o755);
    expect(['one', 'one/two', 'one/two/three'].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([
      0o700, 0o700, 0o700,
    ]);
  });

  test('below a file is refused', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => {
      makeDirectory(join(folder, 'file'));
    }).toThrow(/ENOTDIR/);
    expect(() => {
      makeDirectory(join(folder, 'file/below'));
    }).toThrow(/ENOTDIR/);
  });

  test('where the file system says that there is nothing is refused, at once', () => {
    expect(() => {
      makeDirectory('/proc/anchorwatch/state');
    }).toThrow(/ENOENT.*\/proc\/anchorwatch/);
  });
});
