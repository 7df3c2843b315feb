import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { profileDocumentSchema } from '../api/exchange-routes.ts';
import type { ProfileDocument } from '../api/exchange-routes.ts';
import { findWorkload } from '../api/views.ts';
import { Fleet } from '../ingest/fleet.ts';
import { Nodes } from '../ingest/nodes.ts';
import { systemClock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { createRegistry } from '../lib/metrics.ts';
import type { Workload } from '../model/container.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { ContributionSum } from '../profile/merge.ts';
import { CollectorStore } from '../store/collector-store.ts';

/** What a collector keeps of workloads, for commands that ask its file and not the collector. It may run meanwhile: it counts an import within half a minute. */
export interface KeptProfiles {
  /** The sum of what nodes contributed of a workload, by name or id; undefined when nothing is. */
  exported(workload: string): Promise<SharedProfile | undefined>;
  /** The workload that nodes reported under this name or id. */
  workload(nameOrId: string): Workload | undefined;
  imported(name: string, shared: SharedProfile): Promise<void>;
  /** False: there was nothing of that name. */
  removed(workloadId: string, name: string): Promise<boolean>;
}

/**
 * Opens a collector's file for `work`, and closes it after. A file that is not there is no collector's: undefined, nothing is made.
 * Rejects as `openDatabase` throws.
 */
export async function withKeptProfiles<Result>(
  stateDir: string,
  work: (kept: KeptProfiles) => Promise<Result>,
): Promise<Result | undefined> {
  const path = join(stateDir, 'collector.db');
  if (!existsSync(path)) return undefined;
  const [store, clock, log] = [await CollectorStore.open(path, false), systemClock, createLogger({ level: 'silent' })];
  try {
    const nodes = new Nodes(store, clock, log);
    await nodes.load();
    const fleet = new Fleet({
      ...{
        contributions: store.contributions,
        sum: (nowMs) => new ContributionSum(nowMs),
        registry: createRegistry(),
        clock,
        log,
      },
      prune: (nowMs) => store.contributions.prune(nowMs),
    });
    const workload = (nameOrId: string): Workload | undefined => {
      const found = findWorkload(nodes.states(), nameOrId);
      return found === undefined ? undefined : { id: found.id, name: found.name, kind: found.kind };
    };
    return await work({
      workload,
      exported: (nameOrId) => fleet.exported(workload(nameOrId)?.id ?? nameOrId),
      imported: (name, shared) => fleet.imported(name, shared),
      removed: (workloadId, name) => fleet.removed(workloadId, name),
    });
  } finally {
    await store.close();
  }
}

/** A profile as a file holds it. @throws AnchorwatchError `profile.invalid` with the member that is wrong */
export function checkedDocument(document: unknown): ProfileDocument {
  const parsed = profileDocumentSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  throw new AnchorwatchError(
    'profile.invalid',
    `this is no profile that can be imported: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'invalid'}`,
  );
}
