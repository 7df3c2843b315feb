import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter } from '../lib/metrics.ts';
import type { Counter, Registry } from '../lib/metrics.ts';
import { decisionOutcomes } from '../model/decision.ts';
import type { Decision, DecisionOutcome } from '../model/decision.ts';

/** Where decisions wait for the nodes. */
export interface DecisionLog {
  /** The first decision that the node has not taken. */
  nextDecision(node: string): Promise<Decision | undefined>;
  settleDecision(node: string, id: string, outcome: DecisionOutcome): Promise<void>;
}

export interface DeliveriesOptions {
  readonly decisions: DecisionLog;
  readonly registry: Registry;
  readonly log: Logger;
  /** Sends a decision to a node; false when the node is not connected. */
  readonly send: (node: string, decision: Decision) => boolean;
}

/**
 * Tells nodes what operators decided: to each one decision at a time, in their order, again after every reconnect until the node answers.
 * Holds one id for each connected node; everything else waits in the log.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #outcomes: Counter<'outcome'>;
  /** Id that a node was told and has not answered; empty while the log is being asked. */
  readonly #inFlight: Map<string, string> = new Map();
  /** Nodes for which there may be one more than the log answered. */
  readonly #again: Set<string> = new Set();
  /** Nodes that could not keep a decision, or whose decisions could not be read: their next report is the time to try again. */
  readonly #retry: Set<string> = new Set();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#outcomes = counter(
      options.registry,
      'anchorwatch_decision_deliveries_total',
      'Answers of nodes to decisions of operators; failed: the node could not keep it and is told again.',
      ['outcome'],
    );
    for (const outcome of [...decisionOutcomes, 'failed']) this.#outcomes.inc({ outcome }, 0);
  }

  /** Tells the node its next decision, unless it has one to answer. Call it when there is a new one, and when the node connects. */
  async next(node: string): Promise<void> {
    if (this.#inFlight.has(node)) {
      this.#again.add(node);
      return;
    }
    this.#inFlight.set(node, '');
    try {
      let decision: Decision | undefined;
      // A decision that came while the log was being asked is not in its answer.
      do {
        this.#again.delete(node);
        decision = await this.#options.decisions.nextDecision(node);
      } while (decision === undefined && this.#again.has(node));
      if (decision !== undefined && this.#inFlight.has(node) && this.#options.send(node, decision))
        this.#inFlight.set(node, decision.id);
      else this.#inFlight.delete(node);
    } catch (error) {
      this.#failed(node, error);
    }
  }

  /** The node answered. What it could not keep is told again after its next report. */
  async answered(node: string, id: string, outcome: DecisionOutcome | 'failed'): Promise<void> {
    if (this.#inFlight.get(node) !== id) return;
    this.#outcomes.inc({ outcome });
    if (outcome === 'failed') {
      this.#inFlight.delete(node);
      this.#retry.add(node);
      return;
    }
    try {
      await this.#options.decisions.settleDecision(node, id, outcome);
      this.#inFlight.delete(node);
      await this.next(node);
    } catch (error) {
      this.#failed(node, error);
    }
  }

  reported(node: string): void {
    if (this.#retry.delete(node)) void this.next(node);
  }

  /** The connection ended: what was not answered is told again when the node is back. */
  ended(node: string): void {
    this.#inFlight.delete(node);
    this.#again.delete(node);
    this.#retry.delete(node);
  }

  #failed(node: string, error: unknown): void {
    this.#inFlight.delete(node);
    this.#retry.add(node);
    this.#options.log.error(
      { err: error, node },
      `decisions could not be delivered, trying again: ${errorText(error)}`,
    );
  }
}
