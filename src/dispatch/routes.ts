import type { Receiver } from '../model/notification.ts';
import type { InhibitRule } from './inhibit.ts';
import type { RateLimit } from './plan.ts';
import type { Route } from './route.ts';

/** A receiver of a routes file, ready to send. */
export interface NamedReceiver {
  readonly name: string;
  readonly kind: string;
  readonly receiver: Receiver;
  readonly rateLimit: RateLimit | undefined;
  /** How long a notification is tried before it is given up. */
  readonly giveUpAfterMs: number;
}

/** What a routes file says. */
export interface Routes {
  readonly file: string;
  readonly receivers: ReadonlyMap<string, NamedReceiver>;
  readonly root: Route;
  readonly inhibit: readonly InhibitRule[];
  /** Where runbooks are: `{dimension}` and `{rule}` stand for those of the newest alert. */
  readonly runbookUrl: string | undefined;
}

/** Something that is wrong in a routes file. */
export interface RoutesProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `FILE:LINE:COLUMN: what`. */
export function routesProblemText({ file, line, column, message }: RoutesProblem): string {
  return `${file}:${String(line)}:${String(column)}: ${message}`;
}
