import { join } from 'node:path';
import { EvidenceBundles } from '../history/evidence.ts';
import type { DuePiece } from '../history/evidence.ts';
import { FlightRecorder } from '../history/flight-recorder.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { NodeReport } from '../model/node.ts';
import { Answers } from '../outbox/answers.ts';
import type { Answerer } from '../outbox/answers.ts';
import { together } from '../outbox/companion.ts';
import type { Companion } from '../outbox/companion.ts';
import { EvidenceCourier } from '../outbox/evidence-courier.ts';
import { historyQuestion, parseHistoryArguments } from '../protocol/history-question.ts';
import type { Arguments } from '../protocol/question.ts';

export interface HistoryOptions {
  readonly stateDir: string;
  readonly nodeName: string;
  readonly captureMs: number;
  /** Bytes. */
  readonly historySize: number;
  readonly historyAgeMs: number;
}

/** The story that goes with an incident begins so long before its first alert. */
const evidenceBeforeMs = 300_000;

/** The flight recorder of a node, with what answers questions about it and brings the story of incidents to the collector. */
export class History {
  readonly recorder: FlightRecorder;
  readonly bundles: EvidenceBundles;
  /** Brings what the sensor still holds: called before a question is answered. */
  fetch: () => Promise<void> = async () => undefined;
  /** For the outbox. */
  readonly companion: Companion;

  /** @param answerers Of other questions, @param companions and others besides, which share the link. */
  constructor(
    { stateDir, nodeName: node, captureMs, historySize: sizeBytesMax, historyAgeMs: ageMsMax }: HistoryOptions,
    clock: Clock,
    log: Logger,
    answerers: Readonly<Record<string, Answerer>> = {},
    companions: readonly Companion[] = [],
  ) {
    const recorder = new FlightRecorder({
      directory: join(stateDir, 'history'),
      node,
      sizeBytesMax,
      ageMsMax,
      clock,
      log,
    });
    this.recorder = recorder;
    this.bundles = new EvidenceBundles({
      ...{ clock, log, path: join(stateDir, 'history-evidence.json') },
      ...{ beforeMs: evidenceBeforeMs, captures: captureMs > 0 },
      lines: (query, signal) => recorder.lines(query, signal),
    });
    const answers = new Answers({
      answerers: { ...answerers, [historyQuestion]: (args, signal) => this.#answer(args, signal) },
      log,
    });
    this.companion = together([answers, new EvidenceCourier<DuePiece>(this.bundles), ...companions]);
  }

  /** For the report of the node. */
  report(): Pick<NodeReport, 'history'> {
    const { state } = this.recorder;
    if (state === undefined) return {};
    const { sizeBytes, entries, oldestMs } = state;
    // A container's clock cannot be asked before 1970, but an event's time may be anything.
    const oldest = oldestMs === undefined || oldestMs < 0 ? {} : { oldestMs };
    return { history: { sizeBytes, entries, ...oldest } };
  }

  async *#answer(args: Arguments, signal: AbortSignal): AsyncGenerator<string, Arguments, undefined> {
    const asked = parseHistoryArguments(args);
    await this.fetch();
    const reachedMs = yield* this.recorder.lines(asked, signal);
    const { oldestMs } = this.recorder.state ?? {};
    return {
      ...(oldestMs === undefined ? {} : { oldestMs }),
      ...(Number.isFinite(reachedMs) ? { reachedMs } : {}),
    };
  }
}
