import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateCandidates } from '../config/state-directory.ts';
import { readClientTls } from '../lib/client-tls.ts';
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

/** A listening address that can be connected to: the wildcard addresses stand for this machine. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** The address that a running collector wrote down in its state directory, and the directory. */
function addressInState(state: string | undefined): { readonly url: string; readonly directory: string } | undefined {
  for (const directory of stateCandidates(state)) {
    try {
      const url = readFileSync(join(directory, 'listen'), 'utf8').trim();
      if (/^https?:\/\/[^\s/]+$/.test(url)) return { url, directory };
    } catch {
      // Not there: the next one.
    }
  }
  return undefined;
}

/**
 * The collector to ask: `--collector`, else `--listen` when it was given, else what DIR/listen says, else the default of `--listen`.
 * Throws AnchorwatchError `token-file` and `tls.files` for files that cannot be used.
 */
export function collectorAddress({
  settings,
  sources,
  surroundings,
}: Pick<Invocation, 'settings' | 'sources' | 'surroundings'>): Peer {
  const { caFile, collector } = settings;
  const token = apiToken({ settings, sources, surroundings });
  if (collector !== undefined) return new Peer(collector.replace(/^ws/, 'http'), token, readClientTls({ caFile }));
  const local = sources.listen === 'default' ? addressInState(settings.state) : undefined;
  const listen = /^https?:/.test(settings.listen) ? settings.listen : `http://${settings.listen}`;
  const pinnedFile = local === undefined ? undefined : join(local.directory, 'listen.pem');
  const pinned =
    caFile === undefined && pinnedFile !== undefined && existsSync(pinnedFile) ? { pinnedFile } : { caFile };
  return new Peer(reachable(local?.url ?? listen), token, readClientTls(pinned));
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
