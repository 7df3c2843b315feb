import type { Notification, Receiver, ReceiverKind, SendOutcome } from '../../model/notification.ts';
import { attempt } from '../attempt.ts';
import { Authorization } from '../http/authorization.ts';
import { outcomeOf } from '../http/outcome.ts';
import type { HttpSender } from '../http/sender.ts';
import { senderFor } from '../http/settings.ts';
import { receiverKind } from '../receiver-kind.ts';
import { postableAlerts } from './alerts.ts';
import { alertmanagerSettingsSchema } from './settings.ts';
import type { AlertmanagerSettings } from './settings.ts';

/**
 * Alertmanager's API v2. All Alertmanagers of a cluster are told, since they tell each other of silences and of what they have notified, but not
 * of alerts; one that takes it is enough, since that one notifies: the rest stand in the outcome's note. Nothing has to be sent again for an
 * alert to stay: it fires until it is resolved, or for `endsAfter`. An Alertmanager that starts anew has forgotten it (alerts are kept in
 * memory): whoever repeats an `update` every few minutes brings it back, and nobody is notified twice, as its labels are the same.
 */
class AlertmanagerReceiver implements Receiver {
  readonly #settings: AlertmanagerSettings;
  readonly #sender: HttpSender;
  readonly #authorization: Authorization;
  readonly #nowMs: () => number;

  constructor(settings: AlertmanagerSettings, sender: HttpSender, authorization: Authorization, nowMs: () => number) {
    this.#settings = settings;
    this.#sender = sender;
    this.#authorization = authorization;
    this.#nowMs = nowMs;
  }

  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome> {
    return attempt(async () => {
      const { labels, endsAfter, urls } = this.#settings;
      const secrets: string[] = [];
      const headers = {
        'content-type': 'application/json',
        ...(await this.#authorization.headers(secrets)),
      };
      const body = JSON.stringify(
        postableAlerts(notification, { labels, endsAfterMs: endsAfter, nowMs: this.#nowMs() }),
      );
      const outcomes = await Promise.all(
        urls.map(async (base) => {
          const url = new URL(`${base.pathname.replace(/\/+$/u, '')}/api/v2/alerts`, base);
          const result = await this.#sender.post({ url, headers, body }, signal);
          return outcomeOf(result, { host: url.host, nowMs: this.#nowMs(), secrets });
        }),
      );
      return together(outcomes, notification);
    });
  }
}

/** One that took it is enough; without one, another attempt is worth it where it is for any of them. */
function together(outcomes: readonly SendOutcome[], { reference, severity }: Notification): SendOutcome {
  const reasons = outcomes.flatMap((one) => (one.outcome === 'sent' ? [] : [one.reason]));
  const reason = reasons.join('; ');
  if (reasons.length < outcomes.length)
    return { outcome: 'sent', reference: reference ?? severity, ...(reasons.length === 0 ? {} : { note: reason }) };
  const again = outcomes.filter((one) => one.outcome === 'retry');
  if (again.length === 0) return { outcome: 'failed', reason };
  const waits = again.map(({ afterMs }) => afterMs ?? 0);
  const afterMs = Math.min(...waits);
  return { outcome: 'retry', reason, ...(afterMs === 0 ? {} : { afterMs }) };
}

/** `alertmanager` in the routes file. */
export const alertmanagerKind: ReceiverKind = receiverKind(
  'alertmanager',
  alertmanagerSettingsSchema,
  (settings, files, surroundings) => {
    const authorization = new Authorization(settings, files);
    const sender = senderFor(settings, surroundings, files);
    return new AlertmanagerReceiver(settings, sender, authorization, surroundings.nowMs);
  },
);
