import type { Severity } from './alert.ts';
import type { NotificationEvent } from './notification.ts';

/** What became of a notification. `waiting`: it is due, or will be; the others are final. */
export const notificationStates = ['sent', 'failed', 'waiting'] as const;
export type NotificationState = (typeof notificationStates)[number];

/** What was told to a receiver, could not be, or waits, as the API shows it. */
export interface NotificationRecord {
  /** ULID of the notification; absent while nothing was tried yet. */
  readonly id?: string;
  readonly receiver: string;
  readonly dedupKey: string;
  readonly event: NotificationEvent;
  readonly state: NotificationState;
  /** ISO 8601: when it was sent or given up; of what waits, when it is tried next. */
  readonly time: string;
  readonly severity: Severity;
  readonly title: string;
  readonly group: Readonly<Record<string, string>>;
  readonly alertsCount: number;
  /** Attempts so far. */
  readonly attempts: number;
  /** Stable: why it was sent, waits or failed (docs/routing.md, "Reasons"). */
  readonly reason: string;
  /** For people: what the receiver answered. */
  readonly detail?: string;
  /** From the storing of the oldest alert in it to its sending. */
  readonly delayMs?: number;
}
