import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { AnchorwatchError } from '../../lib/errors.ts';
import { Agent as HttpAgent, request as httpRequest } from '../../lib/node-http.ts';
import type { AccessSource } from './access.ts';

/** The API answered with a failure, as a status of HTTP or as an event of a watch. */
export class ApiFailure extends AnchorwatchError {
  /** HTTP status (Kubernetes API conventions, "HTTP Status codes"). */
  readonly status: number;
  /** `Retry-After`, milliseconds; undefined when it was not said. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, retryAfterMs?: number) {
    super('kubernetes.answer', message, { retryable: true });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Who takes a watch. */
export interface StreamListener {
  /** The server has begun to answer. */
  opened(): void;
  line(text: string): void;
}

export interface ApiClientOptions {
  readonly access: AccessSource;
  /** For an answer to begin, and a list to be whole. Default 30000. */
  readonly answerTimeoutMs?: number;
}

/** A page of a list and an object in a watch are not longer; both are far beyond what the API allows objects to be. */
const bodyMax = 256 << 20;
const lineMax = 8 << 20;

/**
 * Asks a cluster's API over HTTP/1.1 and TLS. The official client (@kubernetes/client-node 2.0.1) takes 85 MB of memory and 2 s to load, its
 * kubeconfig part alone 82 MB; what is needed of it, one GET, is here.
 */
export class ApiClient {
  readonly #access: AccessSource;
  readonly #timeoutMs: number;
  readonly #secure: Agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #plain: HttpAgent = new HttpAgent({ keepAlive: true, maxSockets: 8 });

  constructor({ access, answerTimeoutMs = 30_000 }: ApiClientOptions) {
    this.#access = access;
    this.#timeoutMs = answerTimeoutMs;
  }

  /**
   * GET of one object or list.
   * Rejects with ApiFailure, AnchorwatchError `kubernetes.access` or `kubernetes.stream`, and what Node says of connections.
   */
  async get(path: string, stop: AbortSignal): Promise<unknown> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(this.#timeoutMs)]);
    const response = await this.#open(path, signal);
    const body = await wholeBody(response);
    try {
      return JSON.parse(body) as unknown;
    } catch (error) {
      throw new AnchorwatchError('kubernetes.stream', `the answer to GET ${path} is no JSON`, {
        cause: error,
        retryable: true,
      });
    }
  }

  /**
   * A watch: `listener` gets each line of the stream. Resolves when the server ends it, at the latest after `lastsMs`; a line that the end tears is
   * dropped, the next watch tells it again. Rejects as `get`.
   */
  async watch(path: string, lastsMs: number, listener: StreamListener, stop: AbortSignal): Promise<void> {
    const late = AbortSignal.timeout(lastsMs);
    const signal = AbortSignal.any([stop, late]);
    try {
      const response = await this.#open(path, signal);
      listener.opened();
      const decoder = new StringDecoder('utf8');
      let parts: string[] = [];
      let held = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        const lines = decoder.write(chunk).split('\n');
        for (const [index, piece] of lines.entries()) {
          parts.push(piece);
          held += piece.length;
          if (held > lineMax)
            throw new AnchorwatchError('kubernetes.stream', `a line of ${path} is too long`, { retryable: true });
          if (index === lines.length - 1) break;
          const line = parts.join('');
          parts = [];
          held = 0;
          if (line !== '') listener.line(line);
        }
      }
    } catch (error) {
      // A stream that says nothing for longer than it was asked to last is as good as ended.
      if (late.aborted && !stop.aborted) return;
      throw error;
    }
  }

  close(): void {
    this.#secure.destroy();
    this.#plain.destroy();
  }

  async #open(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { server, ca, cert, key, token, serverName, insecure } = this.#access.read();
    const url = new URL(server.pathname.replace(/\/$/, '') + path, server);
    const headers = {
      accept: 'application/json',
      'user-agent': 'anchorwatch',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { headers, signal };
      const asked =
        url.protocol === 'http:'
          ? httpRequest(url, { ...options, agent: this.#plain }, resolve)
          : httpsRequest(
              url,
              {
                ...options,
                ...{ agent: this.#secure, ca, cert, key, rejectUnauthorized: insecure !== true },
                ...(serverName === undefined ? {} : { servername: serverName }),
              },
              resolve,
            );
      const timer = setTimeout(() => {
        asked.destroy(
          new AnchorwatchError('kubernetes.stream', `no answer within ${this.#timeoutMs / 1000} s`, {
            retryable: true,
          }),
        );
      }, this.#timeoutMs);
      asked.once('response', () => {
        clearTimeout(timer);
      });
      asked.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      // A peer that vanished without a word is noticed within half a minute.
      asked.on('socket', (socket) => socket.setKeepAlive(true, 15_000));
      asked.end();
    });
    const status = response.statusCode ?? 0;
    if (status === 200) return response;
    const body = await wholeBody(response).catch(() => '');
    throw new ApiFailure(
      status,
      `GET ${path.replace(/\?.*/, '')}: ${status} ${statusMessage(body)}`,
      believedMs(response.headers['retry-after']),
    );
  }
}

async function wholeBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > bodyMax) throw new AnchorwatchError('kubernetes.stream', 'the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `message` of a Status object, one line of it. */
function statusMessage(body: string): string {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.){0,400})/.exec(body)?.[1] ?? '';
  return message.replaceAll(/\s+/g, ' ');
}

/** Seconds, as the API says it (RFC 9110, 10.2.3; a date is not used by it). At most ten minutes are believed. */
function believedMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Math.min(Number(header), 600) * 1000 : undefined;
}
