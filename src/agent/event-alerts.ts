import { ulid } from 'ulid';
import { assemble, type AssembleInput, titleOf } from '../alert/assemble.ts';
import type { Deduplicator } from '../alert/deduplicate.ts';
import { type Incidents, sightingOf } from '../alert/incident.ts';
import type { Clock } from '../lib/clock.ts';
import type { Alert, Finding } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import type { Profile } from '../profile/profile.ts';
import type { AlertBudget } from './alert-budget.ts';
import { featureText } from './judgement.ts';

export interface EventAlertsOptions {
  readonly clock: Clock;
  readonly node: string;
  /** Makes alert ids; ULIDs unless a test wants its own. */
  readonly newId?: (timeMs: number) => string;
  readonly budget: Pick<AlertBudget, 'alerted'>;
  readonly deduplicator: Deduplicator;
  readonly incidents: Incidents;
}

type About = Pick<AssembleInput, 'finding' | 'severity' | 'features'>;

/** From what was found about an event to an alert: one for a feature, however often it is seen, and in words. */
export class EventAlerts {
  readonly #options: EventAlertsOptions;

  constructor(options: EventAlertsOptions) {
    this.#options = options;
  }

  /**
   * Something reached the threshold: an alert of an incident, or one more sighting of an earlier alert; undefined when that is only counted.
   * @param isReturning told anew when it comes back after a while (see `Deduplicator.take`)
   */
  raise(about: About, event: Event, container: Container, isReturning: boolean): Alert | undefined {
    const { budget, clock, deduplicator, incidents } = this.#options;
    const { finding, severity } = about;
    // Replicas that do the same new thing are one piece of news; what is suspicious is told of each container.
    const subject = finding.suspicion > 0 ? container.id : container.workload.id;
    const raise = (): Alert => {
      if (severity !== 'notice') budget.alerted(clock.nowMs());
      return this.#made(about, event, container, 'of an incident');
    };
    const [feature, kind] = [featureText(finding.feature), kindOf(finding, event)];
    const returns = isReturning ? { doer: event.process?.parentExecution ?? '' } : undefined;
    const taken = deduplicator.take(subject, feature, kind, event.timeMs, raise, returns);
    if (taken.outcome === 'update') incidents.again(taken.alert.incident, event.timeMs);
    return taken.outcome === 'counted' ? undefined : taken.alert;
  }

  /** What a rule finds worth telling, and is no warning: told of each container, of no incident. */
  notice(finding: Finding, event: Event, container: Container): Alert | undefined {
    const [feature, kind] = [featureText(finding.feature), `notice ${kindOf(finding, event)}`];
    const taken = this.#options.deduplicator.take(container.id, feature, kind, event.timeMs, () =>
      this.#made({ finding, severity: 'notice', features: [finding.feature] }, event, container),
    );
    return taken.outcome === 'counted' ? undefined : taken.alert;
  }

  /** One notice for each image; whatever else is new with it counts on that while it is remembered. */
  releaseNote(finding: Finding, event: Event, container: Container, profile: Profile): Alert | undefined {
    const { digest, workload } = container;
    const { deduplicator } = this.#options;
    if (!profile.releases.note(digest)) {
      const counted = deduplicator.count([workload.id], `release ${digest}`, event.timeMs);
      return counted?.outcome === 'update' ? counted.alert : undefined;
    }
    const taken = deduplicator.take(workload.id, `release ${digest}`, 'release', event.timeMs, () => {
      const alert = this.#made({ finding, severity: 'notice', features: [finding.feature] }, event, container);
      return { ...alert, title: `New image: ${alert.title}` };
    });
    return taken.outcome === 'new' ? taken.alert : undefined;
  }

  #made(about: About, event: Event, container: Container, part?: 'of an incident'): Alert {
    const { node, clock, newId } = this.#options;
    const [nowMs, title] = [clock.nowMs(), titleOf(event, container)];
    const id = newId?.(event.timeMs) ?? ulid(nowMs);
    const incident = part && { incident: this.#options.incidents.assign(id, sightingOf(event, container)).id };
    return assemble({ ...about, event, title, container, node, nowMs, id, ...incident });
  }
}

/** What makes alerts of different features the same to a person. Pure. */
function kindOf({ feature, rules, detector }: Finding, event: Event): string {
  return `${feature.dimension} ${rules[0] ?? detector} ${event.process?.exe ?? ''}`;
}
