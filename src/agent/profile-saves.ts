import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';

/** Whose profiles are saved. */
interface SavedProfiles {
  /** Saves all that changed, or what changed of one workload. */
  save(workloadId?: string): void;
  /** Saves `rowsMost` rows of what changed; true when there is more. */
  savePart(rowsMost: number): boolean;
  /** After a slice, brings profiles of about `featuresMost` features up to date; true when there are more. */
  foldPart(featuresMost: number): boolean;
}

/** Features whose counts are brought up to date in one go, some 2 ms of them. */
const partFeatures = 6_000;
/** Rows that are written in one go, some 4 ms of them. */
const partRows = 1_000;
/**
 * What was judged is saved so long after its alert: the alert is on disk before the profile says that it was told, and on its way before the disk is
 * busy again.
 */
const soonMs = 20;
/** Between two parts everything else of the process has its turn. */
const partPauseMs = 20;

/**
 * Brings profiles up to date at the end of a slice, and saves them: in parts, because writing a hundred thousand rows at once would keep alerts
 * waiting for half a second; what was judged at once, for its workload. A failure is logged once until it changes, counted, and tried again with the next slice. Nothing waits
 * here: what is not saved stays marked in the profiles.
 */
export class ProfileSaves {
  readonly #profiles: SavedProfiles;
  readonly #log: Logger;
  #part: NodeJS.Timeout | undefined;
  #fold: NodeJS.Immediate | undefined;
  readonly #judged: Set<string> = new Set();
  #judging: NodeJS.Timeout | undefined;
  #trouble = '';
  #failures = 0;

  constructor(profiles: SavedProfiles, log: Logger) {
    this.#profiles = profiles;
    this.#log = log;
  }

  /** How often something could not be saved. */
  get failures(): number {
    return this.#failures;
  }

  /** Saves all, or one workload's, before it returns. */
  now(workloadId?: string): void {
    if (workloadId === undefined) this.stop();
    this.#try(() => {
      this.#profiles.save(workloadId);
    });
  }

  /** A slice is over: folds in parts, from the process's next turn on, then saves in parts. */
  sliceEnded(): void {
    this.#fold ??= setImmediate(() => {
      this.#fold = undefined;
      if (this.#profiles.foldPart(partFeatures)) this.sliceEnded();
      else this.#inParts();
    });
  }

  #inParts(): void {
    if (this.#part !== undefined) return;
    this.#part = setTimeout(() => {
      this.#part = undefined;
      this.#try(() => {
        if (this.#profiles.savePart(partRows)) this.#inParts();
      });
    }, partPauseMs);
  }

  /** Saves one workload's shortly: something of it was judged. */
  soon(workloadId: string): void {
    this.#judged.add(workloadId);
    this.#judging ??= setTimeout(() => {
      this.#judging = undefined;
      const judged = [...this.#judged];
      this.#judged.clear();
      for (const id of judged) this.now(id);
    }, soonMs);
  }

  /** Folds and saves no more parts; what they would have saved is left to `now`. */
  stop(): void {
    clearImmediate(this.#fold);
    clearTimeout(this.#judging);
    this.#fold = undefined;
    this.#judging = undefined;
    this.#judged.clear();
    clearTimeout(this.#part);
    this.#part = undefined;
  }

  #try(save: () => void): void {
    try {
      save();
      if (this.#trouble !== '') this.#log.info('the profiles can be saved again');
      this.#trouble = '';
    } catch (error) {
      this.#failures++;
      const text = errorText(error);
      if (text !== this.#trouble)
        this.#log.error({ err: error }, `profiles could not be saved, trying again with the next slice: ${text}`);
      this.#trouble = text;
    }
  }
}
