import { X509Certificate, constants, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { revocationEndsMs } from './revocation-list.ts';

/** PEM files of the collector. */
export interface TlsFiles {
  /** The certificate, and those between it and the root. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Who vouches for agents; with it they show certificates. */
  readonly clientCaFile?: string | undefined;
  /** Which of their certificates do not count any more. */
  readonly clientCrlFile?: string | undefined;
}

export interface TlsEvents {
  /** The certificate, PEM, at the start and whenever it is another one. */
  readonly certificate: (cert: string) => void;
  /** Somebody else vouches for agents now, or certificates were revoked. */
  readonly clientCaChanged: () => void;
}

interface Loaded {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  readonly crl: string | undefined;
  /** When the list of revoked certificates ends, milliseconds since the epoch. */
  readonly crlEndsMs: number | undefined;
}

/** Looked at so often, because not every file system tells of changes (mounted secrets are links that are turned). */
const lookMs = 5000;

/** Suites with forward secrecy and authenticated encryption only, for TLS 1.2; those of 1.3 all are. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/** The collector's certificate: read at the start, and again when its files change. Files that do not fit leave the old ones in place. */
export class Tls {
  readonly #files: TlsFiles;
  readonly #log: Logger;
  readonly #events: TlsEvents;
  readonly #servers: Server[] = [];
  readonly #timer: NodeJS.Timeout;
  #loaded: Loaded;
  #refused = '';
  #endTold = false;

  /**
   * Throws AnchorwatchError `tls.files` when a file cannot be read or does not fit the others.
   */
  constructor(files: TlsFiles, log: Logger, events: TlsEvents) {
    this.#files = files;
    this.#log = log;
    this.#events = events;
    this.#loaded = load(files);
    check(this.#loaded, files, Date.now());
    events.certificate(this.#loaded.cert);
    this.#timer = setInterval(() => this.reload(), lookMs).unref();
  }

  /** A server that speaks TLS with the certificate of the moment. */
  server(options: ServerOptions, handler: Parameters<typeof createServer>[1]): Server {
    const withAgents = this.#files.clientCaFile !== undefined;
    const server = createServer(
      {
        ...options,
        ...contextOf(this.#loaded),
        handshakeTimeout: 10_000,
        // Whoever has no certificate may use the API with a token; the way of the agents asks for one.
        ...(withAgents ? { requestCert: true, rejectUnauthorized: false } : {}),
      },
      handler,
    );
    this.#servers.push(server);
    return server;
  }

  /** When the certificate ends, seconds since the epoch. */
  get endsSeconds(): number {
    return Date.parse(new X509Certificate(this.#loaded.cert).validTo) / 1000;
  }

  /** Reads the files again. */
  reload(): void {
    try {
      const loaded = load(this.#files);
      const [now, before] = [JSON.stringify(loaded), JSON.stringify(this.#loaded)];
      if (now === before) {
        this.#tellEnd();
        return;
      }
      check(loaded, this.#files, Date.now());
      for (const server of this.#servers) {
        server.setSecureContext(contextOf(loaded));
        // A session that was begun under the old client CA must not be resumed.
        server.setTicketKeys(randomBytes(48));
      }
      const caChanged = loaded.ca !== this.#loaded.ca || loaded.crl !== this.#loaded.crl;
      this.#loaded = loaded;
      this.#refused = '';
      this.#events.certificate(loaded.cert);
      if (caChanged) this.#events.clientCaChanged();
      this.#log.info({ certificate: this.#files.certFile, ends: this.endsSeconds }, 'the certificate was read again');
    } catch (error) {
      const text = errorText(error);
      // Said once: it is looked at every few seconds.
      if (text !== this.#refused) this.#log.error({ err: error }, `the certificate stays the old one: ${text}`);
      this.#refused = text;
      this.#tellEnd();
    }
  }

  /** Says once that the list of revoked certificates has ended: TLS lets nobody in by a certificate then. */
  #tellEnd(): void {
    const { crlEndsMs } = this.#loaded;
    const isOver = crlEndsMs !== undefined && crlEndsMs <= Date.now();
    if (isOver && !this.#endTold)
      this.#log.error(
        { code: 'tls.files', file: this.#files.clientCrlFile },
        `the list of revoked certificates ended at ${new Date(crlEndsMs).toISOString()}: agents with certificates are refused until there is a newer one`,
      );
    this.#endTold = isOver;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function contextOf({ cert, key, ca, crl }: Loaded): ServerOptions {
  return {
    ...{ cert, key, ciphers, minVersion: 'TLSv1.2', honorCipherOrder: true },
    ...(ca === undefined ? {} : { ca, secureOptions: constants.SSL_OP_NO_TICKET }),
    ...(crl === undefined ? {} : { crl }),
  };
}

function load({ certFile, keyFile, clientCaFile, clientCrlFile }: TlsFiles): Loaded {
  const crl = clientCrlFile === undefined ? undefined : read(clientCrlFile);
  return {
    ...{ cert: read(certFile), key: read(keyFile), ca: clientCaFile === undefined ? undefined : read(clientCaFile) },
    crl,
    crlEndsMs: crl === undefined ? undefined : revocationEndsMs(crl, clientCrlFile ?? ''),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AnchorwatchError('tls.files', `cannot read ${file}: ${errorText(error)}`, { cause: error });
  }
}

/** OpenSSL's own messages do not name the file. */
function check(
  { cert, key, ca, crlEndsMs }: Loaded,
  { certFile, keyFile, clientCaFile, clientCrlFile }: TlsFiles,
  nowMs: number,
): void {
  const attempt = (what: string, work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      throw new AnchorwatchError('tls.files', `${what}: ${errorText(error)}`, { cause: error });
    }
  };
  attempt(`${certFile} is no certificate in PEM`, () => new X509Certificate(cert));
  attempt(`${keyFile} is not the key, in PEM and without a password, of ${certFile}`, () =>
    createSecureContext({ cert, key }),
  );
  if (ca !== undefined) attempt(`${clientCaFile ?? ''} is no certificate in PEM`, () => new X509Certificate(ca));
  if (crlEndsMs !== undefined && crlEndsMs <= nowMs)
    throw new AnchorwatchError(
      'tls.files',
      `${clientCrlFile ?? ''} ended at ${new Date(crlEndsMs).toISOString()}: every agent would be refused by it`,
    );
}
