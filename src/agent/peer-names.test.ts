import { expect, test } from 'vitest';
import type { ConnectEvent, KernelKey } from '../model/event.ts';
import { featuresOf } from '../profile/features.ts';
import { ClusterNames } from './peer-names.ts';

const key: KernelKey = { kind: 'net.out', protocol: 'tcp', address: '10.244.3.9', port: 6432 };
const feature = 'net.out payments/service/db:5432/tcp';

function clusterOf(names: Record<string, string>, moved: readonly string[] = []): ClusterNames {
  return new ClusterNames(() => ({
    of: (address) => (names[address] === undefined ? undefined : { name: names[address], port: 5432 }),
    takeMoved: () => new Set(moved),
  }));
}

test('a connection is known by the service behind its address', () => {
  const connect = { ...key, kind: 'connect', name: 'db.payments.svc.cluster.local' } as unknown as ConnectEvent;
  const named = clusterOf({ '10.244.3.9': 'payments/service/db' }).named(connect);
  expect(featuresOf(named)).toEqual([{ dimension: 'net.out', key: 'payments/service/db:5432/tcp', level: 'peer' }]);
  expect(clusterOf({}).named(connect)).toBe(connect);
  expect(new ClusterNames(() => undefined).named(connect)).toBe(connect);
});

test('a remembered address is current while it has the name that it was remembered for', () => {
  const current = (names: Record<string, string>, features: readonly string[]): boolean =>
    clusterOf(names).isCurrent(features, key);
  expect(current({ '10.244.3.9': 'payments/service/db' }, [feature])).toBe(true);
  expect(current({ '10.244.3.9': 'shop/service/web' }, [feature])).toBe(false);
  expect(current({}, [feature])).toBe(false);
  expect(current({}, ['net.out 10.244.3.9:6432/tcp'])).toBe(true);
  expect(current({}, ['net.out 10.244.0.0/16:6432/tcp'])).toBe(true);
  expect(current({ '10.244.3.9': 'payments/service/db' }, ['net.out 10.244.3.9:6432/tcp'])).toBe(false);
  expect(clusterOf({}).isCurrent([feature], { kind: 'net.listen', protocol: 'tcp', port: 1 })).toBe(true);
});

test('what the kernel recognised at an address that was given away it tells again', () => {
  const other: KernelKey = { ...key, address: '10.244.3.10' };
  const told: unknown[] = [];
  clusterOf({}, ['10.244.3.9']).forgetMoved(
    ['w', 'w'],
    { kernelKeys: (_, wanted) => [key, other].filter((one) => wanted?.([feature], one) !== false) },
    { tellAgain: (workloadId, all) => void told.push([workloadId, all]) },
  );
  expect(told).toEqual([['w', [key]]]);
});
