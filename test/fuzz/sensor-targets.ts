import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { containerIdOfCgroupPath, ownCgroupPath, unifiedMount, unifiedPath } from '../../src/identity/cgroup.ts';
import { hierarchies, parseBlkio, parseIoStat, parseNetDev, parsePairs } from '../../src/sensor/counters.ts';
import { decodeArguments } from '../../src/sensor/decode.ts';
import { parseSockets } from '../../src/sensor/processes.ts';
import { checkRecord } from '../support/record-checks.ts';
import { checkRing, ringBytes } from '../support/ring-checks.ts';
import {
  encodeAncestors,
  encodeRecord,
  fitting,
  kindNumbers,
  lengthFields,
  repairRecord,
  valuesOf,
  writeField,
} from '../support/sensor-records.ts';
import type { Target } from './target.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Command lines and paths that features are made of in different ways. */
const commandLines = ['sh\0-c\0curl -u a:b http://c:d@e/7\0', 'busybox\0ls\0/tmp\0', 'python3\0-m\0http.server\0'];

/** Bytes of the sensor's records, and all that is made of them. */
export const recordTarget: Target = {
  name: 'record',
  covers: (path) =>
    /^src\/(?:sensor\/(?:decode|dns|event|key-hash|sip-hash|call-cookie)|profile\/(?:features|generalise)|detect\/facts|lib\/(?:mask|escape|address-text|command-line)|model\/\w+)\.ts$/.test(
      path,
    ),
  seeds: () =>
    kindNumbers.flatMap((kind) =>
      (valuesOf('origin') ?? [0]).slice(0, 3).map((origin) =>
        encodeRecord(
          fitting({
            values: {
              ...{ kind, origin, call: 1 + origin * 2, family: origin === 1 ? 10 : 2, port: 443, cgroup_id: 4242n },
              ...{ flags: 0x20 << origin, mode: 0o100644, result: -1n & ((1n << 64n) - 1n), detail: 0x40000n },
              ...{ ancestors_count: origin, ancestors: encodeAncestors([{ pid: 1, program: 5n }]) },
            },
            texts: lengthFields.map((_, at) =>
              bytesOf(at === 1 ? (commandLines[origin] ?? '') : at === 0 ? '/tmp/job-17/a.part' : ''),
            ),
          }),
        ),
      ),
    ),
  dictionary: [
    ...[
      '/',
      '..',
      '*',
      '<',
      '\\',
      '\0',
      '\n',
      '\ufeff',
      '\u2028',
      '😀',
      '/etc/',
      '/tmp/',
      ' (deleted)',
      'sh',
      'busybox',
    ],
    ...['python3', '-c', '-m', 'perl', 'awk', 'php', '--password', '-p', 'mysql', 'curl', '-u', 'pwd=', '://a:b@'],
    ...['-----BEGIN PRIVATE KEY', 'Authorization: Bearer ', 'AKIAAAAAAAAAAAAA', 'eyJaaaaaaa.bbbb', '2026-11-23'],
    ...['deadbeef00', '01234567-0123-0123-0123-0123456789ab', 'tmpa1b2c3', 'aB3dE5fG', '"', "'"],
  ],
  maxBytes: 1600,
  repair: repairRecord,
  check: (bytes) => void checkRecord(bytes),
};

const ringHead = 17;

/** Two positions, a limit, and what stands in the ring behind them. */
export const ringTarget: Target = {
  name: 'ring',
  covers: (path) => path === 'src/sensor/ring.ts',
  seeds: () =>
    [0, ringBytes - 16, 3].map((consumed) => {
      const bytes = new Uint8Array(ringHead + ringBytes);
      writeField(bytes, 0, 8, consumed);
      writeField(bytes, 8, 8, consumed + 48);
      bytes[16] = 2;
      for (const [i, head] of [3, 0x40000005, 0x80000001].entries())
        writeField(bytes, ringHead + ((consumed + i * 16) % ringBytes), 4, head);
      return bytes;
    }),
  dictionary: [],
  maxBytes: ringHead + ringBytes,
  check: (bytes) => {
    const all = new Uint8Array(Math.max(ringHead, bytes.length));
    all.set(bytes);
    const view = new DataView(all.buffer);
    checkRing({
      consumed: view.getBigUint64(0, true),
      produced: view.getBigUint64(8, true),
      limit: 1 + view.getUint8(16),
      data: all.subarray(ringHead),
    });
  },
};

const proc: readonly { readonly sample: string; readonly check: (text: string, bytes: Uint8Array) => void }[] = [
  {
    sample:
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 4242 1\n' +
      '   1: 0000000000000000FFFF00000100007F:0035 00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 77\n',
    check: (text) => {
      for (const protocol of ['tcp', 'udp'] as const)
        for (const family of [2, 10] as const) {
          const found = parseSockets(text, protocol, family);
          assert.ok(found.length <= text.split('\n').length, 'more sockets than lines');
          for (const { port, address, inode } of found) {
            assert.ok(Number.isInteger(port) && port > 0 && port < 65_536, `port ${port}`);
            assert.notEqual(isIP(address), 0, `address ${address}`);
            assert.match(inode, /^\d+$/);
          }
        }
    },
  },
  {
    sample:
      '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n31 30 0:27 / /sys/fs/memory rw - cgroup x rw,memory\n',
    check: (text) => {
      const found = hierarchies(text);
      for (const mount of [...found.values(), unifiedMount(text) ?? ''])
        assert.ok(text.includes(mount), `a mount point that nobody wrote: ${mount}`);
    },
  },
  {
    sample: 'usage_usec 17\ninactive_file 4096\n',
    check: (text) => {
      figures([...parsePairs(text).values()]);
    },
  },
  {
    sample: '8:0 Read 17\n8:0 Write 4\nTotal 21\n',
    check: (text) => {
      figures(Object.values(parseBlkio(text)));
    },
  },
  {
    sample: '8:0 rbytes=17 wbytes=4 rios=1\n',
    check: (text) => {
      figures(Object.values(parseIoStat(text)));
    },
  },
  {
    sample: 'Inter-| Receive\n    lo: 1 0 0 0 0 0 0 0 1\n  eth0: 17 1 0 0 0 0 0 0 99 1 0\n',
    check: (text) => {
      figures(Object.values(parseNetDev(text)));
    },
  },
  {
    sample: `12:pids:/x\n0::/docker/${'0a'.repeat(32)}/inner\n`,
    check: (text) => {
      const path = unifiedPath(text) ?? text;
      const id = containerIdOfCgroupPath(path);
      if (id === undefined) return;
      assert.match(id, /^[0-9a-f]{64}$/);
      const own = ownCgroupPath(path, id);
      assert.ok(path.startsWith(own), 'a path that is not above the process');
      assert.equal(containerIdOfCgroupPath(own), id, 'a path of another container');
    },
  },
  {
    sample: 'mysqld\0--password\0hunter2\0\0x',
    check: (_, bytes) => {
      const found = decodeArguments(bytes);
      const zeros = bytes.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
      assert.ok(found.length <= zeros + 1, `${found.length} arguments of ${zeros} zeros`);
    },
  },
];

/** Figures that a report may carry. */
function figures(values: readonly number[]): void {
  for (const value of values) assert.ok(Number.isFinite(value) && value >= 0, `the figure ${value}`);
}

/** Texts of /proc and of cgroups: a byte that says which, and the text. */
export const procTarget: Target = {
  name: 'proc',
  covers: (path) =>
    /^src\/(?:sensor\/(?:counters|processes|decode)|identity\/cgroup|lib\/(?:mask|escape|process-stat|socket-table|address-text))\.ts$/.test(
      path,
    ),
  seeds: () => proc.map(({ sample }, i) => Uint8Array.from([i, ...bytesOf(sample)])),
  dictionary: [
    ...[
      '\n',
      ' ',
      ':',
      ' - ',
      '/',
      '0A',
      '07',
      '0::',
      'lo:',
      'eth0:',
      'rbytes=',
      'wbytes=',
      'Read',
      'cgroup2',
      '0a'.repeat(32),
    ],
    ...['docker-', '.scope', 'libpod-conmon-', '00000000:0000', '0100007F:1F90', '9'.repeat(20), '-1', '1e9', 'NaN'],
  ],
  maxBytes: 2000,
  check: (bytes) => {
    const text = Buffer.from(bytes.subarray(1)).toString('latin1');
    proc[(bytes[0] ?? 0) % proc.length]?.check(text, bytes.subarray(1));
  },
};
