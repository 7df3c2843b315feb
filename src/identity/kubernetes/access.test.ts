import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accessSource, fromKubeconfig } from './access.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aw-access-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function kubeconfig(user: object, cluster: object = {}, context = 'a'): string {
  const file = join(folder, 'config');
  const config = {
    'current-context': context,
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a kubeconfig', () => {
  test('with data in it', () => {
    const file = kubeconfig(
      { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
      { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kube' },
    );
    const access = { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'kube' };
    expect(fromKubeconfig(file)).toEqual({ server: new URL('https://10.0.0.1:6443'), ...access });
  });

  test('with files beside it, which are read anew each time', () => {
    writeFileSync(join(folder, 'token'), 'one\n');
    const source = accessSource(kubeconfig({ tokenFile: 'token', token: 'ignored' }));
    expect(source?.read().token).toBe('one');
    writeFileSync(join(folder, 'token'), 'two\n');
    expect(source?.read().token).toBe('two');
  });

  test.each([
    ['another context', () => kubeconfig({ token: 't' }, {}, 'b'), /current-context "b"/],
    [
      'a program for credentials',
      () => kubeconfig({ exec: { command: 'aws' } }),
      /neither token nor client certificate/,
    ],
    ['a server that is no URL', () => kubeconfig({ token: 't' }, { server: 'nowhere' }), /no URL/],
    [
      'a certificate that is not there',
      () => kubeconfig({ token: 't' }, { 'certificate-authority': 'ca.crt' }),
      /ca\.crt cannot be read/,
    ],
    ['something else', () => (writeFileSync(join(folder, 'x'), 'clusters: 7'), join(folder, 'x')), /no kubeconfig/],
    ['no YAML', () => (writeFileSync(join(folder, 'x'), '{'), join(folder, 'x')), /no YAML/],
    ['no file', () => join(folder, 'none'), /none cannot be read/],
  ])('that names %s is refused with what is wrong', (_, make, message) => {
    const file = make();
    expect(() => fromKubeconfig(file)).toThrow(
      expect.objectContaining({ code: 'kubernetes.access', message: expect.stringMatching(message) }),
    );
  });
});

describe('the service account of a pod', () => {
  test('is where the kubelet puts it, with the address in the environment', () => {
    writeFileSync(join(folder, 'token'), 'secret\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT_HTTPS: '6443' };
    expect(accessSource(undefined, env, folder)?.read()).toEqual({
      server: new URL('https://[fd00::1]:6443'),
      token: 'secret',
    });
    writeFileSync(join(folder, 'ca.crt'), 'CA');
    expect(accessSource(undefined, env, folder)?.read().ca).toBe('CA');
  });

  test('is none without address or token', () => {
    expect(accessSource(undefined, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, folder)).toBeUndefined();
    writeFileSync(join(folder, 'token'), 'secret');
    expect(accessSource(undefined, {}, folder)).toBeUndefined();
  });
});
