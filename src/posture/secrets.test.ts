import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engineContainer, engineImage } from './engine-answer.ts';
import {
  entropyBits,
  secretEvidence,
  secretIn,
  secretsInArguments,
  secretsInCommand,
  secretsInEnvironment,
} from './secrets.ts';

const random = 'q7Zt2LwX9bV4nR8sKd3FhJ6m';

describe('values that are secrets', () => {
  const secret: readonly (readonly [name: string, value: string])[] = [
    ['DB_PASSWORD', 'correct-horse'],
    ['POSTGRES_PASSWORD', 'postgres'],
    ['mysqlRootPassword', 'toor-toor'],
    ['API_KEY', 'abcdef123456'],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['ANYTHING', 'AKIAIOSFODNN7EXAMPLE'],
    ['X', `ghp_${'a1B2'.repeat(9)}`],
    ['X', `glpat-${'a1B2'.repeat(5)}`],
    ['X', ['xoxb', '123456789012', 'abcdefABCDEF'].join('-')],
    ['DATABASE_URL', 'postgres://app:s3cr3t@db:5432/app'],
    ['JWT', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${random}`],
    ['CERT', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['SESSION_KEY', random],
    ['DJANGO_SECRET_KEY', '0123456789abcdef0123456789abcdef'],
    ['COOKIE_SALT', random],
  ];
  test.each(secret)('%s=%s', (name, value) => {
    expect(secretIn(name, value)).toMatchObject({ name, length: value.length });
  });

  const harmless: readonly (readonly [name: string, value: string])[] = [
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['DB_PASSWORD', ''],
    ['DB_PASSWORD', '/run/secrets/db'],
    ['DB_PASSWORD', '${DB_PASSWORD}'],
    ['TOKEN_TTL', '3600'],
    ['ALLOW_EMPTY_PASSWORD', 'yes'],
    ['GPG_KEY', 'E3FF2839C048B25C084DEBE9B26995E310250568'],
    ['NGINX_VERSION', '1.27.0'],
    ['KEYBOARD', 'de'],
    ['SECRET_NAME', 'db-credentials'],
    ['DATABASE_URL', 'postgres://db:5432/app'],
    ['PYTHON_SHA256', 'a'.repeat(32) + '0123456789abcdef0123456789abcdef'],
    ['MONKEY', 'banana'],
  ];
  test.each(harmless)('not %s=%s', (name, value) => {
    expect(secretIn(name, value)).toBeUndefined();
  });
});

test('arguments: options with values, pairs, and known forms anywhere', () => {
  expect(secretsInArguments(['app', '--password', 'hunter2hunter2']).map(({ name }) => name)).toEqual(['password']);
  expect(secretsInArguments(['app', '--api-key=abcdefgh']).map(({ name }) => name)).toEqual(['api-key']);
  expect(secretsInArguments(['sh', '-c', 'export TOKEN=abcdefgh; run']).map(({ name }) => name)).toEqual(['TOKEN']);
  expect(secretsInArguments(['nginx', '-g', 'daemon off;'])).toEqual([]);
});

test('history of an image: what ENV, ARG and RUN leave in it', () => {
  expect(secretsInCommand('/bin/sh -c #(nop)  ENV API_TOKEN=abcdefgh')).toHaveLength(1);
  expect(secretsInCommand('ENV API_TOKEN=abcdefgh')).toHaveLength(1);
  expect(secretsInCommand('RUN |1 NPM_TOKEN=abcdefgh /bin/sh -c npm ci # buildkit')).toHaveLength(1);
  expect(secretsInCommand('RUN /bin/sh -c apt-get install -y curl # buildkit')).toEqual([]);
});

test('the value is never told', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{12,40}$/), (value) => {
      fc.pre(!'value of a name that says secret, characters random'.includes(value));
      const found = secretsInEnvironment([`DB_PASSWORD=${value}`]);
      expect(JSON.stringify([found, secretEvidence('Config.Env', found)])).not.toContain(value);
    }),
  );
});

test('wherever a value stands, nothing that is kept of a container or told of it holds the value', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9+/_-]{14,60}$/);
  const name = fc.constantFrom(
    'DB_PASSWORD',
    'api-token',
    'SESSION_KEY',
    'x',
    'AWS_SECRET_ACCESS_KEY',
    'Authorization',
  );
  const place = fc.constantFrom('Env', 'Cmd', 'Labels', 'pair', 'shell', 'url', 'history');
  fc.assert(
    fc.property(
      value,
      name,
      place,
      fc.constantFrom('', 'ghp_', 'glpat-', 'AKIA', 'sk-'),
      (tail, called, where, form) => {
        const secret = `${form}${tail}`;
        const command =
          where === 'pair'
            ? ['app', `--${called}`, secret]
            : where === 'shell'
              ? ['sh', '-c', `export ${called}=${secret}; run --${called} ${secret}`]
              : where === 'url'
                ? ['app', `https://user:${secret}@db.example/`]
                : ['app', where === 'Cmd' ? `--${called}=${secret}` : ''];
        const api = engineContainer({
          Config: {
            ...{ Image: 'web:1', User: '', Cmd: command },
            Env: where === 'Env' ? [`${called}=${secret}`] : [],
            Labels: where === 'Labels' ? { [called]: secret } : {},
          },
          HostConfig: {},
        });
        const image = engineImage(
          { Id: 'sha256:aa', Config: { Env: where === 'Env' ? [`${called}=${secret}`] : [] } },
          where === 'history'
            ? [{ CreatedBy: `ENV ${called}=${secret}` }, { CreatedBy: `RUN curl -H "${called}: ${secret}"` }]
            : [],
        );
        const told = secretEvidence('field', [
          ...(api?.environment.secrets ?? []),
          ...(api?.command.secrets ?? []),
          ...(api?.labels.secrets ?? []),
          ...(image?.history?.secrets ?? []),
        ]);
        expect(JSON.stringify([api, image, told])).not.toContain(tail);
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever the text, it ends, and says how long what it found is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 400 }), (name, value) => {
      const found = secretIn(name, value);
      if (found !== undefined) expect(found.length).toBe(value.length);
      secretsInCommand(value);
      secretsInArguments([name, value]);
    }),
  );
});

test('entropy is in bits of a character', () => {
  expect(entropyBits('aaaa')).toBe(0);
  expect(entropyBits('abcd')).toBe(2);
});
