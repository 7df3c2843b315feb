import { z } from 'zod';
import type { SecretFile } from '../secret-file.ts';
import { fileName } from '../settings.ts';
import type { SecretFiles } from '../settings.ts';

/** A user, and a file with the password. */
export interface BasicAuth {
  readonly username: string;
  readonly passwordFile: string;
}

/** How a receiver is told who asks: by one of these, or not at all. */
export interface AuthorizationSettings {
  readonly bearerTokenFile?: string | undefined;
  readonly basicAuth?: BasicAuth | undefined;
}

const basicAuthSchema: z.ZodType<BasicAuth> = z.strictObject({
  username: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^\p{Cc}:]+$/u, 'must have neither a colon nor control characters')
    .describe('User.'),
  passwordFile: fileName.describe("File with the user's password."),
});

/** The part of a schema that makes `AuthorizationSettings`. */
export const authorizationShape: {
  readonly [Key in keyof Required<AuthorizationSettings>]: z.ZodType<AuthorizationSettings[Key]>;
} = {
  bearerTokenFile: fileName.describe('File with a token for `Authorization: Bearer`.').optional(),
  basicAuth: basicAuthSchema.describe('User and file with a password for `Authorization: Basic`.').optional(),
};

/** The header for the settings, from the files as they are then. */
export class Authorization {
  readonly #token: SecretFile | undefined;
  readonly #password: SecretFile | undefined;
  readonly #username: string;

  constructor({ bearerTokenFile, basicAuth }: AuthorizationSettings, files: SecretFiles) {
    this.#token = files.open(['bearerTokenFile'], bearerTokenFile);
    this.#password = files.open(['basicAuth', 'passwordFile'], basicAuth?.passwordFile);
    this.#username = basicAuth?.username ?? '';
  }

  /** Empty where there is nothing to show. What is secret of it is added to `secrets`. Throws as `SecretFile` does. */
  async headers(secrets: string[]): Promise<Readonly<Record<string, string>>> {
    if (this.#token !== undefined) {
      const token = await this.#token.readLine();
      secrets.push(token);
      return { authorization: `Bearer ${token}` };
    }
    if (this.#password === undefined) return {};
    const password = await this.#password.readLine();
    const both = `${this.#username}:${password}`;
    const shown = Buffer.from(both).toString('base64');
    secrets.push(both, password, shown);
    return { authorization: `Basic ${shown}` };
  }
}
