import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClaim, trustedKey, trustedRoot, verifyClaim } from './signature.ts';
import type { Trust } from './signature.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const cosignSign = 'https://sigstore.dev/cosign/sign/v1';
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const hintOf = (key: KeyObject): string => trustedKey('k', pem(key)).hint;
const trust: Trust = { keys: [trustedKey('cosign.pub', pem(own.publicKey))], root: undefined, signers: [] };
const media = 'application/vnd.dev.sigstore.bundle.v0.3+json';

interface Made {
  readonly subject?: string;
  readonly predicateType?: string;
  readonly key?: KeyObject;
  readonly hint?: string;
  readonly mediaType?: string;
  readonly payloadType?: string;
}

/** As `cosign sign --key` makes it, with a real signature. */
function envelope({ subject = digest, predicateType = cosignSign, key = own.privateKey, ...made }: Made = {}): object {
  const statement = {
    ...{ _type: 'https://in-toto.io/Statement/v1', predicateType, predicate: {} },
    subject: [{ digest: { sha256: subject.slice('sha256:'.length) } }],
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const payloadType = made.payloadType ?? 'application/vnd.in-toto+json';
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  return {
    mediaType: made.mediaType ?? media,
    verificationMaterial: { publicKey: { hint: made.hint ?? hintOf(own.publicKey) }, tlogEntries: [] },
    dsseEnvelope: {
      ...{ payload: payload.toString('base64'), payloadType },
      signatures: [{ sig: sign('sha256', signed, key).toString('base64'), keyid: '' }],
    },
  };
}

/** As `cosign sign-blob --key --bundle` makes it. */
function overFile(artifact: Buffer, key: KeyObject = own.privateKey): object {
  return {
    mediaType: media,
    verificationMaterial: { publicKey: { hint: hintOf(own.publicKey) }, tlogEntries: [] },
    messageSignature: {
      messageDigest: {
        algorithm: 'SHA2_256',
        digest: createHash('sha256').update(artifact).digest('base64'),
      },
      signature: sign('sha256', artifact, key).toString('base64'),
    },
  };
}

function verdict(
  bundle: object,
  { artifact, digests = [digest], by = trust }: { artifact?: Buffer; digests?: string[]; by?: Trust } = {},
): string {
  const claim = readClaim(Buffer.from(JSON.stringify(bundle)), artifact);
  const read = 'refused' in claim ? claim : verifyClaim(claim, digests, by);
  return 'by' in read ? `by ${read.by}` : read.refused;
}

describe('a statement in an envelope', () => {
  test('that a trusted key signed vouches for the image', () => {
    expect(verdict(envelope())).toBe('by key cosign.pub');
    expect(verdict(envelope({ predicateType: 'https://slsa.dev/provenance/v1' }))).toBe('by key cosign.pub');
    expect(verdict(envelope({ hint: '' }))).toBe('by key cosign.pub');
    for (const mediaType of ['0.1', '0.2', '0.3'].map(
      (one) => `application/vnd.dev.sigstore.bundle+json;version=${one}`,
    ))
      expect(verdict(envelope({ mediaType }))).toBe('by key cosign.pub');
  });

  test('does not where anything is wrong, each by its name', () => {
    expect(verdict(envelope({ subject: other }))).toBe('wrong-digest');
    expect(verdict(envelope({ key: stranger.privateKey }))).toBe('bad-signature');
    expect(verdict(envelope({ key: stranger.privateKey, hint: hintOf(stranger.publicKey) }))).toBe('untrusted-key');
    expect(verdict(envelope({ predicateType: 'https://cosign.sigstore.dev/attestation/vuln/v1' }))).toBe(
      'other-statement',
    );
    expect(verdict(envelope({ payloadType: 'text/plain' }))).toBe('malformed');
    expect(verdict(envelope({ mediaType: 'application/json' }))).toBe('malformed');
    expect(verdict({})).toBe('malformed');
  });

  test('cannot be changed after it was signed', () => {
    const changed = envelope({ subject: other }) as { dsseEnvelope: { payload: string } };
    const honest = envelope() as { dsseEnvelope: { payload: string } };
    changed.dsseEnvelope.payload = honest.dsseEnvelope.payload;
    expect(verdict(changed)).toBe('bad-signature');
  });
});

describe('a signature over a file', () => {
  const manifest = Buffer.from('{"schemaVersion":2}');
  const manifestDigest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        ...{ identity: { 'docker-reference': 'shop/web' }, type: 'cosign container image signature' },
        image: { 'docker-manifest-digest': digest },
      },
      optional: {},
    }),
  );

  test('is about the manifest that it is over, or the image that the payload names', () => {
    expect(verdict(overFile(manifest), { artifact: manifest, digests: [manifestDigest] })).toBe('by key cosign.pub');
    expect(verdict(overFile(payload), { artifact: payload })).toBe('by key cosign.pub');
  });

  test('is refused by name', () => {
    expect(verdict(overFile(manifest))).toBe('artifact-missing');
    expect(verdict(overFile(manifest), { artifact: payload })).toBe('wrong-digest');
    expect(verdict(overFile(manifest), { artifact: manifest })).toBe('wrong-digest');
    expect(verdict(overFile(payload, stranger.privateKey), { artifact: payload })).toBe('bad-signature');
  });
});

test('a certificate counts of a trusted root alone, of somebody who may, at a time that is proven', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-signature-'));
  try {
    const [keyFile, certFile] = [join(scratch, 'key.pem'), join(scratch, 'cert.der')];
    writeFileSync(keyFile, own.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    execFileSync('openssl', [
      ...[
        'req',
        '-x509',
        '-new',
        '-key',
        keyFile,
        '-subj',
        '/CN=ci',
        '-days',
        '1',
        '-outform',
        'DER',
        '-out',
        certFile,
      ],
      ...['-addext', 'subjectAltName=email:ci@example.org'],
    ]);
    const rawBytes = readFileSync(certFile).toString('base64');
    const certified = { ...envelope(), verificationMaterial: { tlogEntries: [], certificate: { rawBytes } } };
    const validFor = { start: '2020-01-01T00:00:00Z' };
    const root = trustedRoot(
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        ...{ tlogs: [], ctlogs: [], timestampAuthorities: [] },
        certificateAuthorities: [{ uri: '', certChain: { certificates: [{ rawBytes }] }, validFor }],
      }),
    );
    const signers = [{ identity: 'ci@example.org', issuer: 'https://accounts.example.org' }];
    expect(verdict(certified)).toBe('untrusted-certificate');
    expect(verdict(certified, { by: { ...trust, root } })).toBe('no-signer-allowed');
    expect(verdict(certified, { by: { ...trust, root, signers } })).toBe('timestamp-missing');
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

test('what is no key is refused', () => {
  expect(() => trustedKey('x', 'hello')).toThrow(/DECODER|PEM|unsupported/);
  const secret = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect(() => trustedKey('x', secret)).toThrow('private key');
});

test('whatever a bundle holds, it is refused and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.constantFrom('dsseEnvelope', 'verificationMaterial', 'mediaType', 'messageSignature'),
      (json, at) => {
        const bundle = { ...envelope({ key: stranger.privateKey }), [at]: JSON.parse(json) as unknown };
        expect(verdict(bundle)).not.toMatch(/^by /);
      },
    ),
    { numRuns: 300 },
  );
});
