import { expect, test } from 'vitest';
import type { FileEvent } from '../../src/model/event.ts';
import { Harness } from './harness.ts';

const harness = new Harness();

const refused = (): readonly string[] =>
  harness.seen
    .flatMap(({ event }) => (event.kind === 'file' && event.error !== undefined ? [lineOf(event)] : []))
    .toSorted();

function lineOf({ access, path, error, origin }: FileEvent): string {
  return `${access} ${path.replace(harness.directory, 'D')} ${error} ${origin}`;
}

/** As nobody in particular: opens by every call that takes a name; a directory of root's and a file of root's stand in the way. */
const script = (
  directory: string,
): string => `chmod 755 ${directory}; mkdir -m 700 ${directory}/closed; : > ${directory}/closed/in; \
: > ${directory}/own; chmod 600 ${directory}/own; cd ${directory}; \
perl -MPOSIX -e 'POSIX::setuid(33); my ($own, $in, $none) = ("${directory}/own", "closed/in", "${directory}/none");
syscall(2, $own, 0); syscall(257, -100, $in, 1); syscall(257, -100, $none, 0); syscall(85, my $new = "${directory}/closed/new", 0600);
my $how = pack("Q3", 2, 0, 0); syscall(437, -100, $own, $how, 24); syscall(257, -100, $own, 010000000);
opendir(my $d, "${directory}"); syscall(257, fileno($d), my $up = "closed/../closed/in", 0); syscall(2, my $gone = "${directory}/none/x", 0)'`;

test('opens that were forbidden are told by the name that was asked for; names that are not there are not', async () => {
  await harness.container.run(script(harness.directory));
  await harness.settled();
  expect(refused()).toEqual([
    'read D/closed/in EACCES unknown',
    'read D/own EACCES unknown',
    'write D/closed/in EACCES unknown',
    'write D/closed/new EACCES unknown',
    'write D/own EACCES unknown',
  ]);
});

test('a refused open that is known is silent, and to open the same file is another thing', async () => {
  await harness.container.run(script(harness.directory));
  await harness.settled();
  harness.answerAll('known');
  harness.seen = [];
  await harness.container.run(
    `perl -MPOSIX -e 'POSIX::setuid(33); syscall(2, my $own = "${harness.directory}/own", 0)'`,
  );
  await harness.settled();
  expect(refused()).toEqual([]);
  await harness.container.run(`read line < ${harness.directory}/own || true`);
  await harness.settled();
  const opened = harness.seen.flatMap(({ event }) => (event.kind === 'file' ? [event] : []));
  expect(opened.find(({ path }) => path === `${harness.directory}/own`)?.error).toBeUndefined();
});
