import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { request as httpRequest } from '../lib/node-http.ts';

/** Where an engine listens. */
export type EngineEndpoint =
  | { readonly socketPath: string }
  | {
      /** A name or an address, that of IPv6 without brackets. */
      readonly host: string;
      readonly port: number;
      readonly protocol: 'http' | 'https';
      /** Folder with `ca.pem`, `cert.pem` and `key.pem`, as Docker's own client has it; for https. */
      readonly certificates?: string | undefined;
    };

/** The engine answered, with another status than 200. */
class EngineRefusal extends AnchorwatchError {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super('engine.refused', message, { retryable: statusCode >= 500 });
    this.statusCode = statusCode;
  }
}

/** An inspection of a container with thousands of labels takes a few hundred KiB. */
const bodyMax = 64 << 20;
const refusalMax = 64 * 1024;

/**
 * The part of the Docker Engine API (https://docs.docker.com/reference/api/engine/) that is asked for: GET, with an answer in JSON or a stream. It
 * uses no library: the usual one brings an SSH client, gRPC and 20 MB of memory for it.
 */
export class EngineClient {
  readonly endpoint: EngineEndpoint;

  constructor(endpoint: EngineEndpoint) {
    this.endpoint = endpoint;
  }

  /**
   * The whole answer.
   * @param path with the query
   * @throws `EngineRefusal`; AnchorwatchError `engine.answer` where it is no JSON or longer than 64 MiB; what the signal says; what Node says of the connection
   */
  async json(path: string, signal: AbortSignal): Promise<unknown> {
    const response = await this.open(path, signal);
    const { text, cut } = await beginning(response, bodyMax, signal);
    if (cut) throw new AnchorwatchError('engine.answer', `the answer to ${bare(path)} is too long`);
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new AnchorwatchError('engine.answer', `the answer to ${bare(path)} is no JSON`, { cause });
    }
  }

  /** The answer as it comes, once its status is there; the signal ends it also later. @throws as `json` does, but for `engine.answer` */
  async open(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { endpoint } = this;
    const asked =
      'socketPath' in endpoint
        ? answerOf((take) => httpRequest({ ...endpoint, path, signal }, take))
        : endpoint.protocol === 'https'
          ? this.#openSecurely(endpoint, path, signal)
          : answerOf((take) => httpRequest({ host: endpoint.host, port: endpoint.port, path, signal }, take));
    const response = await asked.catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    const { statusCode = 0 } = response;
    if (statusCode === 200) return response;
    const { text } = await beginning(response, refusalMax, signal).catch(() => ({ text: '' }));
    throw new EngineRefusal(statusCode, `HTTP ${statusCode} ${refusalText(text)}`.trim());
  }

  async #openSecurely(
    { certificates, host, port }: Extract<EngineEndpoint, { host: string }>,
    path: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    // Few need it, and it takes its memory.
    const { request } = await import('node:https');
    const files = certificates === undefined ? {} : readCertificates(certificates);
    return await answerOf((take) => request({ host, port, ...files, path, signal }, take));
  }
}

/** The beginning of an answer, and whether there was more of it. */
export async function beginning(
  response: IncomingMessage,
  bytesMax: number,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly cut: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    // Leaving early destroys the stream.
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length > bytesMax) break;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return { text: Buffer.concat(parts).subarray(0, bytesMax).toString(), cut: length > bytesMax };
}

function answerOf(
  ask: (take: (response: IncomingMessage) => void) => ReturnType<typeof httpRequest>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    ask(resolve).once('error', reject).end();
  });
}

function readCertificates(folder: string): { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } {
  try {
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (cause) {
    throw new AnchorwatchError('engine.certificates', `DOCKER_CERT_PATH: ${errorText(cause)}`, { cause });
  }
}

/** What the engine says of it: `{"message": "…"}`. */
function refusalText(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message.slice(0, 400) : '';
  } catch {
    return '';
  }
}

function bare(path: string): string {
  return path.replace(/\?.*/su, '');
}
