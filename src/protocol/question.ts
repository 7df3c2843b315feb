/** What a question says besides its kind, or an answer besides its parts: a flat list of names with values. */
export type Arguments = Readonly<Record<string, string | number | boolean>>;

/**
 * A question of the collector to a node whose answer may be long: the node sends `part`s and then one `end`. `id` counts the questions of one
 * connection from 1. Only to an agent whose hello accepts `what`.
 */
export interface Question {
  readonly type: 'question';
  readonly id: number;
  /** `history`, … */
  readonly what: string;
  readonly args: Arguments;
  /** The agent gives up after this long. */
  readonly deadlineMs: number;
  /** Parts that the agent may send before it is asked for `more`. */
  readonly window: number;
}
/** So many more parts of the answer may be sent. */
export interface More {
  readonly type: 'more';
  readonly id: number;
  readonly parts: number;
}
/** The rest of the answer is not wanted any more. */
export interface Stop {
  readonly type: 'stop';
  readonly id: number;
}
/** A part of an answer, in their order. What the text holds depends on the question. */
export interface Part {
  readonly type: 'part';
  readonly id: number;
  readonly data: string;
}
/**
 * The answer is over. `done`: it is whole; `unknown`: the node has nothing of the kind; `refused`: the question makes no sense to it; `busy`: it has
 * too many others; `late`: time was up, what was sent is a part of it; `stopped`: as was asked; `failed`: it could not be read.
 */
export interface End {
  readonly type: 'end';
  readonly id: number;
  readonly outcome: EndOutcome;
  /** For people; empty where there is nothing to say. */
  readonly reason: string;
  readonly summary: Arguments;
}
export const endOutcomes = ['done', 'unknown', 'refused', 'busy', 'late', 'stopped', 'failed'] as const;
export type EndOutcome = (typeof endOutcomes)[number];

/** How an answer ended, as whoever asked is told. `unsupported`: the agent takes no such question; `silent`: no answer in time, or the node is away. */
export interface AnswerEnd {
  readonly outcome: EndOutcome | 'unsupported' | 'silent';
  readonly reason: string;
  readonly summary: Arguments;
}

/**
 * Events around an alert, for the collector to keep with the incident: answered by `kept`. `id` counts those of one connection from 1; one at a
 * time. Only to a collector that accepts it. The same piece (incident, container, `piece`) twice is kept once.
 */
export interface Evidence {
  readonly type: 'evidence';
  readonly id: number;
  readonly incident: string;
  /** Container id. */
  readonly container: string;
  /** From 0, in the order of time. */
  readonly piece: number;
  /** Milliseconds since the epoch, of the first and the last entry. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly entries: number;
  /** Entries that were left out before this piece, because there was no room for them. */
  readonly dropped: number;
  /** Base64 of zstd of a line of JSON for each entry (`HistoryEntry`). */
  readonly data: string;
}
/** Answer to `evidence`. `full`: there was no room for it; `failed`: it could not be stored, the agent may send it again. */
export interface Kept {
  readonly type: 'kept';
  readonly id: number;
  readonly outcome: 'stored' | 'full' | 'failed';
}
