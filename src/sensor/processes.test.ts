import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cgroupContents, parseSockets, readListeners, readProcess, readProcesses, takeSockets } from './processes.ts';

async function listening(host: string): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A child in the same network namespace; it prints `first` when it is there. */
async function started(script: string): Promise<{ readonly child: ChildProcess; readonly first: string }> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const first = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
  });
  return { child, first: first.trim() };
}

test('what these processes listen on is told with its holder, what others in the same namespace listen on is not', async () => {
  const port4 = await listening('127.0.0.1');
  const port6 = await listening('::1');
  const { child, first } = await started(
    `const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`,
  );
  const own = readListeners([process.pid]);
  expect(own).toContainEqual({ protocol: 'tcp', address: '127.0.0.1', port: port4, pid: process.pid });
  expect(own).toContainEqual({ protocol: 'tcp', address: '::1', port: port6, pid: process.pid });
  expect(own.map(({ port }) => port)).not.toContain(Number(first));

  const childPid = child.pid ?? 0;
  expect(readListeners([childPid])).toEqual([
    { protocol: 'tcp', address: '127.0.0.1', port: Number(first), pid: childPid },
  ]);
  const both = readListeners([process.pid, childPid]);
  expect(both).toContainEqual({ protocol: 'tcp', address: '127.0.0.1', port: Number(first), pid: childPid });
  expect(both).toContainEqual({ protocol: 'tcp', address: '127.0.0.1', port: port4, pid: process.pid });
});

test('a UDP socket listens when it is bound below the ports of clients and not connected', async () => {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const bound = await new Promise<number>((resolve, reject) => {
    const bind = (port: number): void => {
      socket.once('error', () => {
        if (port < 20_100) bind(port + 1);
        else reject(new Error('no free port'));
      });
      socket.bind(port, '127.0.0.1', () => resolve(port));
    };
    bind(20_000);
  });
  const listeners = readListeners([process.pid]).filter(({ protocol }) => protocol === 'udp');
  expect(listeners).toContainEqual({ protocol: 'udp', address: '127.0.0.1', port: bound, pid: process.pid });
});

test('a process with its ancestors among those that were asked for; what is gone is left out', async () => {
  const { child } = await started(`console.log('here'); setInterval(() => {}, 1000)`);
  const pid = child.pid ?? 0;
  const [self, below] = readProcesses([process.pid, pid, 2 ** 22 + 1]);
  expect(self).toMatchObject({ pid: process.pid, parentPid: process.ppid, ancestors: [], uid: process.getuid?.() });
  expect(below?.args.slice(1, 2)).toEqual(['-e']);
  expect(below?.ancestors).toEqual([{ pid: process.pid, exe: self?.exe }]);
  child.kill('SIGKILL');
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  expect(readProcess(pid)).toBeUndefined();
  expect(readListeners([pid])).toEqual([]);
  expect(readListeners([])).toEqual([]);
});

test('a name that a process gave itself is shown safely, and says nothing of anything else', async () => {
  const hostile = ') S 1\n\u001b[2J';
  const { child } = await started(
    `require('fs').writeFileSync('/proc/self/comm', ${JSON.stringify(hostile)}); console.log('named'); setInterval(() => {}, 1000)`,
  );
  const read = readProcess(child.pid ?? 0);
  expect(read).toMatchObject({ comm: ') S 1\\x0a\\x1b[2J', parentPid: process.pid, uid: process.getuid?.() });
  expect(BigInt(read?.startTimeNs ?? 0)).toBeGreaterThan(0n);
});

test('a name that looks like a line about the user is none', async () => {
  const { child } = await started(
    `require('fs').writeFileSync('/proc/self/comm', 'x\\nUid:\\t9\\t9'); console.log('named'); setInterval(() => {}, 1000)`,
  );
  expect(readProcess(child.pid ?? 0)).toMatchObject({ comm: 'x\\x0aUid:\\x099\\x099', uid: process.getuid?.() });
});

describe('the contents of a cgroup', () => {
  /** A tree of directories as a cgroup shows it; `undefined`: without a list of processes, like a threaded one's. */
  function tree(contents: Readonly<Record<string, string | undefined>>): string {
    const root = mkdtempSync(join(tmpdir(), 'anchorwatch-cgroup-'));
    onTestFinished(() => {
      rmSync(root, { recursive: true, force: true });
    });
    for (const [path, procs] of Object.entries(contents)) {
      mkdirSync(join(root, path), { recursive: true });
      if (procs !== undefined) writeFileSync(join(root, path, 'cgroup.procs'), procs);
    }
    return root;
  }
  const inode = (path: string): string => statSync(path, { bigint: true }).ino.toString();

  test('are its processes and those below, and the ids of what is below', () => {
    const root = tree({ '.': '1\n22\n', init: '333\n', 'init/deep': '', other: '4444\n' });
    const { insideIds, pids } = cgroupContents(root);
    expect(pids.toSorted((a, b) => a - b)).toEqual([1, 22, 333, 4444]);
    expect(insideIds.toSorted()).toEqual(
      ['init', 'init/deep', 'other'].map((path) => inode(join(root, path))).toSorted(),
    );
  });

  test('of one that cannot be read are left out, those beside and below it are not', () => {
    const root = tree({ '.': '1\n', threaded: undefined, 'threaded/below': undefined, zebra: '2\n' });
    const { insideIds, pids } = cgroupContents(root);
    expect(pids).toEqual([1, 2]);
    expect(insideIds).toHaveLength(3);
  });

  test('that is gone are none', () => {
    expect(cgroupContents('/sys/fs/cgroup/none')).toEqual({ insideIds: [], pids: [] });
  });
});

describe('a table of sockets', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const unconnected = (local: string): string => `${'0'.repeat(Math.max(8, local.indexOf(':')))}:0000`;
  const row = (local: string, state: string, inode: string, remote = unconnected(local)): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 00 100 0 0 10 0\n`;

  test('of IPv4 and IPv6: the addresses as people write them', () => {
    expect(parseSockets(head + row('0100007F:1F90', '0A', '77'), 'tcp', 2)).toEqual([
      { protocol: 'tcp', address: '127.0.0.1', port: 8080, inode: '77' },
    ]);
    const listens = (hex: string): string | undefined =>
      parseSockets(head + row(`${hex}:0050`, '0A', '77'), 'tcp', 10)[0]?.address;
    expect(listens('00000000000000000000000000000000')).toBe('::');
    expect(listens('00000000000000000000000001000000')).toBe('::1');
    expect(listens('B80D0120000000000000000001000000')).toBe('2001:db8::1');
    expect(listens('0000000000000000FFFF00000100007F')).toBe('127.0.0.1');
  });

  test('only what listens: TCP by its state, UDP without a peer and below the ports of clients', () => {
    const tcp = ['01', '0A', '07'].map((state, index) => row('00000000:0050', state, String(index))).join('');
    expect(parseSockets(head + tcp, 'tcp', 2).map(({ inode }) => inode)).toEqual(['1']);
    const udp =
      row('00000000:0035', '07', '1') +
      row('00000000:0035', '07', '2', '0100007F:0035') +
      row('00000000:8000', '07', '3') +
      row('00000000:7FFF', '07', '4') +
      row('00000000:0000', '07', '5');
    expect(parseSockets(head + udp, 'udp', 2).map(({ inode }) => inode)).toEqual(['1', '4']);
  });

  test('lines of another form are skipped, those after them are not', () => {
    const rest = row('0100007F:1F90', '0A', '77');
    const odd = ['', 'x', row('0100007F', '0A', '1'), row('0100007G:1F90', '0A', '1'), row('01:1F90', '0A', '1')];
    const more = [row('0100007F:xyz', '0A', '1'), row('0100007F:1F90', '0A', 'x'), '   0: 0100007F:1F90 x 0A\n'];
    for (const line of [...odd, ...more])
      expect(parseSockets(`${head}${line}\n${rest}`, 'tcp', 2).map(({ inode }) => inode)).toEqual(['77']);
    expect(parseSockets('', 'tcp', 2)).toEqual([]);
  });

  test('any text gives listeners with ports and addresses, or none', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 10 }),
      fc.stringMatching(/^[0-9A-F]{8}(?:[0-9A-F]{24})?:[0-9A-F]{1,5}$/),
      fc.constantFrom('0A', '07', '00000000:0000', '12345', '\n'),
    );
    const text = fc.array(fc.array(word, { maxLength: 11 }).map((words) => words.join(' '))).map((l) => l.join('\n'));
    fc.assert(
      fc.property(text, fc.constantFrom(2 as const, 10 as const), (table, family) => {
        for (const { port, address, inode } of parseSockets(`\n${table}`, 'tcp', family)) {
          expect(port > 0 && port <= 65_535).toBe(true);
          expect(address).toMatch(/^[0-9a-f.:]+$/);
          expect(inode).toMatch(/^\d+$/);
        }
      }),
    );
  });
});

test('sockets that a process has open are taken from those that are wanted; the others stay wanted', async () => {
  const port = await listening('127.0.0.1');
  const rows = parseSockets(readFileSync('/proc/self/net/tcp', 'latin1'), 'tcp', 2);
  const inode = rows.find((row) => row.port === port)?.inode ?? '';
  const wanted = new Set([inode, '0']);
  expect(takeSockets(process.pid, wanted)).toEqual({ held: [inode], cut: false });
  expect([...wanted]).toEqual(['0']);
  expect(takeSockets(process.pid, new Set())).toEqual({ held: [], cut: false });
  expect(takeSockets(2 ** 22 + 1, wanted)).toEqual({ held: [], cut: false });
});

test('of a process with very many open files not all are looked at, and that is said', () => {
  const proc = mkdtempSync(join(tmpdir(), 'anchorwatch-proc-'));
  onTestFinished(() => rmSync(proc, { recursive: true }));
  mkdirSync(join(proc, '7/fd'), { recursive: true });
  for (let number = 0; number <= 32_768; number++) symlinkSync('/dev/null', join(proc, '7/fd', String(number)));
  expect(takeSockets(7, new Set(['1']), proc)).toEqual({ held: [], cut: true });
  rmSync(join(proc, '7/fd/0'));
  expect(takeSockets(7, new Set(['1']), proc)).toEqual({ held: [], cut: false });
});
