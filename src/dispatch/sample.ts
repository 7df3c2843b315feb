import type { StoredAlert } from '../model/alert.ts';
import type { Notification, SendOutcome } from '../model/notification.ts';
import type { NamedReceiver } from './routes.ts';

const timeoutMs = 20_000;

/** What a receiver said to a sample. */
export interface SampleResult {
  readonly receiver: string;
  readonly kind: string;
  readonly outcome: SendOutcome['outcome'];
  /** Empty when it was sent. */
  readonly reason: string;
  readonly tookMs: number;
}

/** Sends a sample to a receiver: one attempt, recorded nowhere. */
export async function sendSample(
  { name, kind, receiver }: NamedReceiver,
  { id, nowMs, publicUrl, by }: { id: string; nowMs: number; publicUrl: string | undefined; by: string },
): Promise<SampleResult> {
  const startedMs = performance.now();
  const outcome = await receiver.send(
    sampleNotification(name, { id, nowMs, publicUrl, by }),
    AbortSignal.timeout(timeoutMs),
  );
  const tookMs = Math.round(performance.now() - startedMs);
  return {
    receiver: name,
    kind,
    outcome: outcome.outcome,
    reason: outcome.outcome === 'sent' ? '' : outcome.reason,
    tookMs,
  };
}

/** A notification that says what it is, and looks like any other. Pure. */
export function sampleNotification(
  receiver: string,
  { id, nowMs, publicUrl, by }: { id: string; nowMs: number; publicUrl: string | undefined; by: string },
): Notification {
  const time = new Date(nowMs).toISOString();
  const workload = { id: 'sample', name: 'sample/web', kind: 'compose' } as const;
  const alert: StoredAlert = {
    ...{ id, time, raisedAfterMs: 3, severity: 'warning', score: 4.2, surprise: 3.2, suspicion: 1 },
    title: `Test by ${by}: nginx started /bin/sh in sample/web`,
    ...{ dimension: 'exec', key: '/bin/sh', detector: 'novelty', rules: ['shell-from-service'] },
    ...{ techniques: ['T1059.004'], practices: [], node: 'sample-node', workload },
    container: { id: 'sample', name: 'sample-web-1', image: 'nginx:1.27', digest: '' },
    process: {
      ...{ pid: 4711, exe: '/bin/sh', args: ['sh', '-c', 'id'], uid: 33, cwd: '/' },
      ancestors: [{ pid: 4200, exe: '/usr/sbin/nginx' }],
    },
    evidence: {
      ...{ samples: 1812, seenInOneSample: 0, coverage: 0.998, expected: ['/usr/sbin/nginx'] },
      note: 'a sample: nothing happened',
    },
    ...{ count: 1, lastTime: time, seq: 0, storedAt: time, hash: '', previousHash: '' },
  };
  return {
    ...{ id, receiver, dedupKey: `anchorwatch-test-${id}`, event: 'trigger', time, severity: 'warning' },
    title: alert.title,
    group: { alert: id },
    alerts: [alert],
    alertsCount: 1,
    links: publicUrl === undefined ? {} : { console: publicUrl },
  };
}
