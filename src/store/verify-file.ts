import type { ChainFault, ChainPosition } from '../model/chain.ts';
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
}

const checkedAtOnce = 5000;

/** Checks the chain of a collector's file that nobody need have open. Throws AnchorwatchError `store.…`. */
export function verifyFile(path: string, progress: (alerts: number) => void = () => undefined): ChainVerdict {
  const reader = new CollectorReader(path);
  try {
    let [alerts, from]: [number, ChainPosition | undefined] = [0, undefined];
    for (;;) {
      const { checked, at, done, removed, fault } = reader.checkChain(from, checkedAtOnce);
      alerts += checked;
      from = at;
      progress(alerts);
      if (done) return { alerts, end: at, removed, ...(fault === undefined ? {} : { fault }) };
    }
  } finally {
    reader.close();
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
