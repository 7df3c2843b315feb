import { z } from 'zod';
import { authorizationShape } from '../http/authorization.ts';
import type { AuthorizationSettings } from '../http/authorization.ts';
import { checkPairs, httpShape } from '../http/settings.ts';
import type { HttpSettings } from '../http/settings.ts';
import { address, fileName } from '../settings.ts';

/** Settings of a webhook, checked. */
export interface WebhookSettings extends HttpSettings, AuthorizationSettings {
  readonly url?: URL | undefined;
  readonly urlFile?: string | undefined;
  readonly secretFile?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly headerFiles: Readonly<Record<string, string>>;
}

/** Headers that say how the message travels, or that we set ourselves. */
const reserved = new Set([
  ...['host', 'connection', 'content-length', 'content-type', 'transfer-encoding', 'te', 'trailer', 'upgrade'],
  ...['keep-alive', 'proxy-authorization', 'expect', 'idempotency-key', 'anchorwatch-signature', 'anchorwatch-event'],
]);
const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,128}$/u, 'is no name of a header')
  .refine((name) => !reserved.has(name.toLowerCase()), 'this header is set by the receiver itself');

/** Settings as they are written. */
export const webhookSettingsSchema: z.ZodType<WebhookSettings> = z
  .strictObject({
    url: address(true).describe('Where to post to. This or `urlFile`.').optional(),
    urlFile: fileName.describe('File with the address, where a part of it is secret.').optional(),
    secretFile: fileName
      .describe(
        'File with the secret of the signature; two, with white space between, while one takes the place of the other.',
      )
      .optional(),
    ...authorizationShape,
    headers: z
      .record(
        headerName,
        z
          .string()
          .max(4096)
          .regex(/^[\u0020-\u007e]*$/u, 'must be one line of plain characters'),
      )
      .describe('Further headers. Nothing secret: that stands in `headerFiles`.')
      .default({}),
    headerFiles: z.record(headerName, fileName).describe('Further headers by files with their values.').default({}),
    ...httpShape,
  })
  .superRefine((settings, context) => {
    checkPairs(settings, context);
    const { url, urlFile, bearerTokenFile, basicAuth, headers, headerFiles } = settings;
    if ((url === undefined) === (urlFile === undefined))
      context.addIssue({ code: 'custom', path: ['url'], message: 'one of url and urlFile is needed' });
    const authorizations = [
      ...[bearerTokenFile, basicAuth].filter((one) => one !== undefined),
      ...Object.keys({ ...headers, ...headerFiles }).filter((name) => name.toLowerCase() === 'authorization'),
    ];
    if (authorizations.length > 1)
      context.addIssue({ code: 'custom', path: ['bearerTokenFile'], message: 'there can be one Authorization only' });
  });
