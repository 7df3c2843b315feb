import type { Event, KernelKey } from '../model/event.ts';
import { ephemeralPort } from './fan-out.ts';
import {
  changeOf,
  directoryKey,
  foldedKey,
  isFoldable,
  isUnfoldable,
  isVolatile,
  typedDomain,
  typedPath,
} from './generalise.ts';
import type { Profile } from './profile.ts';
import { featuresOf } from './features.ts';

/** Sightings of a pattern outside the volatile directories before the kernel may recognise the whole directory. */
const directoryHitsMin = 64;
/** What a server runs when asked for it: one file more there always matters. */
const served = /\/(?:www|htdocs|html|webapps|public|public_html|cgi-bin|wwwroot|uploads?)\//;

/**
 * Kernel keys for the patterns that cover an event which has just been learned or recognised, so that the kernel need not tell of its siblings.
 * `wasKnown`: the profile knew the feature already, only the kernel did not: proof that the exact key is not enough.
 */
export function kernelPatterns(event: Event, profile: Profile, wasKnown: boolean): readonly KernelKey[] {
  if (event.kind === 'connect') {
    const feature = featuresOf(event)[0];
    // Port 80 is where metadata services answer: there every address counts.
    if (feature === undefined || !wasKnown || event.port === 80 || event.port >= ephemeralPort) return [];
    // The kernel knows a port for every address, and no networks.
    return profile.covering(feature)?.pattern === `*:${event.port}/${event.protocol}`
      ? [{ kind: 'net.out.port', protocol: event.protocol, port: event.port }]
      : [];
  }
  if (event.kind === 'dns') {
    const feature = featuresOf(event)[0];
    if (feature === undefined || !wasKnown || (profile.covering(feature)?.hits ?? 0) === 0) return [];
    return [{ kind: 'dns.parent', name: event.name.slice(event.name.indexOf('.') + 1), type: event.type }];
  }
  if (event.kind !== 'file' && event.kind !== 'change') return [];
  // Of what was refused the kernel knows no patterns.
  if (event.kind === 'file' && event.error !== undefined) return [];
  const feature = featuresOf(event)[0];
  if (feature === undefined) return [];
  const keys: KernelKey[] = [];
  const of = event.kind === 'file' ? event.access : changeOf(event);
  if (isFoldable(event.path) && (wasKnown || event.path.startsWith('/proc/'))) keys.push(foldedKey(of, event.path));
  const hits = isUnfoldable(feature.key) ? profile.sightings(feature) : (profile.covering(feature)?.hits ?? 0);
  if (hits > 0 && (isVolatile(event.path) || (hits >= directoryHitsMin && !served.test(event.path))))
    keys.push(directoryKey(of, event.path));
  return keys;
}

/**
 * False for events whose kernel key names an instance that will hardly come again (`/tmp/tmp.aB3dEf9xQ2`): remembering each would fill the
 * profile with what recognises nothing.
 */
export function isWorthRemembering(event: Event): boolean {
  if (event.kind === 'dns') return !isUnfoldable(typedDomain(event.name));
  return (event.kind !== 'file' && event.kind !== 'change') || !isUnfoldable(typedPath(event.path));
}
