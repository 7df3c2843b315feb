import type { Alert } from '../../src/model/alert.ts';
import type { NodeReport } from '../../src/model/node.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID that says which one it is. */
export function alertId(number: number, series = 0): string {
  let [rest, tail] = [number, ''];
  for (let digit = 0; digit < 10; digit += 1) {
    tail = crockford.charAt(rest % 32) + tail;
    rest = Math.floor(rest / 32);
  }
  return `01JDAW${crockford.charAt(series)}000000000${tail}`;
}

/** An alert as an agent raises it. */
export function makeAlert(number: number, changes: Partial<Alert> = {}): Alert {
  const time = new Date(Date.UTC(2026, 10, 23, 2, 0, 0, number)).toISOString();
  return {
    id: alertId(number),
    time,
    raisedAfterMs: 3,
    severity: 'critical',
    score: 6.2,
    surprise: 3.2,
    suspicion: 3,
    title: 'nginx started /bin/sh in shop/web',
    dimension: 'exec',
    key: '/bin/sh',
    detector: 'novelty',
    rules: ['shell-from-service'],
    techniques: ['T1059.004'],
    practices: ['docker-10'],
    node: 'worker-3',
    workload: { id: 'w-web', name: 'shop/web', kind: 'compose' },
    container: { id: `${'0123456789ab'.repeat(5)}beef`, name: 'shop-web-1', image: 'nginx:1.27', digest: 'sha256:00' },
    process: {
      pid: 4711,
      exe: '/bin/sh',
      args: ['sh', '-c', 'id'],
      uid: 33,
      cwd: '/',
      ancestors: [{ pid: 4200, exe: '/usr/sbin/nginx' }],
    },
    evidence: {
      samples: 1812,
      seenInOneSample: 0,
      coverage: 0.998,
      expected: ['/usr/sbin/nginx'],
      note: 'never in 1,812 samples',
    },
    count: 1,
    lastTime: time,
    ...changes,
  };
}

/** A report of a node with one workload in one container. */
export function makeReport(changes: Partial<NodeReport> = {}): NodeReport {
  return {
    timeMs: 1_795_000_000_000,
    agentVersion: '0.1.0',
    kernel: '6.1.0',
    sensor: 'bpf',
    hooks: [
      { hook: 'exec', state: 'attached', reason: '', unseen: '' },
      { hook: 'bind', state: 'missing', reason: 'no such tracepoint', unseen: 'listening ports' },
    ],
    engineConnected: true,
    containers: [
      {
        id: 'c1',
        name: 'shop-web-1',
        workload: 'w-web',
        rates: { cpuSeconds: 12.5, memoryBytes: 1_000_000, pids: 3, networkReceiveBytes: 10 },
      },
    ],
    unseenContainers: 0,
    workloads: [
      {
        workload: { id: 'w-web', name: 'shop/web', kind: 'compose' },
        containers: 1,
        samples: { startup: 1, steady: 10 },
        dimensions: [{ dimension: 'exec', coverage: 0.9, features: 3, seenInOneSample: 1 }],
      },
    ],
    events: { exec: 7, file: 9 },
    known: { exec: 1000 },
    lost: [{ hook: 'open', reason: 'ring-full', count: 2 }],
    pendingEvents: 0,
    outboxAlerts: 0,
    expectedAlertsPerDay: 0.5,
    expectedAlertsBounds: { low: 0.1, high: 2.5 },
    alertsLastDay: 1,
    ...changes,
  };
}
