import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { gauge } from '../lib/metrics.ts';
import type { Gauge, Registry } from '../lib/metrics.ts';
import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';

/** Where incidents are kept. */
export interface IncidentLog {
  /** Closes those that nothing came for since `beforeMs`, by the collector's clock; answers them. */
  closeIncidents(beforeMs: number, nowMs: number): Promise<readonly StoredIncident[]>;
  /** How many are open, by severity. */
  openIncidents(): Promise<ReadonlyMap<Severity, number>>;
}

export interface OpenIncidentsOptions {
  readonly incidents: IncidentLog;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long nothing may come for an incident before it is closed. */
  readonly quietMs: number;
  /** Is told of incidents that were closed. */
  readonly closed: (incidents: readonly StoredIncident[]) => void;
}

/** Closes incidents that are over, and counts those that are not. */
export class OpenIncidents {
  readonly #options: OpenIncidentsOptions;
  readonly #gauge: Gauge<'severity'>;
  #trouble = '';

  constructor(options: OpenIncidentsOptions) {
    this.#options = options;
    this.#gauge = gauge(options.registry, 'anchorwatch_incidents_open', 'Incidents that are open.', ['severity']);
    for (const severity of severities) this.#gauge.set({ severity }, 0);
  }

  /** Closes what was quiet for long enough. A failure is logged once and tried again with the next call. */
  async closeQuiet(): Promise<void> {
    const { incidents, clock, log, quietMs, closed } = this.#options;
    const nowMs = clock.nowMs();
    try {
      const quiet = await incidents.closeIncidents(nowMs - quietMs, nowMs);
      if (quiet.length > 0) closed(quiet);
      this.#trouble = '';
    } catch (error) {
      const text = errorText(error);
      if (text !== this.#trouble) log.error({ err: error }, `incidents could not be closed: ${text}`);
      this.#trouble = text;
    }
  }

  /** Brings the metric up to date; it stays as it was while the store cannot be read, which `/readyz` tells. */
  async refresh(): Promise<void> {
    const open = await this.#options.incidents.openIncidents().catch(() => undefined);
    if (open !== undefined) for (const severity of severities) this.#gauge.set({ severity }, open.get(severity) ?? 0);
  }
}
