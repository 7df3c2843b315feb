import { expect, test } from 'vitest';
import type { Event, Process } from '../model/event.ts';
import { WrittenFiles } from './written-files.ts';

const process = (pid: number, args: readonly string[] = ['x']): Process => ({
  ...{ pid, startTimeNs: '1', comm: '', exe: '/usr/bin/x', args, uid: 0, gid: 0, cwd: '/', ancestors: [] },
});
const base = { timeMs: 0, cgroupId: '1', source: 'kernel' as const };
const write = (pid: number, path: string, created = true): Event => ({
  ...{ ...base, kind: 'file', access: 'write', created, path, fileType: 'regular', origin: 'written' },
  process: process(pid),
});
const times = (pid: number, path: string): Event => ({
  ...{ ...base, kind: 'change', change: 'times', path, other: '', mode: 0, special: true, error: '' },
  process: process(pid),
});
const exec = (path: string, args: readonly string[]): Event => ({
  ...{ ...base, kind: 'exec', path, origin: 'image', script: '', parentExe: '/bin/sh', fromRuntime: false },
  process: process(9, args),
});

test('what a process made is its own, and the directory that it made it in; what others made or was there is not', () => {
  const files = new WrittenFiles();
  for (const event of [write(5, '/srv/copy/a'), write(6, '/srv/old', false)]) files.see('c', event);
  expect(files.see('c', times(5, '/srv/copy/a')).ownFile).toBe(true);
  expect(files.see('c', times(5, '/srv/copy')).ownFile).toBe(true);
  expect(files.see('c', times(7, '/srv/copy/a')).ownFile).toBe(false);
  expect(files.see('c', times(7, '/srv/copy')).ownFile).toBe(false);
  expect(files.see('c', times(6, '/srv/old')).ownFile).toBe(false);
  expect(files.see('d', times(5, '/srv/copy/a')).ownFile).toBe(false);
  // Copies of links, too.
  files.see('c', { ...times(5, '/srv/links/a'), change: 'symlink', other: '../a', special: false } as Event);
  expect(files.see('c', times(5, '/srv/links/a')).ownFile).toBe(true);
  expect(files.see('c', times(5, '/srv/links')).ownFile).toBe(true);
  // Another opens it to write: it is nobody's own any longer.
  files.see('c', write(8, '/srv/copy/a', false));
  expect(files.see('c', times(5, '/srv/copy/a')).ownFile).toBe(false);
});

test('a program or script that was written here is known, until the container is gone', () => {
  const files = new WrittenFiles();
  files.see('c', write(5, '/srv/run.sh'));
  expect(files.see('c', exec('/bin/sh', ['sh', '/srv/run.sh'])).writtenHere).toBe(true);
  expect(files.see('c', exec('/srv/run.sh', ['/srv/run.sh'])).writtenHere).toBe(true);
  expect(files.see('c', exec('/usr/bin/awk', ['awk', '{print}', '/srv/run.sh'])).writtenHere).toBe(false);
  files.forget('c');
  expect(files.see('c', exec('/bin/sh', ['sh', '/srv/run.sh'])).writtenHere).toBe(false);
});

test('the oldest of very many files are forgotten', () => {
  const files = new WrittenFiles();
  for (let index = 0; index < 600; index++) files.see('c', write(5, `/srv/${String(index)}`));
  expect(files.see('c', times(5, '/srv/0')).ownFile).toBe(false);
  expect(files.see('c', times(5, '/srv/599')).ownFile).toBe(true);
});
