import { z } from 'zod';
import { checkPairs, httpShape } from '../http/settings.ts';
import type { HttpSettings } from '../http/settings.ts';
import { address, fileName } from '../settings.ts';

/** Settings of a Slack receiver, checked. */
export interface SlackSettings extends HttpSettings {
  readonly tokenFile?: string | undefined;
  readonly channel?: string | undefined;
  readonly webhookUrlFile?: string | undefined;
  readonly signingSecretFile?: string | undefined;
  readonly users: readonly string[];
  readonly apiUrl: URL;
}

/** Settings as they are written. */
export const slackSettingsSchema: z.ZodType<SlackSettings> = z
  .strictObject({
    tokenFile: fileName
      .describe(
        'File with a bot token (`xoxb-…`) that has the scope `chat:write`; with `channel`. This or `webhookUrlFile`.',
      )
      .optional(),
    channel: z
      .string()
      .regex(
        /^(?:[CGD][A-Z0-9]{2,20}|#?[\p{L}\p{N}_-]{1,80})$/u,
        'must be the id of a channel, such as C0123456789, or its name',
      )
      .describe("The channel's id (better, since names change) or name; the bot has to be a member of it.")
      .optional(),
    webhookUrlFile: fileName
      .describe('File with the address of an incoming webhook: no threads, and messages do not change.')
      .optional(),
    signingSecretFile: fileName
      .describe("File with the app's signing secret: messages have buttons, which call `POST /slack/actions`.")
      .optional(),
    users: z
      .array(z.string().regex(/^[UW][A-Z0-9]{2,20}$/u, "must be a user's id, such as U0123456789"))
      .max(1000)
      .describe('Ids of the users whose buttons count. Default: everybody who sees the message.')
      .default([]),
    apiUrl: address(false)
      .default(new URL('https://slack.com/api/'))
      .describe("Slack's Web API; another one for GovSlack. Default `https://slack.com/api/`."),
    ...httpShape,
  })
  .superRefine((settings, context) => {
    checkPairs(settings, context);
    const { tokenFile, webhookUrlFile, channel, users, signingSecretFile } = settings;
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((tokenFile === undefined) === (webhookUrlFile === undefined))
      refuse('tokenFile', 'one of tokenFile and webhookUrlFile is needed');
    if (tokenFile !== undefined && channel === undefined) refuse('channel', 'tokenFile needs channel');
    if (webhookUrlFile !== undefined && channel !== undefined)
      refuse('channel', 'the channel of an incoming webhook is chosen in Slack: channel goes with tokenFile');
    if (users.length > 0 && signingSecretFile === undefined) refuse('users', 'users needs signingSecretFile');
  });
