import type { Feature } from '../model/feature.ts';
import { siblingPattern } from './generalise.ts';

/** Siblings of one shape that make a pattern. */
export const siblingsMin = 8;
/** Distinct ephemeral ports that make a pattern. */
const ephemeralMin = 3;
/** First of the ports that Linux hands out by itself (net.ipv4.ip_local_port_range). */
export const ephemeralPort = 32_768;

/** Cloud metadata services: never one of many addresses. */
const apart = /^(?:169\.254\.|\[fd00:ec2:|\[fe80:)/;

/** `address:port/protocol` or `port/protocol` in parts; undefined for patterns and other keys. */
export function parsePeer(key: string): { address: string; port: number; protocol: string } | undefined {
  const match = /^(?:(.*):)?(\d+)\/(\w+)$/.exec(key);
  return match === null ? undefined : { address: match[1] ?? '', port: Number(match[2]), protocol: match[3] ?? '' };
}

/** `*.cdn.example.com` for `a1.cdn.example.com`; none for what is directly below a top-level domain. A type of question stays. */
export function domainPattern(key: string): string | undefined {
  const [name = '', ...type] = key.split(' ');
  const parent = name.slice(name.indexOf('.') + 1);
  return parent.includes('.') ? [`*.${parent}`, ...type].join(' ') : undefined;
}

/** Patterns that could stand for a feature, the narrowest first, with how many siblings each needs. */
function candidates({ dimension, key }: Feature): readonly { readonly pattern: string; readonly min: number }[] {
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
  const anyAddress = { pattern: `*:${port}/${protocol}`, min: siblingsMin };
  if (port < ephemeralPort) return [anyAddress];
  return [{ pattern: `${address}:ephemeral/${protocol}`, min: siblingsMin }, anyAddress];
}

/**
 * Collapses siblings of one shape to a pattern once there are enough of them. The outcome does not depend on the order in which they came.
 * Bounded by the profile: it holds keys of known features only.
 */
export class FanOut {
  readonly #siblings: Map<string, Set<string>> = new Map();
  readonly #patterns: Map<string, number> = new Map();

  /** Tells of a known feature, pattern or not. */
  add(feature: Feature): void {
    const own = candidates(feature);
    if (feature.key.includes('*') || feature.key.includes('ephemeral')) {
      const id = `${feature.dimension} ${feature.key}`;
      if (!this.#patterns.has(id)) this.#patterns.set(id, 0);
      if (own.length === 0) return;
    }
    for (const { pattern } of own) {
      const id = `${feature.dimension} ${pattern}`;
      const siblings = this.#siblings.get(id);
      if (siblings === undefined) this.#siblings.set(id, new Set([feature.key]));
      else siblings.add(feature.key);
    }
  }

  /** The pattern that covers the feature, if there is one already. Counts as a hit of the pattern. */
  patternOf(feature: Feature): Feature | undefined {
    for (const { pattern } of candidates(feature)) {
      const id = `${feature.dimension} ${pattern}`;
      const hits = this.#patterns.get(id);
      if (hits === undefined) continue;
      this.#patterns.set(id, hits + 1);
      return { dimension: feature.dimension, key: pattern };
    }
    return undefined;
  }

  /** How often a pattern was asked for; 0 for a feature without one. */
  hits(feature: Feature): number {
    for (const { pattern } of candidates(feature)) {
      const hits = this.#patterns.get(`${feature.dimension} ${pattern}`);
      if (hits !== undefined) return hits;
    }
    return 0;
  }

  /** After `add`: the pattern that became due with this feature, and the keys that it replaces. */
  collapse(feature: Feature): { readonly pattern: string; readonly members: readonly string[] } | undefined {
    for (const { pattern, min } of candidates(feature)) {
      const id = `${feature.dimension} ${pattern}`;
      const members = this.#siblings.get(id);
      if (members === undefined || members.size < min) continue;
      this.#siblings.delete(id);
      for (const key of members)
        for (const other of candidates({ dimension: feature.dimension, key }))
          this.#siblings.get(`${feature.dimension} ${other.pattern}`)?.delete(key);
      this.#patterns.set(id, 0);
      return { pattern, members: [...members] };
    }
    return undefined;
  }
}
