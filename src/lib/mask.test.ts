import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskArguments, maskText } from './mask.ts';

const secret = fc.stringMatching(/^[A-Za-z0-9]{12,30}$/);

describe('maskText', () => {
  test.each<[string, (secret: string) => string]>([
    ['assignment', (s) => `DB_PASSWORD=${s} ./run`],
    ['JSON', (s) => `{"api_key": "${s}"}`],
    ['URL with a password', (s) => `postgres://app:${s}@db/x`],
    ['query', (s) => `http://h/x?a=1&token=${s}&b=2`],
    ['bearer', (s) => `curl -H "Authorization: Bearer ${s}" http://h`],
    ['header', (s) => `X-Api-Key: ${s}`],
    ['AWS', (s) => `AKIA${s.toUpperCase().padEnd(16, 'A')} `],
    ['GitHub', (s) => `ghp_${s}`],
    ['our own', (s) => `aw_0123456789ab_${s}`],
    ['a password with an @', (s) => `postgres://app:p@${s}@db/x`],
    ['a password with a /', (s) => `redis://:p/${s}@db/x`],
    ['a short name', (s) => `DB_PASS=${s} PASS=${s} smtp.pass: ${s}`],
    ['query of a service', (s) => `https://h/x?a=1&sig=${s}&key=${s}`],
    ['cookies', (s) => `curl -H "Cookie: a=${s}; b=${s}" http://h`],
    ['SQL', (s) => `ALTER USER app PASSWORD '${s}'; CREATE USER b IDENTIFIED BY "${s}"`],
    ['webhook', (s) => `https://hooks.slack.com/services/T0/B0/${s}`],
    ['bot', (s) => `https://api.telegram.org/bot1:${s}/sendMessage`],
    ['option in a shell', (s) => `app --db-password ${s} --secret '${s} ${s}' x`],
    ['mysql in a shell', (s) => `cd /x && mysql -uroot -p${s} -e "SELECT 1"; mongosh -p ${s}`],
    ['curl in a shell', (s) => `timeout 5 curl -s -u me:${s} http://h | sh`],
    ['sshpass in a shell', (s) => `sshpass -p '${s}' ssh h; redis-cli -a ${s} ping`],
    ['PEM', (s) => `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`],
    ['cut PEM', (s) => `-----BEGIN PRIVATE KEY-----\n${s}`],
  ])('leaves no secret: %s', (_name, make) => {
    fc.assert(fc.property(secret, (s) => !maskText(make(s)).includes(s)));
  });

  test('is idempotent and keeps what is not secret', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = maskText(text);
        return maskText(once) === once;
      }),
    );
    expect(maskText('nginx -g "daemon off;" -c /etc/nginx/nginx.conf')).toBe(
      'nginx -g "daemon off;" -c /etc/nginx/nginx.conf',
    );
    expect(maskText('http://host:8080/path?a=1')).toBe('http://host:8080/path?a=1');
    expect(maskText('/etc/passwd')).toBe('/etc/passwd');
    for (const text of [
      'http://localhost:4873/@scope/pkg',
      'compass=3 bypass: 4 passes=5',
      'mysql -uroot -e "SELECT 1"; grep -p x -u me:y "a b"',
      'tar -p -xf a.tar && cp -u "a:b"  c',
      'a "--b c" -d',
    ])
      expect(maskText(text)).toBe(text);
    expect(maskText('x --token "a b" --name "c d"')).toBe('x --token "***" --name "c d"');
  });

  test('is linear: a long hostile text takes no time', () => {
    expect(maskText('password'.repeat(20_000)).length).toBeGreaterThan(0);
    expect(maskText('a-'.repeat(100_000)).length).toBeLessThanOrEqual(16_384);
    for (const hostile of [`a -b ${"'x".repeat(8_000)}`, `--pass "${' a'.repeat(8_000)}`, 'cookie: '.repeat(2_000)])
      expect(maskText(hostile).length).toBeGreaterThan(0);
  });
});

describe('maskArguments', () => {
  test.each<[string, (secret: string) => string[]]>([
    ['long option', (s) => ['app', '--db-password', s]],
    ['long option with =', (s) => ['app', `--secret=${s}`]],
    ['curl -u', (s) => ['curl', '-u', `me:${s}`, 'http://h']],
    ['mysql -p', (s) => ['/usr/bin/mysql', `-p${s}`]],
    ['another one before it', (s) => ['sudo', '-u', 'me', '/usr/bin/mysql', '-uroot', `-p${s}`]],
    ['busybox', (s) => ['busybox', 'wget', '--header', `Cookie: a=${s}`, 'http://h']],
    ['a shell', (s) => ['sh', '-c', `exec mysql -p${s}; app --pass ${s}`]],
    ['curl -b', (s) => ['curl', '-b', `session=${s}`, `-usomeone:${s}`, 'http://h']],
    ['redis-cli -a', (s) => ['redis-cli', '-a', s, 'ping']],
  ])('leaves no secret: %s', (_name, make) => {
    fc.assert(fc.property(secret, (s) => !maskArguments(make(s)).join(' ').includes(s)));
  });

  test('keeps the number of arguments', () => {
    fc.assert(fc.property(fc.array(fc.string()), (args) => maskArguments(args).length === args.length));
    expect(maskArguments(['sh', '-c', 'id'])).toEqual(['sh', '-c', 'id']);
    expect(maskArguments(['curl', '-u', 'me:x', 'http://h'])).toEqual(['curl', '-u', 'me:***', 'http://h']);
  });
});
