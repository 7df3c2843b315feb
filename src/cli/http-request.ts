import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Peer } from './peer.ts';

/** An answer of the collector. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Answers larger than this are refused: 64 MiB. */
const answerBytesMax = 67_108_864;

/**
 * One request. Node's `fetch` can be given neither a certificate authority nor a certificate. Rejects when nothing answers in time or `stop`
 * is aborted.
 * @param path From `/`, with its query.
 */
export function requestOf(
  peer: Peer,
  path: string,
  options: { readonly method: string; readonly body: string | undefined; readonly signal: AbortSignal },
): Promise<Answer> {
  const { method, body, signal } = options;
  const url = new URL(`${peer.url}${path}`);
  const headers = {
    ...{ accept: 'application/json', ...peer.headers },
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const request = send(url, { ...peer.tls, method, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) request.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
