import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actions,
  at,
  ca,
  changed,
  ctLog,
  entry,
  flipped,
  log,
  manifest,
  manifestDigest,
  minutes,
  noLog,
  ofManifest,
  other,
  overFile,
  read,
  rootCa,
  signers,
  stamp,
  statement,
  trusting,
  tsa,
  verdict,
  workflow,
  years,
} from '../../../test/support/stand-in-bundles.ts';
import type { Signed } from '../../../test/support/stand-in-bundles.ts';
import {
  issuer,
  leaf,
  pair,
  pemOf,
  SignatureLog,
  TimestampAuthority,
} from '../../../test/support/stand-in-sigstore.ts';

describe('a bundle with a certificate vouches for the image', () => {
  test('by a statement and by a signature over its manifest, with certificate log, signature log and timestamp', () => {
    expect(read(statement())).toEqual(['by', `${workflow} (${actions})`]);
    expect(read(overFile(manifest), ofManifest)).toEqual(['by', `${workflow} (${actions})`]);
    const mail = { identity: 'ci@example.org', oidcIssuer: 'https://accounts.example.org' };
    expect(read(statement(mail))).toEqual(['by', 'ci@example.org (https://accounts.example.org)']);
  });

  test('by the time of the log alone, or of the authority alone', () => {
    expect(verdict(statement({ stampedAt: undefined }))).toBe('by');
    expect(verdict(changed(statement(), `${entry}.inclusionPromise`, undefined))).toBe('by');
    expect(verdict(statement({ loggedAt: undefined }), { by: trusting(noLog) })).toBe('by');
  });

  test('in the forms of older bundles as well', () => {
    for (const version of ['0.1', '0.2', '0.3']) {
      const older: object = {
        ...statement(),
        mediaType: `application/vnd.dev.sigstore.bundle+json;version=${version}`,
      };
      expect(verdict(older)).toBe('by');
      const chained = changed(older, 'verificationMaterial.certificate', undefined);
      const { certificate } = (older as { verificationMaterial: { certificate?: unknown } }).verificationMaterial;
      const chain = { certificates: [certificate] };
      expect(verdict(changed(chained, 'verificationMaterial.x509CertificateChain', chain))).toBe(
        version === '0.3' ? 'malformed' : 'by',
      );
    }
  });
});

describe('is refused, by name and with the reason,', () => {
  test('where it is about another digest or another image', () => {
    expect(read(statement({ subject: other }))).toEqual(['wrong-digest', `it is about ${other}`]);
    expect(read(overFile(manifest), { artifact: manifest })).toEqual(['wrong-digest', `it is about ${manifestDigest}`]);
    const elsewhere = Buffer.from('{"schemaVersion":3}');
    expect(read(overFile(manifest), { ...ofManifest, artifact: elsewhere })).toEqual([
      'wrong-digest',
      `what stands beside it is not what was signed (${manifestDigest})`,
    ]);
    const renamed = { ...statement(), dsseEnvelope: (statement({ subject: other }) as Signed).dsseEnvelope };
    expect(verdict(renamed, { digests: [other] })).toBe('timestamp-invalid');
    const unstamped = { ...statement({ stampedAt: undefined }), dsseEnvelope: renamed.dsseEnvelope };
    expect(verdict(unstamped, { digests: [other] })).toBe('log-entry-invalid');
  });

  test('where somebody else signed', () => {
    const issuedBy = (oidcIssuer: string, identity = workflow): readonly [string, string] =>
      read(statement({ identity, oidcIssuer }));
    expect(issuedBy('https://accounts.example.org')).toEqual([
      'wrong-signer',
      `it was signed by ${workflow} (https://accounts.example.org)`,
    ]);
    for (const identity of [`${workflow}s`, workflow.slice(0, -1), `x${workflow}`, workflow.toUpperCase()])
      expect(issuedBy(actions, identity)[0]).toBe('wrong-signer');
    expect(issuedBy(`${actions}/`)[0]).toBe('wrong-signer');
    expect(verdict(statement(), { by: trusting({}, { signers: [] }) })).toBe('no-signer-allowed');
    // Signers are compared and no patterns.
    const pattern = [{ identity: '.*', issuer: actions }];
    expect(verdict(statement(), { by: trusting({}, { signers: pattern }) })).toBe('wrong-signer');
  });

  test('where the certificate did not hold when it was used', () => {
    for (const late of [minutes(11), minutes(-1)]) {
      expect(verdict(statement({ loggedAt: late, stampedAt: undefined }))).toBe('expired');
      expect(verdict(statement({ loggedAt: undefined, stampedAt: late }), { by: trusting(noLog) })).toBe('expired');
      // Of several times all must fit.
      expect(verdict(statement({ stampedAt: late }))).toBe('expired');
    }
    expect(verdict(overFile(manifest, { loggedAt: minutes(11) }), ofManifest)).toBe('expired');
  });

  test('where the trusted root does not know who issued or logged the certificate', () => {
    const impostor = issuer('intermediate', years, issuer('root', years));
    for (const made of [{ by: impostor }, { certificateLogs: [] }, { certificateLogs: [pair()] }])
      expect(verdict(statement(made))).toBe('untrusted-certificate');
    expect(verdict(statement(), { by: { keys: [], root: undefined, signers } })).toBe('untrusted-certificate');
    expect(verdict(changed(statement(), 'verificationMaterial.certificate.rawBytes', flipped))).not.toBe('by');
    expect(verdict(statement({ certificateLogs: [] }), { by: trusting({ certificateLogs: [] }) })).toBe('by');
  });

  test('where the key of the certificate did not sign', () => {
    expect(verdict(statement({ key: pair().privateKey }))).toBe('bad-signature');
    expect(verdict(overFile(manifest, { key: pair().privateKey }), ofManifest)).toBe('bad-signature');
  });

  test('where no time is proven, or the timestamp is of another or changed', () => {
    const bare = { loggedAt: undefined, stampedAt: undefined };
    expect(verdict(statement(bare), { by: trusting(noLog) })).toBe('timestamp-missing');
    const unpromised = changed(statement({ stampedAt: undefined }), `${entry}.inclusionPromise`, undefined);
    expect(verdict(unpromised)).toBe('timestamp-missing');
    const elsewhere = (statement() as Signed).verificationMaterial.timestampVerificationData.rfc3161Timestamps[0];
    expect(verdict(changed(statement(), stamp, elsewhere?.signedTimestamp))).toBe('timestamp-invalid');
    expect(verdict(statement({ tsa: new TimestampAuthority(years) }))).toBe('timestamp-invalid');
    const past = { from: years.from, to: minutes(-1) };
    const closed = new TimestampAuthority(past);
    expect(verdict(statement({ tsa: closed }), { by: trusting({ timestampAuthorities: [closed] }) })).toBe(
      'timestamp-invalid',
    );
    expect(verdict(changed(statement(), stamp, 'AAAA'))).toBe('malformed');
    // The last bytes are the authority's signature.
    const forged = changed(statement(), stamp, (was: unknown) => {
      const bytes = Buffer.from(String(was), 'base64');
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      return bytes.toString('base64');
    });
    expect(verdict(forged)).toBe('timestamp-invalid');
    // The same time told twice is no second one.
    const twice = changed(statement(), 'verificationMaterial.timestampVerificationData', (was: unknown) => {
      const [one] = (was as Signed['verificationMaterial']['timestampVerificationData']).rfc3161Timestamps;
      return { rfc3161Timestamps: [one, one] };
    });
    expect(verdict(twice)).toBe('timestamp-invalid');
  });

  test('where the log has no entry', () => {
    expect(verdict(statement({ loggedAt: undefined }))).toBe('log-entry-missing');
    expect(verdict(overFile(manifest, { loggedAt: undefined }), ofManifest)).toBe('log-entry-missing');
  });

  test('where the entry of the log is of another, of another signature, or was changed', () => {
    expect(verdict(statement({ log: new SignatureLog(log.url) }))).toBe('log-entry-invalid');
    expect(verdict(statement(), { by: trusting(noLog) })).toBe('log-entry-invalid');
    const another = (statement() as Signed).verificationMaterial.tlogEntries[0];
    expect(verdict(changed(statement(), entry, another))).toBe('log-entry-invalid');
    const parts = [
      'inclusionPromise.signedEntryTimestamp',
      'inclusionProof.hashes.0',
      'canonicalizedBody',
      'logId.keyId',
    ];
    for (const part of parts) {
      expect(verdict(changed(statement(), `${entry}.${part}`, flipped)), part).toBe('log-entry-invalid');
      expect(verdict(changed(overFile(manifest), `${entry}.${part}`, flipped), ofManifest), part).toBe(
        'log-entry-invalid',
      );
    }
    expect(verdict(changed(statement(), `${entry}.inclusionProof.logIndex`, '3'))).toBe('log-entry-invalid');
    const checkpoint = `${entry}.inclusionProof.checkpoint.envelope`;
    const grown = (was: unknown): string => String(was).replace('\n7\n', '\n8\n');
    expect(verdict(changed(statement(), checkpoint, grown))).toBe('log-entry-invalid');
    // A time at which the certificate held, put in place of the one that the log promised.
    const late = statement({ loggedAt: minutes(30), stampedAt: undefined });
    const inTime = String(Math.floor(minutes(1).getTime() / 1000));
    expect(verdict(changed(late, `${entry}.integratedTime`, inTime))).toBe('log-entry-invalid');
    expect(verdict(changed(statement(), `${entry}.kindVersion.kind`, 'hashedrekord'))).toBe('log-entry-invalid');
    expect(verdict(changed(statement(), `${entry}.inclusionProof`, undefined))).toBe('malformed');
  });

  test('whatever signed byte of certificate, promise or body is another', () => {
    const honest = statement({ stampedAt: undefined });
    const paths = ['verificationMaterial.certificate.rawBytes', `${entry}.canonicalizedBody`];
    fc.assert(
      fc.property(
        fc.constantFrom(...paths, `${entry}.inclusionPromise.signedEntryTimestamp`),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (path, where, mask) => {
          const spoiled = changed(honest, path, (was: unknown) => {
            const bytes = Buffer.from(String(was), 'base64');
            // Of a certificate, what its authority signed: the envelope around that (header, the algorithm told a second time) says nothing that is believed.
            const isCertificate = path.endsWith('rawBytes');
            const place = isCertificate ? 4 + (where % (bytes.readUInt16BE(6) + 4)) : where % bytes.length;
            bytes.writeUInt8(bytes.readUInt8(place) ^ mask, place);
            return bytes.toString('base64');
          });
          expect(verdict(spoiled)).not.toBe('by');
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('what the stand-ins make is what OpenSSL takes for a certificate and a timestamp', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-sigstore-'));
  const put = (name: string, bytes: Buffer | string): string => {
    writeFileSync(join(scratch, name), bytes);
    return join(scratch, name);
  };
  const attime = String(minutes(1).getTime() / 1000);
  try {
    const made = { key: pair().publicKey, identity: workflow, oidcIssuer: actions, from: at, to: minutes(10) };
    const certificate = put('leaf.pem', pemOf(leaf(ca, { ...made, logs: [ctLog], loggedAt: at })));
    const above = ['-CAfile', put('root.pem', pemOf(rootCa.certificate))];
    const between = ['-untrusted', put('ca.pem', pemOf(ca.certificate))];
    const openssl = (...words: string[]): string => execFileSync('openssl', words, { encoding: 'utf8', stdio: 'pipe' });
    expect(openssl('verify', ...above, ...between, '-attime', attime, certificate)).toContain('OK');
    const asked = ['-in', put('answer.tsr', tsa.stamp(manifest, minutes(1))), '-data', put('data', manifest)];
    const said = openssl('ts', '-verify', ...asked, '-CAfile', put('time.pem', pemOf(tsa.root.certificate)));
    expect(said).toContain('OK');
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
