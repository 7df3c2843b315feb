import { z } from 'zod';
import type { SendOutcome } from '../../model/notification.ts';
import { outcomeOf } from '../http/outcome.ts';
import type { OutcomeContext } from '../http/outcome.ts';
import type { HttpResult } from '../http/sender.ts';
import { excerpt } from '../scrub.ts';

/** What the Web API answered. `error`: Slack's own name of what is wrong; empty where nothing like that was answered. */
export type SlackAnswer =
  | { readonly ok: true; readonly channel: string; readonly ts: string }
  | { readonly ok: false; readonly error: string; readonly outcome: SendOutcome };

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().max(200).optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  response_metadata: z.object({ messages: z.array(z.string()).optional() }).optional(),
});

/** Errors of Slack's own making, and of too much at once (https://docs.slack.dev/reference/methods/chat.postMessage, "Errors"). */
const passing: ReadonlySet<string> = new Set([
  ...['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
  ...['team_added_to_org', 'org_login_required', 'accesslimited'],
]);

/** The Web API says what is wrong in the body, mostly with status 200. Pure. */
export function readAnswer(result: HttpResult, context: OutcomeContext): SlackAnswer {
  const byStatus = outcomeOf(result, context);
  if (result.kind === 'failure') return { ok: false, error: '', outcome: byStatus };
  const parsed = answerSchema.safeParse(jsonOf(result.text));
  if (byStatus.outcome !== 'sent') return { ok: false, error: parsed.data?.error ?? '', outcome: byStatus };
  const { host, secrets } = context;
  if (!parsed.success || !result.complete) {
    const reason = `${host} answered ${String(result.status)} with what is no answer of Slack's Web API`;
    return { ok: false, error: '', outcome: { outcome: 'retry', reason } };
  }
  const { ok, error = 'unknown_error', channel, ts, response_metadata: metadata } = parsed.data;
  if (ok) return { ok: true, channel: channel ?? '', ts: ts ?? '' };
  const details = excerpt((metadata?.messages ?? []).join('; '), secrets);
  const reason = `Slack: ${excerpt(error, secrets)}${details === '' ? '' : `: ${details}`}`;
  return { ok: false, error, outcome: { outcome: passing.has(error) ? 'retry' : 'failed', reason } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
