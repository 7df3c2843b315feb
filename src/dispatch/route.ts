import type { Severity } from '../model/alert.ts';
import { conditionText, holds } from './condition.ts';
import type { Condition } from './condition.ts';
import { severityRank } from './labels.ts';
import type { LabelName, Labels } from './labels.ts';
import type { QuietHours } from './quiet-hours.ts';

/** After so long without anybody acknowledging, these are told too. */
export interface Escalation {
  readonly afterMs: number;
  readonly receivers: readonly string[];
}

/** When what is told to a receiver of a route is told. */
export interface Timing {
  /** From a group's first alert to its first notification, and from a higher severity to its update. */
  readonly groupWaitMs: number;
  /** From a notification to the next one with further alerts. */
  readonly groupIntervalMs: number;
  /** From a notification to its repetition when nothing changed and nobody acknowledged; undefined: never. */
  readonly repeatIntervalMs?: number | undefined;
  /** A group that is no incident is over when nothing came for it for so long. */
  readonly resolveAfterMs: number;
  readonly quietHours: readonly QuietHours[];
  readonly escalation: readonly Escalation[];
}

/** One route of the tree, with what it has from those above it. */
export interface Route {
  /** Where it stands: `route`, `route.routes[0]`. */
  readonly id: string;
  readonly line: number;
  /** Its own; those above it hold as well. */
  readonly conditions: readonly Condition[];
  /** Severities that it asks for itself; undefined: it says nothing of them. */
  readonly ownSeverities: ReadonlySet<Severity> | undefined;
  /** Severities that it takes: those that all routes of its path ask for; warning and critical where none says anything. */
  readonly severities: ReadonlySet<Severity>;
  /** What it takes is offered to the routes behind it too. */
  readonly continues: boolean;
  readonly receivers: readonly string[];
  readonly groupBy: readonly LabelName[];
  readonly timing: Timing;
  readonly routes: readonly Route[];
}

/** Why a route takes an alert, or does not (docs/routing.md, "Reasons"). */
export type RouteReason =
  | 'takes'
  | 'inner-route-takes'
  | 'condition'
  | 'severity'
  | 'below-warning'
  | 'earlier-route-takes'
  | 'outer-route-does-not-match';

/** What one route of the tree said of an alert. */
export interface RouteVerdict {
  readonly route: Route;
  readonly reason: RouteReason;
  /** The condition that does not hold, or the route that took it. */
  readonly detail: string;
}

/** What every route says of an alert, in the order of the file. Those that take it have the reason `takes`. Pure. */
export function routeVerdicts(root: Route, labels: Labels): readonly RouteVerdict[] {
  const verdicts: RouteVerdict[] = [];
  visit(root, labels, verdicts);
  return verdicts;
}

/** Whether the route, or one within it, took the alert. */
function visit(route: Route, labels: Labels, verdicts: RouteVerdict[]): boolean {
  const failing = failingOf(route, labels);
  if (failing !== undefined) {
    verdicts.push({ route, ...failing });
    skip(route.routes, 'outer-route-does-not-match', route.id, verdicts);
    return false;
  }
  // Its own verdict is known after those of the routes within it, and stands before them.
  const at = verdicts.length;
  let taken = false;
  for (const [index, inner] of route.routes.entries()) {
    if (!visit(inner, labels, verdicts)) continue;
    taken = true;
    if (inner.continues) continue;
    skip(route.routes.slice(index + 1), 'earlier-route-takes', inner.id, verdicts);
    break;
  }
  const severity = severityOf(labels);
  if (taken) verdicts.splice(at, 0, { route, reason: 'inner-route-takes', detail: '' });
  else if (route.severities.has(severity)) {
    verdicts.splice(at, 0, { route, reason: 'takes', detail: '' });
    return true;
  } else verdicts.splice(at, 0, { route, reason: 'below-warning', detail: `severity: ${severity}` });
  return taken;
}

function skip(routes: readonly Route[], reason: RouteReason, detail: string, verdicts: RouteVerdict[]): void {
  for (const route of routes) {
    verdicts.push({ route, reason, detail });
    skip(route.routes, reason, detail, verdicts);
  }
}

function failingOf(route: Route, labels: Labels): Omit<RouteVerdict, 'route'> | undefined {
  const condition = route.conditions.find((one) => !holds(one, labels));
  if (condition !== undefined) return { reason: 'condition', detail: conditionText(condition) };
  const severity = severityOf(labels);
  if (route.ownSeverities === undefined || route.ownSeverities.has(severity)) return undefined;
  return { reason: 'severity', detail: `severity: ${[...route.ownSeverities].join(', ')}` };
}

/** Labels of an alert have exactly one severity. */
function severityOf(labels: Labels): Severity {
  return (labels.severity[0] ?? 'notice') as Severity;
}

/** Severities from one on. */
export function severitiesFrom(least: Severity, all: readonly Severity[]): ReadonlySet<Severity> {
  return new Set(all.filter((one) => severityRank(one) >= severityRank(least)));
}

/** Every route of a tree, in the order of the file. */
export function allRoutes(root: Route): readonly Route[] {
  return [root, ...root.routes.flatMap(allRoutes)];
}
