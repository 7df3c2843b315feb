import { createHmac, timingSafeEqual } from 'node:crypto';

/** A request as Slack sends it: what is signed is the body's very bytes. */
export interface SignedRequest {
  /** `X-Slack-Request-Timestamp` */
  readonly timestamp: string | undefined;
  /** `X-Slack-Signature` */
  readonly signature: string | undefined;
  readonly body: string;
}

export type SignatureReason = 'signature.missing' | 'timestamp.invalid' | 'timestamp.old' | 'signature.wrong';

/** Older and newer requests are not Slack's, or are somebody's who kept them: five minutes. */
export const signatureAgeMaxMs = 300_000;

/**
 * Why a request is not Slack's; undefined: it is. `v0=` and the HMAC-SHA256 over `v0:TIMESTAMP:BODY`, compared in constant time
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack). Pure.
 */
export function judgeSignature(
  { timestamp, signature, body }: SignedRequest,
  signingSecret: string,
  nowMs: number,
): SignatureReason | undefined {
  if (timestamp === undefined || signature === undefined) return 'signature.missing';
  if (!/^\d{1,12}$/u.test(timestamp)) return 'timestamp.invalid';
  if (Math.abs(nowMs - Number(timestamp) * 1000) > signatureAgeMaxMs) return 'timestamp.old';
  const right = Buffer.from(
    `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  );
  const shown = Buffer.from(signature);
  return shown.length === right.length && timingSafeEqual(shown, right) ? undefined : 'signature.wrong';
}
