import { createHmac } from 'node:crypto';
import type { Notification, Receiver, ReceiverKind, SendOutcome } from '../../model/notification.ts';
import { AnchorwatchError } from '../../lib/errors.ts';
import { attempt } from '../attempt.ts';
import { Authorization } from '../http/authorization.ts';
import { outcomeOf } from '../http/outcome.ts';
import type { HttpSender } from '../http/sender.ts';
import { senderFor } from '../http/settings.ts';
import { secretsOfAddress } from '../scrub.ts';
import type { SecretFile } from '../secret-file.ts';
import { receiverKind } from '../receiver-kind.ts';
import { addressTrouble } from '../settings.ts';
import { bodyOf } from './body.ts';
import { webhookSettingsSchema } from './settings.ts';
import type { WebhookSettings } from './settings.ts';

/** Secrets that a webhook may be given, by what they are for. */
interface WebhookSecrets {
  readonly url?: SecretFile | undefined;
  readonly signing?: SecretFile | undefined;
  readonly authorization: Authorization;
  readonly headers: ReadonlyMap<string, SecretFile>;
}

/**
 * Signatures of a body, as the header has them: `t=SECONDS,v1=HEX`, with a `v1` for each secret, so that both ends can go over to another one
 * without a gap. HMAC-SHA256 over `SECONDS.BODY`. Pure.
 */
function signatureOf(body: string, secrets: readonly string[], nowMs: number): string {
  const seconds = String(Math.floor(nowMs / 1000));
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
  );
  return [`t=${seconds}`, ...signatures].join(',');
}

/**
 * Any HTTP service. What is sent is docs/receivers.md, "Webhook": JSON with a version, the notification's id as `Idempotency-Key`, a signature
 * where there is a secret.
 */
class WebhookReceiver implements Receiver {
  readonly #settings: WebhookSettings;
  readonly #sender: HttpSender;
  readonly #secrets: WebhookSecrets;
  readonly #nowMs: () => number;

  constructor(settings: WebhookSettings, sender: HttpSender, secrets: WebhookSecrets, nowMs: () => number) {
    this.#settings = settings;
    this.#sender = sender;
    this.#secrets = secrets;
    this.#nowMs = nowMs;
  }

  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome> {
    return attempt(async () => {
      const secrets: string[] = [];
      const url = await this.#address(secrets);
      const body = bodyOf(notification);
      const headers = await this.#headers(notification, body, secrets);
      const result = await this.#sender.post({ url, headers, body }, signal);
      return outcomeOf(result, { host: url.host, nowMs: this.#nowMs(), secrets });
    });
  }

  async #address(secrets: string[]): Promise<URL> {
    if (this.#secrets.url === undefined) return this.#settings.url ?? noAddress('there is no url');
    const text = await this.#secrets.url.readLine();
    const trouble = addressTrouble(text, false);
    if (trouble !== undefined) return noAddress(`${this.#secrets.url.path}: ${trouble}`);
    const url = new URL(text);
    secrets.push(...secretsOfAddress(text));
    return url;
  }

  async #headers(
    notification: Notification,
    body: string,
    secrets: string[],
  ): Promise<Readonly<Record<string, string>>> {
    const headers: Record<string, string> = {
      ...this.#settings.headers,
      'content-type': 'application/json',
      'idempotency-key': notification.id,
      'anchorwatch-event': notification.event,
    };
    const { signing, authorization, headers: more } = this.#secrets;
    Object.assign(headers, await authorization.headers(secrets));
    for (const [name, file] of more) secrets.push((headers[name] = await file.readLine()));
    if (signing !== undefined) {
      const keys = (await signing.read()).split(/\s+/u);
      secrets.push(...keys);
      headers['anchorwatch-signature'] = signatureOf(body, keys, this.#nowMs());
    }
    return headers;
  }
}

function noAddress(message: string): never {
  // Whoever replaces the file can mend it.
  throw new AnchorwatchError('receiver.address', message, { retryable: true });
}

/** `webhook` in the routes file. */
export const webhookKind: ReceiverKind = receiverKind(
  'webhook',
  webhookSettingsSchema,
  (settings, files, surroundings) => {
    const secrets: WebhookSecrets = {
      url: files.open(['urlFile'], settings.urlFile),
      signing: files.open(['secretFile'], settings.secretFile),
      authorization: new Authorization(settings, files),
      headers: new Map(
        Object.entries(settings.headerFiles).map(([name, file]) => [
          name.toLowerCase(),
          files.open(['headerFiles', name], file),
        ]),
      ),
    };
    return new WebhookReceiver(settings, senderFor(settings, surroundings, files), secrets, surroundings.nowMs);
  },
);
