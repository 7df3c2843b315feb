import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as SigstoreBundle from '@sigstore/bundle';
import type { Bundle } from '@sigstore/bundle';
import type * as SigstoreSpecs from '@sigstore/protobuf-specs';
import type * as SigstoreVerify from '@sigstore/verify';
import type { SignedEntity, TrustMaterial, Verifier } from '@sigstore/verify';
import { z } from 'zod';
import { errorText } from '../../lib/errors.ts';

const load = createRequire(import.meta.url);
/** Read when somebody wants a signature to be verified, which few do: they take 4 MB of memory. */
const sigstore = {
  bundle: () => load('@sigstore/bundle') as typeof SigstoreBundle,
  specs: () => load('@sigstore/protobuf-specs') as typeof SigstoreSpecs,
  verify: () => load('@sigstore/verify') as typeof SigstoreVerify,
};

/** Why a bundle does not vouch for an image. */
export type SignatureRefusal =
  | 'malformed'
  | 'too-large'
  | 'artifact-missing'
  | 'other-statement'
  | 'wrong-digest'
  | 'bad-signature'
  | 'untrusted-key'
  | 'untrusted-certificate'
  | 'expired'
  | 'timestamp-missing'
  | 'timestamp-invalid'
  | 'log-entry-missing'
  | 'log-entry-invalid'
  | 'no-signer-allowed'
  | 'wrong-signer';

export type SignatureRead = { readonly by: string } | { readonly refused: SignatureRefusal; readonly reason: string };

/** Who may have signed, by a certificate of a trusted root. */
export interface AllowedSigner {
  /** Subject alternative name, as a whole: an address of mail, or the URI of a workflow. */
  readonly identity: string;
  /** Who says that they are it: `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
}

/** Whose signatures count. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  /** Undefined: certificates do not count. */
  readonly root: TrustMaterial | undefined;
  readonly signers: readonly AllowedSigner[];
}

export interface TrustedKey {
  /** Of its file. */
  readonly name: string;
  readonly key: KeyObject;
  /** What cosign calls it by: base64 of the SHA-256 of its DER form. */
  readonly hint: string;
}

/** A public key in PEM. @throws what OpenSSL says, when it is none */
export function trustedKey(name: string, pem: string): TrustedKey {
  if (/PRIVATE KEY/.test(pem)) throw new Error('it is a private key, which belongs nowhere near here');
  const key = createPublicKey(pem);
  return {
    name,
    key,
    hint: createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('base64'),
  };
}

/** A trusted root as `cosign trusted-root create` and https://github.com/sigstore/root-signing write it. @throws when it is none */
export function trustedRoot(text: string): TrustMaterial {
  return sigstore.verify().toTrustMaterial(sigstore.specs().TrustedRoot.fromJSON(JSON.parse(text) as unknown));
}

/** What a bundle claims to be about: digests `sha256:…`, before anything is verified. */
export interface Claim {
  readonly bundle: Bundle;
  readonly digests: readonly string[];
  /** What the signature is over, where that is not in the bundle. */
  readonly artifact: Buffer | undefined;
}

const sha256Hex = z.string().regex(/^[\da-f]{64}$/);
/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
const statementSchema = z.object({
  _type: z.string().startsWith('https://in-toto.io/Statement/'),
  predicateType: z.string().max(512),
  subject: z.array(z.object({ digest: z.object({ sha256: sha256Hex.optional() }) })).max(1024),
});
/** Statements that vouch for an image: that it was signed, and how it was built. Others (what is in it, what was found in it) may say nothing good of it. */
const vouching = /^https:\/\/(?:sigstore\.dev\/cosign\/sign|slsa\.dev\/provenance)\/v[\d.]+$/;
/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#simple-signing */
const payloadSchema = z.object({
  critical: z.object({
    type: z.enum(['cosign container image signature', 'atomic container signature']),
    image: z.object({ 'docker-manifest-digest': z.string().regex(/^sha256:[\da-f]{64}$/) }),
  }),
});

/**
 * Reads a bundle of Sigstore (v0.1 to v0.3): an in-toto statement in a DSSE envelope, whose subjects are images; or a signature over a file: a manifest, whose digest is
 * the image's, or a payload of cosign that names it. @param artifact that file; undefined: there is none
 */
export function readClaim(
  bytes: Buffer,
  artifact: Buffer | undefined,
): Claim | { readonly refused: SignatureRefusal; readonly reason: string } {
  let bundle: Bundle;
  try {
    bundle = sigstore.bundle().bundleFromJSON(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    return { refused: 'malformed', reason: errorText(error).slice(0, 200) };
  }
  if (bundle.content.$case === 'dsseEnvelope') {
    const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
    if (payloadType !== 'application/vnd.in-toto+json')
      return {
        refused: 'malformed',
        reason: `a payload of type ${payloadType.slice(0, 100)} says nothing of an image`,
      };
    if (signatures.length !== 1) return { refused: 'malformed', reason: 'an envelope has one signature' };
    const statement = parsed(statementSchema, payload);
    const digests = statement?.subject.flatMap(({ digest: { sha256 } }) =>
      sha256 === undefined ? [] : [`sha256:${sha256}`],
    );
    if (digests === undefined || digests.length === 0)
      return { refused: 'malformed', reason: 'its payload is no in-toto statement with a sha256 of an image' };
    if (!vouching.test(statement?.predicateType ?? ''))
      return {
        refused: 'other-statement',
        reason: `a statement of ${statement?.predicateType.slice(0, 150) ?? ''} does not vouch for it`,
      };
    return { bundle, digests, artifact: undefined };
  }
  const { digest } = bundle.content.messageSignature.messageDigest;
  const signed = `sha256:${Buffer.from(digest).toString('hex')}`;
  if (artifact === undefined)
    return {
      refused: 'artifact-missing',
      reason: `what was signed (${signed}) must stand beside it, by the name without .sigstore.json`,
    };
  if (createHash('sha256').update(artifact).digest('hex') !== signed.slice('sha256:'.length))
    return { refused: 'wrong-digest', reason: `what stands beside it is not what was signed (${signed})` };
  const payload = parsed(payloadSchema, artifact);
  return { bundle, artifact, digests: [payload?.critical.image['docker-manifest-digest'] ?? signed] };
}

function parsed<Result>(schema: z.ZodType<Result>, bytes: Buffer): Result | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * Whether a bundle vouches for an image: its signature is good, by a key or signer that is trusted, and it is about one of the image's digests. Asks nobody: all that is
 * needed stands in the bundle and in what is trusted. Pure but for the clock that certificates are not compared with: they count at the time of the bundle's timestamps.
 */
export function verifyClaim(claim: Claim, digests: readonly string[], trust: Trust): SignatureRead {
  if (!claim.digests.some((digest) => digests.includes(digest)))
    return { refused: 'wrong-digest', reason: `it is about ${claim.digests.slice(0, 3).join(', ')}` };
  let entity: SignedEntity;
  try {
    entity = sigstore.verify().toSignedEntity(claim.bundle, claim.artifact);
  } catch (error) {
    return { refused: 'malformed', reason: errorText(error).slice(0, 200) };
  }
  return entity.key.$case === 'public-key' ? byKey(entity, entity.key.hint, trust) : byCertificate(entity, trust);
}

function byKey(entity: SignedEntity, hint: string, { keys, root }: Trust): SignatureRead {
  // A key holds without a log and a time: what they say counts where there is something to verify it by.
  const told = { log: (root?.tlogs.length ?? 0) > 0, time: (root?.timestampAuthorities.length ?? 0) > 0 };
  const bare: SignedEntity = {
    ...entity,
    tlogEntries: told.log ? entity.tlogEntries : [],
    timestamps: entity.timestamps.filter(({ $case }) => ($case === 'transparency-log' ? told.log : told.time)),
  };
  const named = keys.filter((key) => key.hint === hint);
  let refused: SignatureRead | undefined;
  for (const key of named.length > 0 ? named : keys) {
    const material: TrustMaterial = {
      ...(root ?? { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] }),
      publicKey: () => ({ publicKey: key.key, validFor: () => true }),
    };
    const verifier = new (sigstore.verify().Verifier)(material, {
      tlogThreshold: 0,
      ctlogThreshold: 0,
      timestampThreshold: 0,
    });
    try {
      verifier.verify(bare);
      return { by: `key ${key.name}` };
    } catch (error) {
      refused ??= refusalOf(error);
    }
  }
  if (refused !== undefined && (named.length > 0 || !('refused' in refused) || refused.refused !== 'bad-signature'))
    return refused;
  return {
    refused: 'untrusted-key',
    reason: `its key ${hint === '' ? '' : `(${hint.slice(0, 64)}) `}is none of those that are trusted`,
  };
}

function byCertificate(entity: SignedEntity, { root, signers }: Trust): SignatureRead {
  if (root === undefined)
    return {
      refused: 'untrusted-certificate',
      reason: 'it was signed with a certificate, and no trusted root is configured',
    };
  if (signers.length === 0)
    return { refused: 'no-signer-allowed', reason: 'a certificate shows who signed, and nobody is configured who may' };
  const verify = (by: TrustMaterial): ReturnType<Verifier['verify']> =>
    new (sigstore.verify().Verifier)(by, {
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
      // Without a time nothing says that the certificate held when it was used.
      timestampThreshold: 1,
    }).verify(entity);
  try {
    const { identity } = verify(root);
    const name = identity?.subjectAlternativeName ?? '';
    const issuer = identity?.extensions?.issuer ?? '';
    // As a whole: part of an address is somebody else's.
    if (signers.some((one) => one.identity === name && one.issuer === issuer)) return { by: `${name} (${issuer})` };
    return {
      refused: 'wrong-signer',
      reason: `it was signed by ${name || 'nobody'} (${issuer || 'of no issuer'})`.slice(0, 300),
    };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.refused !== 'untrusted-certificate' || root.certificateAuthorities.length < 2) return refusal;
    // Of several authorities the library says what the last one was refused for: whose certificate it is, and that it is expired, the one says that issued it.
    const each = root.certificateAuthorities.map((one) => {
      try {
        verify({ ...root, certificateAuthorities: [one] });
      } catch (cause) {
        return refusalOf(cause);
      }
      return refusal;
    });
    return each.find(({ refused }) => refused === 'expired') ?? refusal;
  }
}

/** What the library says, by its codes. */
function refusalOf(error: unknown): { readonly refused: SignatureRefusal; readonly reason: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = errorText(error).slice(0, 200);
  if (code === 'SIGNATURE_ERROR') return { refused: 'bad-signature', reason };
  if (code === 'PUBLIC_KEY_ERROR') return { refused: 'untrusted-key', reason };
  if (code === 'CERTIFICATE_ERROR') return { refused: isExpired(error) ? 'expired' : 'untrusted-certificate', reason };
  if (code === 'TIMESTAMP_ERROR')
    return { refused: /^expected \d+ timestamps/.test(reason) ? 'timestamp-missing' : 'timestamp-invalid', reason };
  if (code === 'TLOG_MISSING_INCLUSION_ERROR' || /^expected \d+ tlog entries/.test(reason))
    return { refused: 'log-entry-missing', reason };
  if (code.startsWith('TLOG_')) return { refused: 'log-entry-invalid', reason };
  return { refused: 'malformed', reason };
}

function isExpired(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = 'cause' in at ? at.cause : undefined, depth++)
    if (/expired/.test(at.message)) return true;
  return false;
}
