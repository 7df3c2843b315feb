import type { Containers, ContainersListener } from '../identity/containers.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { severities } from '../model/alert.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { PostureOutcome } from '../model/posture.ts';
import type { Companion } from '../outbox/companion.ts';
import { PostureCourier } from '../outbox/posture-courier.ts';
import { ImageWatch } from '../posture/image/image-watch.ts';
import { signatureOptions } from '../posture/image/signer-file.ts';
import type { SignatureFiles } from '../posture/image/signer-file.ts';
import { Posture } from '../posture/posture.ts';
import { loadShipped } from '../posture/practice-file.ts';
import type { Practices } from '../posture/practices.ts';
import { imageProfiles } from './image-profiles.ts';
import type { Watch } from './watch.ts';

/** Where it is said what vouches for images; left out: nowhere. */
export interface ImageSettings {
  readonly images?: {
    /** Directory of reports of scanners. */
    readonly reports?: string;
    readonly signatures?: SignatureFiles;
  };
}

export interface PostureWatchOptions {
  readonly containers: () => Containers;
  readonly watch: Pick<Watch, 'slices' | 'profile'>;
  readonly images: ImageSettings['images'];
  /** Takes what is to be told of a container. */
  readonly raise: (alert: Alert, container: Container) => void;
  /** Whether there is a kernel sensor. */
  readonly watches: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The practices on this node: what runs is checked (src/posture), what the checks say goes to the collector, and what breaks while a container runs is an
 * alert. Exports from the profile and what it says of unused rights join here: they know `verdicts` and the workload's profile.
 */
export class PostureWatch {
  /** For the outbox. */
  readonly companion: Companion;
  readonly #options: PostureWatchOptions;
  readonly #practices: Practices;
  readonly #courier: PostureCourier;
  readonly #images: ImageWatch;
  #posture: Posture | undefined;

  /** @throws AnchorwatchError `practices.invalid`, `signatures.trust` */
  constructor(options: PostureWatchOptions) {
    this.#options = options;
    this.#practices = loadShipped();
    this.#courier = new PostureCourier(() => this.#posture?.verdicts() ?? []);
    this.companion = this.#courier;
    const { images, watch, clock, log } = options;
    const signatures = images?.signatures === undefined ? undefined : signatureOptions(images.signatures);
    const profiles = imageProfiles((workloadId) => watch.profile(workloadId));
    this.#images = new ImageWatch({ reports: images?.reports, signatures, profiles, clock, log });
  }

  /** What was lost, for the report of the node; what the engine did not answer is asked again, and unknown until then. */
  get lost(): Readonly<Record<string, number>> {
    const { overflow = 0, execsMissed = 0 } = this.#posture?.counters ?? {};
    return { overflow, exec_missed: execsMissed, ...this.#images.refused };
  }

  /** A listener that tells the checks as well. */
  beside(listener: ContainersListener): ContainersListener {
    return {
      ...listener,
      started: (container) => {
        listener.started(container);
        this.#begun().started(container);
      },
      stopped: (container) => {
        listener.stopped(container);
        this.#begun().stopped(container.id);
      },
      updated: (container) => {
        listener.updated?.(container);
        this.#begun().changed(container);
      },
      reconfigured: (container) => this.#begun().changed(container),
      executed: (container, execId) => void this.#begun().executed(container.id, execId),
    };
  }

  tick(): void {
    this.#begun().tick();
  }

  stop(): void {
    this.#posture?.stop();
  }

  /** Not before the containers are there, which are made after the outbox. */
  #begun(): Posture {
    const { containers, watches, clock, log } = this.#options;
    this.#posture ??= new Posture({
      source: {
        ask: (path, timeoutMs) => containers().ask(path, timeoutMs),
        watches: ({ cgroupId }) => watches() && cgroupId !== undefined,
      },
      listener: {
        changed: (verdict) => this.#courier.changed(verdict),
        gone: (containerId) => this.#courier.gone(containerId),
        appeared: (container, outcome) => this.#appeared(container, outcome),
      },
      ...{ engine: containers().address, images: this.#images, clock, log },
    });
    return this.#posture;
  }

  #appeared(container: Container, { check: id, note, evidence }: PostureOutcome): void {
    const { watch, raise, clock } = this.#options;
    const check = this.#practices.check(id);
    if (check === undefined) return;
    const grave = severities.indexOf(check.severity);
    const { alert } = watch.slices.take({
      ...{ container, timeMs: clock.nowMs(), detector: 'posture', surprise: 0 },
      feature: { dimension: 'posture', key: id },
      facts: { name: id, value: grave },
      title: () => `${id}: ${note}`,
      evidence: () => ({
        ...{ samples: 0, seenInOneSample: 0, coverage: 1, expected: [check.title] },
        note: evidence
          .map(({ field, value }) => `${field}: ${value}`)
          .join('; ')
          .slice(0, 1000),
      }),
    });
    if (alert !== undefined)
      raise({ ...alert, practices: [...new Set([...this.#practices.practicesOf(id), ...alert.practices])] }, container);
  }
}
