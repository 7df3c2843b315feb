import { WebSocket } from 'ws';
import type { ClientTls } from '../lib/client-tls.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { limits } from '../protocol/limits.ts';
import { decodeCollectorMessage, encodeMessage } from '../protocol/message.ts';
import type { AgentMessage, CollectorMessage } from '../protocol/message.ts';

/** Why a link ended. `unauthorized`: the collector does not know the token. `unreachable`: it never opened. */
export interface LinkEnd {
  readonly reason: 'unauthorized' | 'unreachable' | 'silent' | 'garbage' | 'closed';
  readonly detail: string;
  /** Not to be dialled again before this; absent: the collector said nothing about it. */
  readonly retryAfterMs?: number;
}

export interface LinkEvents {
  opened(): void;
  received(message: CollectorMessage): void;
  /** Called once, last. */
  ended(end: LinkEnd): void;
}

/** One WebSocket to the collector, from dialling to its end. It never tries again by itself. */
export class Link {
  readonly #socket: WebSocket;
  readonly #events: LinkEvents;
  readonly #silenceMs: number;
  #silence: NodeJS.Timeout | undefined;
  #end: LinkEnd = { reason: 'unreachable', detail: 'the collector did not answer' };
  #ended = false;

  /**
   * @param token Empty: none is shown.
   * @param silenceMs The link ends when nothing, not even a ping, came for this long.
   * @param tls Whom to trust and what to show, for wss.
   */
  constructor(url: string, token: string, silenceMs: number, events: LinkEvents, tls: ClientTls = {}) {
    this.#events = events;
    this.#silenceMs = silenceMs;
    this.#socket = new WebSocket(url, {
      ...tls,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      handshakeTimeout: 10_000,
      maxPayload: limits.messageBytes,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#socket.on('open', () => {
      this.#end = { reason: 'closed', detail: 'the connection broke' };
      this.#heard();
      events.opened();
    });
    this.#socket.on('ping', () => this.#heard());
    this.#socket.on('message', (data: Buffer) => this.#receive(data));
    this.#socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      const retryAfterSeconds = Number(response.headers['retry-after'] ?? 0);
      response.resume();
      const unauthorized = status === 401 || status === 403;
      const shown =
        token === ''
          ? 'the certificate: --client-cert must be one that its --client-ca vouches for'
          : 'the token; --token-file must hold the one that the collector has, or one of the role agent';
      const detail = unauthorized
        ? `the collector does not accept ${shown}`
        : `the collector answered HTTP ${String(status)}`;
      const retry =
        retryAfterSeconds > 0 && retryAfterSeconds <= 3600 ? { retryAfterMs: retryAfterSeconds * 1000 } : {};
      this.end({ ...retry, reason: unauthorized ? 'unauthorized' : 'unreachable', detail });
    });
    this.#socket.on('error', (error) => {
      if (!this.#ended) this.#end = { ...this.#end, detail: errorText(error) };
    });
    this.#socket.on('close', (code, reason) => {
      const why = reason.toString();
      if (code !== 1006)
        this.#end = {
          reason: 'closed',
          detail: `closed by the collector with ${String(code)}${why === '' ? '' : `: ${why}`}`,
        };
      this.#finish();
    });
  }

  /** Bytes handed over that have not left the process. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends when the link is open; else the message is gone (what matters is kept elsewhere until it is acknowledged). */
  send(message: AgentMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeMessage(message));
  }

  /** Breaks the link off at once. */
  end(end: LinkEnd): void {
    if (this.#ended) return;
    this.#end = end;
    this.#finish();
    this.#socket.terminate();
  }

  /** Closes politely; the other side sees code 1001. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#silence);
    if (this.#socket.readyState !== WebSocket.OPEN) {
      this.#socket.terminate();
      return;
    }
    this.#socket.close(1001, 'the agent stops');
    const socket = this.#socket;
    setTimeout(() => socket.terminate(), 1000).unref();
  }

  #receive(data: Buffer): void {
    if (this.#ended) return;
    this.#heard();
    try {
      this.#events.received(decodeCollectorMessage(data));
    } catch (error) {
      const detail = error instanceof AnchorwatchError ? `${error.code}: ${error.message}` : errorText(error);
      this.end({ reason: 'garbage', detail });
    }
  }

  #heard(): void {
    clearTimeout(this.#silence);
    if (this.#ended) return;
    this.#silence = setTimeout(
      () => this.end({ reason: 'silent', detail: 'the collector fell silent' }),
      this.#silenceMs,
    );
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#events.ended(this.#end);
  }
}
