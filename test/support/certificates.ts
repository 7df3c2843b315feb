import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate and its key, both in PEM. */
export interface Made {
  readonly cert: string;
  readonly key: string;
}

export interface Wanted {
  /** Common name; none when left out. */
  readonly name?: string;
  /** DNS names and IPv4 addresses. */
  readonly alternatives?: readonly string[];
  /** Who vouches for it; it vouches for itself when left out. */
  readonly by?: Made;
  /** It may vouch for others. */
  readonly authority?: boolean;
  readonly startsMs?: number;
  readonly endsMs?: number;
}

/** Makes a certificate (X.509 v3, RFC 5280) with a new P-256 key. */
export function makeCertificate(wanted: Wanted): Made {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { by, name, authority = false, alternatives = [] } = wanted;
  const issuer = by === undefined ? undefined : { key: createPrivateKey(by.key), name: commonNameOf(by) };
  const nowMs = Date.now();
  const serial = randomBytes(8);
  serial[0] = 0x11;
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    nameOf(issuer === undefined ? name : issuer.name),
    sequence(time(wanted.startsMs ?? nowMs - 60_000), time(wanted.endsMs ?? nowMs + 3_600_000)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(authority, alternatives))),
  );
  const signature = sign('sha256', body, issuer?.key ?? privateKey);
  const der = sequence(body, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { cert: pem('CERTIFICATE', der), key: pemOf(privateKey) };
}

function commonNameOf({ cert }: Made): string | undefined {
  return /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.[1];
}

function extensions(authority: boolean, alternatives: readonly string[]): Buffer[] {
  const names = alternatives.map((name) =>
    /^[\d.]+$/.test(name) ? element(0x87, Buffer.from(name.split('.').map(Number))) : element(0x82, Buffer.from(name)),
  );
  return [
    ...(authority ? [extension('551d13', sequence(element(0x01, Buffer.from([0xff]))))] : []),
    ...(names.length > 0 ? [extension('551d11', sequence(...names))] : []),
  ];
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(element(0x06, Buffer.from(oid, 'hex')), element(0x04, value));
}

/** ecdsa-with-SHA256 */
const algorithm: Buffer = sequence(element(0x06, Buffer.from('2a8648ce3d040302', 'hex')));

function nameOf(common: string | undefined): Buffer {
  if (common === undefined) return sequence();
  const attribute = sequence(element(0x06, Buffer.from('550403', 'hex')), element(0x0c, Buffer.from(common)));
  return sequence(element(0x31, attribute));
}

function time(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return element(0x18, Buffer.from(text));
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function tagged(number: number, content: Buffer): Buffer {
  return element(0xa0 + number, content);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

/** DER: tag, length, content. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x1_00 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function pem(kind: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`;
}
