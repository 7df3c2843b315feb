import type { Workload } from '../model/container.ts';
import type { KernelKey } from '../model/event.ts';
import type { Dimension } from '../model/feature.ts';
import { errorText } from '../lib/errors.ts';
import { corrupt } from './database.ts';
import type { Database } from './database.ts';

/** One workload's profile as rows; as a change it holds only what changed (src/profile/profile.ts has the same shape). */
export interface ProfileRows {
  readonly workload: Workload;
  readonly createdMs: number;
  readonly samples: { readonly startup: number; readonly steady: number };
  readonly decay:
    | {
        readonly landmarkMs: number;
        readonly halfLifeMs: number;
        readonly samples: { readonly startup: number; readonly steady: number };
      }
    | undefined;
  readonly listeners: readonly string[];
  readonly incomplete: Readonly<Record<string, { readonly startup: number; readonly steady: number }>>;
  readonly features: readonly {
    readonly dimension: Dimension;
    readonly key: string;
    readonly state: 'known' | 'judged';
    readonly startup: number;
    readonly steady: number;
    readonly weight: { readonly startup: number; readonly steady: number };
    readonly firstSeenMs: number;
    readonly lastSeenMs: number;
  }[];
  readonly kernelKeys: readonly { readonly kernelKey: KernelKey; readonly features: readonly string[] }[];
  /** `dimension` + space + `key` of features that are gone. */
  readonly removed: readonly string[];
  /** Id of the decision by which the profile started anew. */
  readonly relearned?: string;
  /** As a change: what was stored before is deleted first. */
  readonly reset?: boolean;
}

export interface ProfileSchema {
  profile: {
    workload_id: string;
    workload_name: string;
    workload_kind: Workload['kind'];
    created_ms: number;
    samples_startup: number;
    samples_steady: number;
    listeners: string;
    incomplete: string;
    decay: string | null;
    relearned?: string | null | undefined;
  };
  profile_feature: {
    workload_id: string;
    dimension: string;
    key: string;
    state: 'known' | 'judged';
    startup: number;
    steady: number;
    first_seen_ms: number;
    last_seen_ms: number;
    startup_weight: number;
    steady_weight: number;
  };
  syscall_mix: { workload_id: string; state: string };
  rate_model: { workload_id: string; name: string; state: string };
  watching: { name: string; state: string };
  burst_state: { workload_id: string; state: string };
  profile_kernel_key: { workload_id: string; kernel_key: string; features: string };
  loss_window: {
    from_ms: number;
    to_ms: number;
    container_id: string;
    container: string;
    workload: string;
    hook: string;
    reason: string;
    count: number;
  };
}

/** The learned profiles of a node, in SQLite. Methods throw AnchorwatchError as `Database` does. */
export class Profiles {
  readonly #database: Database<ProfileSchema>;

  readonly #writeFeature: (row: ProfileSchema['profile_feature']) => number;
  readonly #writeKernelKey: (row: ProfileSchema['profile_kernel_key']) => number;

  constructor(database: Database<ProfileSchema>) {
    this.#database = database;
    const { query } = database;
    this.#writeFeature = database.rowStatement((row) => {
      const { workload_id, dimension, key, first_seen_ms, ...counts } = columnsOf(row);
      return query
        .insertInto('profile_feature')
        .values({ workload_id, dimension, key, first_seen_ms, ...counts })
        .onConflict((conflict) => conflict.columns(['workload_id', 'dimension', 'key']).doUpdateSet(counts));
    });
    this.#writeKernelKey = database.rowStatement(({ workload_id, kernel_key, features }) =>
      query
        .insertInto('profile_kernel_key')
        .values({ workload_id, kernel_key, features })
        .onConflict((conflict) => conflict.columns(['workload_id', 'kernel_key']).doUpdateSet({ features })),
    );
  }

  /** All profiles, one after the other, complete. Throws `store.corrupt` also for rows that hold no JSON where there must be some. */
  *load(): Generator<ProfileRows, void> {
    const { query } = this.#database;
    for (const row of this.#database.all(query.selectFrom('profile').selectAll())) yield this.#profileOf(row);
  }

  #profileOf(row: ProfileSchema['profile']): ProfileRows {
    try {
      return this.#complete(row);
    } catch (error) {
      throw error instanceof SyntaxError ? corrupt(this.#database.path, errorText(error)) : error;
    }
  }

  #complete(row: ProfileSchema['profile']): ProfileRows {
    const { query } = this.#database;
    const features = this.#database.all(
      query.selectFrom('profile_feature').selectAll().where('workload_id', '=', row.workload_id),
    );
    const kernelKeys = this.#database.all(
      query.selectFrom('profile_kernel_key').selectAll().where('workload_id', '=', row.workload_id),
    );
    return {
      workload: { id: row.workload_id, name: row.workload_name, kind: row.workload_kind },
      createdMs: row.created_ms,
      samples: { startup: row.samples_startup, steady: row.samples_steady },
      listeners: JSON.parse(row.listeners) as string[],
      decay: row.decay === null ? undefined : (JSON.parse(row.decay) as NonNullable<ProfileRows['decay']>),
      incomplete: JSON.parse(row.incomplete) as ProfileRows['incomplete'],
      features: features.map((feature) => ({
        dimension: feature.dimension as Dimension,
        key: feature.key,
        state: feature.state,
        startup: feature.startup,
        steady: feature.steady,
        weight: { startup: feature.startup_weight, steady: feature.steady_weight },
        firstSeenMs: feature.first_seen_ms,
        lastSeenMs: feature.last_seen_ms,
      })),
      kernelKeys: kernelKeys.map((key) => ({
        kernelKey: JSON.parse(key.kernel_key) as KernelKey,
        features: JSON.parse(key.features) as string[],
      })),
      removed: [],
      ...(typeof row.relearned === 'string' ? { relearned: row.relearned } : {}),
    };
  }

  /** Writes changes of any number of profiles in one transaction: all or nothing. */
  save(changes: readonly ProfileRows[]): void {
    if (changes.length > 0) this.#database.transaction(() => changes.forEach((change) => this.#write(change)));
  }

  #write(change: ProfileRows): void {
    const { query } = this.#database;
    const workload_id = change.workload.id;
    const row = {
      workload_name: change.workload.name,
      workload_kind: change.workload.kind,
      created_ms: change.createdMs,
      samples_startup: change.samples.startup,
      samples_steady: change.samples.steady,
      listeners: JSON.stringify(change.listeners),
      incomplete: JSON.stringify(change.incomplete),
      decay: change.decay === undefined ? null : JSON.stringify(change.decay),
      relearned: change.relearned ?? null,
    };
    if (change.reset === true)
      for (const table of ['profile_feature', 'profile_kernel_key'] as const)
        this.#database.run(query.deleteFrom(table).where('workload_id', '=', workload_id));
    this.#database.run(
      query
        .insertInto('profile')
        .values({ workload_id, ...row })
        .onConflict((conflict) => conflict.column('workload_id').doUpdateSet(row)),
    );
    for (const id of change.removed) {
      const space = id.indexOf(' ');
      this.#database.run(
        query
          .deleteFrom('profile_feature')
          .where('workload_id', '=', workload_id)
          .where('dimension', '=', id.slice(0, space))
          .where('key', '=', id.slice(space + 1)),
      );
    }
    for (const { dimension, key, state, startup, steady, weight, firstSeenMs, lastSeenMs } of change.features)
      this.#writeFeature({
        ...{ workload_id, dimension, key, state, startup, steady },
        ...{ first_seen_ms: firstSeenMs, last_seen_ms: lastSeenMs },
        ...{ startup_weight: weight.startup, steady_weight: weight.steady },
      });
    for (const { kernelKey, features } of change.kernelKeys)
      this.#writeKernelKey({
        ...{ workload_id, kernel_key: JSON.stringify(kernelKey), features: JSON.stringify(features) },
      });
  }
}

function columnsOf(row: ProfileSchema['profile_feature']): ProfileSchema['profile_feature'] {
  return {
    ...{ workload_id: row.workload_id, dimension: row.dimension, key: row.key, state: row.state },
    ...{ startup: row.startup, steady: row.steady, first_seen_ms: row.first_seen_ms, last_seen_ms: row.last_seen_ms },
    ...{ startup_weight: row.startup_weight, steady_weight: row.steady_weight },
  };
}
