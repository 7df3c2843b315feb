import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { checkListen, judgeRequest, parseListen } from './guard.ts';
import type { GuardReason, ListenAddress } from './guard.ts';
import { Problem, problemType } from './problem.ts';
import { addRoutes } from './routes.ts';
import type { RouteOptions } from './routes.ts';

/** Takes over a connection that asks to become a WebSocket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface ApiOptions extends RouteOptions {
  /** `HOST:PORT`; port 0 picks one. */
  readonly listen: string;
  /** Listen on an address that others can reach, although the API asks for no password. */
  readonly allowUnauthenticated: boolean;
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

  /** Throws `listen.invalid`, or `listen.unauthenticated` for an address that others can reach. */
  constructor(options: ApiOptions) {
    this.#options = options;
    this.#address = parseListen(options.listen);
    checkListen(this.#address, options.allowUnauthenticated);
    this.#app = fastify({
      bodyLimit: 65_536,
      forceCloseConnections: true,
      requestTimeout: 30_000,
      routerOptions: { maxParamLength: 2048 },
      // What is no HTTP at all never becomes a request.
      clientErrorHandler: (_error, socket) => {
        if (socket.writable) refuse(socket, new Problem(400, 'request.malformed', 'this is no HTTP request'));
        else socket.destroy();
      },
      frameworkErrors: (error, _request, reply) => {
        void send(reply, new Problem(400, 'request.invalid', error.message));
      },
    });
    this.#app.addHook('onRequest', (request, reply, done) => {
      void reply.headers(securityHeaders);
      const changes = request.method !== 'GET' && request.method !== 'HEAD';
      const { host, origin } = request.headers;
      const reason = judgeRequest({ host, origin }, this.#address, changes);
      done(reason === undefined ? undefined : guardProblem(reason));
    });
    this.#app.setErrorHandler((error, request, reply) => this.#failed(error, request.url, reply));
    this.#app.setNotFoundHandler((request, reply) => {
      if (request.method === 'GET' || request.method === 'HEAD')
        return send(reply, new Problem(404, 'path.unknown', `there is nothing at ${request.url}`));
      return send(
        reply.header('allow', 'GET, HEAD'),
        new Problem(405, 'method.unknown', `${request.method} is not possible at ${request.url}`),
      );
    });
    addRoutes(this.#app, options);
    this.#app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** Listens; answers the address as people write it, `http://127.0.0.1:7080`. Throws `listen.failed`. */
  async listen(): Promise<string> {
    const { host, port } = this.#address;
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
    return `http://${shown.includes(':') ? `[${shown}]` : shown}:${String(bound.port)}`;
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the WebSocket takes over, a reset of the connection would be an uncaught error.
    socket.on('error', () => socket.destroy());
    const path = /^[^?]*/u.exec(request.url ?? '')?.[0] ?? '';
    const handler = Object.hasOwn(this.#options.upgrades, path) ? this.#options.upgrades[path] : undefined;
    const reason = judgeRequest({ host: request.headers.host, origin: request.headers.origin }, this.#address, true);
    if (reason !== undefined) refuse(socket, guardProblem(reason));
    else if (handler === undefined)
      refuse(socket, new Problem(404, 'path.unknown', `there is no WebSocket at ${path}`));
    else handler(request, socket, head);
  }

  #failed(error: unknown, url: string, reply: FastifyReply): FastifyReply {
    if (error instanceof Problem) return send(reply, error);
    const status =
      error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    if (status < 500) return send(reply, new Problem(status, 'request.invalid', errorText(error)));
    this.#options.log.error({ err: error, url }, `a request failed: ${errorText(error)}`);
    const code = error instanceof AnchorwatchError ? error.code : 'internal';
    const retryable = error instanceof AnchorwatchError && error.retryable;
    // The cause names files of the server; it is for the log, not for whoever asks.
    return send(reply, new Problem(retryable ? 503 : 500, code, 'the collector failed to answer; its log says why'));
  }
}

function guardProblem(reason: GuardReason): Problem {
  return new Problem(reason === 'host.foreign' ? 421 : 403, reason, guardDetails[reason]);
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.document.status).type(problemType).send(JSON.stringify(problem.document));
}

function refuse(socket: Duplex, { document }: Problem): void {
  const body = JSON.stringify(document);
  socket.end(
    `HTTP/1.1 ${String(document.status)} ${document.title}\r\nContent-Type: ${problemType}\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
  );
}
