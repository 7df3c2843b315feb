import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { actions, digest, other, statement, trustedText, workflow } from '../../../test/support/stand-in-bundles.ts';
import { pair } from '../../../test/support/stand-in-sigstore.ts';
import { createLogger } from '../../lib/log.ts';
import { SignatureDirectory } from './signature-directory.ts';
import { signatureOptions } from './signer-file.ts';

test('of the bundles in a directory each says who signed the image, or why it does not count', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-signatures-'));
  const put = (name: string, content: object | string): string => {
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(directory, name);
  };
  try {
    const [oldKey, newKey] = [pair(), pair()];
    const keyFiles = [oldKey, newKey].map(({ publicKey }, nth) =>
      put(`key-${String(nth)}.pub`, publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    );
    const mail = { identity: 'ci@example.org', oidcIssuer: 'https://accounts.example.org' };
    const signers = [mail, { identity: workflow, oidcIssuer: actions }];
    const signersFile = put(
      'signers.yaml',
      `signers:\n${signers.map((one) => `  - identity: ${one.identity}\n    issuer: ${one.oidcIssuer}\n`).join('')}`,
    );
    const options = signatureOptions({ directory, keyFiles, rootFile: put('root.json', trustedText), signersFile });
    const signatures = new SignatureDirectory(options, createLogger({ level: 'silent' }));
    put('by-workflow.sigstore.json', statement());
    put('by-mail.sigstore.json', statement(mail));
    put('by-old-key.sigstore.json', statement({ key: oldKey.privateKey, hint: '' }));
    put('by-new-key.sigstore.json', statement({ key: newKey.privateKey, hint: '' }));
    put('by-stranger.sigstore.json', statement({ identity: 'eve@example.org' }));
    put(`sha256-${'a'.repeat(64)}.sigstore.json`, statement({ subject: other }));
    signatures.look();

    const first = signatures.of([digest]);
    expect(first.signedBy.toSorted()).toEqual([
      'ci@example.org (https://accounts.example.org)',
      `${workflow} (${actions})`,
      'key key-0.pub',
      'key key-1.pub',
    ]);
    expect(first.refused.toSorted((a, b) => a.file.localeCompare(b.file))).toEqual([
      {
        ...{ file: 'by-stranger.sigstore.json', refused: 'wrong-signer' },
        reason: `it was signed by eve@example.org (${actions})`,
      },
      {
        ...{ file: `sha256-${'a'.repeat(64)}.sigstore.json`, refused: 'wrong-digest' },
        reason: `it is about ${other}`,
      },
    ]);
    expect(signatures.of([other])).toEqual({ signedBy: [`${workflow} (${actions})`], refused: [] });
    expect(signatures.of([`sha256:${'c'.repeat(64)}`])).toEqual({ signedBy: [], refused: [] });

    const { version } = signatures;
    signatures.look();
    expect(signatures.version).toBe(version);
    rmSync(join(directory, 'by-mail.sigstore.json'));
    put('by-workflow.sigstore.json', statement({ loggedAt: new Date('2026-03-01T13:00:00Z') }));
    signatures.look();
    const second = signatures.of([digest]);
    expect(second.signedBy.toSorted()).toEqual(['key key-0.pub', 'key key-1.pub']);
    expect(second.refused.map(({ refused }) => refused).toSorted()).toEqual([
      'expired',
      'wrong-digest',
      'wrong-signer',
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
