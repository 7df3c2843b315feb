import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateCandidates } from '../config/state-directory.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Invocation } from './command.ts';
import { escapeForTerminal } from './terminal.ts';

const timeoutMs = 15_000;

/** A listening address that can be connected to: the wildcard addresses stand for this machine. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** The address that a running collector wrote down in its state directory. */
function addressInState(state: string | undefined): string | undefined {
  for (const directory of stateCandidates(state)) {
    try {
      const text = readFileSync(join(directory, 'listen'), 'utf8').trim();
      if (/^https?:\/\/[^\s/]+$/.test(text)) return text;
    } catch {
      // Not there: the next one.
    }
  }
  return undefined;
}

/** Base URL of the collector to ask: `--listen` when it was given, else what DIR/listen says, else the default of `--listen`. */
export function collectorAddress({ settings, sources }: Pick<Invocation, 'settings' | 'sources'>): string {
  const given = sources.listen === 'default' ? addressInState(settings.state) : undefined;
  return reachable(given ?? `http://${settings.listen}`);
}

/** What a failed request says: the problem document's detail (RFC 9457) when there is one. */
async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { detail?: unknown; title?: unknown };
    const said = body.detail ?? body.title;
    if (typeof said === 'string') return said;
  } catch {
    // Not JSON: the status alone has to do.
  }
  return response.statusText;
}

/**
 * Asks the collector. @param path With its query, from `/api/…`. @param body Posted as JSON when it is given. @param method Without a body.
 * @throws AnchorwatchError `collector-unreachable` (with what to do), `collector-refused` (status and its reason).
 */
export async function ask<T>(
  address: string,
  path: string,
  stop: AbortSignal,
  body?: object,
  method: 'GET' | 'DELETE' = 'GET',
): Promise<T> {
  const response = await send(address, path, AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]), body, method);
  try {
    // The collector's shapes are the model's: both come from this package.
    return (await response.json()) as T;
  } catch (error) {
    throw new AnchorwatchError(
      'collector-refused',
      `what answers at ${address} is not an Anchorwatch collector: its answer is not JSON`,
      {
        cause: error,
      },
    );
  }
}

/** Asks the collector for something that may be long, piece by piece. @throws as `ask` does; what breaks off later, as fetch has it */
export async function download(address: string, path: string, stop: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const { body } = await send(address, path, stop);
  if (body === null) throw new AnchorwatchError('collector-refused', `the collector at ${address} answered nothing`);
  return body;
}

/** The same, line by line. */
export async function* downloadLines(
  address: string,
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

async function send(
  address: string,
  path: string,
  signal: AbortSignal,
  body?: object,
  method: 'GET' | 'DELETE' = 'GET',
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${address}${path}`, {
      signal,
      ...(body === undefined
        ? { method }
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new AnchorwatchError(
      'collector-unreachable',
      `no collector answers at ${address} (${errorText(error)}): start one with "anchorwatch up", or say where it is with --listen HOST:PORT or --state DIR`,
      { cause: error, retryable: true },
    );
  }
  if (!response.ok) {
    const reason = escapeForTerminal(await problemOf(response));
    throw new AnchorwatchError(
      'collector-refused',
      `the collector at ${address} answered ${String(response.status)}: ${reason}`,
    );
  }
  return response;
}
