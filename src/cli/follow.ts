import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { errorText } from '../lib/errors.ts';
import { backoffMs } from '../lib/retry.ts';
import type { StoredAlert } from '../model/alert.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal } from './terminal.ts';

export interface FollowOptions {
  readonly address: Peer;
  /** Filters of the feed. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Last `seq` that was shown already; undefined: from now on. */
  readonly after: number | undefined;
  readonly show: (alert: StoredAlert) => void;
  /** What a person should know about the connection. */
  readonly tell: (line: string) => void;
  readonly stop: AbortSignal;
}

interface FeedMessage {
  readonly type: string;
  readonly seq: number;
  readonly detail?: string;
}

interface Ended {
  readonly opened: boolean;
  /** Last `seq` that is known to be covered. */
  readonly after: number | undefined;
  readonly reason: string;
}

function listen(options: FollowOptions, after: number | undefined): Promise<Ended> {
  const query = new URLSearchParams({ kind: 'alert' });
  for (const [name, value] of Object.entries({ ...options.query, after }))
    if (value !== undefined) query.set(name, String(value));
  const { url, headers, tls } = options.address;
  // Node's own WebSocket can be given neither a certificate authority nor, in a stable way, header fields.
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/feed?${query.toString()}`, {
    ...tls,
    headers,
    perMessageDeflate: false,
    followRedirects: false,
  });
  return new Promise((resolve) => {
    let opened = false;
    let last = after;
    let reason = '';
    const close = (): void => socket.close();
    options.stop.addEventListener('abort', close);
    socket.on('open', () => {
      opened = true;
      options.tell(`following ${url}`);
      if (options.stop.aborted) socket.close();
    });
    socket.on('message', (data: Buffer) => {
      // The feed's messages are made by this package's collector; anything else fails here and ends the connection.
      const message = JSON.parse(data.toString()) as FeedMessage;
      last = message.seq;
      if (message.type === 'alert') options.show(message as unknown as StoredAlert);
      else if (message.type === 'lag') reason = message.detail ?? 'too slow';
    });
    socket.on('unexpected-response', (_request, response) => {
      reason = `the collector answered ${String(response.statusCode)} ${response.statusMessage ?? ''}`.trim();
      response.resume();
      socket.terminate();
    });
    socket.on('error', (error) => {
      reason ||= `no connection: ${errorText(error)}`;
    });
    socket.on('close', (code, said) => {
      options.stop.removeEventListener('abort', close);
      resolve({ opened, after: last, reason: reason || said.toString() || `closed (${String(code)})` });
    });
  });
}

/** Prints alerts from the feed until `stop`; connects again when the connection is lost, from the alert after the last one shown. */
export async function followFeed(options: FollowOptions): Promise<void> {
  let { after } = options;
  let attempt = 0;
  while (!options.stop.aborted) {
    const ended = await listen(options, after);
    ({ after } = ended);
    if (options.stop.aborted) return;
    attempt = ended.opened ? 0 : attempt + 1;
    const waitMs = 500 + backoffMs(attempt, { baseMs: 500, maxMs: 15_000, random: Math.random });
    options.tell(`${escapeForTerminal(ended.reason)}; connecting again to ${options.address.url}`);
    await sleep(waitMs, undefined, { signal: options.stop }).catch(() => undefined);
  }
}
