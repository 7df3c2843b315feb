import { expect, test } from 'vitest';
import { makePod } from '../../../test/support/pods.ts';
import { createLogger } from '../../lib/log.ts';
import { OtherPods } from './other-pods.ts';
import { Peers } from './peers.ts';

const other = (uid: string, ip: string): object =>
  makePod({
    ...{ uid, name: `batch-${uid}`, namespace: 'jobs', nodeName: 'node-2' },
    metadata: { ownerReferences: [{ kind: 'StatefulSet', name: 'batch', controller: true }] },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  });

test('what is no pod is counted, and so is one too many; a pod on the network of its node has no name', () => {
  const log = createLogger({ level: 'silent' });
  const peers = new Peers(log);
  const pods = new OtherPods(peers, log, 2);
  pods.put({ metadata: {} });
  pods.put(other('a', '10.244.7.1'));
  pods.put(makePod({ uid: 'b', nodeName: 'node-2', spec: { hostNetwork: true }, status: { podIP: '192.0.2.2' } }));
  pods.put(other('c', '10.244.7.3'));
  expect(pods.counters).toEqual({ refused: 1, full: 1 });
  expect(peers.size).toBe(1);
  pods.replaced([other('c', '10.244.7.3')].map(pods.kept));
  expect([...peers.takeMoved()]).toEqual(['10.244.7.1']);
  expect(peers.of('10.244.7.3', 80, 'tcp')).toEqual({ name: 'jobs/statefulset/batch', port: 80 });
});
