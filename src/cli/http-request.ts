import { request as tlsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { request as plainRequest } from '../lib/node-http.ts';
import type { Peer } from './peer.ts';

/** An answer of the collector. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** An answer that is read piece by piece. Reading rejects when it breaks off, and when the request is stopped. */
export interface OpenAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface RequestOptions {
  readonly method: string;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  /** Media types that are taken, as HTTP has it. Default `application/json`. */
  readonly accept?: string;
}

/** Answers larger than this are refused when they are read as a whole: 64 MiB. */
const answerBytesMax = 67_108_864;

/**
 * One request. Node's `fetch` can be given neither a certificate authority nor a certificate. Rejects when nothing answers before `signal` is
 * aborted.
 * @param path From `/`, with its query.
 */
export function openRequest(peer: Peer, path: string, options: RequestOptions): Promise<OpenAnswer> {
  const { method, body, signal, accept = 'application/json' } = options;
  const url = new URL(`${peer.url}${path}`);
  const headers = {
    ...{ accept, ...peer.headers },
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const request = send(url, { ...peer.tls, method, headers, signal }, (response) => {
      answer = response;
      resolve({ status: response.statusCode ?? 0, body: response });
    });
    request.on('error', (error) => {
      reject(error);
      // The reason, before the connection's end is all that is known of it.
      answer?.destroy(error);
    });
    request.end(body);
  });
}

/** The rest of an answer as text. Rejects for more than 64 MiB. */
export async function textOf({ body }: OpenAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One request whose answer is read as a whole. Rejects as `openRequest` and `textOf` do. */
export async function requestOf(peer: Peer, path: string, options: RequestOptions): Promise<Answer> {
  const answer = await openRequest(peer, path, options);
  return { status: answer.status, text: await textOf(answer) };
}
