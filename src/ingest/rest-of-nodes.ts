import type { NodeReport } from '../model/node.ts';

/** What is summed over nodes: counters by what they count, and figures of now. */
export interface NodeSums {
  readonly counters: ReadonlyMap<string, number>;
  readonly pendingEvents: number;
  readonly containers: number;
  readonly unseenContainers: number;
  readonly outboxAlerts: number;
  readonly expectedAlertsPerDay: number;
  /** Sums of the nodes' own bounds, which is further apart than 95 %: not all of them err the same way. A node that tells none counts with its expectation. */
  readonly expectedAlertsBounds: { readonly low: number; readonly high: number };
  readonly alertsLastDay: number;
}

interface Kept {
  readonly report: NodeReport;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Nodes without series of their own, summed. The sums of counters only grow: what a node that is gone had counted stays, and an agent that began anew
 * counts from there. A node costs work only when it reported anew.
 */
export class RestOfNodes {
  readonly #totals: Map<string, number> = new Map();
  readonly #kept: Map<string, Kept> = new Map();

  /** Takes what the nodes reported last, and forgets those that are not among them. */
  sum(nodes: readonly { readonly name: string; readonly report: NodeReport }[]): NodeSums {
    const now = { pendingEvents: 0, containers: 0, unseenContainers: 0, outboxAlerts: 0 };
    let [expectedAlertsPerDay, low, high, alertsLastDay] = [0, 0, 0, 0];
    const names = new Set<string>();
    for (const { name, report } of nodes) {
      names.add(name);
      now.pendingEvents += report.pendingEvents;
      now.containers += report.containers.length;
      now.unseenContainers += report.unseenContainers;
      now.outboxAlerts += report.outboxAlerts;
      expectedAlertsPerDay += report.expectedAlertsPerDay;
      low += report.expectedAlertsBounds?.low ?? report.expectedAlertsPerDay;
      high += report.expectedAlertsBounds?.high ?? report.expectedAlertsPerDay;
      alertsLastDay += report.alertsLastDay ?? 0;
      const before = this.#kept.get(name);
      if (before?.report !== report) this.#count(name, report, before?.values);
    }
    for (const name of this.#kept.keys()) if (!names.has(name)) this.#kept.delete(name);
    const expectedAlertsBounds = { low, high };
    return { counters: this.#totals, ...now, expectedAlertsPerDay, expectedAlertsBounds, alertsLastDay };
  }

  #count(name: string, report: NodeReport, before: ReadonlyMap<string, number> | undefined): void {
    const values = countersOf(report);
    for (const [key, value] of values) {
      const last = before?.get(key) ?? 0;
      this.#totals.set(key, (this.#totals.get(key) ?? 0) + (value >= last ? value - last : value));
    }
    this.#kept.set(name, { report, values });
  }
}

/** Counters of a report that are not zero, by metric and labels with a line break between. */
function countersOf({ events, known, missed = {}, lost }: NodeReport): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [metric, figures] of [
    ['events', events],
    ['known', known],
    ['missed', missed],
  ] as const)
    for (const [kind, value] of Object.entries(figures)) if (value > 0) values.set(`${metric}\n${kind}`, value);
  for (const { hook, reason, count } of lost) if (count > 0) values.set(`lost\n${hook}\n${reason}`, count);
  return values;
}
