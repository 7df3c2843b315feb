import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness();

describe('changes by name', () => {
  const told = (): readonly string[] =>
    harness.seen.flatMap(({ event }) =>
      event.kind === 'change'
        ? [
            `${event.change}${event.special ? '!' : ''} ${event.path.replace(harness.directory, 'D')} ${event.other.replace(harness.directory, 'D')} ${event.error}`.trimEnd(),
          ]
        : [],
    );

  test('of every kind, by absolute and relative names, descriptors and directories', async () => {
    await harness.container.run(`cd ${harness.directory}; : > a; : > b; mkdir sub`);
    await harness.container.run(
      `perl -e 'my ($a, $b, $n, $o) = ("a", "b", "sub/c", "sub/../sub/./o");
chmod 0644, "a"; chmod 04755, "a"; open(my $fd, "<", "b"); syscall(91, fileno($fd), 02755); chown 0, 0, "$ENV{PWD}/b";
rename $a, $n; link $b, "hard"; symlink "/etc/shadow", "soft"; truncate $b, 0; utime undef, undef, $b; utime 1, 1, $b; unlink "hard";
open(my $dir, "<", "sub"); syscall(263, fileno($dir), my $c = "c", 0); syscall(133, my $p = "pipe", 0010600, 0); unlink "nothing-there"; unlink $o'`,
    );
    await harness.settled();
    expect(told()).toEqual(
      [
        'chmod D/a',
        'chmod! D/a',
        'chmod! D/b',
        'chown D/b',
        'rename D/sub/c  a',
        'link D/hard  b',
        'symlink D/soft  /etc/shadow',
        'truncate D/b',
        'times D/b',
        'times! D/b',
        'unlink D/hard',
        'unlink D/sub/c',
        'mknod D/pipe',
      ].map((line) => line.replace('  ', ' ')),
    );
  });

  test('refused ones are told as refused; known ones are silent, by name, by folded name and by directory', async () => {
    const guarded = join(harness.directory, 'guarded');
    await harness.container.run(`mkdir -p ${guarded}; : > ${guarded}/x; chmod 755 ${harness.directory} ${guarded}`);
    await harness.settled();
    harness.seen = [];
    await harness.container.run(
      `perl -e 'use POSIX; POSIX::setuid(33); unlink "${guarded}/x"; chmod 0777, "${guarded}/x"'`,
    );
    await harness.settled();
    expect(told()).toEqual(['unlink D/guarded/x  EACCES', 'chmod D/guarded/x  EPERM']);
    const of = { change: 'unlink', special: false, refused: false } as const;
    harness.sensor.recognise(harness.workload, [
      { kind: 'change.folded', ...of, path: `${harness.directory.replace(/\d+/g, '0')}/job-0` },
      { kind: 'change.directory', ...of, path: `${guarded}/` },
    ]);
    harness.watch(2);
    harness.seen = [];
    await harness.container.run(
      `for i in 1 22 333; do : > ${harness.directory}/job-$i; rm ${harness.directory}/job-$i; done; rm ${guarded}/x`,
    );
    await harness.container.run(`: > ${harness.directory}/other; rm ${harness.directory}/other`);
    await harness.settled();
    expect(told()).toEqual(['unlink D/other']);
  });
});

describe('rare calls', () => {
  const told = (): readonly string[] =>
    harness.seen
      .flatMap(({ event }) =>
        event.kind === 'call' && event.call !== 'capability'
          ? [`${event.call} ${event.detail} ${event.error} ${event.text}`.trimEnd()]
          : [],
      )
      .toSorted();

  test('made and refused ones are told with what counts of their arguments, and recognised once known', async () => {
    const script = `perl -MSocket -e 'my $no = "/nowhere"; my $x = "tmpfs";
syscall(161, $no); syscall(165, $x, $no, $x, 0x1000, 0); syscall(272, 0x4000000); syscall(101, 16, $$+0, 0, 0);
my $name = "hidden"; syscall(319, $name, 0); syscall(321, 99, 0, 0); $> = 33; $> = 0; socket(S, AF_INET, SOCK_STREAM, 6); socket(R, 17, SOCK_RAW, 0)'`;
    await harness.container.run(script);
    await harness.settled();
    expect(told()).toEqual([
      'bpf 99 EINVAL',
      'chroot  ENOENT /nowhere',
      'memfd_create   hidden',
      'mount bind ENOENT /nowhere',
      'ptrace attach EPERM',
      'setresuid other',
      'setresuid root',
      'socket packet',
      'unshare uts',
    ]);
    const bearer = harness.seen.find(({ event }) => event.kind === 'call' && event.call !== 'capability')?.event
      .process;
    expect(bearer?.exe).toMatch(/\/perl$/);
    expect(bearer?.ancestors.map(({ exe }) => exe.split('/').at(-1))).toContain('bash');
    harness.answerAll('known');
    harness.seen = [];
    await harness.container.run(script);
    await harness.settled();
    expect(told()).toEqual([]);
  });

  test('what was done and what was refused are two things', async () => {
    await harness.container.run(`perl -e 'syscall(105, 0)'`);
    await harness.settled();
    expect(told()).toEqual(['setuid root']);
    harness.answerAll('known');
    harness.seen = [];
    await harness.container.run(`perl -e 'use POSIX; POSIX::setuid(33); syscall(105, 0)'`);
    await harness.settled();
    expect(told()).toContain('setuid root EPERM');
  });
});
