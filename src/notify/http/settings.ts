import { resolve } from 'node:path';
import type { z } from 'zod';
import type { ReceiverSurroundings } from '../../model/notification.ts';
import { address, duration, fileName } from '../settings.ts';
import type { SecretFiles } from '../settings.ts';
import { HttpSender } from './sender.ts';

/** What every receiver that speaks HTTP can be told. */
export interface HttpSettings {
  readonly timeout: number;
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly proxyUrl?: URL | undefined;
  readonly proxyCredentialsFile?: string | undefined;
}

/** The part of a schema that makes `HttpSettings`. */
export const httpShape: {
  readonly [Key in keyof Required<HttpSettings>]: z.ZodType<HttpSettings[Key]>;
} = {
  timeout: duration(100, 120_000).default(10_000).describe('How long one attempt may take. Default `10s`.'),
  caFile: fileName
    .describe('PEM file: who vouches for the other side, instead of those that the system trusts.')
    .optional(),
  certFile: fileName.describe('PEM file: certificate to show to the other side; with `keyFile`.').optional(),
  keyFile: fileName.describe("PEM file: the certificate's key.").optional(),
  proxyUrl: address(true)
    .describe('Proxy for this receiver. Without it `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment say.')
    .optional(),
  proxyCredentialsFile: fileName.describe('File with `USER:PASSWORD` for the proxy; with `proxyUrl`.').optional(),
};

/** What cannot be said of the members one by one. */
export function checkPairs(
  settings: HttpSettings,
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  const { certFile, keyFile, proxyUrl, proxyCredentialsFile } = settings;
  const need = (there: unknown, path: string, message: string): void => {
    if (there !== undefined) context.addIssue({ code: 'custom', path: [path], message });
  };
  if (keyFile === undefined) need(certFile, 'certFile', 'certFile needs keyFile');
  if (certFile === undefined) need(keyFile, 'keyFile', 'keyFile needs certFile');
  if (proxyUrl === undefined) need(proxyCredentialsFile, 'proxyCredentialsFile', 'proxyCredentialsFile needs proxyUrl');
}

/** A sender for the settings. Files that cannot be read now are problems among `files`. */
export function senderFor(settings: HttpSettings, surroundings: ReceiverSurroundings, files: SecretFiles): HttpSender {
  const at = (path: 'caFile' | 'certFile' | 'keyFile'): string | undefined => {
    const name = settings[path];
    if (name === undefined) return undefined;
    files.look([path], name, path === 'keyFile');
    return resolve(surroundings.directory, name);
  };
  return new HttpSender({
    timeoutMs: settings.timeout,
    tls: { caFile: at('caFile'), certFile: at('certFile'), keyFile: at('keyFile') },
    proxyUrl: settings.proxyUrl,
    proxyCredentials: files.open(['proxyCredentialsFile'], settings.proxyCredentialsFile),
  });
}
