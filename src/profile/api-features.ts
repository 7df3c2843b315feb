import { clientName, isRefused, targetOf } from '../model/api-request.ts';
import type { ApiRequest } from '../model/api-request.ts';
import type { Feature } from '../model/feature.ts';
import { network } from '../lib/address.ts';

/** A feature of a request, and which question it answers: what, from where, by which program, for whom, how often in vain. */
export interface ApiFeature extends Feature {
  readonly level: 'action' | 'peer' | 'program' | 'pair' | 'burst';
}

/** So many refusals of one user within a minute are a feature of their own. */
export const refusalsMany = 10;
const keyMax = 512;

/**
 * What a request to the Kubernetes API says about its user: what is asked of which resource in which namespace (refused requests apart),
 * from which network, by which program, on whose behalf, and whether many were refused lately. Pure.
 * @param refusedLately requests of the user that were refused within a minute, this one included
 */
export function apiFeaturesOf(request: ApiRequest, refusedLately: number): readonly ApiFeature[] {
  const { address, userAgent, impersonated } = request;
  const features: ApiFeature[] = [feature('action', actionKey(request))];
  if (address !== '') features.push(feature('peer', `from ${networkOf(address)}`));
  features.push(feature('program', `by ${clientName(userAgent)}`));
  if (impersonated !== '') features.push(feature('pair', `as ${impersonated}`));
  if (isRefused(request) && refusedLately >= refusalsMany) features.push(feature('burst', 'many refused requests'));
  return features;
}

/** `list secrets in shop`, `get nodes`, `refused create pods/exec in shop`, `get /healthz`. */
function actionKey(request: ApiRequest): string {
  const { verb, resource, namespace } = request;
  const target = resource === '' ? pathKey(request.path) : targetOf(request);
  return `${isRefused(request) ? 'refused ' : ''}${verb} ${target}${namespace === '' ? '' : ` in ${namespace}`}`;
}

/** Clients choose parts of it: what cannot be stored as it is would be new after each restart. */
function feature(level: ApiFeature['level'], key: string): ApiFeature {
  const text = key
    .slice(0, keyMax)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f]/gu, '?');
  return { dimension: 'api', key: text, level };
}

/** Discovery asks for a path of each group and version; of other paths the first two parts say what they are. */
function pathKey(path: string): string {
  const parts = path.split('/').slice(1);
  const [first = ''] = parts;
  if (/^(?:apis?|openapi)$/u.test(first)) return `/${first}`;
  return parts.length > 2 ? `/${first}/${parts[1] ?? ''}/*` : path;
}

/**
 * The network that stands for a client's address: pods and nodes of private networks come and go within 65,536 addresses, clients on the
 * internet within 256, of IPv6 within 64 bits.
 */
export function networkOf(address: string): string {
  const bare = network(address);
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.\d+$/u.exec(bare);
  if (v4 === null) return bare.includes(':') && !bare.includes('::') ? `${bare}::/64` : bare;
  const [, first = '', second = '', third = ''] = v4;
  if (first === '127') return 'loopback';
  const [a, b] = [Number(first), Number(second)];
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128);
  return isPrivate ? `${first}.${second}.0.0/16` : `${first}.${second}.${third}.0/24`;
}
