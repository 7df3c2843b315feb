import { counter } from '../lib/metrics.ts';
import type { Registry } from '../lib/metrics.ts';

/** A store whose threads may end. */
interface ThreadedStore {
  readonly threadFailures: { readonly write: number; readonly read: number };
}

/** Counts threads of the store that ended by themselves; call what it answers before each scrape. */
export function threadMetrics(registry: Registry, store: ThreadedStore): () => void {
  const ended = counter(
    registry,
    'anchorwatch_store_thread_failures_total',
    'Threads of the store that ended by themselves and were started again; what waited was answered with store.thread, and batches are sent again.',
    ['role'],
  );
  const told = { write: 0, read: 0 };
  const refresh = (): void => {
    for (const role of ['write', 'read'] as const) {
      ended.inc({ role }, store.threadFailures[role] - told[role]);
      told[role] = store.threadFailures[role];
    }
  };
  refresh();
  return refresh;
}
