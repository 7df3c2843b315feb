import type { Notification, Receiver, ReceiverKind, SendOutcome } from '../../model/notification.ts';
import { attempt } from '../attempt.ts';
import { outcomeOf } from '../http/outcome.ts';
import type { HttpSender } from '../http/sender.ts';
import { senderFor } from '../http/settings.ts';
import type { SecretFile } from '../secret-file.ts';
import { receiverKind } from '../receiver-kind.ts';
import { dedupKeyOf, eventOf } from './event.ts';
import { pagerdutySettingsSchema } from './settings.ts';

/** The Events API by service region (PagerDuty, "Service Regions"). */
const addresses = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/**
 * PagerDuty's Events API v2. 202: accepted; 429, 5xx and no answer: try again; everything else does not get better by itself ("Response codes &
 * retry logic"). Every event of a group has its `dedupKey`, so that what is sent twice is one alert there.
 */
class PagerdutyReceiver implements Receiver {
  readonly #url: URL;
  readonly #sender: HttpSender;
  readonly #routingKey: SecretFile;
  readonly #nowMs: () => number;

  constructor(url: URL, sender: HttpSender, routingKey: SecretFile, nowMs: () => number) {
    this.#url = url;
    this.#sender = sender;
    this.#routingKey = routingKey;
    this.#nowMs = nowMs;
  }

  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome> {
    return attempt(async () => {
      const routingKey = await this.#routingKey.readLine();
      const body = eventOf(notification, routingKey);
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const result = await this.#sender.post({ url: this.#url, headers, body }, signal);
      const context = { host: this.#url.host, nowMs: this.#nowMs(), secrets: [routingKey] };
      const outcome = outcomeOf(result, context);
      return outcome.outcome === 'sent' ? { ...outcome, reference: dedupKeyOf(notification.dedupKey) } : outcome;
    });
  }
}

/** `pagerduty` in the routes file. */
export const pagerdutyKind: ReceiverKind = receiverKind(
  'pagerduty',
  pagerdutySettingsSchema,
  (settings, files, surroundings) => {
    const routingKey = files.open(['routingKeyFile'], settings.routingKeyFile);
    const sender = senderFor(settings, surroundings, files);
    return new PagerdutyReceiver(
      settings.url ?? new URL(addresses[settings.region]),
      sender,
      routingKey,
      surroundings.nowMs,
    );
  },
);
