import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readListeners, readProcess, readProcesses } from './processes.ts';

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
