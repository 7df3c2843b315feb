import { z } from 'zod';
import type { SecretFile } from '../secret-file.ts';
import { clip, oneLine } from '../text.ts';
import { actionPrefix, buttonAlertsMax, buttonVerdicts } from './buttons.ts';
import type { ButtonVerdict } from './buttons.ts';
import { judgeSignature, signatureAgeMaxMs } from './signature.ts';
import type { SignatureReason, SignedRequest } from './signature.ts';

/** Who signs actions, and whose count. */
export interface SlackSigner {
  readonly secret: SecretFile;
  /** Ids of users; empty: everybody's. */
  readonly users: readonly string[];
}

/** What a button was pressed for. */
export interface SlackAction {
  readonly verdict: ButtonVerdict;
  /** Ids of alerts. */
  readonly alerts: readonly string[];
  /** `slack:NAME (ID)` */
  readonly by: string;
}

export type ActionReason = SignatureReason | 'slack.off' | 'replayed' | 'full' | 'body.invalid' | 'user.forbidden';

/** What may become of a request. */
export type ActionOutcome = ActionReason | 'action' | 'nothing';
/** All of them, for metrics. */
export const actionOutcomes: readonly ActionOutcome[] = [
  ...(['action', 'nothing', 'slack.off', 'signature.missing', 'signature.wrong', 'timestamp.invalid'] as const),
  ...(['timestamp.old', 'replayed', 'full', 'body.invalid', 'user.forbidden'] as const),
];

/** `nothing`: it is Slack's, and no button of ours. */
export type ActionAnswer =
  | { readonly kind: 'action'; readonly action: SlackAction }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: ActionReason };

const alertId = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/u);
const payloadSchema = z.object({
  type: z.string(),
  user: z.object({ id: z.string().min(1).max(64), username: z.string().optional(), name: z.string().optional() }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).optional(),
});

/** What a signed body asks for (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload). @param lists Users who may; an empty list is everybody. Pure. */
export function readAction(body: string, lists: readonly (readonly string[])[]): ActionAnswer {
  const payload = new URLSearchParams(body).get('payload');
  const parsed = payloadSchema.safeParse(jsonOf(payload));
  if (!parsed.success) return refused('body.invalid');
  const { type, user, actions = [] } = parsed.data;
  const ours = actions.find(({ action_id: id }) => id.startsWith(actionPrefix));
  if (type !== 'block_actions' || ours === undefined) return { kind: 'nothing' };
  const verdict = buttonVerdicts.find((one) => ours.action_id === `${actionPrefix}${one}`);
  const alerts = z.array(alertId).min(1).max(buttonAlertsMax).safeParse(ours.value?.split(','));
  if (verdict === undefined || !alerts.success) return refused('body.invalid');
  if (lists.some((users) => users.length > 0 && !users.includes(user.id))) return refused('user.forbidden');
  const name = clip(oneLine(user.username ?? user.name ?? ''), 100);
  const by = name === '' ? `slack:${user.id}` : `slack:${name} (${user.id})`;
  return { kind: 'action', action: { verdict, alerts: alerts.data, by } };
}

/** Signatures that are remembered for as long as they are good: each is of one request. */
const seenMax = 10_000;

/** Takes what buttons of our messages send, once each. */
export class SlackActions {
  readonly #signers: () => readonly SlackSigner[];
  readonly #nowMs: () => number;
  readonly #count: (outcome: ActionOutcome) => void;
  /** When each was seen; the oldest first. Full: nothing is taken until the oldest are too old to be good. */
  readonly #seen = new Map<string, number>();

  /** @param signers Those of the receivers that are in force. @param count Told what became of each request. */
  constructor(
    signers: () => readonly SlackSigner[],
    nowMs: () => number,
    count: (outcome: ActionOutcome) => void = () => undefined,
  ) {
    this.#count = count;
    this.#signers = signers;
    this.#nowMs = nowMs;
  }

  /**
   * Receivers of one app have one secret: a user has to be on the list of each that has one. Rejects with AnchorwatchError `secret.file` where no
   * secret can be read.
   */
  async take(request: SignedRequest): Promise<ActionAnswer> {
    const answer = await this.#answer(request);
    this.#count(answer.kind === 'refused' ? answer.reason : answer.kind);
    return answer;
  }

  async #answer(request: SignedRequest): Promise<ActionAnswer> {
    let reason: ActionReason = 'slack.off';
    let trouble: unknown;
    const lists: (readonly string[])[] = [];
    for (const { secret, users } of this.#signers()) {
      try {
        const wrong = judgeSignature(request, await secret.read(), this.#nowMs());
        if (wrong === undefined) lists.push(users);
        else reason = wrong;
      } catch (error) {
        trouble = error;
      }
    }
    if (lists.length > 0) return this.#remember(request) ?? readAction(request.body, lists);
    if (reason === 'slack.off' && trouble !== undefined) throw trouble;
    return refused(reason);
  }

  #remember({ signature = '' }: SignedRequest): ActionAnswer | undefined {
    const nowMs = this.#nowMs();
    for (const [old, atMs] of this.#seen) {
      // A timestamp may be as much ahead as it may be old.
      if (nowMs - atMs <= 2 * signatureAgeMaxMs) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(signature)) return refused('replayed');
    if (this.#seen.size >= seenMax) return refused('full');
    this.#seen.set(signature, nowMs);
    return undefined;
  }
}

function refused(reason: ActionReason): ActionAnswer {
  return { kind: 'refused', reason };
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
