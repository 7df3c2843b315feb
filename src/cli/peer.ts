import type { ClientTls } from '../lib/client-tls.ts';
import { createLogger } from '../lib/log.ts';
import type { Invocation } from './command.ts';
import { readToken } from './token.ts';

/** The collector that a command asks: where it is, how the way there is secured, and what is shown to it. */
export class Peer {
  /** Base URL, http or https. */
  readonly url: string;
  /** API token; undefined: none. */
  readonly token: string | undefined;
  readonly tls: ClientTls;

  constructor(url: string, token: string | undefined, tls: ClientTls) {
    this.url = url;
    this.token = token;
    this.tls = tls;
  }

  /** The URL: for messages. */
  toString(): string {
    return this.url;
  }

  /** Header fields that say who asks. */
  get headers(): Readonly<Record<string, string>> {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }
}

/** True for plain HTTP to another machine. */
export function travelsInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return /^(?:http|ws):$/.test(protocol) && !/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

/** The token that is shown to the API: of `--token-file`, else ANCHORWATCH_TOKEN, else the file that the environment or `--config` names. */
export function apiToken({
  settings,
  sources,
  surroundings,
}: Pick<Invocation, 'settings' | 'sources' | 'surroundings'>): string | undefined {
  const fromEnvironment = surroundings.env['ANCHORWATCH_TOKEN']?.trim();
  if (sources.tokenFile !== 'flag' && fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return settings.tokenFile === undefined
    ? undefined
    : readToken(settings.tokenFile, createLogger({ level: 'silent' }));
}
