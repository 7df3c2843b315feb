import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Counters, hierarchies, parseBlkio, parseIoStat, parseNetDev, parsePairs } from './counters.ts';

test('the hierarchies of a hybrid node', () => {
  const mountinfo = [
    '29 23 0:25 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct',
    '30 23 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '31 23 0:27 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw',
    '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
  ].join('\n');
  const mounts = hierarchies(mountinfo);
  expect(mounts.get('cpuacct')).toBe('/sys/fs/cgroup/cpu,cpuacct');
  expect(mounts.get('memory')).toBe('/sys/fs/cgroup/memory');
  expect(mounts.get('unified')).toBe('/sys/fs/cgroup/unified');
  expect(mounts.has('ext4')).toBe(false);
});

test('block bytes over all devices, of both versions', () => {
  expect(parseBlkio('8:0 Read 100\n8:0 Write 20\n8:0 Sync 9\n8:16 Read 1\n8:16 Write 2\nTotal 132\n')).toEqual({
    read: 101,
    write: 22,
  });
  expect(parseIoStat('8:0 rbytes=100 wbytes=20 rios=3 wios=4\n8:16 rbytes=1 wbytes=2\n')).toEqual({
    read: 101,
    write: 22,
  });
});

test('network bytes and packets without the loopback, also where a name touches its number', () => {
  const text = `Inter-|   Receive                            |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0:123 4 0 0 0 0 0 0 456 5 0 0 0 0 0 0
  eth1: 7 4 0 0 0 0 0 0 3 5 0 0 0 0 0 0
`;
  expect(parseNetDev(text)).toEqual({ receive: 130, transmit: 459, receivePackets: 8, transmitPackets: 10 });
});

test('a line that is cut off, or a figure of more than 64 bits, is left out instead of making the sum no number', () => {
  const most = '18446744073709551615';
  const text = `Inter-|\n  eth0: 17 1 0 0 0 0 0 0 99 2\n  eth1: 5 1 rest\n  eth2: x 1 0 0 0 0 0 0 7 1\n  eth3: ${'9'.repeat(400)} 0 0 0 0 0 0 0 1 1\n`;
  expect(parseNetDev(text)).toEqual({ receive: 17, transmit: 99, receivePackets: 1, transmitPackets: 2 });
  expect([...parsePairs(`a ${'9'.repeat(400)}\nb ${most}\n`)]).toEqual([['b', Number(most)]]);
  expect(parseIoStat(`8:0 rbytes=${'9'.repeat(400)} wbytes=4`)).toEqual({ read: 0, write: 4 });
  expect(parseBlkio(`8:0 Read ${'9'.repeat(400)}\n8:0 Write 4\n`)).toEqual({ read: 0, write: 4 });
});

test('pairs: what is no number is left out', () => {
  expect([...parsePairs('anon 5\nfile x\nslab -1\n\nbroken\n')]).toEqual([['anon', 5]]);
});

test('no text makes them throw or say something that is no number', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const figures = [parseBlkio(text), parseIoStat(text)].flatMap(({ read, write }) => [read, write]);
      for (const figure of [...figures, ...parsePairs(text).values()]) expect(Number.isFinite(figure)).toBe(true);
      expect(hierarchies(text)).toBeInstanceOf(Map);
    }),
  );
});

test('of a container that is gone there are no figures, and reading it is no error', () => {
  const counters = new Counters({ cgroupPath: '/docker/none', pid: 2 ** 22 + 1, hostNetwork: false });
  expect(counters.read()).toEqual({});
  counters.close();
});
