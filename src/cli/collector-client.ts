import { STATUS_CODES } from 'node:http';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { requestOf } from './http-request.ts';
import type { Answer } from './http-request.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal } from './terminal.ts';

const timeoutMs = 15_000;

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
  let answer: Answer;
  try {
    answer = await requestOf(address, path, {
      method: body === undefined ? method : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    });
  } catch (error) {
    throw new AnchorwatchError(
      'collector-unreachable',
      `no collector answers at ${address.url} (${errorText(error)}): ${unreachableHint(error)}start one with "anchorwatch up", or say where it is with --collector URL, --listen HOST:PORT or --state DIR`,
      { cause: error, retryable: true },
    );
  }
  if (answer.status < 200 || answer.status > 299) {
    const reason = escapeForTerminal(problemOf(answer));
    const hint = answer.status === 401 ? '\nShow a token: --token-file FILE, or ANCHORWATCH_TOKEN.' : '';
    throw new AnchorwatchError(
      'collector-refused',
      `the collector at ${address.url} answered ${String(answer.status)}: ${reason}${hint}`,
    );
  }
  try {
    // The collector's shapes are the model's: both come from this package.
    return JSON.parse(answer.text) as T;
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

/** What helps where it is the way that is not trusted. */
function unreachableHint(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/u.test(code)
    ? 'its certificate is not trusted, name who vouches for it with --ca-file FILE; or '
    : '';
}
