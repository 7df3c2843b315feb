import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capabilityNames } from './capabilities.ts';
import { parseChanges } from './changes.ts';
import { descriptorOf } from './descriptors.ts';
import { environmentNames } from './environment.ts';
import { maskInspection } from './inspection.ts';
import { parseMaps } from './maps.ts';
import { parseMountinfo } from './mounts.ts';
import { socketTables } from './sockets.ts';
import { parseStatus } from './status.ts';

const secret = 'hunter2-swordfish';

test('whatever bytes there are, no parser throws, and none answers more than it was given', () => {
  const pieces = fc.constantFrom(
    ' ',
    '\n',
    '\0',
    ':',
    '-',
    '0',
    '1',
    'r-xp',
    '00:00',
    '{"Path":"',
    '","Kind":1}',
    '\\040',
    'Uid:',
    '/a',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)),
    fc.array(pieces, { maxLength: 60 }).map((some) => Buffer.from(some.join(''))),
  );
  fc.assert(
    fc.property(bytes, (raw) => {
      const text = raw.toString('latin1');
      const { mounts } = parseMountinfo(raw, 5);
      expect(mounts.length).toBeLessThanOrEqual(5);
      expect(parseMaps(raw).files.length).toBeLessThanOrEqual(text.split('\n').length);
      for (const { parse } of socketTables) expect(parse(raw).length).toBeLessThanOrEqual(text.split('\n').length);
      expect(environmentNames(raw, 3).names.length).toBeLessThanOrEqual(3);
      expect(parseChanges(raw.toString(), 4).changes.length).toBeLessThanOrEqual(4);
      parseStatus(text);
      descriptorOf(1, text);
      capabilityNames(text);
    }),
  );
});

describe('an environment', () => {
  test('is told by its names', () => {
    const bytes = Buffer.from(`PATH=/bin\0API_TOKEN=${secret}\0EMPTY=\0PATH=/again\0`);
    expect(environmentNames(bytes, 10)).toEqual({ names: ['PATH', 'API_TOKEN', 'EMPTY'], unusual: 0 });
  });

  test('what has no usual name is counted and not told: a process may put anything there', () => {
    const bytes = Buffer.from(`${secret}\0=${secret}\0${secret} x=1\0-----BEGIN KEY-----${'a'.repeat(200)}=\0OK=1`);
    expect(environmentNames(bytes, 10)).toEqual({ names: ['OK'], unusual: 4 });
  });

  test('no value is ever told, whatever it is', () => {
    const value = fc.string({ minLength: 8, maxLength: 40 }).filter((one) => !one.includes('\0') && !one.includes('='));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const bytes = Buffer.from(values.map((one, index) => `NAME_${String(index)}=${one}\0`).join(''));
        const { names } = environmentNames(bytes, 100);
        expect(names).toEqual(values.map((_, index) => `NAME_${String(index)}`));
      }),
    );
  });
});

test('the status of a process: who it is and what it may do', () => {
  const text = [
    'Name:\tsh\\nUid:\t0',
    'PPid:\t7',
    'TracerPid:\t12',
    'Uid:\t33\t0\t33\t33',
    'Gid:\t33\t33\t33\t33',
    'Groups:\t33 44 ',
    'NSpid:\t4711\t9',
    'Threads:\t2',
    'CapEff:\t00000000a80425fb',
    'CapBnd:\t0000040000000000',
    'NoNewPrivs:\t1',
    'Seccomp:\t2',
    'Seccomp_filters:\t1',
    '',
  ].join('\n');
  const status = parseStatus(text);
  expect(status).toMatchObject({ parentPid: 7, tracerPid: 12, uids: [33, 0, 33, 33], groups: [33, 44], threads: 2 });
  expect(status).toMatchObject({ namespacePids: [4711, 9], noNewPrivileges: true, seccomp: 'filter' });
  // Docker's default set.
  expect(status.capabilities.effective).toEqual(
    'chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write setfcap'.split(
      ' ',
    ),
  );
  expect(status.capabilities.bounding).toEqual(['cap_42']);
  expect(parseStatus('').seccomp).toBe('unknown');
});

test('mounts: escaped paths are read, passwords of network file systems are not told', () => {
  const line = String.raw`36 35 98:0 /sub /mnt\040with\011tab rw,noatime master:1 - cifs //host/share rw,username=u,password=`;
  const { mounts, cut } = parseMountinfo(Buffer.from(`${line}${secret}\nnothing\n1 0 0:1 / / ro - tmpfs none rw\n`), 2);
  expect(cut).toBe(false);
  expect(mounts[0]).toMatchObject({
    id: 36,
    parent: 35,
    root: '/sub',
    mountPoint: String.raw`/mnt with\x09tab`,
    type: 'cifs',
  });
  expect(JSON.stringify(mounts)).not.toContain(secret);
  expect(parseMountinfo(Buffer.from('1 0 0:1 / / ro - tmpfs none rw\n2 1 0:1 / /a ro - tmpfs none rw\n'), 1).cut).toBe(
    true,
  );
});

test('maps: what is mapped as code, and code that no file has', () => {
  const text = [
    '00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon',
    '00651000-00652000 r--p 00051000 08:02 173521      /usr/bin/dbus-daemon',
    '35b1800000-35b1820000 r-xp 00000000 08:02 135522  /usr/lib64/ld 2.15.so (deleted)',
    'f2c6ff8c000-7f2c7078c000 rwxp 00000000 00:00 0    [stack:986]',
    '7fff-8000 r-xp 00000000 00:00 0                   [vdso]',
    '9000-a000 r-xp 00000000 00:00 0 ',
    'cut off-',
  ].join('\n');
  const { files, anonymousCode, writableCode } = parseMaps(Buffer.from(text));
  expect(files).toEqual([
    { path: '/usr/bin/dbus-daemon', deleted: false, device: '08:02', inode: '173521' },
    { path: '/usr/lib64/ld 2.15.so', deleted: true, device: '08:02', inode: '135522' },
  ]);
  expect({ anonymousCode, writableCode }).toEqual({ anonymousCode: 2, writableCode: 1 });
});

test('sockets of every table', () => {
  const parse = (file: string, text: string): unknown =>
    socketTables.find((table) => table.file === file)?.parse(Buffer.from(text));
  const head = 'head\n';
  const tail = '00000000:00000000 00:00000000 00000000     0        0';
  expect(parse('tcp', `${head}   0: 0100007F:1F90 00000000:0000 0A ${tail} 41 1 x\n`)).toEqual([
    { protocol: 'tcp', state: 'listen', local: '127.0.0.1:8080', remote: '', inode: '41' },
  ]);
  expect(
    parse(
      'tcp6',
      `${head}   0: 00000000000000000000000001000000:01BB 00000000000000000000000001000000:C350 01 ${tail} 42 1\n`,
    ),
  ).toEqual([{ protocol: 'tcp', state: 'established', local: '[::1]:443', remote: '[::1]:50000', inode: '42' }]);
  expect(
    parse(
      'unix',
      'Num       RefCount Protocol Flags    Type St Inode Path\nffff: 00000002 00000000 00010000 0001 01 43 /run/a b\nffff: 00000003 00000000 00000000 0001 03 44\n',
    ),
  ).toEqual([
    { protocol: 'unix', state: 'listen', local: '/run/a b', remote: '', inode: '43' },
    { protocol: 'unix', state: 'connected', local: '', remote: '', inode: '44' },
  ]);
});

test('descriptors by what they point to', () => {
  expect(descriptorOf(3, 'socket:[99]')).toMatchObject({ kind: 'socket', inode: '99' });
  expect(descriptorOf(4, '/tmp/x (deleted)')).toMatchObject({ kind: 'file', target: '/tmp/x', deleted: true });
  expect(descriptorOf(5, '/memfd:payload (deleted)')).toMatchObject({ kind: 'memfd', deleted: true });
  expect(descriptorOf(6, 'pipe:[1]')).toMatchObject({ kind: 'pipe' });
  expect(descriptorOf(7, 'anon_inode:[eventpoll]')).toMatchObject({ kind: 'other' });
});

describe('what the engine says', () => {
  test('no value of the environment is told, nor what looks like a secret', () => {
    const answer = {
      Id: 'abc',
      Config: {
        Env: ['PATH=/bin', `PLAIN=${secret}`, secret],
        Cmd: ['mysqld', '--password', secret],
        Labels: { 'app.token': secret, 'com.example': `https://u:${secret}@host/` },
        Healthcheck: { Test: ['CMD', 'curl', '-u', `me:${secret}`, 'http://localhost'] },
      },
      Path: '/usr/bin/mysql',
      Args: [`-p${secret}`, `--api-key=${secret}`],
      HostConfig: { LogConfig: { Config: { 'splunk-token': secret } }, Privileged: false, Memory: 7 },
      Deep: { password: [secret, { more: 1 }] },
    };
    const masked = maskInspection(answer) as typeof answer;
    expect(JSON.stringify(masked)).not.toContain(secret);
    expect(masked.Config.Env).toEqual(['PATH=***', 'PLAIN=***', '***']);
    expect(masked).toMatchObject({ Id: 'abc', HostConfig: { Privileged: false, Memory: 7 } });
  });

  test('any answer is masked without an error and stays JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(() => JSON.stringify(maskInspection(value))).not.toThrow();
      }),
    );
  });
});

describe('changes of the file system', () => {
  const text = JSON.stringify([
    { Path: '/tmp', Kind: 0 },
    { Path: '/tmp/a "b"\\', Kind: 1 },
    { Kind: 2, Path: '/etc/gone' },
  ]);

  test('are read as the engine tells them', () => {
    expect(parseChanges(text, 10)).toEqual({
      cut: false,
      changes: [
        { path: '/tmp', change: 'modified' },
        { path: String.raw`/tmp/a "b"\\`, change: 'added' },
        { path: '/etc/gone', change: 'deleted' },
      ],
    });
  });

  test('of an answer that was cut off what is whole counts', () => {
    for (let length = 0; length < text.length; length++)
      expect(parseChanges(text.slice(0, length), 10).changes).toEqual(
        parseChanges(text, 10).changes.slice(0, (text.slice(0, length).match(/\}/g) ?? []).length),
      );
    expect(parseChanges(text, 2)).toMatchObject({ cut: true, changes: [{ path: '/tmp' }, { change: 'added' }] });
  });
});
