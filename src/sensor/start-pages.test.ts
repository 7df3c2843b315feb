import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { releasableRanges } from './start-pages.ts';

const block = (line: string, { rss = 4096, anonymous = 0, dirty = 0 } = {}): string =>
  `${line}\nSize: 8192 kB\nRss:            ${rss} kB\nPrivate_Dirty:  ${dirty} kB\nAnonymous:      ${anonymous} kB\nVmFlags: rd`;

test('code and constants of files are released; what was written to, data, anonymous memory and small ranges are not', () => {
  const smaps = [
    block('00400000-00402000 r--p 00000000 fe:00 12 /usr/bin/node', { rss: 8 }),
    block('0074a000-03044000 r-xp 0034a000 fe:00 12                   /usr/bin/node'),
    block('03201000-06b51000 r--p 02e01000 fe:00 12                   /usr/bin/node'),
    block('06b51000-06c51000 r--p 06751000 fe:00 12                   /usr/bin/node', { anonymous: 4 }),
    block('06c51000-06d51000 r--p 06851000 fe:00 12                   /usr/bin/node', { dirty: 4 }),
    block('06d51000-06e51000 rw-p 06951000 fe:00 12                   /usr/bin/node'),
    block('291d7000-2a3a9000 rw-p 00000000 00:00 0                    [heap]'),
    block('7f9e6dbe8000-7f9e6e3e9000 r--s 00001000 00:10 1038         anon_inode:bpf-map'),
    block('7f9e6f800000-7f9e8f580000 r-xp 00000000 00:00 0 '),
  ].join('\n');
  expect(releasableRanges(smaps)).toEqual([
    { address: 0x74a000n, sizeBytes: 0x3044000 - 0x74a000 },
    { address: 0x3201000n, sizeBytes: 0x6b51000 - 0x3201000 },
  ]);
});

test.skipIf(process.platform !== 'linux')('finds the code of this process', () => {
  expect(releasableRanges(readFileSync('/proc/self/smaps', 'latin1')).length).toBeGreaterThan(0);
});
