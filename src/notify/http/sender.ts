import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { readClientTls } from '../../lib/client-tls.ts';
import type { ClientTls, ClientTlsFiles } from '../../lib/client-tls.ts';
import { request as plainRequest } from '../../lib/node-http.ts';
import type { SecretFile } from '../secret-file.ts';
import { bareHost, portOf, proxyOfEnvironment } from './proxy.ts';

export interface HttpOptions {
  /** One attempt, from the look-up of the name to the end of the answer. */
  readonly timeoutMs: number;
  readonly tls: ClientTlsFiles;
  /** For everything that is sent; without it the environment says (`proxyOfEnvironment`). */
  readonly proxyUrl?: URL | undefined;
  /** `USER:PASSWORD` for that proxy. */
  readonly proxyCredentials?: SecretFile | undefined;
}

export interface HttpMessage {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of a request. */
export type HttpResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: IncomingMessage['headers'];
      /** At most `answerBytesMax` of it. */
      readonly text: string;
      /** False when it was larger, broke off, or did not end in time: the status stands all the same. */
      readonly complete: boolean;
      /** What a proxy was shown, and may have answered back. */
      readonly shown: readonly string[];
    }
  | {
      /** There is no answer, or no whole one. */
      readonly kind: 'failure';
      readonly reason: string;
      /** False where only another configuration helps. */
      readonly retryable: boolean;
    };

/** No more of an answer is read: 64 KiB. */
const answerBytesMax = 65_536;

/**
 * Posts to receivers. Each attempt has a connection of its own: there are few, certificates are read anew for each, and none dies of a
 * connection that was closed meanwhile. Redirects are answers like others; nothing follows them.
 */
export class HttpSender {
  readonly #options: HttpOptions;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(options: HttpOptions, environment: Readonly<Record<string, string | undefined>> = process.env) {
    this.#options = options;
    this.#environment = environment;
  }

  /** Never takes longer than the options allow, ends with the signal. Rejects with AnchorwatchError `secret.file` and `tls.files`. */
  async post(message: HttpMessage, signal: AbortSignal): Promise<HttpResult> {
    const { timeoutMs, tls: files, proxyCredentials } = this.#options;
    const host = message.url.host;
    const proxy = this.#proxyFor(message.url);
    if (proxy === 'unusable') return failure('HTTP_PROXY or HTTPS_PROXY is no address', false);
    const tls = readClientTls(files);
    const credentials = proxyCredentials === undefined ? undefined : await proxyCredentials.readLine();
    const route: Route = { tls, proxy, proxyHeaders: proxyHeaders(proxy, credentials) };
    const ending = new AbortController();
    const ended = (): void => ending.abort();
    const timer = setTimeout(ended, timeoutMs);
    signal.addEventListener('abort', ended, { once: true });
    if (signal.aborted) ended();
    try {
      const result = await exchange(message, route, ending.signal);
      return result.kind === 'answer' ? { ...result, shown: shownOf(route.proxyHeaders, credentials) } : result;
    } catch (error) {
      if (signal.aborted) return failure(`stopped before ${host} answered`, true);
      if (ending.signal.aborted) return failure(`no answer from ${host} within ${String(timeoutMs)} ms`, true);
      return error instanceof ProxyRefusal
        ? failure(error.message, error.retryable)
        : failure(`cannot reach ${host}: ${connectionTrouble(error)}`, true);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', ended);
    }
  }

  #proxyFor(url: URL): URL | undefined | 'unusable' {
    if (this.#options.proxyUrl !== undefined) return this.#options.proxyUrl;
    try {
      return proxyOfEnvironment(url, this.#environment);
    } catch {
      return 'unusable';
    }
  }
}

interface Route {
  readonly tls: ClientTls;
  readonly proxy: URL | undefined;
  readonly proxyHeaders: Readonly<Record<string, string>>;
}

class ProxyRefusal extends Error {
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}

function failure(reason: string, retryable: boolean): HttpResult {
  return { kind: 'failure', reason, retryable };
}

/** Credentials in the address are those of the environment's proxies: the settings have a file for them. */
function proxyHeaders(proxy: URL | undefined, credentials: string | undefined): Readonly<Record<string, string>> {
  if (proxy === undefined) return {};
  const own =
    proxy.username === '' ? undefined : `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const shown = credentials ?? own;
  return shown === undefined ? {} : { 'proxy-authorization': `Basic ${Buffer.from(shown).toString('base64')}` };
}

function shownOf(headers: Readonly<Record<string, string>>, credentials: string | undefined): readonly string[] {
  const values = Object.values(headers).map((value) => value.replace(/^Basic /u, ''));
  const password = credentials?.slice(credentials.indexOf(':') + 1);
  return [
    ...values,
    ...values.map((value) => Buffer.from(value, 'base64').toString()),
    ...(password === undefined ? [] : [password]),
  ];
}

async function exchange(message: HttpMessage, route: Route, signal: AbortSignal): Promise<HttpResult> {
  const { url } = message;
  const headers = {
    ...message.headers,
    'content-length': String(Buffer.byteLength(message.body)),
    'user-agent': 'anchorwatch',
    connection: 'close',
  };
  const options: RequestOptions = { method: 'POST', headers, signal, agent: false };
  const { tls, proxy } = route;
  if (proxy === undefined) {
    const sent = url.protocol === 'https:' ? tlsRequest(url, { ...options, ...tls }) : plainRequest(url, options);
    return await answerOf(sent, message.body, signal);
  }
  if (url.protocol === 'http:') {
    // RFC 9112 section 3.2.2: a proxy is asked for the whole address.
    const through = { ...options, path: url.href, headers: { ...headers, ...route.proxyHeaders, host: url.host } };
    const sent = proxy.protocol === 'https:' ? tlsRequest(proxy, { ...through, ...tls }) : plainRequest(proxy, through);
    return await answerOf(sent, message.body, signal);
  }
  const socket = await tunnel(url, route, signal);
  const { agent: _none, ...ownConnection } = options;
  const createConnection = (): TLSSocket => secured(socket, url, tls);
  return await answerOf(tlsRequest(url, { ...ownConnection, createConnection }), message.body, signal);
}

function secured(socket: Socket, url: URL, tls: ClientTls): TLSSocket {
  const host = bareHost(url);
  return tlsConnect({ ...tls, socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/** A connection through the proxy (CONNECT, RFC 9110 section 9.3.6). */
function tunnel(url: URL, { proxy = url, proxyHeaders: shown, tls }: Route, signal: AbortSignal): Promise<Socket> {
  const target = `${url.hostname}:${portOf(url)}`;
  const headers = { ...shown, host: target };
  const options: RequestOptions = { method: 'CONNECT', path: target, headers, signal, agent: false };
  return new Promise((resolve, reject) => {
    const asked =
      proxy.protocol === 'https:' ? tlsRequest(proxy, { ...options, ...tls }) : plainRequest(proxy, options);
    const refused = (status = 0): void =>
      reject(new ProxyRefusal(`the proxy ${proxy.host} answered ${String(status)}`, status !== 407));
    asked.on('connect', ({ statusCode }, socket: Socket) => {
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      return refused(statusCode);
    });
    asked.on('response', (response) => {
      response.destroy();
      refused(response.statusCode);
    });
    asked.on('error', (error) =>
      reject(new ProxyRefusal(`cannot reach the proxy ${proxy.host}: ${connectionTrouble(error)}`, true)),
    );
    asked.end();
  });
}

function answerOf(sent: ClientRequest, body: string, signal: AbortSignal): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (complete: boolean): void => {
        const text = Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8');
        resolve({ kind: 'answer', status, headers, text, complete, shown: [] });
        if (!complete) sent.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > answerBytesMax) done(false);
      });
      response.on('end', () => done(response.complete));
      response.on('error', () => done(false));
      response.on('aborted', () => done(false));
      signal.addEventListener('abort', () => done(false), { once: true });
    });
    // A receiver may answer before it has read everything.
    sent.end(body);
  });
}

/** What is wrong with a connection, from what Node says of it: system errors and TLS name no more than hosts and addresses. */
function connectionTrouble(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error instanceof AggregateError && error.errors.length > 0) return connectionTrouble(error.errors[0]);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = error.message === '' ? code : error.message;
  return text.includes(code) ? text : `${text} (${code})`;
}
