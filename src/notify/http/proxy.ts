import { BlockList, isIP } from 'node:net';
import { isLoopbackAddress } from '../../lib/address.ts';

/** The proxy for a request; undefined: none. */
export type ProxyChoice = URL | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which proxy the environment asks for: `HTTPS_PROXY` or `HTTP_PROXY` by the scheme (also in lower case), but not for what `NO_PROXY` names, and
 * never for this machine. Throws TypeError where the variable is no address. Pure.
 */
export function proxyOfEnvironment(url: URL, environment: Environment): ProxyChoice {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = environment[name] ?? environment[name.toLowerCase()] ?? '';
  if (value === '') return undefined;
  const host = bareHost(url);
  if (host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host)) return undefined;
  const except = environment['NO_PROXY'] ?? environment['no_proxy'] ?? '';
  if (except.split(/[\s,]+/u).some((entry) => entry !== '' && excludes(entry.toLowerCase(), host, portOf(url))))
    return undefined;
  const proxy = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(proxy)) throw new TypeError(`${name} is no address`);
  return new URL(proxy);
}

/** Without brackets, in lower case. */
export function bareHost(url: URL): string {
  return url.hostname.replaceAll(/^\[|\]$/gu, '').toLowerCase();
}

/** The port of an address, that of its scheme where it names none. Pure. */
export function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}

/** `*`, a name (and all below it), an address, a network, each with or without a port: as curl and Go read it. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const network = /^(.+)\/(\d{1,3})$/u.exec(entry);
  if (network?.[1] !== undefined) return isIP(host) !== 0 && inNetwork(host, network[1], Number(network[2]));
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/u.exec(entry);
  const name = (withPort?.[1] ?? withPort?.[2] ?? entry).replaceAll(/^\[|\]$/gu, '');
  if (withPort?.[3] !== undefined && withPort[3] !== port) return false;
  const bare = name.replace(/^\*?\./u, '');
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

function inNetwork(host: string, address: string, prefix: number): boolean {
  const family = isIP(address);
  if (family === 0 || family !== isIP(host) || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, prefix, type);
  return list.check(host, type);
}
