import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { network } from '../lib/address.ts';
import { Allowances } from '../lib/allowance.ts';
import type { Clock } from '../lib/clock.ts';
import { includesRole } from '../model/access.ts';
import type { Principal, Role } from '../model/access.ts';
import { Problem } from './problem.ts';
import type { RouteAccess } from './route-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null before it is known, which no route ever sees. */
    principal: Principal;
  }
}

/** What a client shows of itself. */
export interface Shown {
  readonly token: string | undefined;
  readonly certificate: { readonly name: string; readonly untilMs: number } | undefined;
  readonly address: string;
}

type Refused = 'missing' | 'unknown' | 'certificate' | 'limited' | 'busy';

/** Says who a client is by what it shows. */
export interface Gatekeeper {
  admit(
    shown: Shown,
  ): Promise<{ readonly principal: Principal } | { readonly denial: Refused; readonly waitMs: number }>;
  admitAgent: Gatekeeper['admit'];
  /** False once what was shown is not accepted any more. */
  stands(principal: Principal): Promise<boolean>;
}

export interface AuthenticationOptions {
  readonly gatekeeper: Gatekeeper;
  /** True when there is or was a token of people. */
  readonly configured: () => Promise<boolean>;
  /** Only this machine reaches the collector: without tokens nobody has to say who they are. */
  readonly loopback: boolean;
  /** Nobody has to say who they are, tokens or not. */
  readonly allowUnauthenticated: boolean;
  /** Metrics are for everyone. */
  readonly metricsOpen: boolean;
  readonly clock: Clock;
  /** A client asked too often. */
  readonly limited: () => void;
  /** Requests of one client: so many at once, and so many a second from then on. Default 2000, 200. */
  readonly requests?: { readonly most: number; readonly perSecond: number };
}

const anyone: Principal = { name: '', role: 'admin', kind: 'anyone' };
/** Clients whose requests are counted at once. */
const clientsMax = 8192;

const refusals: Readonly<Record<Exclude<Refused, 'limited' | 'busy'>, string>> = {
  missing: 'say who asks: Authorization: Bearer TOKEN, with a token of "anchorwatch token create"',
  unknown: 'the token is not known here, was revoked, or has expired',
  certificate: 'agents show a certificate of the client CA to this collector; the name in it is the name of the node',
};

/** Decides about each request: who asks, whether they may, and whether they ask too often. */
export class Authentication {
  readonly #options: AuthenticationOptions;
  readonly #requests: Allowances;
  /** Once true it stays: what was made once is not unmade. */
  #configured = false;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
    const { most, perSecond } = options.requests ?? { most: 2000, perSecond: 200 };
    this.#requests = new Allowances(perSecond, most, clientsMax);
  }

  /** Who asks for the route; whether they may, `permit` says. Throws a Problem with status 401 or 429. */
  async admit(route: string, access: RouteAccess, shown: Shown): Promise<Principal> {
    const { gatekeeper, metricsOpen } = this.#options;
    const agent = access.needs === 'agent';
    if (access.needs === 'nothing' || (route === 'GET /metrics' && metricsOpen)) {
      this.#count(network(shown.address));
      return anyone;
    }
    const open = access.always !== true && (await this.#isOpen());
    if (open && shown.token === undefined) {
      this.#count(network(shown.address));
      return anyone;
    }
    const admission = await (agent ? gatekeeper.admitAgent(shown) : gatekeeper.admit(shown));
    if ('denial' in admission) {
      this.#count(network(shown.address));
      throw refusal(admission.denial, admission.waitMs);
    }
    const { principal } = admission;
    // Agents are bounded by what they send, not by how often they come back.
    if (!agent) this.#count(principal.token ?? network(shown.address));
    return open ? { ...principal, role: 'admin' } : principal;
  }

  /** Counts a request for what there is not. Throws a Problem with status 429. */
  countStranger(address: string): void {
    this.#count(network(address));
  }

  /** False once somebody who was let in must go. */
  stands(principal: Principal): Promise<boolean> {
    return this.#options.gatekeeper.stands(principal);
  }

  /** True while nobody has to say who they are. */
  async #isOpen(): Promise<boolean> {
    const { allowUnauthenticated, loopback, configured } = this.#options;
    if (allowUnauthenticated || !loopback) return allowUnauthenticated;
    this.#configured ||= await configured();
    return !this.#configured;
  }

  #count(client: string): void {
    const waitMs = this.#requests.take(client, this.#options.clock.monotonicMs());
    if (waitMs === 0) return;
    this.#options.limited();
    throw tooMany('too many requests from this client', waitMs);
  }
}

/** Throws a 403 problem unless who asks may have the route. */
export function permit(principal: Principal, { needs, agentsToo }: RouteAccess): void {
  if (agentsToo === true && principal.role === 'agent') return;
  if (needs !== 'nothing' && !includesRole(principal.role, needs)) throw missingRole(principal, needs);
}

/** Throws a 403 problem unless who asks has the role; for what a body asks for beyond its route. */
export function requireRole({ principal }: Pick<FastifyRequest, 'principal'>, needed: Role): void {
  if (!includesRole(principal.role, needed)) throw missingRole(principal, needed);
}

/** Who decides, as it is written down: the token's name; where nobody has to say who they are, whom they claim to be, or their address. */
export function nameOf({ principal, ip }: Pick<FastifyRequest, 'principal' | 'ip'>, claimed?: string): string {
  return principal.kind === 'anyone' ? (claimed ?? ip) : principal.name;
}

/** Where browsers put the token: they cannot set header fields of a WebSocket. It is offered beside `anchorwatch.feed`, which is what is chosen. */
const bearerProtocol = 'anchorwatch.bearer.';

/** What a request shows. The token that a WebSocket's subprotocols carry is taken out of them, so that it is not chosen and sent back. */
export function shownBy(request: IncomingMessage): Shown {
  const address = request.socket.remoteAddress ?? '';
  const match = /^bearer +(\S+) *$/iu.exec(request.headers.authorization ?? '');
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const carrier = offered.find((name) => name.startsWith(bearerProtocol));
  if (carrier !== undefined) {
    const others = offered.filter((name) => !name.startsWith(bearerProtocol));
    if (others.length > 0) request.headers['sec-websocket-protocol'] = others.join(', ');
    else delete request.headers['sec-websocket-protocol'];
  }
  const token = match?.[1] ?? carrier?.slice(bearerProtocol.length);
  return { token, certificate: certificateOf(request), address };
}

/** The name in a certificate that the client CA vouches for: its common name, or its one DNS name. */
function certificateOf({ socket }: IncomingMessage): Shown['certificate'] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, subjectaltname = '', valid_to: validTo } = socket.getPeerCertificate();
  const alternatives = subjectaltname.split(', ').flatMap((name) => /^DNS:([^"]+)$/u.exec(name)?.[1] ?? []);
  const common: unknown = subject?.CN;
  const name = typeof common === 'string' ? common : alternatives.length === 1 ? alternatives[0] : undefined;
  const untilMs = Date.parse(validTo);
  return name === undefined || name === '' || Number.isNaN(untilMs) ? undefined : { name, untilMs };
}

function refusal(denial: Refused, waitMs: number): Problem {
  if (denial === 'limited') return tooMany('too many wrong tokens came from there', waitMs);
  if (denial === 'busy') return tooMany('too many tokens wait to be checked', waitMs);
  const error = denial === 'unknown' ? ', error="invalid_token"' : '';
  return new Problem(401, 'unauthorized', refusals[denial], undefined, {
    'www-authenticate': `Bearer realm="anchorwatch"${error}`,
  });
}

function missingRole({ name, role }: Principal, needed: Role): Problem {
  return new Problem(
    403,
    'role.missing',
    `this needs the role ${needed}, and ${name} has the role ${role}`,
    undefined,
    {
      'www-authenticate': 'Bearer realm="anchorwatch", error="insufficient_scope"',
    },
  );
}

function tooMany(detail: string, waitMs: number): Problem {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  return new Problem(429, 'rate.limited', `${detail}: try again in ${seconds} s`, undefined, {
    'retry-after': seconds,
  });
}
