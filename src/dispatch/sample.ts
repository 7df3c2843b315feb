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
export async function sendSample({ name, kind, receiver }: NamedReceiver, sample: Notification): Promise<SampleResult> {
  const startedMs = performance.now();
  const outcome = await receiver.send(sample, AbortSignal.timeout(timeoutMs));
  const tookMs = Math.round(performance.now() - startedMs);
  const reason = outcome.outcome === 'sent' ? '' : outcome.reason;
  return { receiver: name, kind, outcome: outcome.outcome, reason, tookMs };
}
