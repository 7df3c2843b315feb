import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt, secretsOfAddress } from '../scrub.ts';
import { clip, oneLine } from '../text.ts';
import { proxyOfEnvironment } from './proxy.ts';
import { retryAfterMs } from './retry-after.ts';
import { HttpSender } from './sender.ts';

describe('proxies of the environment', () => {
  const proxied = { HTTPS_PROXY: 'http://proxy:3128', http_proxy: 'plain-proxy:8080' };
  test.each([
    ['https://api.example/', '', 'http://proxy:3128/'],
    ['http://api.example/', '', 'http://plain-proxy:8080/'],
    ['https://localhost/', '', undefined],
    ['https://a.localhost/', '', undefined],
    ['https://127.0.0.1:9/', '', undefined],
    ['https://[::1]/', '', undefined],
    ['https://api.example/', '*', undefined],
    ['https://api.example/', 'other, api.example', undefined],
    ['https://api.example/', 'EXAMPLE', undefined],
    ['https://api.example/', '.example', undefined],
    ['https://api.example/', '*.example', undefined],
    ['https://example/', '.example', undefined],
    ['https://badexample/', 'example', 'http://proxy:3128/'],
    ['https://api.example/', 'api.example:443', undefined],
    ['https://api.example:8443/', 'api.example:443', 'http://proxy:3128/'],
    ['https://10.1.2.3/', '10.0.0.0/8', undefined],
    ['https://11.1.2.3/', '10.0.0.0/8', 'http://proxy:3128/'],
    ['https://10.1.2.3/', '10.1.2.3', undefined],
    ['https://10.1.2.3/', '2.3', 'http://proxy:3128/'],
    ['https://[fd00::1]/', 'fd00::/8', undefined],
    ['https://[fd00::1]/', '[fd00::1]', undefined],
    ['https://api.example/', 'x/y,/8,10.0.0.0/99', 'http://proxy:3128/'],
  ])('%s with NO_PROXY=%s: %s', (url, except, proxy) => {
    expect(proxyOfEnvironment(new URL(url), { ...proxied, NO_PROXY: except })?.href).toBe(proxy);
    expect(proxyOfEnvironment(new URL(url), { ...proxied, no_proxy: except })?.href).toBe(proxy);
  });

  test('none, and one that is no address', async () => {
    expect(proxyOfEnvironment(new URL('https://api.example/'), {})).toBeUndefined();
    const sender = new HttpSender({ timeoutMs: 100, tls: {} }, { HTTPS_PROXY: 'http://user:hidden@[' });
    const message = { url: new URL('https://api.example/'), headers: {}, body: '' };
    expect(await sender.post(message, new AbortController().signal)).toEqual({
      ...{ kind: 'failure', retryable: false },
      reason: 'HTTP_PROXY or HTTPS_PROXY is no address',
    });
  });
});

test('Retry-After never is in the past, nor longer than an hour', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.integer().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (text) => {
        const ms = retryAfterMs(text, 1_795_000_000_000);
        if (ms === undefined) return;
        expect(ms).toBeGreaterThan(0);
        expect(ms).toBeLessThanOrEqual(3_600_000);
      },
    ),
  );
});

test('an excerpt never has a secret, is on one line and short', () => {
  const secret = fc
    .string({ minLength: 4, maxLength: 40 })
    .filter((text) => text.trim() === text && !text.includes('*'));
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
      for (const shown of [hidden, encodeURIComponent(hidden), Buffer.from(hidden).toString('base64')]) {
        const told = excerpt(`${before}${shown}${after}`, [hidden]);
        expect(told).not.toContain(hidden);
        expect(told).not.toMatch(/\p{Cc}/u);
        expect(told.length).toBeLessThanOrEqual(301);
      }
    }),
  );
  expect(excerpt('anything with abc', ['abc'])).toBe('');
  expect(secretsOfAddress('https://hooks.example/services/T0/B0/last?key=value')).toEqual(
    expect.arrayContaining(['last', 'key=value', '/services/T0/B0/last']) as string[],
  );
});

test('texts are clipped between characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 30 }), (text, most) => {
      const clipped = clip(text, most);
      expect(clipped.length).toBeLessThanOrEqual(most);
      expect(clipped.isWellFormed()).toBe(true);
      expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
