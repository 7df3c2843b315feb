import type { StoredAlert } from '../model/alert.ts';
import type { Notification, NotificationEvent } from '../model/notification.ts';

/** What is asked for of a sample. */
export interface SampleWish {
  readonly event?: NotificationEvent;
  /** Name of the receiver. */
  readonly receiver: string;
  /** ULIDs: of the notification, and of what it is about. Samples with the same subject fold into one at the receiver. */
  readonly id: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Where the collector's pages are, without the last `/`. */
  readonly consoleUrl?: string;
  /** What the receiver answered to the first sample. */
  readonly reference?: string;
}

/** A notification as a real one would be, that says of itself that it is a test, for `notify test`. Pure. */
export function sampleNotification(wish: SampleWish): Notification {
  const { event = 'trigger', id, receiver, subject, nowMs, consoleUrl, reference } = wish;
  const time = new Date(nowMs).toISOString();
  const alert = sampleAlert(subject, time);
  const title = 'Test: a shell was started by /usr/sbin/nginx in anchorwatch/sample';
  const { node, workload, container, score, dimension, rules, techniques, severity, seq } = alert;
  return {
    ...{ id, receiver, event, time, severity, title },
    dedupKey: `incident/${subject}`,
    group: { incident: subject },
    incident: {
      ...{ id: subject, title, severity, opened: time, lastTime: time, node, workload, container, score, seq },
      ...(event === 'resolve' ? { state: 'closed', closed: time } : { state: 'open' }),
      ...{ alerts: 1, dimensions: [dimension], rules, techniques },
      evidence: [
        {
          ...{ dimension, sign: techniques[0] ?? 'novelty', alert: alert.id, time, score },
          ...{ deed: '/usr/sbin/nginx started /bin/sh', pids: [4711, 4200] },
        },
      ],
    },
    alerts: [alert],
    alertsCount: 1,
    ...(reference === undefined ? {} : { reference }),
    links: consoleUrl === undefined ? {} : { console: `${consoleUrl}/`, history: `${consoleUrl}/api/v1/alerts` },
  };
}

function sampleAlert(subject: string, time: string): StoredAlert {
  return {
    ...{ id: subject, time, lastTime: time, storedAt: time, seq: 1, count: 1, raisedAfterMs: 3 },
    ...{ hash: '0'.repeat(64), previousHash: '0'.repeat(64) },
    ...{ severity: 'warning', score: 3.2, surprise: 0.2, suspicion: 3, dimension: 'exec', key: '/bin/sh' },
    title: '/usr/sbin/nginx started /bin/sh in anchorwatch/sample',
    ...{ detector: 'novelty', rules: ['shell-from-service'], techniques: ['T1059.004'], practices: [] },
    node: 'sample-node',
    workload: { id: 'sample', name: 'anchorwatch/sample', kind: 'compose' },
    container: { id: '0'.repeat(64), name: 'sample-1', image: 'nginx:1.27', digest: `sha256:${'0'.repeat(64)}` },
    process: {
      ...{ pid: 4711, exe: '/bin/sh', args: ['sh', '-c', 'id'], uid: 33, cwd: '/' },
      ancestors: [{ pid: 4200, exe: '/usr/sbin/nginx' }],
    },
    evidence: {
      ...{ samples: 1812, seenInOneSample: 0, coverage: 0.998, expected: ['/usr/sbin/nginx'] },
      note: 'This is a test of the receiver: nothing happened. Never in 1,812 samples',
    },
    incident: subject,
  };
}
