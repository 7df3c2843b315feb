import { sessionDeed } from '../alert/session-title.ts';
import type { Clock } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { PodNews } from '../model/pod-news.ts';
import type { SliceFinding, SliceVerdict } from './slice-findings.ts';

/** Somebody who went into a container through the API of the cluster. */
export type Session = Pick<PodNews, 'action' | 'detail' | 'by' | 'timeMs'>;

export interface SessionsOptions {
  /** Where findings become alerts of the container's incident. */
  readonly take: (finding: SliceFinding) => SliceVerdict;
  readonly raise: (alert: Alert, container: Container) => void;
  readonly clock: Clock;
}

interface Kept {
  readonly sessions: Session[];
  /** When an alert of the container was raised last. */
  alertedMs: number | undefined;
}

/** The audit log comes in batches: what a session did may be told before the session. */
const lateMs = 120_000;
/** A session is taken to go on for so long: for as long as its incident might. */
const lastsMs = 900_000;
const containersMax = 512;
const sessionsMax = 8;

/**
 * Brings together who went into a container and what is told of it: a session is no alert by itself where a workload is settled, but where the container has an incident, whoever went
 * into it is named there, once, whichever of the two was heard of first. Bounded: the container that was heard of longest ago is forgotten first.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #kept: Map<string, Kept> = new Map();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Somebody went in. */
  opened(container: Container, session: Session): void {
    const kept = this.#of(container.id);
    kept.sessions.push(session);
    if (kept.sessions.length > sessionsMax) kept.sessions.shift();
    const nowMs = this.#options.clock.nowMs();
    if (kept.alertedMs !== undefined && nowMs - kept.alertedMs <= lateMs) this.#name(container, kept, nowMs);
  }

  /** An alert of the container was raised. */
  alerted(alert: Alert, container: Container): void {
    if (alert.detector === detector || alert.count > 1) return;
    const kept = this.#of(container.id);
    kept.alertedMs = this.#options.clock.nowMs();
    // It says who it was.
    if (alert.dimension === 'lifecycle' && kept.sessions.some(({ by }) => alert.title.startsWith(by))) {
      kept.sessions.length = 0;
      return;
    }
    this.#name(container, kept, kept.alertedMs);
  }

  #name(container: Container, kept: Kept, nowMs: number): void {
    for (const { action, detail, by, timeMs } of kept.sessions.splice(0)) {
      if (nowMs - timeMs > lastsMs) continue;
      const began = new Date(timeMs).toISOString();
      const verdict = this.#options.take({
        // Beside what it is told with: it may have begun long before.
        ...{ container, timeMs: nowMs, detector, surprise: 0, facts: { name: detector } },
        feature: { dimension: 'lifecycle', key: `session:${by}` },
        title: () => sessionDeed(action, detail, by),
        evidence: () => ({
          ...{ samples: 0, seenInOneSample: 0, coverage: 0, expected: [] },
          note: `through the API of the cluster, at ${began}, as its audit log tells`,
        }),
      });
      if (verdict.alert !== undefined) this.#options.raise(verdict.alert, container);
    }
  }

  #of(containerId: string): Kept {
    const kept = this.#kept.get(containerId) ?? { sessions: [], alertedMs: undefined };
    this.#kept.delete(containerId);
    this.#kept.set(containerId, kept);
    if (this.#kept.size > containersMax)
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    return kept;
  }
}

const detector = 'session';
