import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../../test/support/wait.ts';
import { parseStat } from './process-stat.ts';

const fields = (ppid: string, start: string): string =>
  [
    'S',
    ppid,
    ...Array.from({ length: 17 }, () => '0'),
    start,
    '0',
    '0',
    '0',
    '11',
    '0',
    '22',
    ...Array.from({ length: 19 }, () => '0'),
    '33',
  ].join(' ');

test('this process: its parent, its state, where it lies', () => {
  const stat = parseStat(readFileSync(`/proc/${process.pid}/stat`));
  expect(stat).toMatchObject({ parentPid: process.ppid, state: expect.stringMatching(/^[RS]$/) });
  expect(BigInt(stat?.startTimeNs ?? 0)).toBeGreaterThan(0n);
  expect(stat?.layout).toMatch(/^[1-9]\d* [1-9]\d* [1-9]\d*$/);
});

test('a fork lies where its parent does, an execution elsewhere', async () => {
  // The first of the two waits for its own child and executes nothing itself.
  const child = spawn('/bin/sh', ['-c', '(sleep 60; :) & echo $!; sleep 60 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await waitFor('both numbers', () => text.split('\n').length > 2);
  const [fork = '', executed = ''] = text.split('\n');
  const layoutOf = (pid: number | string): string | undefined => parseStat(readFileSync(`/proc/${pid}/stat`))?.layout;
  const own = layoutOf(child.pid ?? 0);
  expect(layoutOf(fork)).toBe(own);
  await waitFor('the execution', () => readFileSync(`/proc/${executed}/comm`, 'latin1') === 'sleep\n');
  expect(layoutOf(executed)).not.toBe(own);
});

test('a name says nothing of what stands behind it, and is shown safely', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 15 }), fc.nat(4_000_000), fc.nat(), (name, ppid, start) => {
      const bytes = Buffer.concat([
        Buffer.from('7 ('),
        name,
        Buffer.from(`) ${fields(String(ppid), String(start))}\n`),
      ]);
      const stat = parseStat(bytes);
      expect(stat).toMatchObject({ state: 'S', parentPid: ppid, layout: '11 22 33' });
      expect(stat?.startTimeNs).toBe(String(BigInt(start) * 10_000_000n));
      expect(stat?.comm).not.toMatch(/[\u0000-\u001f\u007f]/);
    }),
  );
});

test('any bytes are a process or nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(`1 (${text}`)),
      ),
      (bytes) => {
        const stat = parseStat(Buffer.from(bytes));
        if (stat !== undefined) expect(stat.startTimeNs).toMatch(/^\d+$/);
      },
    ),
  );
  expect(parseStat(Buffer.from(`1 (x) ${fields('x', '1')}`))).toBeUndefined();
  expect(parseStat(Buffer.from(''))).toBeUndefined();
});
