import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness();

const told = (): readonly string[] =>
  harness
    .calls()
    .filter((call) => /^(?:exec|mmap file)/.test(call))
    .map((call) => call.replace(harness.directory, 'D'));

/** A file that is no program, and a program and a library on a file system that forbids to execute. */
function prepare(): string {
  const noexec = join(harness.directory, 'noexec');
  mkdirSync(noexec);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec', 'noexec', noexec]);
  copyFileSync('/bin/true', join(noexec, 'dropped'));
  writeFileSync(join(harness.directory, 'plain7'), '');
  // PROT_READ | PROT_EXEC of a private mapping, by perl: there is no program for it.
  return `cd ${harness.directory}; noexec/dropped; ./plain7; ./none; perl -e 'my $e = ""; open(my $d, "<", "plain7");
syscall(322, fileno($d), $e, 0, 0, 0x1000); open(my $f, "<", "noexec/dropped"); syscall(9, 0, 4096, 5, 2, fileno($f), 0)'`;
}

test('executions that were forbidden are told by the path that was asked for, mappings by their file; programs that are not there are not', async () => {
  const script = prepare();
  await harness.container.run(script);
  await harness.settled();
  const refused = [
    'execve  EACCES D/noexec/dropped',
    'execve  EACCES D/plain7',
    'execveat  EACCES D/plain7',
    'mmap file EPERM D/noexec/dropped',
  ];
  expect(told()).toEqual(refused);
  harness.answerAll('known');
  harness.seen = [];
  // Digits are folded in the key.
  await harness.container.run(`${script}; : > plain42; ./plain42; : > other; ./other`);
  await harness.settled();
  execFileSync('umount', [join(harness.directory, 'noexec')]);
  expect(told()).toEqual(['execve  EACCES D/other']);
});
