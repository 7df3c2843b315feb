import { severities } from '../model/alert.ts';
import type { Severity, StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';

/** What alerts are matched and grouped by. */
export const labelNames = [
  'severity',
  'workload',
  'namespace',
  'dimension',
  'technique',
  'node',
  'container',
  'image',
  'pod',
  'rule',
  'detector',
  'incident',
  'alert',
] as const;
export type LabelName = (typeof labelNames)[number];

/** An alert may have several values of one label (techniques), or none (a namespace outside of Kubernetes). */
export type Labels = Readonly<Record<LabelName, readonly string[]>>;

/** Labels that an alert may have several values of: nothing is grouped by them, and no two conditions on one contradict each other. */
export const severalValued: ReadonlySet<LabelName> = new Set(['technique', 'rule', 'workload', 'container']);

/** Labels that alerts can be grouped by. */
export const groupLabels: readonly LabelName[] = labelNames.filter((name) => name !== 'technique' && name !== 'rule');

/** Orders severities: a graver one has a higher rank. Pure. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** The higher of both: an incident of three kinds of warnings is critical, and so is what is told of its alerts. */
export function effectiveSeverity(alert: StoredAlert, incident: StoredIncident | undefined): Severity {
  if (incident === undefined) return alert.severity;
  return severityRank(incident.severity) > severityRank(alert.severity) ? incident.severity : alert.severity;
}

/** The labels of an alert; the name stands before the id where it has both. Pure. */
export function labelsOf(alert: StoredAlert, severity: Severity): Labels {
  const { workload, container } = alert;
  const given = (value: string | undefined): readonly string[] => (value === undefined || value === '' ? [] : [value]);
  return {
    severity: [severity],
    workload: [...given(workload.name), ...given(workload.id)],
    namespace: given(container.namespace),
    dimension: [alert.dimension],
    technique: alert.techniques,
    node: [alert.node],
    container: [...given(container.name), ...given(container.id)],
    image: given(container.image),
    pod: given(container.pod),
    rule: alert.rules,
    detector: [alert.detector],
    incident: given(alert.incident),
    alert: [alert.id],
  };
}
