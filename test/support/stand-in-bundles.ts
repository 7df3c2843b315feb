import { sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readClaim, trustedRoot, verifyClaim } from '../../src/posture/image/signature.ts';
import type { AllowedSigner, Trust } from '../../src/posture/image/signature.ts';
import {
  issuer,
  leaf,
  pair,
  pemOf,
  sha256,
  SignatureLog,
  TimestampAuthority,
  trustedRootText,
} from './stand-in-sigstore.ts';
import type { CertificateLog, Issuer, Period, Trusted } from './stand-in-sigstore.ts';

/** Bundles (v0.3) as cosign makes them with certificates, and the trusted root that they are verified by. */

export const digest: string = `sha256:${'a'.repeat(64)}`;
export const other: string = `sha256:${'b'.repeat(64)}`;
export const at: Date = new Date('2026-03-01T12:00:00Z');
export const minutes = (count: number): Date => new Date(at.getTime() + count * 60_000);
export const years: Period = { from: new Date('2025-01-01T00:00:00Z'), to: new Date('2035-01-01T00:00:00Z') };

export const rootCa: Issuer = issuer('root', years);
export const ca: Issuer = issuer('intermediate', years, rootCa);
export const ctLog: CertificateLog = pair();
export const log: SignatureLog = new SignatureLog('https://rekor.example.org');
export const tsa: TimestampAuthority = new TimestampAuthority(years);
export const workflow = 'https://github.com/shop/web/.github/workflows/release.yml@refs/heads/main';
export const actions = 'https://token.actions.githubusercontent.com';
export const signers: readonly AllowedSigner[] = [
  { identity: 'ci@example.org', issuer: 'https://accounts.example.org' },
  { identity: workflow, issuer: actions },
];
const whole: Trusted = {
  authorities: [{ chain: [ca, rootCa], from: years.from }],
  certificateLogs: [ctLog],
  signatureLogs: [{ log, from: years.from }],
  timestampAuthorities: [tsa],
  from: years.from,
};
export const trusting = (otherwise: Partial<Trusted> = {}, more: Partial<Trust> = {}): Trust => ({
  ...{ keys: [], root: trustedRoot(trustedRootText({ ...whole, ...otherwise })), signers },
  ...more,
});
/** A trusted root that knows all of them. */
export const trustedText: string = trustedRootText(whole);
export const trust: Trust = trusting();
export const noLog: Partial<Trusted> = { signatureLogs: [] };

interface Made {
  readonly subject?: string;
  readonly identity?: string;
  readonly oidcIssuer?: string;
  readonly by?: Issuer;
  readonly certificateLogs?: readonly CertificateLog[];
  /** When it was signed, by the log and by the authority of time; undefined: not told by that. */
  readonly loggedAt?: Date | undefined;
  readonly stampedAt?: Date | undefined;
  readonly log?: SignatureLog;
  readonly tsa?: TimestampAuthority;
  /** Signs in place of the one of the certificate. */
  readonly key?: KeyObject;
  readonly hint?: string;
}

/** What stands beside a signature: certificate, entry of the log, timestamp. */
function material(
  { identity = workflow, oidcIssuer = actions, by = ca, ...made }: Made,
  certified: KeyObject,
  signature: Buffer,
  entryOf: (verifier: string) => { readonly kind: string; readonly spec: object },
): Record<string, unknown> {
  const period = { from: at, to: minutes(10) };
  const certificate = leaf(by, {
    ...{ key: certified, identity, oidcIssuer, loggedAt: at, ...period },
    logs: made.certificateLogs ?? [ctLog],
  });
  const verifier = Buffer.from(pemOf(certificate)).toString('base64');
  const loggedAt = 'loggedAt' in made ? made.loggedAt : minutes(1);
  const stampedAt = 'stampedAt' in made ? made.stampedAt : minutes(1);
  const { kind, spec } = entryOf(verifier);
  const stamped = stampedAt === undefined ? [] : [(made.tsa ?? tsa).stamp(signature, stampedAt)];
  return {
    ...(made.hint === undefined
      ? { certificate: { rawBytes: certificate.toString('base64') } }
      : { publicKey: { hint: made.hint } }),
    tlogEntries: loggedAt === undefined ? [] : [(made.log ?? log).entry(kind, spec, loggedAt)],
    timestampVerificationData: {
      rfc3161Timestamps: stamped.map((one) => ({ signedTimestamp: one.toString('base64') })),
    },
  };
}

/** Of a bundle, what the tests take out of it. */
export interface Signed {
  readonly dsseEnvelope: object;
  readonly verificationMaterial: {
    readonly tlogEntries: readonly object[];
    readonly timestampVerificationData: { readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[] };
  };
}

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** As `cosign sign` makes it without a key. */
export function statement(made: Made = {}): object {
  const keys = pair();
  const payload = Buffer.from(
    JSON.stringify({
      ...{ _type: 'https://in-toto.io/Statement/v1', predicateType: 'https://sigstore.dev/cosign/sign/v1' },
      ...{ predicate: {}, subject: [{ digest: { sha256: (made.subject ?? digest).slice('sha256:'.length) } }] },
    }),
  );
  const payloadType = 'application/vnd.in-toto+json';
  const header = `DSSEv1 ${String(payloadType.length)} ${payloadType} ${String(payload.length)} `;
  const sig = sign('sha256', Buffer.concat([Buffer.from(header), payload]), made.key ?? keys.privateKey);
  const hash = { algorithm: 'sha256', value: sha256(payload).toString('hex') };
  return {
    mediaType,
    verificationMaterial: material(made, keys.publicKey, sig, (verifier) => ({
      kind: 'dsse',
      spec: {
        ...{ envelopeHash: hash, payloadHash: hash },
        signatures: [{ signature: sig.toString('base64'), verifier }],
      },
    })),
    dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig: sig.toString('base64') }] },
  };
}

/** As `cosign sign-blob --bundle` makes it without a key. */
export function overFile(artifact: Buffer, made: Made = {}): object {
  const keys = pair();
  const signature = sign('sha256', artifact, made.key ?? keys.privateKey);
  const content = signature.toString('base64');
  return {
    mediaType,
    verificationMaterial: material(made, keys.publicKey, signature, (verifier) => ({
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: sha256(artifact).toString('hex') } },
        signature: { content, publicKey: { content: verifier } },
      },
    })),
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: sha256(artifact).toString('base64') },
      signature: content,
    },
  };
}

interface Asked {
  readonly artifact?: Buffer;
  readonly digests?: readonly string[];
  readonly by?: Trust;
}

export function read(
  bundle: object,
  { artifact, digests = [digest], by = trust }: Asked = {},
): readonly [string, string] {
  const claim = readClaim(Buffer.from(JSON.stringify(bundle)), artifact);
  const verdict = 'refused' in claim ? claim : verifyClaim(claim, digests, by);
  return 'by' in verdict ? ['by', verdict.by] : [verdict.refused, verdict.reason];
}
export const verdict = (bundle: object, asked: Asked = {}): string => read(bundle, asked)[0];

/** With the value at a path replaced; by the old one where a function is given. */
export function changed(bundle: object, path: string, to: unknown): object {
  const copy = structuredClone(bundle) as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce<Record<string, unknown>>((node, step) => node[step] as Record<string, unknown>, copy);
  const value = typeof to === 'function' ? (to as (was: unknown) => unknown)(parent[last]) : to;
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
}
/** Another byte in the middle of what is base64. */
export const flipped = (was: unknown): string => {
  const bytes = Buffer.from(String(was), 'base64');
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  return bytes.toString('base64');
};

export const entry = 'verificationMaterial.tlogEntries.0';
export const stamp = 'verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp';
export const manifest: Buffer = Buffer.from('{"schemaVersion":2}');
export const manifestDigest: string = `sha256:${sha256(manifest).toString('hex')}`;
export const ofManifest: Asked = { artifact: manifest, digests: [manifestDigest] };
