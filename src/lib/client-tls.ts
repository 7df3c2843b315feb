import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { AnchorwatchError, errorText } from './errors.ts';

/** PEM files of somebody who dials the collector; all may be left out. */
export interface ClientTlsFiles {
  /** Who vouches for the collector, instead of those that the system trusts. */
  readonly caFile?: string | undefined;
  /** The collector's very certificate, whatever name stands in it: for those on the same machine. */
  readonly pinnedFile?: string | undefined;
  /** What the client shows of itself. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** How a connection to the collector is secured. */
export type ClientTls = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'minVersion' | 'allowPartialTrustChain' | 'checkServerIdentity'
>;

/** Reads the files, anew each time: certificates are replaced while the program runs. Throws AnchorwatchError `tls.files`. */
export function readClientTls({ caFile, pinnedFile, certFile, keyFile }: ClientTlsFiles): ClientTls {
  const tls: ClientTls = {
    minVersion: 'TLSv1.2',
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(pinnedFile === undefined
      ? {}
      : { ca: read(pinnedFile), allowPartialTrustChain: true, checkServerIdentity: () => undefined }),
    ...(certFile === undefined ? {} : { cert: read(certFile) }),
    ...(keyFile === undefined ? {} : { key: read(keyFile) }),
  };
  try {
    // What does not fit would be thrown in the middle of a connection.
    createSecureContext(tls);
  } catch (error) {
    const files = [caFile, pinnedFile, certFile, keyFile].filter((file) => file !== undefined).join(', ');
    throw new AnchorwatchError('tls.files', `${files}: no certificates and keys in PEM that fit: ${errorText(error)}`, {
      cause: error,
    });
  }
  return tls;
}

/**
 * Reads the files anew at each call. When one cannot be read then, what was read before is used.
 * @param failed Told why. Throws as `readClientTls` does, here and not later.
 */
export function clientTlsSource(files: ClientTlsFiles, failed: (error: unknown) => void): () => ClientTls {
  let last = readClientTls(files);
  return () => {
    try {
      last = readClientTls(files);
    } catch (error) {
      failed(error);
    }
    return last;
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AnchorwatchError('tls.files', `cannot read ${file}: ${errorText(error)}`, { cause: error });
  }
}
