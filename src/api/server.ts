import type { IncomingMessage, RequestListener, Server, ServerOptions } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { createServer } from '../lib/node-http.ts';
import type { Principal } from '../model/access.ts';
import { unknownParameter } from './query.ts';
import { keepTrail } from './audit-trail.ts';
import { addEntityTags } from './entity-tags.ts';
import { Authentication, permit, shownBy } from './authentication.ts';
import type { Gatekeeper } from './authentication.ts';
import { checkListen, isLoopback, judgeRequest, parseListen } from './guard.ts';
import type { GuardReason, ListenAddress } from './guard.ts';
import { Problem, problemType } from './problem.ts';
import { accessOf } from './route-access.ts';
import type { RouteAccess } from './route-access.ts';
import { addRoutes } from './routes.ts';
import type { RouteOptions } from './routes.ts';
import { Tls } from './tls.ts';
import type { TlsFiles } from './tls.ts';
import { unrouted } from './unrouted.ts';
import { Visitors } from './visitors.ts';

/** Takes over a connection that asks to become a WebSocket, of somebody who was let in. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, principal: Principal) => void;

export interface ApiOptions extends RouteOptions {
  /** `HOST:PORT`; port 0 picks one. */
  readonly listen: string;
  /** Nobody has to say who they are, on whatever address. */
  readonly allowUnauthenticated: boolean;
  /** Metrics are for everyone. */
  readonly metricsOpen: boolean;
  readonly gatekeeper: Gatekeeper;
  /** Requests of one client: so many at once, and so many a second from then on. */
  readonly requests?: { readonly most: number; readonly perSecond: number } | undefined;
  /** True when there is or was a token of people. */
  readonly configured: () => Promise<boolean>;
  /** Without it the collector speaks plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  /** The certificate, PEM, at the start and whenever it is another one. */
  readonly certificateChanged?: (cert: string) => void;
  /** A client asked too often. */
  readonly limited?: () => void;
  /** A WebSocket was not let in. */
  readonly turnedAway?: (path: string, address: string, reason: string) => void;
  readonly log: Logger;
  /** WebSocket endpoints by path. */
  readonly upgrades: Readonly<Record<string, UpgradeHandler>>;
}

const guardDetails: Readonly<Record<GuardReason, string>> = {
  'host.foreign': 'the Host header does not name this machine, and the collector listens on loopback only',
  'origin.foreign': 'the page that asks is not from this collector',
};

// The API answers data and one page without scripts; nothing needs to be loaded, embedded or kept.
const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The collector's HTTP server: REST, metrics, and the door to the WebSockets. */
export class ApiServer {
  readonly #app: FastifyInstance;
  readonly #options: ApiOptions;
  readonly #address: ListenAddress;
  readonly #authentication: Authentication;
  readonly #visitors: Visitors;
  readonly #tls: Tls | undefined;

  /** Throws `listen.invalid`, and `tls.files` as `Tls` does. */
  constructor(options: ApiOptions) {
    this.#options = options;
    const { gatekeeper, configured, allowUnauthenticated, metricsOpen, clock, log } = options;
    this.#address = parseListen(options.listen);
    const loopback = isLoopback(this.#address.host);
    this.#authentication = new Authentication({
      ...{ gatekeeper, configured, loopback, allowUnauthenticated, metricsOpen, clock },
      limited: options.limited ?? ignore,
      ...(options.requests === undefined ? {} : { requests: options.requests }),
    });
    this.#visitors = new Visitors((principal) => this.#authentication.stands(principal), log);
    const events = {
      certificate: options.certificateChanged ?? ignore,
      clientCaChanged: () => this.#visitors.endCertificates(),
    };
    this.#tls = options.tls === undefined ? undefined : new Tls(options.tls, log, events);
    this.#app = fastify({
      bodyLimit: 65_536,
      forceCloseConnections: true,
      serverFactory: (handler) => this.#server(handler),
      routerOptions: { maxParamLength: 2048 },
      // What is no HTTP at all never becomes a request.
      clientErrorHandler: (error, socket) => {
        if (socket.writable) refuse(socket, unreadable(error));
        else socket.destroy();
      },
      frameworkErrors: (error, _request, reply) => {
        void send(reply, new Problem(400, 'request.invalid', error.message));
      },
    });
    this.#app.decorateRequest('principal', null as unknown as Principal);
    // A route that nobody said who may have it is a mistake of the program: it does not start.
    this.#app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat())
        if (accessOf(one, url) === undefined) throw new Error(`${one} ${url} is missing in src/api/route-access.ts`);
    });
    this.#app.addHook('onRequest', (request, reply, done) => {
      void reply.headers(securityHeaders);
      if (this.#tls !== undefined && !loopback) void reply.header('strict-transport-security', 'max-age=31536000');
      const changes = request.method !== 'GET' && request.method !== 'HEAD';
      const { host, origin } = request.headers;
      const reason = judgeRequest({ host, origin }, this.#address, changes);
      done(reason === undefined ? undefined : guardProblem(reason));
    });
    this.#app.addHook('onRequest', async (request) => {
      const { url } = request.routeOptions;
      const access = url === undefined ? undefined : accessOf(request.method, url);
      if (url === undefined || access === undefined) {
        this.#authentication.countStranger(request.ip);
        return;
      }
      const route = `${request.method === 'HEAD' ? 'GET' : request.method} ${url}`;
      request.principal = await this.#authentication.admit(route, access, shownBy(request.raw));
      permit(request.principal, access);
      const [parameter] = Object.keys(request.query ?? {});
      if (access.query !== true && parameter !== undefined) throw unknownParameter(parameter, []);
    });
    addEntityTags(this.#app);
    keepTrail(this.#app, options.audit, { clock, log });
    this.#app.setErrorHandler((error, request, reply) => this.#failed(error, request.url, reply));
    this.#app.setNotFoundHandler((request, reply) => {
      const problem = unrouted(request.method, request.url);
      if (request.method === 'OPTIONS' && problem.document.status === 405)
        return reply.code(204).headers(problem.headers).send();
      return send(reply, problem);
    });
    addRoutes(this.#app, options);
    this.#app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /**
   * Listens; answers the address as people write it, `http://127.0.0.1:7080`. Throws `listen.failed`, and `listen.unauthenticated` for an
   * address that others can reach while nothing says who they are.
   */
  async listen(): Promise<string> {
    const { host, port } = this.#address;
    const { allowUnauthenticated, configured, tls, log } = this.#options;
    const authenticated = tls?.clientCaFile !== undefined || (await configured());
    checkListen(this.#address, allowUnauthenticated || authenticated);
    if (!isLoopback(host) && tls === undefined)
      log.warn({ listen: this.#options.listen }, 'tokens and alerts travel unencrypted: see --tls-cert and --tls-key');
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw new AnchorwatchError('listen.failed', `cannot listen on ${this.#options.listen}: ${errorText(error)}`, {
        cause: error,
        retryable: true,
      });
    }
    // A server that listens on TCP has such an address.
    const bound = this.#app.server.address() as AddressInfo;
    const shown = bound.address === '0.0.0.0' || bound.address === '::' ? '127.0.0.1' : bound.address;
    const scheme = tls === undefined ? 'http' : 'https';
    return `${scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${String(bound.port)}`;
  }

  /** Reads the certificate's files again. */
  reload(): void {
    this.#tls?.reload();
  }

  /** When the certificate ends, seconds since the epoch; undefined without TLS. */
  get certificateEndsSeconds(): number | undefined {
    return this.#tls?.endsSeconds;
  }

  /** Looks now whether everybody who is connected still may be. */
  async review(): Promise<void> {
    await this.#visitors.review();
  }

  async stop(): Promise<void> {
    this.#tls?.stop();
    this.#visitors.stop();
    await this.#app.close();
  }

  #server(handler: RequestListener): Server | TlsServer {
    const server: Server | TlsServer = this.#tls?.server(timeouts, handler) ?? createServer(timeouts, handler);
    server.maxConnections = connectionsMax;
    // A handshake or request that breaks is the client's own affair.
    server.on('tlsClientError', (_error, socket: Duplex) => socket.destroy());
    return server;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the WebSocket takes over, a reset of the connection would be an uncaught error.
    socket.on('error', () => socket.destroy());
    const path = /^[^?]*/u.exec(request.url ?? '')?.[0] ?? '';
    const handler = Object.hasOwn(this.#options.upgrades, path) ? this.#options.upgrades[path] : undefined;
    const access = accessOf('WS', path);
    const reason = judgeRequest({ host: request.headers.host, origin: request.headers.origin }, this.#address, true);
    if (reason !== undefined) refuse(socket, guardProblem(reason));
    else if (handler === undefined || access === undefined)
      refuse(socket, new Problem(404, 'path.unknown', `there is no WebSocket at ${path}`));
    else
      void this.#visit(request, socket, {
        path,
        access,
        admitted: (principal) => handler(request, socket, head, principal),
      });
  }

  /** Finds out who asks for a WebSocket, and lets them in or turns them away; never rejects. */
  async #visit(
    request: IncomingMessage,
    socket: Duplex,
    {
      path,
      access,
      admitted,
    }: { readonly path: string; readonly access: RouteAccess; admitted: (who: Principal) => void },
  ): Promise<void> {
    const shown = shownBy(request);
    try {
      const principal = await this.#authentication.admit(`WS ${path}`, access, shown);
      permit(principal, access);
      if (socket.destroyed) return;
      this.#visitors.add(socket, principal);
      admitted(principal);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(503, 'internal', 'the collector failed to answer');
      if (problem !== error) this.#options.log.error({ err: error, path }, 'a WebSocket could not be let in');
      this.#options.turnedAway?.(path, shown.address, problem.document.detail);
      refuse(socket, problem);
    }
  }

  #failed(error: unknown, url: string, reply: FastifyReply): FastifyReply {
    if (error instanceof Problem) return send(reply, error);
    const status =
      error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status < 500) return send(reply, new Problem(status, codes.get(status) ?? 'request.invalid', errorText(error)));
    this.#options.log.error({ err: error, url }, `a request failed: ${errorText(error)}`);
    const code = error instanceof AnchorwatchError ? error.code : 'internal';
    const retryable = error instanceof AnchorwatchError && error.retryable;
    // The cause names files of the server; it is for the log, not for whoever asks.
    const detail = passing.get(code) ?? 'the collector failed to answer; its log says why';
    return send(reply, new Problem(retryable ? 503 : 500, code, detail));
  }
}

/** What passes by itself, in words that name no file of the server. */
const passing: ReadonlyMap<string, string> = new Map([
  ['store.thread', 'a thread of the store ended and is being started again: try again in a moment'],
  ['store.full', 'the store has no space left on its disk'],
  ['store.busy', 'another process holds the file of the store: try again in a moment'],
]);

/** What Node's reader of HTTP refuses. */
function unreadable({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem(431, 'request.size', 'the address and the header fields are longer than 16 KiB');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem(408, 'request.timeout', 'the request did not come to an end');
  return new Problem(400, 'request.malformed', 'this is no HTTP request');
}

function ignore(): void {
  // Nobody wants to know.
}

/** Room for ten thousand agents, and for clients; who comes then is not answered. */
const connectionsMax = 16_384;
const timeouts: ServerOptions = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 72_000 };

/** Codes of what fastify refuses by itself. */
const codes: ReadonlyMap<number, string> = new Map([
  [413, 'body.size'],
  [415, 'body.type'],
]);

function guardProblem(reason: GuardReason): Problem {
  return new Problem(reason === 'host.foreign' ? 421 : 403, reason, guardDetails[reason]);
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.document.status)
    .headers(problem.headers)
    .type(problemType)
    .send(JSON.stringify(problem.document));
}

function refuse(socket: Duplex, { document, headers }: Problem): void {
  const body = JSON.stringify(document);
  // A client that does not close its side would keep the connection.
  socket.once('finish', () => socket.destroy());
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${String(document.status)} ${document.title}\r\n${fields.join('')}Content-Type: ${problemType}\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
  );
}
