import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeArchive } from './archive.ts';
import { tarHeader } from './tar.ts';

test('tar reads what was written, of every size', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-archive-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const sizes = [0, 1, 511, 512, 513, 70_000];
  const onDisk = join(directory, 'on-disk');
  writeFileSync(onDisk, Buffer.alloc(200_001, 'z'));
  const path = join(directory, 'archive');
  const entries = [
    ...sizes.map((size) => ({ name: `f/${String(size)}`, bytes: Buffer.alloc(size, 'x') })),
    { name: 'last', path: onDisk, sizeBytes: 200_001 },
  ];
  const { sizeBytes, sha256 } = await writeArchive(path, entries, Date.parse('2026-11-28T09:00:00.000Z'));
  const bytes = readFileSync(path);
  expect({ sizeBytes, sha256 }).toEqual({
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  execFileSync('tar', ['xzf', path, '-C', directory]);
  for (const size of sizes) expect(readFileSync(join(directory, 'f', String(size))).length).toBe(size);
  expect(readFileSync(join(directory, 'last')).equals(readFileSync(onDisk))).toBe(true);
  expect(execFileSync('tar', ['tvzf', path, '--utc']).toString()).toContain(
    '-rw------- 0/0          200001 2026-11-28 09:00 last',
  );
});

test('names and sizes that the format has no room for are refused', () => {
  expect(() => tarHeader('a'.repeat(101), 0, 0)).toThrow(RangeError);
  expect(() => tarHeader('ä', 0, 0)).toThrow(RangeError);
  expect(() => tarHeader('a', 8 ** 11, 0)).toThrow(RangeError);
});
