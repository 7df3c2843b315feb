import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness();
const program = (path: string): string => path.split('/').at(-1) ?? '';

/** For bash: until the program that was started last runs, and waits for something. */
const begun = (name: string): string => `until [[ $(< /proc/$!/stat) == *"(${name}) S"* ]]; do :; done`;

describe('signals inside of a container', () => {
  const told = (): readonly string[] =>
    harness.seen.flatMap(({ event }) =>
      event.kind === 'call' && event.call === 'kill'
        ? [`${event.detail} ${program(event.text)} by ${program(event.process.exe)}`]
        : [],
    );

  test('whom a process ends that it started is told by both programs, once; workers that executed nothing are its own', async () => {
    const { container, sensor } = harness;
    const before = sensor.counts.read(container.cgroupId).kills ?? 0;
    const perl = `perl -e "sleep 60" & ${begun('perl')}`;
    const deeds = [
      `bash -c 'sleep 60 & ${begun('sleep')}; sleep 60 & ${begun('sleep')}; kill -9 %1 %2; wait' 2> /dev/null; true`,
      `bash -c '${perl}; kill -TERM %1; wait' 2> /dev/null; true`,
      // The last signals end and stop nothing, or those that they are for run what their sender runs.
      `bash -c 'sleep .4 & ${begun('sleep')}; kill -WINCH %1; kill -0 %1; wait'`,
      `perl -e 'for (1..3) { my $p = fork; if (!$p) { sleep 60 } kill 9, $p; wait }'`,
    ];
    for (const deed of deeds) await container.run(deed);
    await harness.settled();
    expect(told()).toEqual(['SIGKILL child sleep by bash', 'SIGTERM child perl by bash']);
    expect((sensor.counts.read(container.cgroupId).kills ?? 0) - before).toBe(3);
    harness.answerAll('known');
    harness.watch(2);
    harness.seen = [];
    for (const deed of deeds) await container.run(deed);
    await container.run(`bash -c '${perl}; kill -9 %1; wait' 2> /dev/null; true`);
    await harness.settled();
    expect(told()).toEqual(['SIGKILL child perl by bash']);
  });

  test('what is known of others that are no descendants is known by both programs too', async () => {
    const { container } = harness;
    const by = (killer: string): string =>
      `sleep 60 & ${begun('sleep')}; export VICTIM=$!; ${killer}; wait $VICTIM 2> /dev/null; true`;
    const shell = by(`bash -c 'kill -TERM $VICTIM; true'`);
    await container.run(shell);
    await harness.settled();
    expect(told()).toEqual(['SIGTERM unrelated sleep by bash']);
    harness.answerAll('known');
    harness.seen = [];
    await container.run(shell);
    await container.run(by(`perl -e 'kill 15, $ENV{VICTIM}'`));
    await harness.settled();
    expect(told()).toEqual(['SIGTERM unrelated sleep by perl']);
  });
});

describe('what /proc tells of other processes', () => {
  const told = (): readonly string[] =>
    harness.seen.flatMap(({ event }) =>
      event.kind === 'file' && event.ofOther === true
        ? [`${event.access} ${event.path} by ${program(event.process.exe)}`]
        : [],
    );

  test('is known by who reads it, also where somebody else read the same file before', async () => {
    const { container } = harness;
    const read = (reader: string, name: string): string =>
      `sleep 60 & ${reader} /proc/$!/${name} > /dev/null; ${reader} /proc/$!/${name} > /dev/null; kill $!; wait $! 2> /dev/null; true`;
    await container.run(read('cat', 'environ'));
    await container.run('cat /proc/self/environ /proc/self/maps /proc/cmdline /proc/1/stat > /dev/null');
    await harness.settled();
    expect(told()).toEqual(['read /proc/<pid>/environ by cat']);
    harness.answerAll('known');
    for (const sample of [1, 2]) {
      harness.watch(sample);
      harness.seen = [];
      await container.run(read('cat', 'environ'));
      await harness.settled();
      expect(told()).toEqual([]);
    }
    // One process, whose file the known reader and its owner have read.
    await container.run(
      'perl -e \'open F, "<", "/proc/self/environ"; sleep 60\' & sleep .3; cat /proc/$!/environ > /dev/null; head -c1 /proc/$!/environ > /dev/null; kill $!; wait $! 2> /dev/null; true',
    );
    await container.run(read('cat', 'cmdline'));
    await harness.settled();
    expect(told()).toEqual(['read /proc/<pid>/environ by head', 'read /proc/<pid>/cmdline by cat']);
  });
});

test('an applet that a shell of busybox runs without executing it is told as an execution, and known as one', async (context) => {
  const busybox = '/usr/bin/busybox';
  if (!existsSync(busybox)) context.skip('needs busybox');
  const own = join(harness.directory, 'busybox');
  copyFileSync(busybox, own);
  const told = (): readonly string[] =>
    harness.seen.flatMap(({ event }) =>
      event.kind === 'exec' && event.path === own
        ? [`${program(event.parentExe)} > ${event.process.args.slice(0, 3).join(' ')}`]
        : [],
    );
  const run = `${own} sh -c 'find . -maxdepth 0; cat /dev/null; id' > /dev/null`;
  await harness.container.run(run);
  await harness.settled();
  expect(told().slice(1).toSorted()).toEqual(['busybox > cat /dev/null', 'busybox > find', 'busybox > id']);
  harness.answerAll('known');
  harness.seen = [];
  await harness.container.run(run);
  await harness.settled();
  expect(told()).toEqual([]);
});
