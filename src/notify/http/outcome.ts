import type { SendOutcome } from '../../model/notification.ts';
import { excerpt } from '../scrub.ts';
import { retryAfterMs } from './retry-after.ts';
import type { HttpResult } from './sender.ts';

export interface OutcomeContext {
  /** Who was asked, as it may be told: host and port. */
  readonly host: string;
  readonly nowMs: number;
  /** What was shown to them: kept out of the reason. */
  readonly secrets: readonly string[];
}

/**
 * What an answer means by its status alone. 2xx: `sent`. 408, 425, 429 and 5xx: `retry`, after `Retry-After` where it is there. 3xx: `failed`,
 * for whoever is redirected to is not who was trusted. Everything else: `failed`. No answer: `retry`. Pure.
 */
export function outcomeOf(result: HttpResult, { host, nowMs, secrets }: OutcomeContext): SendOutcome {
  if (result.kind === 'failure') {
    const reason = excerpt(result.reason, secrets) || `cannot reach ${host}`;
    return result.retryable ? { outcome: 'retry', reason } : { outcome: 'failed', reason };
  }
  const { status, headers, text } = result;
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status >= 300 && status < 400) return { outcome: 'failed', reason: redirectReason(result, host) };
  const said = excerpt(text, [...secrets, ...result.shown]);
  const reason = `${host} answered ${String(status)}${said === '' ? '' : `: ${said}`}`;
  if (!(status === 408 || status === 425 || status === 429 || status >= 500)) return { outcome: 'failed', reason };
  const afterMs = retryAfterMs(headers['retry-after'], nowMs);
  return { outcome: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** Names the other host only: paths are secrets of some receivers. */
function redirectReason({ status, headers }: HttpResult & { kind: 'answer' }, host: string): string {
  const { location } = headers;
  const other = location !== undefined && URL.canParse(location) ? new URL(location).host : undefined;
  const where = other === undefined || other === host ? 'elsewhere' : `to ${other}`;
  return `redirect: ${host} answered ${String(status)} and sends ${where}; redirects are not followed, write the address that is meant`;
}
