import { severities } from './alert.ts';
import type { Alert, AlertContainer, Severity } from './alert.ts';
import type { Workload } from './container.ts';
import type { Dimension } from './feature.ts';
import { interpreterOf, programName } from './program.ts';

/** The first alert of one kind of evidence: the same dimension and the same leading technique, rule or, without either, novelty. */
export interface IncidentEvidence {
  readonly dimension: Dimension;
  /** ATT&CK technique, else rule, else `novelty`. */
  readonly sign: string;
  readonly alert: string;
  /** ISO 8601. */
  readonly time: string;
  readonly score: number;
  /** The alert's title without the place: "nginx started /bin/sh". */
  readonly deed: string;
  /** Of the process and its ancestors, itself first; empty for alerts that no process caused. */
  readonly pids: readonly number[];
}

/** Alerts of one container and process tree close in time. */
export interface Incident {
  /** That of the alert that opened it. */
  readonly id: string;
  readonly title: string;
  /** Of its worst alert, and one higher from three kinds of evidence on (`severityOfIncident`). */
  readonly severity: Severity;
  readonly state: 'open' | 'closed';
  /** ISO 8601: event of the first alert, and the last time that any of its alerts was seen. */
  readonly opened: string;
  readonly lastTime: string;
  /** ISO 8601: when the collector closed it; absent while it is open. */
  readonly closed?: string;
  readonly node: string;
  readonly workload: Workload;
  readonly container: AlertContainer;
  /** Number of alerts. */
  readonly alerts: number;
  /** Of the worst alert, decades. */
  readonly score: number;
  readonly dimensions: readonly Dimension[];
  readonly rules: readonly string[];
  readonly techniques: readonly string[];
  /** By kind, the earliest first; at most `evidenceMax`. */
  readonly evidence: readonly IncidentEvidence[];
}

/** An incident as the collector serves it. */
export interface StoredIncident extends Incident {
  /** Position in the log of alerts when the incident changed last. */
  readonly seq: number;
}

/** Kinds of evidence, rules, techniques and dimensions that one incident lists; later ones still count as alerts. */
export const evidenceMax = 64;
/** From so many kinds of evidence on an incident is one step more severe than its worst alert. */
const kindsForStep = 3;

/** Severity from the worst alert and the number of distinct kinds of evidence: repetition adds nothing. Pure. */
export function severityOfIncident(worst: Severity, kinds: number): Severity {
  const index = severities.indexOf(worst) + (kinds >= kindsForStep ? 1 : 0);
  return severities[Math.min(index, severities.length - 1)] ?? worst;
}

/**
 * The incident with one more alert; `undefined` before its first. The result does not depend on the order of the alerts, as long as there are
 * no more kinds of evidence than `evidenceMax`. Pure. The worst alert's own severity is that of `worst`.
 */
export function growIncident(
  before: { readonly incident: Incident; readonly worst: Severity } | undefined,
  alert: Alert,
): { readonly incident: Incident; readonly worst: Severity } {
  const old = before?.incident;
  const worst = severities[Math.max(rank(alert.severity), rank(before?.worst ?? 'notice'))] ?? alert.severity;
  const evidence = addEvidence(old?.evidence ?? [], alert);
  const { node, workload, container } = old ?? alert;
  return {
    worst,
    incident: {
      id: alert.incident ?? alert.id,
      title: titleOfIncident(evidence, workload.name),
      severity: severityOfIncident(worst, evidence.length),
      state: 'open',
      opened: old === undefined || alert.time < old.opened ? alert.time : old.opened,
      lastTime: old === undefined || alert.lastTime > old.lastTime ? alert.lastTime : old.lastTime,
      ...{ node, workload, container },
      alerts: (old?.alerts ?? 0) + 1,
      score: Math.max(alert.score, old?.score ?? alert.score),
      dimensions: union(old?.dimensions ?? [], [alert.dimension]),
      rules: union(old?.rules ?? [], alert.rules),
      techniques: union(old?.techniques ?? [], alert.techniques),
      evidence,
    },
  };
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

function union<T extends string>(before: readonly T[], more: readonly T[]): readonly T[] {
  return [...new Set([...before, ...more])].toSorted(compare).slice(0, evidenceMax);
}

function addEvidence(before: readonly IncidentEvidence[], alert: Alert): readonly IncidentEvidence[] {
  const { dimension, techniques, rules, id, time, score, process } = alert;
  const where = ` in ${alert.workload.name}`;
  const one: IncidentEvidence = {
    ...{ dimension, time, score, alert: id },
    sign: techniques[0] ?? rules[0] ?? 'novelty',
    deed: alert.title.endsWith(where) ? alert.title.slice(0, -where.length) : alert.title,
    pids: process === undefined ? [] : [process.pid, ...process.ancestors.map(({ pid }) => pid)],
  };
  const same = before.find(({ dimension: other, sign }) => other === dimension && sign === one.sign);
  if (same !== undefined && earlier(same, one) <= 0) return before;
  if (same === undefined && before.length >= evidenceMax) return before;
  return [...before.filter((other) => other !== same), one].toSorted(earlier);
}

function earlier(a: IncidentEvidence, b: IncidentEvidence): number {
  return compare(a.time, b.time) || compare(a.alert, b.alert);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * "A shell was started by nginx in shop/web, which read /etc/shadow and connected to 203.0.113.7:443/tcp": the first program that was
 * started, else the first evidence, and the two strongest of the rest. "which" only for what that process or one below it did. Pure.
 */
function titleOfIncident(evidence: readonly IncidentEvidence[], workload: string): string {
  const lead = evidence.find(({ dimension }) => dimension === 'exec') ?? evidence[0];
  if (lead === undefined) return `nothing in ${workload}`;
  const rest = evidence.filter((one) => one !== lead).toSorted((a, b) => b.score - a.score || earlier(a, b));
  const told = rest.slice(0, 2).toSorted(earlier);
  const started = /^(.+?) started (\S+)(.*)$/u.exec(lead.dimension === 'exec' ? lead.deed : '');
  const leadPid = lead.pids[0];
  const isBelow = ({ pids }: IncidentEvidence): boolean => leadPid !== undefined && pids.includes(leadPid);
  const below = started === null ? [] : told.filter(isBelow);
  const others = told.filter((one) => !below.includes(one));
  const more = rest.length - told.length;
  return [
    started === null ? lead.deed : passive(started[1] ?? '', started[2] ?? '', started[3] ?? ''),
    ` in ${workload}`,
    below.length > 0 ? `, which ${below.map(({ deed }) => deed.replace(/^\S+ /u, '')).join(' and ')}` : '',
    others.length > 0 ? `; ${others.map(({ deed }) => deed).join(' and ')}` : '',
    more > 0 ? `; and ${more} more ${more === 1 ? 'kind' : 'kinds'} of evidence` : '',
  ].join('');
}

function passive(starter: string, program: string, after: string): string {
  // "/bin/busybox sh": a program of many programs is told with the one that it runs as.
  const shell = [program, after.trim().split(' ')[0] ?? ''].some(
    (name) => interpreterOf(programName(name)) === 'shell',
  );
  return `${shell ? 'A shell' : `${program}${after}`} was started by ${starter}`;
}
