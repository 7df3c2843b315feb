import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  changed,
  entry,
  flipped,
  log,
  minutes,
  noLog,
  manifest,
  ofManifest,
  overFile,
  read,
  statement,
  trusting,
  verdict,
  years,
} from '../../../test/support/stand-in-bundles.ts';
import { issuer, pair, SignatureLog, TimestampAuthority } from '../../../test/support/stand-in-sigstore.ts';
import { trustedKey } from './signature.ts';
import type { Trust, TrustedKey } from './signature.ts';

describe('when keys are rotated', () => {
  const [before, after] = [minutes(-60), minutes(60)];

  test('what an authority issued while it counted still counts, and no longer what it issued later', () => {
    const [oldCa, newCa] = [issuer('old', years), issuer('new', years)];
    const rotatedAt = (when: Date): Trust =>
      trusting({
        authorities: [
          { chain: [oldCa], from: years.from, to: when },
          { chain: [newCa], from: when },
        ],
      });
    expect(verdict(statement({ by: oldCa }), { by: rotatedAt(after) })).toBe('by');
    expect(verdict(statement({ by: oldCa }), { by: rotatedAt(before) })).toBe('untrusted-certificate');
    expect(verdict(statement({ by: newCa }), { by: rotatedAt(before) })).toBe('by');
  });

  test('which authority of several issued what is expired is found', () => {
    const [oldCa, newCa] = [issuer('old', years), issuer('new', years)];
    const authorities = [oldCa, newCa].map((one) => ({ chain: [one], from: years.from }));
    for (const by of [oldCa, newCa]) {
      expect(verdict(statement({ by }), { by: trusting({ authorities }) })).toBe('by');
      expect(verdict(statement({ by, loggedAt: minutes(30) }), { by: trusting({ authorities }) })).toBe('expired');
    }
  });

  test('entries of a log count that were made while it did', () => {
    const newLog = new SignatureLog('https://rekor-2.example.org');
    const rotatedAt = (when: Date): Trust =>
      trusting({
        signatureLogs: [
          { log, from: years.from, to: when },
          { log: newLog, from: when },
        ],
      });
    expect(verdict(statement(), { by: rotatedAt(after) })).toBe('by');
    expect(verdict(statement(), { by: rotatedAt(before) })).toBe('log-entry-invalid');
    expect(verdict(statement({ log: newLog }), { by: rotatedAt(before) })).toBe('by');
    expect(verdict(statement({ log: newLog }), { by: rotatedAt(after) })).toBe('log-entry-invalid');
  });

  test('several keys count beside each other, each for what it signed, until it is taken out', () => {
    const [oldKey, newKey] = [pair(), pair()];
    const named = (name: string, { publicKey }: { publicKey: KeyObject }): TrustedKey =>
      trustedKey(name, publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const keys = [named('old.pub', oldKey), named('new.pub', newKey)];
    const by: Trust = { keys, root: undefined, signers: [] };
    const bare = { loggedAt: undefined, stampedAt: undefined };
    for (const [nth, key] of [oldKey, newKey].entries())
      for (const hint of ['', keys[nth]?.hint ?? 'none']) {
        const bundle = statement({ ...bare, key: key.privateKey, hint });
        expect(read(bundle, { by })).toEqual(['by', `key ${keys[nth]?.name ?? ''}`]);
        expect(verdict(bundle, { by: { ...by, keys: keys.toSpliced(nth, 1) } })).toBe('untrusted-key');
      }
  });
});

test('keys of other kinds count for what they signed with SHA-256', () => {
  const bare = { loggedAt: undefined, stampedAt: undefined, hint: '' };
  for (const { publicKey, privateKey } of [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ]) {
    const keys = [trustedKey('other.pub', publicKey.export({ type: 'spki', format: 'pem' }).toString())];
    const by: Trust = { keys, root: undefined, signers: [] };
    expect(verdict(statement({ ...bare, key: privateKey }), { by })).toBe('by');
    expect(verdict(overFile(manifest, { ...bare, key: privateKey }), { ...ofManifest, by })).toBe('by');
  }
});

describe('with a key and a trusted root', () => {
  const key = pair();
  const keys = [trustedKey('cosign.pub', key.publicKey.export({ type: 'spki', format: 'pem' }).toString())];
  const made = { key: key.privateKey, hint: '' };

  test('the entry of the log need not be there, and is verified where it is', () => {
    const by = trusting({}, { keys });
    expect(verdict(statement(made), { by })).toBe('by');
    expect(verdict(statement({ ...made, loggedAt: undefined, stampedAt: undefined }), { by })).toBe('by');
    const forged = changed(statement(made), `${entry}.inclusionPromise.signedEntryTimestamp`, flipped);
    expect(verdict(forged, { by })).toBe('log-entry-invalid');
    expect(verdict(forged, { by: { keys, root: undefined, signers: [] } })).toBe('by');
  });

  test('so is a timestamp, where the root has who says what time it is', () => {
    const stranger = { ...made, tsa: new TimestampAuthority(years) };
    expect(verdict(statement(stranger), { by: trusting({}, { keys }) })).toBe('timestamp-invalid');
    expect(verdict(statement(stranger), { by: trusting({ timestampAuthorities: [] }, { keys }) })).toBe('by');
    const noEntry = { ...stranger, loggedAt: undefined };
    expect(verdict(statement(noEntry), { by: trusting(noLog, { keys }) })).toBe('timestamp-invalid');
  });
});
