import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';
import { clientTlsSource, readClientTls } from './client-tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-client-tls-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const made = makeCertificate({ name: 'worker-1' });
const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];

test('files are read anew each time; what does not fit leaves what did', () => {
  writeFileSync(certFile, made.cert);
  writeFileSync(keyFile, made.key);
  const failures: unknown[] = [];
  const source = clientTlsSource({ certFile, keyFile }, (error) => failures.push(error));
  expect(source()).toMatchObject(made);
  const next = makeCertificate({ name: 'worker-1' });
  writeFileSync(certFile, next.cert);
  expect(source()).toMatchObject(made);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ code: 'tls.files' });
  writeFileSync(keyFile, next.key);
  expect(source()).toMatchObject(next);
});

test.each([
  [{ caFile: '/nowhere/ca.crt' }, /nowhere\/ca.crt/],
  [{ certFile: keyFile, keyFile }, /tls.key.*fit/],
])('%j is refused with the files named', (files, message) => {
  expect(() => readClientTls(files)).toThrow(message);
});
