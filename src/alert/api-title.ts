import { clientName, isRefused, targetOf } from '../model/api-request.ts';
import type { ApiRequest } from '../model/api-request.ts';
import { maskText } from '../lib/mask.ts';
import { printable } from './assemble.ts';

const deeds: Readonly<Record<string, string>> = {
  get: 'read',
  list: 'listed',
  watch: 'watched',
  create: 'created',
  update: 'changed',
  patch: 'changed',
  delete: 'deleted',
  deletecollection: 'deleted all',
};
/** What is asked of these is no change of an object. */
const sessions: Readonly<Record<string, string>> = {
  exec: 'executed a command in',
  attach: 'attached to',
  portforward: 'forwarded a port of',
  proxy: 'reached through the API',
  token: 'took a token of',
};

/** "system:serviceaccount:shop:web listed secrets in kube-system, refused (kubectl from 10.0.0.9)": who did what where, in one line. Pure. */
export function titleOfRequest(request: ApiRequest): string {
  const { user, impersonated, namespace, name, address, userAgent } = request;
  const who = impersonated === '' ? user : `${user} as ${impersonated}`;
  const what = `${who} ${deedOf(request)}${name === '' ? '' : ` ${name}`}${namespace === '' ? '' : ` in ${namespace}`}`;
  const from = address === '' ? '' : ` from ${address}`;
  return `${printable(maskText(what), 280)}${isRefused(request) ? ', refused' : ''} ${printable(`(${clientName(userAgent)}${from})`, 80)}`;
}

function deedOf(request: ApiRequest): string {
  const { verb, resource, subresource, path } = request;
  if (resource === '') return `asked for ${path}`;
  const session = sessions[subresource];
  if (session !== undefined) return `${session} ${resource}`;
  return `${deeds[verb] ?? `did ${verb} of`} ${targetOf(request)}`;
}
