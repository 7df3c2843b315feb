import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isListening, isOutgoing, parseSocketTable } from './socket-table.ts';
import type { SocketRow } from './socket-table.ts';

const head = 'sl local remote st\n';
const line = (local: string, remote: string, state: string, inode: number): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 00 100 0 0 10 0\n`;
const none: ReadonlySet<string> = new Set();

const row = (changes: Partial<SocketRow>): SocketRow => ({
  ...{ protocol: 'tcp', state: 1, address: '10.0.0.2', port: 40_000, remoteAddress: '10.0.0.9', remotePort: 5_432 },
  ...{ inode: '7', ...changes },
});

test('both ends of a connection are read, also of one that is IPv4 in IPv6', () => {
  const [found] = parseSocketTable(head + line('0200000A:9C40', '0900000A:1538', '01', 7), 'tcp', 2);
  expect(found).toEqual(row({}));
  const mapped = (hex: string): string => `0000000000000000FFFF0000${hex}`;
  const six = head + line(mapped('0200000A:9C40'), mapped('0900000A:1538'), '01', 7);
  expect(parseSocketTable(six, 'tcp', 10)).toEqual([row({})]);
});

test('going out: on its way, open or closing, held by somebody, and not at a port that listens', () => {
  const states = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  expect(states.filter((state) => isOutgoing(row({ state }), none))).toEqual([1, 2, 4, 8]);
  expect(isOutgoing(row({ inode: '0' }), none)).toBe(false);
  expect(isOutgoing(row({ remotePort: 0 }), none)).toBe(false);
  expect(isOutgoing(row({ port: 80 }), new Set(['80/tcp']))).toBe(false);
  expect(isOutgoing(row({ port: 80 }), new Set(['80/udp', '8080/tcp']))).toBe(true);
});

test('a UDP socket goes out when it is connected, and then does not listen', () => {
  const udp = { protocol: 'udp', port: 53 } as const;
  expect(isOutgoing(row({ ...udp, state: 1 }), none)).toBe(true);
  expect(isListening(row({ ...udp, state: 1 }))).toBe(false);
  const free = row({ ...udp, state: 7, remoteAddress: '::', remotePort: 0 });
  expect([isListening(free), isOutgoing(free, none)]).toEqual([true, false]);
});

test('any ends that a table can hold are read as they are written, and no socket both listens and goes out', () => {
  const end = fc.record({ bytes: fc.uint8Array({ minLength: 4, maxLength: 4 }), port: fc.nat(65_535) });
  const text = ({ bytes, port }: { bytes: Uint8Array; port: number }): string =>
    `${Buffer.from(bytes).swap32().toString('hex').toUpperCase()}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  fc.assert(
    fc.property(
      end,
      end,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('tcp' as const, 'udp' as const),
      (local, remote, state, protocol) => {
        const table = head + line(text(local), text(remote), state.toString(16).toUpperCase().padStart(2, '0'), 9);
        const [found] = parseSocketTable(table, protocol, 2);
        expect(found).toEqual({
          ...{ protocol, state, inode: '9', address: local.bytes.join('.'), port: local.port },
          ...{ remoteAddress: remote.bytes.join('.'), remotePort: remote.port },
        });
        if (found !== undefined) expect(isListening(found) && isOutgoing(found, none)).toBe(false);
      },
    ),
  );
});

test('any text is a table', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' })).map((lines) => lines.join('\n')),
      (text) => {
        expect(parseSocketTable(`\n${text}`, 'tcp', 10)).toEqual([]);
      },
    ),
  );
});
