import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';

/** What signs, with real keys, as the services of Sigstore do: who issues certificates (Fulcio), logs them (CT), logs signatures (Rekor), and says what time it is (RFC 3161). */

export const sha256 = (...parts: readonly Buffer[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();
export const pair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
export const pemOf = (bytes: Buffer): string =>
  [
    '-----BEGIN CERTIFICATE-----',
    ...(bytes.toString('base64').match(/.{1,64}/g) ?? []),
    '-----END CERTIFICATE-----',
    '',
  ].join('\n');
const uint = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

const ecdsaSha256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));
const algorithmSha256 = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'));
const nameOf = (common: string): Buffer => der.sequence(der.setOf(der.sequence(der.oid('2.5.4.3'), der.utf8(common))));
const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  der.sequence(der.oid(id), ...(isCritical ? [der.boolean(true)] : []), der.octets(value));
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

export interface Issuer {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly certificate: Buffer;
}

let serial = 1000;

interface Asked extends Period {
  readonly subject: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

function unsigned(
  by: Omit<Issuer, 'certificate'>,
  { subject, key, from, to, extensions }: Asked,
  number: number,
): Buffer {
  return der.sequence(
    ...[der.explicit(0, der.integer(2)), der.integer(number), ecdsaSha256, nameOf(by.name)],
    ...[der.sequence(der.time(from), der.time(to)), subject === '' ? der.sequence() : nameOf(subject), spki(key)],
    der.explicit(
      3,
      der.sequence(
        extension('2.5.29.14', der.octets(keyId(key))),
        extension('2.5.29.35', der.sequence(der.implicit(0, keyId(by.publicKey)))),
        ...extensions,
      ),
    ),
  );
}

const signed = (tbs: Buffer, key: KeyObject): Buffer =>
  der.sequence(tbs, ecdsaSha256, der.bits(sign('sha256', tbs, key)));

/** One that may issue others: a root of its own, or below another. */
export function issuer(name: string, period: Period, above?: Issuer): Issuer {
  const keys = pair();
  const by = above ?? { name, ...keys };
  const extensions = [
    extension('2.5.29.19', der.sequence(der.boolean(true)), true),
    extension('2.5.29.15', der.bits(Buffer.from([0x06]), 1), true),
  ];
  const tbs = unsigned(by, { ...period, subject: name, key: keys.publicKey, extensions }, serial++);
  return { name, ...keys, certificate: signed(tbs, by.privateKey) };
}

export interface Leaf extends Period {
  readonly key: KeyObject;
  /** An address of mail or a URI. */
  readonly identity: string;
  readonly oidcIssuer: string;
  /** Certificates are logged by them, at that moment. */
  readonly logs: readonly CertificateLog[];
  readonly loggedAt: Date;
}

export interface CertificateLog {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** As Fulcio issues it: who it is by an extension of their own, and signed timestamps (RFC 6962) of logs in it. */
export function leaf(by: Issuer, { key, identity, oidcIssuer, logs, loggedAt, ...period }: Leaf): Buffer {
  const isUri = identity.includes('://');
  const extensions = [
    extension('2.5.29.15', der.bits(Buffer.from([0x80]), 7), true),
    extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.3'))),
    extension('2.5.29.17', der.sequence(der.implicit(isUri ? 6 : 1, Buffer.from(identity))), true),
    extension('1.3.6.1.4.1.57264.1.1', Buffer.from(oidcIssuer)),
    extension('1.3.6.1.4.1.57264.1.8', der.utf8(oidcIssuer)),
  ];
  const number = serial++;
  const tbs = unsigned(by, { ...period, subject: '', key, extensions }, number);
  if (logs.length === 0) return signed(tbs, by.privateKey);
  const timestamps = logs.map((log) => {
    const moment = Buffer.alloc(8);
    moment.writeBigUInt64BE(BigInt(loggedAt.getTime()));
    const entry = [sha256(spki(by.publicKey)), uint(tbs.length, 3), tbs];
    const over = Buffer.concat([Buffer.from([0, 0]), moment, uint(1, 2), ...entry, uint(0, 2)]);
    const signature = sign('sha256', over, log.privateKey);
    const stamp = [Buffer.from([0]), sha256(spki(log.publicKey)), moment, uint(0, 2), Buffer.from([4, 3])];
    const whole = Buffer.concat([...stamp, uint(signature.length, 2), signature]);
    return Buffer.concat([uint(whole.length, 2), whole]);
  });
  const list = Buffer.concat(timestamps);
  const stamped = extension('1.3.6.1.4.1.11129.2.4.2', der.octets(uint(list.length, 2), list));
  return signed(
    unsigned(by, { ...period, subject: '', key, extensions: [...extensions, stamped] }, number),
    by.privateKey,
  );
}

/** A log of signatures (Rekor v1): a Merkle tree (RFC 6962) with entries before and after. */
export class SignatureLog {
  readonly url: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = pair();
  readonly #others: readonly Buffer[] = Array.from({ length: 6 }, (_, at) => Buffer.from(`entry ${String(at)}`));

  constructor(url: string) {
    this.url = url;
  }

  get id(): Buffer {
    return sha256(spki(this.keys.publicKey));
  }

  /** @param kind `hashedrekord` or `dsse`, of version 0.0.1 */
  entry(kind: string, spec: object, at: Date): Record<string, unknown> {
    const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind, spec }));
    const [logIndex, integratedTime] = [4, Math.floor(at.getTime() / 1000)];
    const promised = { body: body.toString('base64'), integratedTime, logID: this.id.toString('hex'), logIndex };
    const leaves = this.#others.toSpliced(logIndex, 0, body);
    const rootHash = treeHash(leaves).toString('base64');
    const note = `${new URL(this.url).host}\n${String(leaves.length)}\n${rootHash}\n`;
    const noteSignature = Buffer.concat([
      this.id.subarray(0, 4),
      sign('sha256', Buffer.from(note), this.keys.privateKey),
    ]).toString('base64');
    return {
      ...{ logIndex: String(logIndex), logId: { keyId: this.id.toString('base64') } },
      ...{ kindVersion: { kind, version: '0.0.1' }, integratedTime: String(integratedTime) },
      inclusionPromise: {
        signedEntryTimestamp: sign('sha256', Buffer.from(JSON.stringify(promised)), this.keys.privateKey).toString(
          'base64',
        ),
      },
      inclusionProof: {
        ...{ logIndex: String(logIndex), rootHash, treeSize: String(leaves.length) },
        hashes: treePath(logIndex, leaves).map((hash) => hash.toString('base64')),
        checkpoint: { envelope: `${note}\n— ${new URL(this.url).host} ${noteSignature}\n` },
      },
      canonicalizedBody: body.toString('base64'),
    };
  }
}

/** The greatest power of two below. */
const half = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));

function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return sha256(Buffer.from([0]), only);
  const at = half(leaves.length);
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, at)), treeHash(leaves.slice(at)));
}

function treePath(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length === 1) return [];
  const at = half(leaves.length);
  return index < at
    ? [...treePath(index, leaves.slice(0, at)), treeHash(leaves.slice(at))]
    : [...treePath(index - at, leaves.slice(at)), treeHash(leaves.slice(0, at))];
}

/** One who says what time it is (RFC 3161). */
export class TimestampAuthority {
  readonly root: Issuer;
  readonly certificate: Buffer;
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = pair();
  readonly #serial: number = serial++;

  constructor(period: Period) {
    this.root = issuer('time root', period);
    const extensions = [
      extension('2.5.29.15', der.bits(Buffer.from([0x80]), 7), true),
      extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.8')), true),
    ];
    const asked = { ...period, subject: 'time', key: this.#keys.publicKey, extensions };
    this.certificate = signed(unsigned(this.root, asked, this.#serial), this.root.privateKey);
  }

  /** The answer to a question about these bytes. */
  stamp(bytes: Buffer, at: Date): Buffer {
    const info = der.sequence(
      ...[der.integer(1), der.oid('1.3.6.1.4.1.57264.2')],
      ...[der.sequence(algorithmSha256, der.octets(sha256(bytes))), der.integer(serial++), der.time(at)],
    );
    const attribute = (id: string, value: Buffer): Buffer => der.sequence(der.oid(id), der.setOf(value));
    const attributes = [
      attribute('1.2.840.113549.1.9.3', der.oid('1.2.840.113549.1.9.16.1.4')),
      attribute('1.2.840.113549.1.9.4', der.octets(sha256(info))),
      attribute(
        '1.2.840.113549.1.9.16.2.47',
        der.sequence(der.sequence(der.sequence(der.octets(sha256(this.certificate))))),
      ),
    ].toSorted((one, other) => Buffer.compare(one, other));
    const signature = sign('sha256', der.setOf(...attributes), this.#keys.privateKey);
    const signer = der.sequence(
      ...[der.integer(1), der.sequence(nameOf(this.root.name), der.integer(this.#serial)), algorithmSha256],
      ...[der.explicit(0, ...attributes), ecdsaSha256, der.octets(signature)],
    );
    const content = der.sequence(
      ...[der.integer(3), der.setOf(algorithmSha256)],
      der.sequence(der.oid('1.2.840.113549.1.9.16.1.4'), der.explicit(0, der.octets(info))),
      ...[der.explicit(0, this.certificate), der.setOf(signer)],
    );
    const token = der.sequence(der.oid('1.2.840.113549.1.7.2'), der.explicit(0, content));
    return der.sequence(der.sequence(der.integer(0)), token);
  }
}

export interface Trusted {
  /** Each with its chain, from the one that issues. */
  readonly authorities: readonly { readonly chain: readonly Issuer[]; readonly from: Date; readonly to?: Date }[];
  readonly certificateLogs: readonly CertificateLog[];
  readonly signatureLogs: readonly { readonly log: SignatureLog; readonly from: Date; readonly to?: Date }[];
  readonly timestampAuthorities: readonly TimestampAuthority[];
  readonly from: Date;
}

/** A trusted root, as `cosign trusted-root create` writes it. */
export function trustedRootText({ from, ...trusted }: Trusted): string {
  const logOf = (baseUrl: string, key: KeyObject, start: Date, end: Date | undefined): object => ({
    ...{ baseUrl, hashAlgorithm: 'SHA2_256' },
    publicKey: {
      rawBytes: spki(key).toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: start.toISOString(), ...(end === undefined ? {} : { end: end.toISOString() }) },
    },
    logId: { keyId: sha256(spki(key)).toString('base64') },
  });
  const chainOf = (certificates: readonly Buffer[], start: Date, end: Date | undefined): object => ({
    ...{ subject: { organization: 'example', commonName: 'example' }, uri: 'https://example.org' },
    certChain: { certificates: certificates.map((one) => ({ rawBytes: one.toString('base64') })) },
    validFor: { start: start.toISOString(), ...(end === undefined ? {} : { end: end.toISOString() }) },
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: trusted.signatureLogs.map((one) => logOf(one.log.url, one.log.keys.publicKey, one.from, one.to)),
    ctlogs: trusted.certificateLogs.map(({ publicKey }) => logOf('https://ct.example.org', publicKey, from, undefined)),
    certificateAuthorities: trusted.authorities.map((one) =>
      chainOf(
        one.chain.map(({ certificate }) => certificate),
        ...([one.from, one.to] as const),
      ),
    ),
    timestampAuthorities: trusted.timestampAuthorities.map((one) =>
      chainOf([one.certificate, one.root.certificate], from, undefined),
    ),
  });
}
