import { AnchorwatchError } from '../../lib/errors.ts';
import type { Notification, Receiver, ReceiverKind, SendOutcome } from '../../model/notification.ts';
import { attempt } from '../attempt.ts';
import { outcomeOf } from '../http/outcome.ts';
import type { HttpSender } from '../http/sender.ts';
import { senderFor } from '../http/settings.ts';
import { secretsOfAddress } from '../scrub.ts';
import type { SecretFile } from '../secret-file.ts';
import { receiverKind } from '../receiver-kind.ts';
import { addressTrouble } from '../settings.ts';
import type { SlackSigner } from './actions.ts';
import { readAnswer } from './answer.ts';
import type { SlackAnswer } from './answer.ts';
import { messageOf, replyOf } from './message.ts';
import type { SlackMessage } from './message.ts';
import { slackSettingsSchema } from './settings.ts';
import type { SlackSettings } from './settings.ts';

interface Call {
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The first message cannot be changed, and its thread goes on. */
const unchangeable: ReadonlySet<string> = new Set(['cant_update_message', 'edit_window_closed', 'is_inactive']);
/** Slack does not like how the message looks. */
const refusedBlocks: ReadonlySet<string> = new Set([
  ...['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long'],
  ...['invalid_attachments', 'too_many_attachments', 'block_mismatch'],
]);
/** Nobody mentions anybody, and no link of an alert is fetched by Slack. */
const careful = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false } as const;

/**
 * A Slack channel. With a bot token a group is one message, which changes as the group does, with a thread for what follows; the reference is
 * `CHANNEL:TS`. With an incoming webhook each notification is a message of its own.
 */
class SlackReceiver implements Receiver {
  /** Who signs what the buttons of its messages send; undefined: they have none. */
  readonly signer: SlackSigner | undefined;
  readonly #settings: SlackSettings;
  readonly #sender: HttpSender;
  readonly #secret: SecretFile;
  readonly #nowMs: () => number;

  /** @param secret The token's file, or that of the webhook's address. */
  constructor(
    settings: SlackSettings,
    sender: HttpSender,
    secret: SecretFile,
    more: Pick<SlackReceiver, 'signer'> & { nowMs: () => number },
  ) {
    this.#settings = settings;
    this.#sender = sender;
    this.#secret = secret;
    this.signer = more.signer;
    this.#nowMs = more.nowMs;
  }

  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome> {
    return attempt(async () => {
      const secret = await this.#secret.readLine();
      return this.#settings.channel === undefined
        ? await this.#postToWebhook(notification, secret, signal)
        : await this.#tell(notification, this.#settings.channel, { token: secret, signal });
    });
  }

  async #postToWebhook(notification: Notification, address: string, signal: AbortSignal): Promise<SendOutcome> {
    const trouble = addressTrouble(address, false);
    if (trouble !== undefined)
      throw new AnchorwatchError('receiver.address', `${this.#secret.path}: ${trouble}`, { retryable: true });
    const url = new URL(address);
    const body = JSON.stringify(messageOf(notification, this.signer !== undefined));
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const context = { host: url.host, nowMs: this.#nowMs(), secrets: secretsOfAddress(address) };
    const result = await this.#sender.post({ url, headers, body }, signal);
    const refused = result.kind === 'answer' && result.status === 400 ? result.text.trim() : '';
    if (!refusedBlocks.has(refused)) return outcomeOf(result, context);
    const plain = JSON.stringify({ text: messageOf(notification, false).text });
    const again = outcomeOf(await this.#sender.post({ url, headers, body: plain }, signal), context);
    return again.outcome === 'sent' ? { ...again, note: noteOf(refused) } : again;
  }

  /** The change of the first message goes first: made twice it is the same, while what stands twice in a thread stands there twice. */
  async #tell(notification: Notification, channel: string, call: Call): Promise<SendOutcome> {
    const message = messageOf(notification, this.signer !== undefined);
    const first = /^([A-Z0-9]{1,32}):(\d{1,16}\.\d{1,16})$/u.exec(notification.reference ?? '');
    const [, home, ts] = first ?? [];
    if (home === undefined || ts === undefined) return await this.#begin(channel, message, call);
    const changed = await this.#say('chat.update', { channel: home, ts }, message, call);
    if (!changed.ok) {
      if (changed.error === 'message_not_found') return await this.#begin(channel, message, call);
      if (!unchangeable.has(changed.error)) return changed.outcome;
    }
    if (notification.event === 'trigger') return sentAs(changed, `${home}:${ts}`);
    const place = { channel: home, thread_ts: ts, ...careful };
    const said = await this.#say('chat.postMessage', place, replyOf(notification), call);
    return said.ok ? sentAs(said, `${home}:${ts}`) : said.outcome;
  }

  async #begin(channel: string, message: SlackMessage, call: Call): Promise<SendOutcome> {
    const posted = await this.#say('chat.postMessage', { channel, ...careful }, message, call);
    if (!posted.ok) return posted.outcome;
    const known = posted.channel !== '' && posted.ts !== '';
    return sentAs(posted, known ? `${posted.channel}:${posted.ts}` : undefined);
  }

  /** What is not taken as it should look is said in plain text: better that than not at all. */
  async #say(
    method: string,
    place: Readonly<Record<string, unknown>>,
    message: SlackMessage,
    call: Call,
  ): Promise<SlackAnswer & { readonly note?: string }> {
    const answer = await this.#call(method, { ...place, ...message }, call);
    if (answer.ok || !refusedBlocks.has(answer.error)) return answer;
    const plain = await this.#call(method, { ...place, text: message.text, blocks: [], attachments: [] }, call);
    return plain.ok ? { ...plain, note: noteOf(answer.error) } : answer;
  }

  async #call(method: string, body: Readonly<Record<string, unknown>>, { token, signal }: Call): Promise<SlackAnswer> {
    const base = this.#settings.apiUrl;
    const url = new URL(`${base.pathname.replace(/\/*$/u, '/')}${method}`, base);
    const headers = { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` };
    const result = await this.#sender.post({ url, headers, body: JSON.stringify(body) }, signal);
    return readAnswer(result, { host: url.host, nowMs: this.#nowMs(), secrets: [token] });
  }
}

function noteOf(error: string): string {
  return `Slack did not take the blocks (${error}): only the title was sent`;
}

function sentAs({ note }: { readonly note?: string }, reference: string | undefined): SendOutcome {
  return {
    outcome: 'sent',
    ...(reference === undefined ? {} : { reference }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Who may sign actions, among receivers of all kinds. */
export function slackSigners(receivers: readonly Receiver[]): readonly SlackSigner[] {
  return receivers.flatMap((one) => (one instanceof SlackReceiver && one.signer !== undefined ? [one.signer] : []));
}

/** `slack` in the routes file. */
export const slackKind: ReceiverKind = receiverKind('slack', slackSettingsSchema, (settings, files, surroundings) => {
  const { tokenFile, webhookUrlFile, signingSecretFile, users } = settings;
  const secret = files.open(['tokenFile'], tokenFile) ?? files.open(['webhookUrlFile'], webhookUrlFile);
  const signing = files.open(['signingSecretFile'], signingSecretFile);
  const sender = senderFor(settings, surroundings, files);
  if (secret === undefined) return undefined;
  const signer = signing === undefined ? undefined : { secret: signing, users };
  return new SlackReceiver(settings, sender, secret, { signer, nowMs: surroundings.nowMs });
});
