import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness();

/** Where the programs below a directory were from, by their names in it. */
function originsBelow(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    harness.seen.flatMap(({ event }) =>
      event.kind === 'exec' && event.path.startsWith(`${directory}/`)
        ? [[event.path.slice(directory.length + 1), event.origin]]
        : [],
    ),
  );
}

test('overlayfs without metacopy and redirect_dir: what was copied up counts as written, whatever was changed of it', async () => {
  const directory = join(harness.directory, 'layers');
  mkdirSync(directory);
  execFileSync('mount', ['-t', 'tmpfs', 'layers', directory]);
  const merged = join(directory, 'merged');
  for (const part of ['lower/deep', 'upper', 'work', 'merged']) mkdirSync(join(directory, part), { recursive: true });
  for (const name of ['kept', 'chmodded', 'rewritten', 'moved', 'replaced', 'deep/kept'])
    copyFileSync('/bin/true', join(directory, 'lower', name));
  const parts = `lowerdir=${directory}/lower,upperdir=${directory}/upper,workdir=${directory}/work`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', `${parts},metacopy=off,redirect_dir=off`, merged]);
  try {
    chmodSync(join(merged, 'chmodded'), 0o700);
    copyFileSync('/bin/true', join(merged, 'rewritten'));
    renameSync(join(merged, 'moved'), join(merged, 'renamed'));
    rmSync(join(merged, 'replaced'));
    for (const name of ['replaced', 'deep/new']) copyFileSync('/bin/true', join(merged, name));
    const names = ['kept', 'deep/kept', 'chmodded', 'rewritten', 'renamed', 'replaced', 'deep/new'];
    for (const name of names) await harness.container.run(join(merged, name));
    await harness.settled();
    expect(originsBelow(merged)).toEqual({
      ...{ kept: 'image', 'deep/kept': 'image' },
      ...{ chmodded: 'written', rewritten: 'written', renamed: 'written', replaced: 'written', 'deep/new': 'written' },
    });
  } finally {
    for (const mounted of [merged, directory]) execFileSync('umount', ['-l', mounted]);
  }
});

test('a program of a tmpfs, and one of another mount, which a volume is', async () => {
  const types = { memory: 'tmpfs', volume: 'ramfs' };
  const mounted: string[] = [];
  try {
    for (const [name, type] of Object.entries(types)) {
      const at = join(harness.directory, name);
      mkdirSync(at);
      execFileSync('mount', ['-t', type, name, at]);
      mounted.push(at);
      copyFileSync('/bin/true', join(at, 'program'));
      await harness.container.run(join(at, 'program'));
    }
    await harness.settled();
    expect(originsBelow(harness.directory)).toEqual({ 'memory/program': 'tmpfs', 'volume/program': 'mount' });
  } finally {
    for (const at of mounted) execFileSync('umount', ['-l', at]);
  }
});
