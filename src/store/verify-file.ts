import type { ChainFault, ChainPosition, ChainProgress } from '../model/chain.ts';
import { CollectorReader } from './collector-reader.ts';

/** What a check of the whole chain found. */
export interface ChainVerdict {
  /** Alerts that were found whole. */
  readonly alerts: number;
  /** Where the check ended. */
  readonly end: ChainPosition;
  /** Alerts that retention removed since the store began. */
  readonly removed: number;
  readonly fault?: ChainFault;
  /** Of the audit trail. */
  readonly audit: TrailVerdict;
}

/** What a check of the whole audit trail found. */
export interface TrailVerdict {
  /** Records that were found whole. */
  readonly records: number;
  readonly end: ChainPosition;
  /** Records that retention removed since the store began. */
  readonly removed: number;
  readonly fault?: ChainFault;
}

const checkedAtOnce = 5000;

/** Checks the chain of a collector's file that nobody need have open. Throws AnchorwatchError `store.…`. */
export function verifyFile(path: string, progress: (alerts: number) => void = () => undefined): ChainVerdict {
  const reader = new CollectorReader(path);
  try {
    const { checked: alerts, ...chain } = whole((from) => reader.checkChain(from, checkedAtOnce), progress);
    const { checked: records, ...trail } = whole((from) => reader.checkAudit(from, checkedAtOnce));
    return { alerts, ...chain, audit: { records, ...trail } };
  } finally {
    reader.close();
  }
}

/** Checks a chain to its end, or its first fault. */
function whole(
  step: (from: ChainPosition | undefined) => ChainProgress,
  progress: (checked: number) => void = () => undefined,
): Omit<ChainVerdict, 'alerts' | 'audit'> & { readonly checked: number } {
  let [sum, from]: [number, ChainPosition | undefined] = [0, undefined];
  for (;;) {
    const { checked, at, done, removed, fault } = step(from);
    sum += checked;
    from = at;
    progress(sum);
    if (done) return { checked: sum, end: at, removed, ...(fault === undefined ? {} : { fault }) };
  }
}

/** Hash of an alert in a collector's file; undefined when it is not there. Throws AnchorwatchError `store.…`. */
export function hashInFile(path: string, seq: number): string | undefined {
  const reader = new CollectorReader(path);
  try {
    const [alert] = reader.after(seq - 1, 1);
    return alert?.seq === seq ? alert.hash : undefined;
  } finally {
    reader.close();
  }
}
