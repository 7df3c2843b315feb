/** A place in the chain of alerts. */
export interface ChainPosition {
  /** Number of an alert; 0: before the first. */
  readonly seq: number;
  /** Its hash. */
  readonly hash: string;
}

/**
 * What can be wrong with a chain. `gap`: alerts are missing. `link`: one does not follow the one before. `hash`: its text is another.
 * `column`: what stands beside the text is another. `inserted`: one is there that retention removed. `truncated`: the end is missing.
 * `rewritten`: the chain was computed anew. `anchor`: retention did not remove what is said to be removed by it. `head`: there is nothing to
 * compare the end with.
 */
export type ChainFaultKind =
  | 'gap'
  | 'link'
  | 'hash'
  | 'column'
  | 'inserted'
  | 'truncated'
  | 'rewritten'
  | 'anchor'
  | 'head';

export interface ChainFault {
  /** The first alert that is concerned. */
  readonly seq: number;
  readonly what: ChainFaultKind;
  /** For a person. */
  readonly detail: string;
}

/** How far a check of the chain came. */
export interface ChainProgress {
  /** Alerts that were checked in this step and found whole. */
  readonly checked: number;
  /** The last of them: where the next step goes on. */
  readonly at: ChainPosition;
  /** The end was reached, or a fault. */
  readonly done: boolean;
  readonly fault?: ChainFault;
  /** Alerts that retention removed since the store began. */
  readonly removed: number;
}
