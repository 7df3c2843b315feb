import type { Dimension, Feature } from '../model/feature.ts';
import { isOwnDomain, siblingPattern } from './generalise.ts';

/** Siblings of one shape that make a pattern. */
const siblingsMin = 8;
/** Distinct ephemeral ports that make a pattern. */
const ephemeralMin = 3;
/** Networks of 256 private addresses, with a peer in each, that make one of 65,536. */
const subnetsMin = 4;
/** Networks with a peer in each that make every address a peer. */
const networksMany = 16;
/** First of the ports that Linux hands out by itself (net.ipv4.ip_local_port_range). */
export const ephemeralPort = 32_768;

/** Cloud metadata services: never one of many addresses. */
const apart = /^(?:169\.254\.|\[fd00:ec2:|\[fe80:)/;

/** `address:port/protocol` or `port/protocol` in parts; undefined for patterns and other keys. */
export function parsePeer(key: string): { address: string; port: number; protocol: string } | undefined {
  const match = /^(?:(.*):)?(\d+)\/(\w+)$/.exec(key);
  return match === null ? undefined : { address: match[1] ?? '', port: Number(match[2]), protocol: match[3] ?? '' };
}

/** `*.cdn.example.com` for `a1.cdn.example.com`; none below a domain that strangers share. A type of question stays. */
function domainPattern(key: string): string | undefined {
  const [name = '', ...type] = key.split(' ');
  const parent = name.slice(name.indexOf('.') + 1);
  return isOwnDomain(parent) ? [`*.${parent}`, ...type].join(' ') : undefined;
}

interface Candidate {
  readonly pattern: string;
  /** Siblings that it takes, or groups of siblings where there are groups. */
  readonly min: number;
  /** Which siblings count as one. */
  readonly group?: (key: string) => string;
}

/** Patterns that could stand for a feature, the narrowest first. */
function candidates({ dimension, key }: Feature): readonly Candidate[] {
  if (dimension === 'file.read' || dimension === 'file.write') {
    // Before the path of a change stands what was done: `unlink /tmp/a`.
    const at = Math.max(0, key.indexOf('/'));
    const path = siblingPattern(key.slice(at));
    const pattern = path === undefined ? undefined : `${key.slice(0, at)}${path}`;
    return pattern === undefined || pattern === key ? [] : [{ pattern, min: siblingsMin }];
  }
  if (dimension === 'dns') {
    const pattern = domainPattern(key);
    return pattern === undefined || pattern === key ? [] : [{ pattern, min: siblingsMin }];
  }
  const peer = dimension === 'net.out' || dimension === 'net.listen' ? parsePeer(key) : undefined;
  if (peer === undefined) return [];
  const { address, port, protocol } = peer;
  if (dimension === 'net.listen')
    return port >= ephemeralPort ? [{ pattern: `ephemeral/${protocol}`, min: ephemeralMin }] : [];
  if (address === '*' || apart.test(address)) return [];
  const ports = port < ephemeralPort ? [] : [{ pattern: `${address}:ephemeral/${protocol}`, min: siblingsMin }];
  return [...ports, ...networks(address, `:${port}/${protocol}`)].filter(({ pattern }) => pattern !== key);
}

/**
 * The networks that a peer lies in, the narrowest first: `10.1.2.0/24`, `10.1.0.0/16` (RFC 1918, 6598), `[fd12::/64]` (RFC 4193) or its domain.
 * Networks of the internet belong to nobody in particular: there it takes many peers, of as many networks, before any peer will do.
 */
function networks(address: string, port: string): readonly Candidate[] {
  const wide = (pattern: string): string => widest(parsePeer(pattern)?.address ?? '');
  const any = { pattern: `*${port}`, min: networksMany, group: wide };
  const v4 = /^(\d+)\.(\d+)\.\d+\.\d+(?:\/\d+)?$/.exec(address);
  if (v4 !== null) {
    if (!isPrivate(Number(v4[1]), Number(v4[2]))) return [any];
    return [
      ...(address.endsWith('/16') ? [] : [{ pattern: `${network24(address)}${port}`, min: siblingsMin }]),
      {
        pattern: `${v4[1]}.${v4[2]}.0.0/16${port}`,
        min: subnetsMin,
        group: (key: string) => network24(parsePeer(key)?.address ?? ''),
      },
      any,
    ];
  }
  if (address.startsWith('[')) {
    const network = network64(address);
    return /^\[f[cd]/.test(network) ? [{ pattern: `${network}${port}`, min: siblingsMin }, any] : [any];
  }
  const domain = domainPattern(address);
  return domain === undefined ? [any] : [{ pattern: `${domain}${port}`, min: siblingsMin }, any];
}

function isPrivate(first: number, second: number): boolean {
  if (first === 10) return true;
  if (first === 172) return second >= 16 && second < 32;
  return (first === 192 && second === 168) || (first === 100 && second >= 64 && second < 128);
}

/** `10.1.2.0/24` of an address or of that network itself. */
function network24(address: string): string {
  return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
}

/** `[fd12:0:0:7::/64]` of `[fd12::7:0:0:0:1]` or of that network itself. */
function network64(address: string): string {
  const [head = '', tail] = address
    .slice(1, -1)
    .replace(/\/\d+$/, '')
    .split('::');
  const [front, back] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  return `[${[...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4).join(':')}::/64]`;
}

/** What counts as one of many networks: the first half of an IPv4 address, the /64 of an IPv6 one, the parent of a name. */
function widest(address: string): string {
  const v4 = /^\d+\.\d+(?=\.\d+\.\d+(?:\/\d+)?$)/.exec(address);
  if (v4 !== null) return v4[0];
  if (address.startsWith('[')) return network64(address);
  return domainPattern(address) ?? address;
}

/** Whether the key stands for many. Names cannot look like patterns: `typedPath` and `typedDomain` escape what patterns hold. */
export function isPattern({ dimension, key }: Feature): boolean {
  if (dimension === 'net.listen') return key.startsWith('ephemeral/');
  if (dimension === 'net.out') return /[*]|:ephemeral\/|\/(?:16|24|64)\]?:/.test(key);
  return key.includes('*');
}

/** Numbers for keys, by whoever holds the features. */
interface SiblingNames {
  /** The same for the same feature as long as it is told of. */
  number(feature: Feature): number;
  key(number: number): string;
}

/** A pattern that stands for siblings. */
export interface Pattern extends Feature {
  /** How often it was asked for. */
  hits: number;
}

/**
 * Collapses siblings of one shape to a pattern once there are enough of them. The outcome does not depend on the order in which they came.
 * Bounded by the profile: it holds numbers of known features only.
 */
export class FanOut {
  readonly #names: SiblingNames;
  /** By pattern; a single sibling without a list. */
  readonly #siblings: Map<string, number | number[]> = new Map();
  readonly #patterns: Map<string, Pattern> = new Map();
  /** Another one after patterns came or went. */
  version = 0;

  constructor(names: SiblingNames = new KeyNumbers()) {
    this.#names = names;
  }

  /** Tells of a known feature, pattern or not. */
  add(feature: Feature): void {
    const own = candidates(feature);
    if (isPattern(feature)) {
      const { dimension, key } = feature;
      if (!this.#patterns.has(`${dimension} ${key}`)) this.#isPattern(dimension, key);
    }
    if (own.length === 0) return;
    const number = this.#names.number(feature);
    for (const { pattern } of own) this.#addSibling(`${feature.dimension} ${pattern}`, number);
  }

  /** The pattern that covers the feature, if there is one already. Counts as a hit of the pattern. */
  patternOf(feature: Feature): Feature | undefined {
    const pattern = this.covering(feature);
    if (pattern !== undefined) pattern.hits++;
    return pattern;
  }

  /** The feature, pattern or not, was forgotten. */
  remove(feature: Feature): void {
    if (this.#patterns.delete(`${feature.dimension} ${feature.key}`)) this.version++;
    const own = candidates(feature);
    if (own.length === 0) return;
    const number = this.#names.number(feature);
    for (const { pattern } of own) this.#removeSibling(`${feature.dimension} ${pattern}`, number);
  }

  /** The pattern that covers the feature, without counting it as a hit. */
  covering(feature: Feature): Pattern | undefined {
    if (this.#patterns.size === 0) return undefined;
    for (const { pattern } of candidates(feature)) {
      const found = this.#patterns.get(`${feature.dimension} ${pattern}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** After `add`: the pattern that became due with this feature, and the keys that it replaces. */
  collapse(feature: Feature): { readonly pattern: string; readonly members: readonly string[] } | undefined {
    const { dimension } = feature;
    for (const { pattern, min, group } of candidates(feature)) {
      const id = `${dimension} ${pattern}`;
      const siblings = this.#siblings.get(id);
      if (typeof siblings !== 'object' || siblings.length < min) continue;
      const members = siblings.map((number) => this.#names.key(number));
      if (group !== undefined && new Set(members.map(group)).size < min) continue;
      this.#siblings.delete(id);
      for (const [index, key] of members.entries())
        for (const other of candidates({ dimension, key }))
          this.#removeSibling(`${dimension} ${other.pattern}`, siblings[index] ?? -1);
      this.#isPattern(dimension, pattern);
      return { pattern, members };
    }
    return undefined;
  }

  #isPattern(dimension: Dimension, key: string): void {
    this.#patterns.set(`${dimension} ${key}`, { dimension, key, hits: 0 });
    this.version++;
  }

  #addSibling(id: string, number: number): void {
    const siblings = this.#siblings.get(id);
    if (siblings === undefined) this.#siblings.set(id, number);
    else if (typeof siblings === 'object') {
      if (!siblings.includes(number)) siblings.push(number);
    } else if (siblings !== number) this.#siblings.set(id, [siblings, number]);
  }

  #removeSibling(id: string, number: number): void {
    const siblings = this.#siblings.get(id);
    if (typeof siblings !== 'object') {
      if (siblings === number) this.#siblings.delete(id);
      return;
    }
    const at = siblings.indexOf(number);
    if (at >= 0) siblings.splice(at, 1);
    if (siblings.length === 0) this.#siblings.delete(id);
  }
}

/** Numbers for keys, for who has none. */
class KeyNumbers implements SiblingNames {
  readonly #numbers: Map<string, number> = new Map();
  readonly #keys: string[] = [];

  number({ key }: Feature): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#keys.push(key) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  key(number: number): string {
    return this.#keys[number] ?? '';
  }
}
