import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateCandidates } from '../config/state-directory.ts';
import { readClientTls } from '../lib/client-tls.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { STATUS_CODES } from '../lib/node-http.ts';
import { openRequest, requestOf, textOf } from './http-request.ts';
import type { Answer } from './http-request.ts';
import type { Invocation } from './command.ts';
import { apiToken, Peer, travelsInTheClear } from './peer.ts';
import { escapeForTerminal } from './terminal.ts';

const timeoutMs = 15_000;

/** A listening address that can be connected to: the wildcard addresses stand for this machine. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** The address that a running collector wrote down in its state directory, and the directory. */
export function addressInState(
  state: string | undefined,
): { readonly url: string; readonly directory: string } | undefined {
  for (const directory of stateCandidates(state)) {
    try {
      const url = readFileSync(join(directory, 'listen'), 'utf8').trim();
      if (/^https?:\/\/[^\s/]+$/.test(url)) return { url, directory };
    } catch {
      // Not there: the next one.
    }
  }
  return undefined;
}

/**
 * The collector to ask: `--collector`, else `--listen` when it was given, else what DIR/listen says, else the default of `--listen`.
 * Throws AnchorwatchError `token-file` and `tls.files` for files that cannot be used.
 */
export function collectorAddress({
  settings,
  sources,
  surroundings,
}: Pick<Invocation, 'settings' | 'sources' | 'surroundings'>): Peer {
  const { caFile, collector } = settings;
  const token = apiToken({ settings, sources, surroundings });
  if (collector !== undefined) {
    const url = collector.replace(/^ws/, 'http');
    if (token !== undefined && travelsInTheClear(url))
      surroundings.terminal.err(
        `The token travels unencrypted to ${url}: whoever is on the way can use it. https:// hides it.`,
      );
    return new Peer(url, token, readClientTls({ caFile }));
  }
  const local = sources.listen === 'default' ? addressInState(settings.state) : undefined;
  const listen = /^https?:/.test(settings.listen) ? settings.listen : `http://${settings.listen}`;
  const pinnedFile = local === undefined ? undefined : join(local.directory, 'listen.pem');
  const pinned =
    caFile === undefined && pinnedFile !== undefined && existsSync(pinnedFile) ? { pinnedFile } : { caFile };
  return new Peer(reachable(local?.url ?? listen), token, readClientTls(pinned));
}

/** What a failed request says: the problem document's detail (RFC 9457) when there is one. */
function problemOf({ status, text }: Answer): string {
  try {
    const body = JSON.parse(text) as { detail?: unknown; title?: unknown };
    const said = body.detail ?? body.title;
    if (typeof said === 'string') return said;
  } catch {
    // Not JSON: the status alone has to do.
  }
  return STATUS_CODES[status] ?? 'no reason given';
}

/**
 * Asks the collector. @param path With its query, from `/api/…`. @param body Posted as JSON when it is given. @param method Without a body.
 * @throws AnchorwatchError `collector-unreachable` (with what to do), `collector-refused` (status and its reason).
 */
export async function ask<T>(
  address: Peer,
  path: string,
  stop: AbortSignal,
  body?: object,
  method: 'GET' | 'DELETE' = 'GET',
): Promise<T> {
  const { status, text } = await reaching(address, () =>
    requestOf(address, path, {
      method: body === undefined ? method : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    }),
  );
  if (!isSuccess(status)) throw refusalOf(address, { status, text });
  try {
    // The collector's shapes are the model's: both come from this package.
    return JSON.parse(text) as T;
  } catch (error) {
    throw new AnchorwatchError(
      'collector-refused',
      `what answers at ${address.url} is not an Anchorwatch collector: its answer is not JSON`,
      {
        cause: error,
      },
    );
  }
}

/** Asks the collector for something that may be long, piece by piece. @throws as `ask` does; what breaks off later, as Node has it */
export async function download(address: Peer, path: string, stop: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  return reaching(address, async () => {
    const answer = await openRequest(address, path, { method: 'GET', body: undefined, signal: stop, accept: '*/*' });
    if (isSuccess(answer.status)) return answer.body;
    throw refusalOf(address, { status: answer.status, text: await textOf(answer) });
  });
}

/** The same, line by line. */
export async function* downloadLines(
  address: Peer,
  path: string,
  stop: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of await download(address, path, stop)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** What a request answers; says what helps where nothing does. */
async function reaching<T>(address: Peer, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof AnchorwatchError) throw error;
    throw new AnchorwatchError(
      'collector-unreachable',
      `no collector answers at ${address.url} (${errorText(error)}): ${unreachableHint(error)}start one with "anchorwatch up", or say where it is with --collector URL, --listen HOST:PORT or --state DIR`,
      { cause: error, retryable: true },
    );
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

function refusalOf(address: Peer, answer: Answer): AnchorwatchError {
  const reason = escapeForTerminal(problemOf(answer));
  const hint = answer.status === 401 ? '\nShow a token: --token-file FILE, or ANCHORWATCH_TOKEN.' : '';
  return new AnchorwatchError(
    'collector-refused',
    `the collector at ${address.url} answered ${String(answer.status)}: ${reason}${hint}`,
  );
}

/** What helps where it is the way that is not trusted. */
function unreachableHint(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/u.test(code)
    ? 'its certificate is not trusted, name who vouches for it with --ca-file FILE; or '
    : '';
}
