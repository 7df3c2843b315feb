import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeContainer } from './cgroup.ts';
import { Harness } from './harness.ts';

const harness = new Harness({ allSyscalls: true });

const told = (): readonly string[] =>
  harness.calls().flatMap((line) => (line.startsWith('syscall ') ? [line.slice('syscall '.length)] : []));

test('strict mode tells every system call once in a sample, known ones not at all, and counts them', async () => {
  await harness.container.run(`perl -e 'getppid() for 1..100; syscall(24)'`);
  await harness.settled();
  expect(told()).toEqual(expect.arrayContaining(['getppid', 'sched_yield', 'execve', 'openat']));
  expect(told().filter((name) => name === 'getppid')).toHaveLength(1);
  const counts = harness.sensor.syscallCounts(harness.container.cgroupId) ?? [];
  expect(counts[110]).toBeGreaterThanOrEqual(100);
  // The shell's calls after it has made the marker are told by the time that it makes the next one.
  await harness.settled();
  harness.answerAll('known');
  harness.seen = [];
  harness.watch(2);
  await harness.container.run(`perl -e 'getppid(); syscall(24); syscall(146, 1)'`);
  await harness.settled();
  expect(told()).toEqual(['sched_get_priority_max']);
});

test('what a container does before user space has heard of it is counted too', async () => {
  const container = await makeContainer();
  try {
    await container.run(`perl -e 'getppid() for 1..50'`);
    expect(harness.sensor.syscallCounts(container.cgroupId)?.[110]).toBeGreaterThanOrEqual(50);
  } finally {
    await container.stop();
    harness.sensor.unwatch(container.cgroupId);
  }
});

test('32-bit system calls of a 64-bit program are seen, and the file that one opens', async () => {
  const path = join(harness.directory, 'hidden');
  writeFileSync(path, 'x\n');
  const source = join(harness.directory, 'int80.c');
  // The path has to lie below 4 GB: the program is not position-independent, and the name is part of it.
  writeFileSync(
    source,
    `static const char path[] = "${path}";
static long call(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return result;
}
int main(void)
{
	call(20, 0, 0, 0);
	return call(5, (long)path, 0, 0) < 0;
}
`,
  );
  const program = join(harness.directory, 'int80');
  execFileSync('clang', ['-O1', '-static', '-o', program, source]);
  await harness.container.run(program);
  await harness.settled();
  expect(told()).toEqual(expect.arrayContaining(['getpid 32-bit', 'open 32-bit']));
  expect(harness.seen.some(({ event }) => event.kind === 'file' && event.path === path)).toBe(true);
});
