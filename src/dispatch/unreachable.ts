import { conditionText, contradict, implies } from './condition.ts';
import type { Condition } from './condition.ts';
import type { Route } from './route.ts';

/** A route that no alert ever gets to. */
export interface UnreachableRoute {
  readonly route: Route;
  readonly message: string;
}

/**
 * Routes that nothing gets to: behind one that takes all that they would, or with conditions that contradict each other or those above. Pure.
 * @param broken Ids of routes whose conditions could not be read: nothing is said because of them.
 */
export function unreachableRoutes(root: Route, broken: ReadonlySet<string>): readonly UnreachableRoute[] {
  return within(root, [], broken);
}

function within(route: Route, above: readonly Condition[], broken: ReadonlySet<string>): readonly UnreachableRoute[] {
  const conditions = [...above, ...route.conditions];
  const contradiction = contradictionOf(route, above);
  // What is within it is not reached either: said once.
  if (contradiction !== undefined) return [{ route, message: contradiction }];
  return route.routes.flatMap((inner, index) => {
    const before = route.routes
      .slice(0, index)
      .find((earlier) => !broken.has(earlier.id) && takesAllOf(earlier, inner, conditions));
    if (before === undefined) return within(inner, conditions, broken);
    const all = before.conditions.length === 0 && before.ownSeverities === undefined;
    const what = all ? 'takes everything' : 'takes all that this one would';
    return [
      {
        route: inner,
        message: `nothing gets to this route: ${before.id} (line ${String(before.line)}) ${what}; give that one "continue: true", or put this one before it`,
      },
    ];
  });
}

function takesAllOf(earlier: Route, later: Route, above: readonly Condition[]): boolean {
  if (earlier.continues) return false;
  if (![...later.severities].every((one) => earlier.severities.has(one))) return false;
  const given = [...above, ...later.conditions];
  return earlier.conditions.every((condition) => given.some((one) => implies(one, condition)));
}

function contradictionOf(route: Route, above: readonly Condition[]): string | undefined {
  if (route.severities.size === 0)
    return 'nothing gets to this route: it asks for severities that the routes around it leave out';
  for (const condition of route.conditions) {
    const other = [...above, ...route.conditions].find((one) => one !== condition && contradict(one, condition));
    if (other !== undefined)
      return `nothing gets to this route: "${conditionText(condition)}" contradicts "${conditionText(other)}" of ${above.includes(other) ? 'a route around it' : 'the same route'}`;
  }
  return undefined;
}
