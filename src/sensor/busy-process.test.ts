import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../../test/support/wait.ts';
import { readWork, workOnDevicesOnly } from './busy-process.ts';

const children: { kill(signal: 'SIGKILL'): boolean }[] = [];
const directories: string[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function stand(files: Readonly<Record<string, string>>): string {
  const proc = mkdtempSync(join(tmpdir(), 'anchorwatch-proc-'));
  directories.push(proc);
  mkdirSync(join(proc, '7', 'fd'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(proc, '7', name), text);
  return proc;
}

const stat = (comm: string): string => `7 (${comm}) R 1 7 7 0 -1 4194304 90 0 0 0 120 30 0 0 20 0 1 0 4711 1000 10\n`;
const io = 'rchar: 100\nwchar: 23\nsyscr: 1\nsyscw: 1\nread_bytes: 0\nwrite_bytes: 0\n';

test('a process that computes runs, and reads nothing', async () => {
  const child = spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid ?? 0;
  await waitFor('the process to compute', () => (readWork(pid)?.ranMs ?? 0) >= 50, 10_000);
  const before = readWork(pid);
  await waitFor('it to go on', () => (readWork(pid)?.ranMs ?? 0) >= (before?.ranMs ?? 0) + 50, 10_000);
  const after = readWork(pid);
  expect(after?.start).toBe(before?.start);
  expect(after?.bytes).toBe(before?.bytes);
});

test('a process that has a file or a pipe open works on more than devices', async () => {
  const child = spawn('/bin/sh', ['-c', 'exec 3< /etc/hostname; while :; do :; done'], { stdio: 'ignore' });
  children.push(child);
  await waitFor('the file to be open', () => !workOnDevicesOnly([child.pid ?? 0]), 10_000);
  expect(workOnDevicesOnly([2 ** 22 + 1])).toBe(false);
});

test('times, start and bytes come from where proc(5) has them, whatever the name', () => {
  const work = {
    ...{ start: '4711', parent: 1, running: true },
    ranMs: 1500,
    systemMs: 300,
    childrenMs: 0,
    bytes: 123,
  };
  for (const comm of ['x', 'a) R 9 (b', ') )'])
    expect(readWork(7, stand({ stat: stat(comm), io, schedstat: '2000000 3000000 5\n' }))).toEqual({
      ...work,
      readyMs: 5,
    });
  expect(readWork(7, stand({ stat: stat('x'), io }))).toEqual({ ...work, readyMs: 0 });
});

test('what is told in another form, or not at all, is undefined', () => {
  expect(readWork(7, stand({ stat: '7 (x) R 1', io }))).toBeUndefined();
  expect(readWork(7, stand({ stat: stat('x'), io: 'nothing' }))).toBeUndefined();
  expect(readWork(7, stand({ stat: stat('x') }))).toBeUndefined();
  expect(readWork(2 ** 22 + 1)).toBeUndefined();
});

test('standard error may lead anywhere', () => {
  const proc = stand({});
  for (const [descriptor, target] of Object.entries({
    0: '/dev/null',
    1: '/dev/null',
    2: '/var/log/x',
    3: '/dev/zero',
  }))
    symlinkSync(target, join(proc, '7', 'fd', descriptor));
  expect(workOnDevicesOnly([7], [], proc)).toBe(true);
  symlinkSync('/dev/shm/x', join(proc, '7', 'fd', '4'));
  expect(workOnDevicesOnly([7], [], proc)).toBe(false);
});

test('who is at the other end of a pipe counts, and so does what a file is filled with', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-pipes-'));
  directories.push(directory);
  const run = (line: string): number => {
    const child = spawn('/bin/sh', ['-c', line], { stdio: 'ignore' });
    children.push(child);
    return child.pid ?? 0;
  };
  const familyOf = async (pid: number): Promise<readonly number[]> => {
    const ofShell = (): readonly number[] =>
      readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
    await waitFor('both programs to run', () => ofShell().filter((one) => !isShell(one)).length === 2, 10_000);
    return ofShell();
  };
  const nowhere = await familyOf(run(`cat /dev/zero | sha256sum > ${directory}/out; true`));
  expect(workOnDevicesOnly([Math.max(...nowhere)], nowhere)).toBe(true);
  const fromFile = await familyOf(run(`cat /etc/hostname - < /dev/zero 3< /etc/hostname | sha256sum; true`));
  expect(workOnDevicesOnly([Math.max(...fromFile)], fromFile)).toBe(false);
  writeFileSync(join(directory, 'out'), Buffer.alloc(70_000));
  expect(workOnDevicesOnly([Math.max(...nowhere)], nowhere)).toBe(false);
  for (const [first = 0] of [nowhere, fromFile]) process.kill(first, 'SIGKILL');
});

const isShell = (pid: number): boolean => readlinkSync(`/proc/${pid}/exe`).endsWith('sh');
