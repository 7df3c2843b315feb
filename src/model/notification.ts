import type { Severity, StoredAlert } from './alert.ts';
import type { StoredIncident } from './incident.ts';

/** What a notification says about its group. `update`: more alerts, or a higher severity. */
export type NotificationEvent = 'trigger' | 'update' | 'acknowledge' | 'resolve';

/** One receiver's copy of an incident, or of alerts that belong to none. */
export interface Notification {
  /** ULID; another one each time something is sent, the same when it is tried again. */
  readonly id: string;
  /** Name of the receiver in the routes file. */
  readonly receiver: string;
  /** The same for everything that is sent of one group: a receiver that gets something twice, or more of it, folds it by this. */
  readonly dedupKey: string;
  readonly event: NotificationEvent;
  /** RFC 3339. */
  readonly time: string;
  readonly severity: Severity;
  /** One line for people. */
  readonly title: string;
  /** What the alerts were grouped by, with its value. */
  readonly group: Readonly<Record<string, string>>;
  readonly incident?: StoredIncident;
  /** The newest first; not all of them where there are many, see `alertsCount`. */
  readonly alerts: readonly StoredAlert[];
  /** Alerts of the group so far. */
  readonly alertsCount: number;
  /** What the receiver answered to the first notification of the group (a Slack message's `ts`); absent: nothing, or this is the first. */
  readonly reference?: string;
  readonly links: { readonly console?: string; readonly history?: string; readonly runbook?: string };
}

/** What became of an attempt. `retry`: another attempt may help, after `afterMs` at the earliest; `failed`: it would not. */
export type SendOutcome =
  | {
      readonly outcome: 'sent';
      readonly reference?: string;
      /** What went wrong all the same: one of two addresses did not answer. */
      readonly note?: string;
    }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'failed'; readonly reason: string };

/** A place that notifications go to. */
export interface Receiver {
  /** Makes one attempt. Never rejects; ends when the signal says so (then the outcome is `retry`). Reasons hold no secrets. */
  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome>;
}

/** A setting that a receiver cannot take. */
export interface SettingsProblem {
  /** Where, below the receiver's own settings. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what would be right; never the value where it may be a secret. */
  readonly message: string;
}

/** What a receiver may need besides its settings. */
export interface ReceiverSurroundings {
  /** Relative file names in the settings start here: the folder of the routes file. */
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Told what is unwise and works all the same, when a receiver is opened and later: a secret that everybody may read. */
  readonly warn?: (warning: SettingsProblem) => void;
}

/** One kind of receivers (`slack`, `pagerduty`); the composition root has the list. */
export interface ReceiverKind {
  /** The word in the routes file. */
  readonly kind: string;
  /** Keys of its settings, for suggestions. */
  readonly keys: readonly string[];
  /** A receiver for the settings that stand under the kind's word, or everything that is wrong with them. Connects to nothing yet. */
  open(
    settings: unknown,
    surroundings: ReceiverSurroundings,
  ): { readonly receiver: Receiver } | { readonly problems: readonly SettingsProblem[] };
}
