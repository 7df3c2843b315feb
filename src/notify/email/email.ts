import { resolve } from 'node:path';
import type { NodemailerError } from 'nodemailer';
import { readClientTls } from '../../lib/client-tls.ts';
import type { ClientTlsFiles } from '../../lib/client-tls.ts';
import { errorText } from '../../lib/errors.ts';
import type { Notification, Receiver, ReceiverKind, SendOutcome } from '../../model/notification.ts';
import { attempt } from '../attempt.ts';
import { excerpt } from '../scrub.ts';
import type { SecretFile } from '../secret-file.ts';
import { receiverKind } from '../receiver-kind.ts';
import { mailOf } from './mail.ts';
import { emailSettingsSchema } from './settings.ts';
import type { EmailSettings } from './settings.ts';

const ports = { starttls: 587, tls: 465, none: 25 } as const;

/**
 * A mail for each notification, over a connection of its own. A mail server's 4xx, and no answer: try again; its 5xx: it would say so again (RFC
 * 5321 section 4.2.1). Where one recipient is refused and another is not, it is sent, with a note.
 */
class EmailReceiver implements Receiver {
  readonly #settings: EmailSettings;
  readonly #tls: ClientTlsFiles;
  readonly #password: SecretFile | undefined;

  constructor(settings: EmailSettings, tls: ClientTlsFiles, password: SecretFile | undefined) {
    this.#settings = settings;
    this.#tls = tls;
    this.#password = password;
  }

  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome> {
    return attempt(async () => {
      const { timeout, host } = this.#settings;
      const password = await this.#password?.read();
      const ending = new AbortController();
      const timer = setTimeout(() => ending.abort(), timeout);
      const both = AbortSignal.any([signal, ending.signal]);
      const secrets = password === undefined ? [] : [password];
      try {
        return await this.#deliver(notification, password, both);
      } catch (error) {
        if (signal.aborted) return { outcome: 'retry', reason: `stopped before ${host} answered` };
        if (ending.signal.aborted)
          return { outcome: 'retry', reason: `no answer from ${host} within ${String(timeout)} ms` };
        return outcomeOfError(error, host, secrets);
      } finally {
        clearTimeout(timer);
      }
    });
  }

  async #deliver(notification: Notification, password: string | undefined, signal: AbortSignal): Promise<SendOutcome> {
    const { host, port, security, username, from, to, heloName, timeout } = this.#settings;
    // Only who sends mail pays for what makes it.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host,
      port: port ?? ports[security],
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: readClientTls(this.#tls),
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      dnsTimeout: timeout,
      maxResponseSize: 65_536,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(heloName === undefined ? {} : { name: heloName }),
      ...(username === undefined || password === undefined ? {} : { auth: { user: username, pass: password } }),
    });
    try {
      const domain = from.slice(from.lastIndexOf('@') + 1);
      const mail = mailOf(notification, domain);
      const sent = await transport.sendMail({ ...mail, from, to: [...to], signal });
      const refused = sent.rejected.length;
      const reference = { reference: mail.references };
      if (refused === 0) return { outcome: 'sent', ...reference };
      return {
        outcome: 'sent',
        ...reference,
        note: `${host} refused ${String(refused)} of ${String(to.length)} recipients`,
      };
    } finally {
      transport.close();
    }
  }
}

/** What a failed delivery means. Pure. */
function outcomeOfError(error: unknown, host: string, secrets: readonly string[]): SendOutcome {
  const { responseCode, code, response } = (error ?? {}) as Partial<NodemailerError>;
  // A STARTTLS that is refused may have been refused by somebody in between.
  if (code !== 'ETLS' && typeof responseCode === 'number' && responseCode > 0) {
    const said = excerpt(response ?? '', secrets);
    const reason = `${host} answered ${said === '' ? String(responseCode) : said}`;
    return { outcome: responseCode >= 500 ? 'failed' : 'retry', reason };
  }
  const reason = excerpt(`cannot deliver to ${host}: ${errorText(error)} (${code ?? 'unknown'})`, secrets);
  // What the server cannot do at all it will not be able to do later: a log-in that it does not offer.
  return { outcome: code === 'EAUTH' || code === 'ECONFIG' || code === 'EMESSAGE' ? 'failed' : 'retry', reason };
}

/** `email` in the routes file. */
export const emailKind: ReceiverKind = receiverKind('email', emailSettingsSchema, (settings, files, surroundings) => {
  const at = (path: 'caFile' | 'certFile' | 'keyFile'): string | undefined => {
    const name = settings[path];
    if (name === undefined) return undefined;
    files.look([path], name, path === 'keyFile');
    return resolve(surroundings.directory, name);
  };
  const tls = { caFile: at('caFile'), certFile: at('certFile'), keyFile: at('keyFile') };
  return new EmailReceiver(settings, tls, files.open(['passwordFile'], settings.passwordFile));
});
