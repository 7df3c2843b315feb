import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Decision, DecisionOutcome } from '../model/decision.ts';
import type { ProfileFeature } from '../model/node.ts';
import { fitResponse } from '../protocol/fit.ts';
import type { Decided, Request, Response } from '../protocol/message.ts';

/** What answers the collector's questions and does what operators decided. */
export interface Answering {
  readonly log: Logger;
  /** Answers a profile request: the features of the workload, or undefined when this node has no profile of it. */
  readonly onRequest?: (workload: string) => Promise<readonly ProfileFeature[] | undefined>;
  /** Does what an operator decided, and has saved it when it returns. May throw. */
  readonly onDecision?: (decision: Decision) => DecisionOutcome;
}

/** The answer to a question; never rejects. */
export async function answerTo({ id, workload }: Request, { onRequest, log }: Answering): Promise<Response> {
  try {
    return fitResponse(id, await onRequest?.(workload));
  } catch (error) {
    log.error({ err: error, workload }, `a profile could not be read: ${errorText(error)}`);
    return { type: 'response', id, outcome: 'failed', features: [], omitted: 0 };
  }
}

/** Does what was decided; what became of it. Never throws. */
export function decide(decision: Decision, { onDecision, log }: Answering): Decided {
  try {
    return { type: 'decided', id: decision.id, outcome: onDecision?.(decision) ?? 'unknown' };
  } catch (error) {
    log.error({ err: error, decision: decision.id }, `a decision could not be kept: ${errorText(error)}`);
    return { type: 'decided', id: decision.id, outcome: 'failed' };
  }
}
