import { z } from 'zod';
import { severities } from '../model/alert.ts';
import type { Severity, StoredAlert } from '../model/alert.ts';
import type { Dimension } from '../model/feature.ts';
import type { Incident, IncidentEvidence, StoredIncident } from '../model/incident.ts';
import { processTree } from '../model/process-tree.ts';
import type { ProcessNode } from '../model/process-tree.ts';
import { dimensionSchema, storedAlertSchema, timeSchema, workloadSchema } from '../protocol/alert-schema.ts';

const evidence: z.ZodType<IncidentEvidence> = z.object({
  dimension: dimensionSchema,
  sign: z.string(),
  alert: z.string(),
  time: timeSchema,
  score: z.number(),
  deed: z.string(),
  pids: z.array(z.int()),
});
const container: z.ZodType<Incident['container']> = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  digest: z.string(),
  pod: z.string().exactOptional(),
  namespace: z.string().exactOptional(),
});
const incidentFields = {
  id: z.string(),
  seq: z.int(),
  title: z.string(),
  severity: z.enum(severities),
  state: z.enum(['open', 'closed']),
  opened: timeSchema,
  lastTime: timeSchema,
  closed: timeSchema.exactOptional(),
  node: z.string(),
  workload: workloadSchema,
  container,
  alerts: z.int(),
  score: z.number(),
  dimensions: z.array(dimensionSchema),
  rules: z.array(z.string()),
  techniques: z.array(z.string()),
  evidence: z.array(evidence),
};

/** An incident as the API and the feed tell it. */
const incidentSchema: z.ZodType<StoredIncident> = z.object(incidentFields);

/** A page of incidents; `next` continues it and is absent on the last page. */
export interface IncidentPage {
  readonly items: readonly StoredIncident[];
  readonly next?: string;
}
export const incidentPageSchema: z.ZodType<IncidentPage> = z.object({
  items: z.array(incidentSchema),
  next: z.string().exactOptional(),
});

/** One moment of an incident: an alert in a line. */
interface TimelineEntry {
  readonly time: string;
  readonly lastTime: string;
  readonly count: number;
  readonly severity: Severity;
  readonly dimension: Dimension;
  readonly title: string;
  readonly alert: string;
  /** Of the process that caused it; absent when none did. */
  readonly pid?: number;
}

/** An incident in full. */
export interface IncidentDetail extends Omit<StoredIncident, 'alerts'> {
  /** The first event first; at most `incidentAlertsMax`. */
  readonly alerts: readonly StoredAlert[];
  /** Alerts that did not fit. */
  readonly omitted: number;
  /** Its processes, below those that started them. */
  readonly processes: readonly ProcessNode[];
  readonly timeline: readonly TimelineEntry[];
}
const processNode: z.ZodType<ProcessNode> = z.object({
  pid: z.int(),
  exe: z.string(),
  args: z.array(z.string()).exactOptional(),
  uid: z.int().exactOptional(),
  alerts: z.array(z.string()),
  get children() {
    return z.array(processNode);
  },
});
export const incidentDetailSchema: z.ZodType<IncidentDetail> = z.object({
  ...incidentFields,
  alerts: z.array(storedAlertSchema),
  omitted: z.int(),
  processes: z.array(processNode),
  timeline: z.array(
    z.object({
      time: timeSchema,
      lastTime: timeSchema,
      count: z.int(),
      severity: z.enum(severities),
      dimension: dimensionSchema,
      title: z.string(),
      alert: z.string(),
      pid: z.int().exactOptional(),
    }),
  ),
});

/** Alerts in one answer about an incident. */
export const incidentAlertsMax = 500;

/** An incident with its alerts, their processes and their order in time. Pure. */
export function viewIncident(incident: StoredIncident, alerts: readonly StoredAlert[]): IncidentDetail {
  return {
    ...incident,
    alerts,
    omitted: Math.max(0, incident.alerts - alerts.length),
    processes: processTree(alerts),
    timeline: alerts.map(({ id, time, lastTime, count, severity, dimension, title, process }) => ({
      ...{ time, lastTime, count, severity, dimension, title, alert: id },
      ...(process === undefined ? {} : { pid: process.pid }),
    })),
  };
}
