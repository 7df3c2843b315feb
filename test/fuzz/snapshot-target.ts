import assert from 'node:assert/strict';
import { parseChanges } from '../../src/snapshot/changes.ts';
import { descriptorOf } from '../../src/snapshot/descriptors.ts';
import { environmentNames } from '../../src/snapshot/environment.ts';
import { maskInspection } from '../../src/snapshot/inspection.ts';
import { parseMaps } from '../../src/snapshot/maps.ts';
import { parseMountinfo } from '../../src/snapshot/mounts.ts';
import { socketTables } from '../../src/snapshot/sockets.ts';
import { parseStatus } from '../../src/snapshot/status.ts';
import { jsonWords } from './text-targets.ts';
import type { Target } from './target.ts';

const max = 8;
/** What is safe to print and to store. */
const printable = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

const samples: readonly string[] = [
  'PPid:\t7\nUid:\t33\t0\t33\t33\nNSpid:\t4711\t9\nCapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\n',
  '36 35 98:0 /sub /mnt\\040with\\011tab rw,noatime master:1 - cifs //host/share rw,password=x\n',
  '00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon (deleted)\n',
  'f2c6ff8c000-7f2c7078c000 rwxp 00000000 00:00 0    [stack:986]\n',
  'PATH=/bin\0API_TOKEN=hunter2\0=x\0',
  'ffff: 00000002 00000000 00010000 0001 01 43 /run/a b\n',
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 x\n',
  'socket:[99]',
  '/memfd:payload (deleted)',
  JSON.stringify([{ Path: '/tmp/a "b"', Kind: 1 }]),
  JSON.stringify({
    Config: { Env: ['A=b'], Cmd: ['mysql', '-px'], Labels: { token: 'y' } },
    Path: 'curl',
    Args: ['-u', 'a:b'],
  }),
];

/** What a snapshot reads of `/proc` and of the engine: any bytes, bounded answers, nothing in them that a terminal acts upon. */
export const snapshotTarget: Target = {
  name: 'snapshot',
  covers: (path) =>
    /^src\/snapshot\/(?:status|capabilities|mounts|maps|environment|sockets|descriptors|changes|inspection)\.ts$/.test(
      path,
    ),
  seeds: () => samples.map((sample) => Buffer.from(sample, 'latin1')),
  dictionary: [
    ...jsonWords,
    ...['\n', '\0', ' - ', 'r-xp', '(deleted)', '\\040', '"Path":"', '"Kind":', 'Env', 'Uid:\t', ':0A '],
  ],
  maxBytes: 2000,
  check: (input) => {
    const bytes = Buffer.from(input);
    const text = bytes.toString('latin1');
    const lines = text.split('\n').length;
    const { mounts } = parseMountinfo(bytes, max);
    assert.ok(mounts.length <= max);
    for (const { mountPoint, root, source } of mounts)
      for (const one of [mountPoint, root, source]) assert.match(one, printable);
    const { files, anonymousCode, writableCode } = parseMaps(bytes);
    assert.ok(files.length + anonymousCode <= lines && writableCode <= lines);
    for (const { path } of files) assert.match(path, printable);
    const { names } = environmentNames(bytes, max);
    assert.ok(names.length <= max);
    for (const name of names) assert.match(name, /^[A-Za-z_][\w.%()-]{0,127}$/);
    for (const { parse } of socketTables)
      for (const { local, remote } of parse(bytes)) assert.match(local + remote, printable);
    const { changes } = parseChanges(bytes.toString(), max);
    assert.ok(changes.length <= max);
    for (const { path } of changes) assert.match(path, printable);
    descriptorOf(1, text);
    const status = parseStatus(text);
    assert.ok(status.groups.length <= 64);
    checkInspection(bytes.toString());
  },
};

function checkInspection(text: string): void {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return;
  }
  const once = maskInspection(answer);
  assert.deepEqual(maskInspection(once), once, 'masked again, it is another');
}
