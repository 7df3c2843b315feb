import { assemble, titleOf } from '../alert/assemble.ts';
import type { Deduplicator } from '../alert/deduplicate.ts';
import type { Alert, Finding } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import type { Profile } from '../profile/profile.ts';
import { featureText } from './judgement.ts';

export interface NoticesOptions {
  readonly deduplicator: Deduplicator;
  readonly node: string;
  readonly nowMs: () => number;
  /** Makes the id of a notice about what happened at `timeMs` and is told at `nowMs`. */
  readonly newId: (timeMs: number, nowMs: number) => string;
}

/** First uses of one kind (rule and program) that a workload is told of in a day: what always does something else is no news. */
const ofKindMax = 60;
const dayMs = 86_400_000;
const kindsMax = 4_096;

/** What is told although it is learned, as alerts of severity `notice`, which belong to no incident and to no budget. */
export class Notices {
  readonly #options: NoticesOptions;
  /** By workload and kind: since when, and how many; the oldest makes room. */
  readonly #kinds: Map<string, { readonly sinceMs: number; count: number }> = new Map();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** One notice for each image; whatever else is new with it counts on that while it is remembered. */
  ofRelease(finding: Finding, event: Event, container: Container, profile: Profile): Alert | undefined {
    const { deduplicator } = this.#options;
    const { digest, workload } = container;
    const key = `release ${digest}`;
    if (!profile.releases.note(digest)) {
      const counted = deduplicator.count([workload.id], key, event.timeMs);
      return counted?.outcome === 'update' ? counted.alert : undefined;
    }
    const taken = deduplicator.take(workload.id, key, 'release', event.timeMs, () =>
      this.#made(finding, event, container, 'New image: '),
    );
    return taken.outcome === 'new' ? taken.alert : undefined;
  }

  /** What a rule wants told, once for all replicas: it is the workload's own from then on. */
  ofRule(finding: Finding, event: Event, container: Container): Alert | undefined {
    const feature = featureText(finding.feature);
    const kind = `notice ${finding.feature.dimension} ${finding.rules[0] ?? ''} ${event.process?.exe ?? ''}`;
    if (!this.#hasRoom(`${container.workload.id} ${kind}`, event.timeMs)) return undefined;
    const taken = this.#options.deduplicator.take(container.workload.id, `notice ${feature}`, kind, event.timeMs, () =>
      this.#made(finding, event, container, ''),
    );
    return taken.outcome === 'counted' ? undefined : taken.alert;
  }

  #hasRoom(kind: string, timeMs: number): boolean {
    const known = this.#kinds.get(kind);
    if (known !== undefined && timeMs - known.sinceMs < dayMs) return ++known.count <= ofKindMax;
    this.#kinds.delete(kind);
    this.#kinds.set(kind, { sinceMs: timeMs, count: 1 });
    if (this.#kinds.size > kindsMax) this.#kinds.delete(this.#kinds.keys().next().value ?? '');
    return true;
  }

  #made(finding: Finding, event: Event, container: Container, before: string): Alert {
    const { node, newId } = this.#options;
    const nowMs = this.#options.nowMs();
    const [id, title] = [newId(event.timeMs, nowMs), `${before}${titleOf(event, container)}`];
    const features = [finding.feature];
    return assemble({ finding, severity: 'notice', event, title, container, node, nowMs, id, features });
  }
}
