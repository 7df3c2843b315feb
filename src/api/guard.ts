import { isIP } from 'node:net';
import { AnchorwatchError } from '../lib/errors.ts';

/** Where to listen. */
export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (loopback). Throws `listen.invalid`. */
export function parseListen(listen: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/u.exec(listen);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2] ?? '';
  if (match === null || port > 65_535)
    throw new AnchorwatchError(
      'listen.invalid',
      `the address to listen on must look like 127.0.0.1:7080, not ${listen}`,
    );
  return { host: host === '' ? '127.0.0.1' : host, port };
}

/** True for names and addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/gu, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Throws `listen.unauthenticated` when the address is reachable from elsewhere and nothing says who asks. */
export function checkListen(address: ListenAddress, safe: boolean): void {
  if (safe || isLoopback(address.host)) return;
  throw new AnchorwatchError(
    'listen.unauthenticated',
    `refusing to listen on ${address.host}: anyone who reaches it could read every alert. Make a token first ("anchorwatch token create ` +
      '--role admin NAME" with the same --state), or listen on 127.0.0.1, or, on a private network only, say --allow-unauthenticated',
  );
}

/** What decides whether a request may come in. */
export interface RequestOrigin {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

export type GuardReason = 'host.foreign' | 'origin.foreign';

/**
 * On loopback, a request must name this machine in `Host`: a web page whose name was pointed at 127.0.0.1 (DNS rebinding) names its
 * own. Neither WebSockets nor simple POST requests are kept by the same-origin policy of browsers: where `sameOrigin` is asked for, an `Origin`,
 * which only they send, must be `Host` itself.
 */
export function judgeRequest(
  request: RequestOrigin,
  listen: ListenAddress,
  sameOrigin: boolean,
): GuardReason | undefined {
  const { host, origin } = request;
  if (isLoopback(listen.host)) {
    const name = hostName(host);
    if (name === undefined || !(isLoopback(name) || name === listen.host.toLowerCase())) return 'host.foreign';
  }
  if (!sameOrigin || origin === undefined) return undefined;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase() ? undefined : 'origin.foreign';
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined || !/^[\w.:[\]-]+$/u.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname;
}
