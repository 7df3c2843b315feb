import type { ReceiverKind } from '../../src/model/notification.ts';
import { alertmanagerKind } from '../../src/notify/alertmanager/alertmanager.ts';
import { pagerdutyKind } from '../../src/notify/pagerduty/pagerduty.ts';
import { slackKind } from '../../src/notify/slack/slack.ts';
import { webhookKind } from '../../src/notify/webhook/webhook.ts';
import type { StandInAnswer } from './stand-in-http.ts';

/** A receiver that speaks HTTP, as the conformance suite sets it up. */
export interface HttpReceiver {
  readonly name: string;
  readonly kind: ReceiverKind;
  readonly settings: (url: string) => Readonly<Record<string, unknown>>;
  /** Contents of the secret files, by name. */
  readonly secrets: (url: string) => Readonly<Record<string, string>>;
  /** What must never be told; the first is what is sent. */
  readonly hidden: readonly string[];
  readonly accepted: StandInAnswer;
  /** True where the answer's body says whether it was taken. */
  readonly readsBody?: true;
  /** Where the settings name the first secret file. */
  readonly path: readonly string[];
}

/** Each of them, and each way of sending that it has. */
export const httpReceivers: readonly HttpReceiver[] = [
  {
    name: 'slack with a token',
    kind: slackKind,
    settings: (url) => ({ tokenFile: 'first', channel: 'C0123456789', apiUrl: `${url}/api/` }),
    secrets: () => ({ first: 'hidden-bot-token-1' }),
    hidden: ['hidden-bot-token-1'],
    accepted: { status: 200, body: JSON.stringify({ ok: true, channel: 'C0123456789', ts: '1700000000.000100' }) },
    readsBody: true,
    path: ['tokenFile'],
  },
  {
    name: 'slack with a webhook',
    kind: slackKind,
    settings: () => ({ webhookUrlFile: 'first' }),
    secrets: (url) => ({ first: `${url}/services/T0/B0/hiddenpath1` }),
    hidden: ['hiddenpath1'],
    accepted: { status: 200, body: 'ok' },
    path: ['webhookUrlFile'],
  },
  {
    name: 'pagerduty',
    kind: pagerdutyKind,
    settings: (url) => ({ routingKeyFile: 'first', url: `${url}/v2/enqueue` }),
    secrets: () => ({ first: 'hiddenroutingkeyhiddenroutingkey' }),
    hidden: ['hiddenroutingkeyhiddenroutingkey'],
    accepted: { status: 202, body: JSON.stringify({ status: 'success' }) },
    path: ['routingKeyFile'],
  },
  {
    name: 'alertmanager',
    kind: alertmanagerKind,
    settings: (url) => ({ urls: [url], basicAuth: { username: 'watch', passwordFile: 'first' } }),
    secrets: () => ({ first: 'hidden-password-1' }),
    hidden: ['hidden-password-1', Buffer.from('watch:hidden-password-1').toString('base64')],
    accepted: { status: 200 },
    path: ['basicAuth', 'passwordFile'],
  },
  {
    name: 'webhook',
    kind: webhookKind,
    settings: (url) => ({
      ...{ url: `${url}/hook`, bearerTokenFile: 'first', secretFile: 'second' },
      headerFiles: { 'X-Key': 'third' },
    }),
    secrets: () => ({ first: 'hidden-bearer-1', second: 'hidden-signing-1', third: 'hidden-header-1' }),
    hidden: ['hidden-bearer-1', 'hidden-signing-1', 'hidden-header-1'],
    accepted: { status: 204 },
    path: ['bearerTokenFile'],
  },
];
