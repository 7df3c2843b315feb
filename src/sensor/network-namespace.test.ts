import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { activeOpensOf, NetworkNamespace, networkOf } from './network-namespace.ts';

test('connections that were begun are counted by the kernel: any text has a number of them', () => {
  expect(activeOpensOf('Ip: Forwarding\nIp: 1\nTcp: RtoMin ActiveOpens PassiveOpens\nTcp: 200 31 7\n')).toBe(31);
  expect(activeOpensOf('Tcp: RtoMin\nTcp: 200\n')).toBe(0);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof activeOpensOf(text)).toBe('number');
    }),
  );
});

test('what listens here and what goes out from here; who is connected to goes nowhere', async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket));
  onTestFinished(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const namespace = new NetworkNamespace('/proc');
  const first = namespace.read(process.pid, namespace.counts(process.pid));
  expect(first.listening.map((row) => row.port)).toContain(port);
  const before = namespace.counts(process.pid);

  const client = connect(port, '127.0.0.1');
  onTestFinished(() => void client.destroy());
  await new Promise((resolve) => {
    client.once('connect', resolve);
  });
  const after = namespace.counts(process.pid);
  expect(after.activeOpens).toBeGreaterThan(before.activeOpens);
  const { outgoing, missed } = namespace.read(process.pid, after);
  expect(outgoing.filter(({ remotePort }) => remotePort === port).map((row) => row.port)).toEqual([client.localPort]);
  expect(outgoing.map((row) => row.port)).not.toContain(port);
  expect(missed).toBeGreaterThanOrEqual(0);
});

test('a process that is gone has no namespace to be read', () => {
  const gone = 2 ** 22 + 1;
  expect(() => networkOf('/proc', gone)).toThrow(/ENOENT/);
  expect(() => new NetworkNamespace('/proc').counts(gone)).toThrow(/ENOENT/);
  expect(networkOf('/proc', process.pid)).toMatch(/^net:\[\d+\]$/);
});
