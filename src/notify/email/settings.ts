import { z } from 'zod';
import { duration, fileName } from '../settings.ts';

/** Settings of an e-mail receiver, checked. */
export interface EmailSettings {
  readonly host: string;
  readonly port?: number | undefined;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly heloName?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly timeout: number;
}

/** Plain addresses: what else RFC 5322 allows, quotes and comments, nobody's mail has and headers are broken with. */
const mailbox: z.ZodType<string, string> = z
  .string()
  .max(254)
  .regex(
    /^[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/u,
    'must be an address such as name@example.com',
  );
const hostName: z.ZodType<string, string> = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+$/u, 'must be a name or address of a machine');

/** Settings as they are written. */
export const emailSettingsSchema: z.ZodType<EmailSettings> = z
  .strictObject({
    host: hostName.describe('The mail server that takes mail from here.'),
    port: z.int().min(1).max(65_535).describe('Default by `security`: 587, 465, 25.').optional(),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .describe(
        '`starttls`: nothing is sent before the connection is encrypted; `tls`: from the first byte; `none`: in the clear, for servers on this machine. Default `starttls`.',
      )
      .default('starttls'),
    username: z.string().min(1).max(256).describe('Who logs in; with `passwordFile`.').optional(),
    passwordFile: fileName.describe("File with the user's password.").optional(),
    from: mailbox.describe('Sender.'),
    to: z.array(mailbox).min(1).max(50).describe('Recipients.'),
    heloName: hostName.describe("Name that this machine says it has. Default: the machine's own.").optional(),
    caFile: fileName
      .describe('PEM file: who vouches for the server, instead of those that the system trusts.')
      .optional(),
    certFile: fileName.describe('PEM file: certificate to show to the server; with `keyFile`.').optional(),
    keyFile: fileName.describe("PEM file: the certificate's key.").optional(),
    timeout: duration(1000, 300_000).default(30_000).describe('How long one attempt may take. Default `30s`.'),
  })
  .superRefine(({ username, passwordFile, certFile, keyFile, security, host }, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((username === undefined) !== (passwordFile === undefined))
      refuse(username === undefined ? 'passwordFile' : 'username', 'username and passwordFile go together');
    if ((certFile === undefined) !== (keyFile === undefined)) refuse('certFile', 'certFile and keyFile go together');
    if (security === 'none' && passwordFile !== undefined && !/^(?:localhost|127\.[\d.]+|::1)$/u.test(host))
      refuse('security', 'a password is sent only where the connection is encrypted: starttls or tls');
  });
