import { expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { createRegistry } from '../lib/metrics.ts';
import type { AccessToken } from '../model/access.ts';
import { Checks } from './checks.ts';
import { Gate } from './gate.ts';
import type { GateOptions, HashedToken } from './gate.ts';
import { makeSecret, matchesSecret, parseSecret } from './secret.ts';

let nowMs = 1_000_000;
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
const made = await makeSecret('agent');
const token: AccessToken = {
  id: made.id,
  name: 'a',
  role: 'agent',
  createdAt: '2026-11-23T00:00:00Z',
  createdBy: 'me',
};
const address = '192.0.2.1';
const wrongSecret = `aw_${made.id}_${'x'.repeat(43)}`;

function gateOf(
  changes: Partial<GateOptions> = {},
  found: () => HashedToken | undefined = () => ({ token, hash: made.hash }),
): Gate {
  return new Gate({
    shelf: {
      find: async (id) => (id === made.id ? found() : undefined),
      used: async () => undefined,
      configured: async () => true,
    },
    checks: new Checks({ clock }),
    ...{ sharedToken: 'the-shared-token', agentCertificates: false, clock, registry: createRegistry() },
    log: createLogger({ level: 'silent' }),
    ...changes,
  });
}

const show = (text: string, from = address) => ({ token: text, certificate: undefined, address: from });

test('a secret matches its own hash and no other; what is no hash matches nothing', async () => {
  const { secret } = parseSecret(made.text)!;
  expect(await matchesSecret(secret, made.hash)).toBe(true);
  expect(await matchesSecret('x'.repeat(43), made.hash)).toBe(false);
  expect((await makeSecret('agent')).hash).not.toBe(made.hash);
  for (const hash of ['', '$scrypt$', made.hash.replace('ln=10', 'ln=30'), made.hash.slice(0, -4)])
    expect(await matchesSecret(secret, hash)).toBe(false);
});

test.each(['', 'aw_', 'aw_00_x', made.text.slice(1), `${made.text}x`, made.text.toUpperCase()])(
  '%j is no secret',
  (text) => {
    expect(parseSecret(text)).toBeUndefined();
  },
);

test('one that was right is remembered for a while, and not when it was revoked', async () => {
  const checks = new Checks({ clock, rememberMs: 1000 });
  const { secret } = parseSecret(made.text)!;
  let revoked: AccessToken | undefined;
  const gate = gateOf({ checks }, () => ({ token: revoked ?? token, hash: made.hash }));
  expect(await gate.admit(show(made.text))).toMatchObject({ principal: { name: 'a', token: made.id } });
  expect(checks.remembers(secret, made.hash)).toBe(true);
  expect(checks.remembers('x'.repeat(43), made.hash)).toBe(false);
  revoked = { ...token, revokedAt: '2026-11-23T00:00:00Z' };
  expect(await gate.admit(show(made.text))).toMatchObject({ denial: 'unknown' });
  nowMs += 1001;
  expect(checks.remembers(secret, made.hash)).toBe(false);
});

test('one that is revoked while its hash is computed is not let in', async () => {
  let asked = 0;
  const gate = gateOf({}, () => {
    asked += 1;
    return { token: asked === 1 ? token : { ...token, revokedAt: '2026-11-23T00:00:00Z' }, hash: made.hash };
  });
  expect(await gate.admit(show(made.text))).toMatchObject({ denial: 'unknown' });
});

test('wrong secrets are limited by address and id: neither others nor other ids pay for it', async () => {
  const gate = gateOf();
  for (let attempt = 0; attempt < 10; attempt += 1)
    expect(await gate.admit(show(wrongSecret))).toMatchObject({ denial: 'unknown' });
  // The right one too, while it is not remembered: else the limit would tell it from the wrong ones.
  expect(await gate.admit(show(made.text))).toMatchObject({ denial: 'limited' });
  expect(await gate.admit(show(made.text, '192.0.2.2'))).toHaveProperty('principal');
  expect(await gate.admit(show('nonsense'))).toMatchObject({ denial: 'unknown' });
  nowMs += 6000;
  expect(await gate.admit(show(made.text))).toHaveProperty('principal');
});

test('many that show the same at once cost one computation; more than may wait are told to come back', async () => {
  const checks = new Checks({ clock, atOnce: 1, waitingMax: 1 });
  const secret = parseSecret(made.text)!.secret;
  const same = await Promise.all(Array.from({ length: 50 }, () => checks.check(secret, made.hash)));
  expect(new Set(same)).toEqual(new Set([true]));
  const others = await Promise.all(
    Array.from({ length: 5 }, (_, index) => checks.check(`no ${String(index)}`, made.hash)),
  );
  expect(others).toEqual([false, false, 'busy', 'busy', 'busy']);
  expect(await checks.check(secret, made.hash)).toBe(true);
});

test('agents with a client CA need a certificate, but for the node of this process from loopback', async () => {
  const gate = gateOf({ agentCertificates: true, localNode: 'here' });
  const certificate = { name: 'worker-1', untilMs: nowMs + 1000 };
  const bearer = { token: undefined, certificate, address };
  expect(await gate.admitAgent(bearer)).toMatchObject({ principal: { node: 'worker-1', kind: 'certificate' } });
  expect(await gate.admitAgent(show(made.text))).toMatchObject({ denial: 'certificate' });
  expect(await gate.admitAgent(show('the-shared-token'))).toMatchObject({ denial: 'certificate' });
  expect(await gate.admitAgent(show('the-shared-token', '127.0.0.1'))).toMatchObject({ principal: { node: 'here' } });
  // A certificate is for agents: it does not open the API.
  expect(await gate.admit(bearer)).toMatchObject({ denial: 'missing' });
  const admitted = await gate.admitAgent(bearer);
  if (!('principal' in admitted)) throw new Error('not admitted');
  expect(await gate.stands(admitted.principal)).toBe(true);
  nowMs += 1000;
  expect(await gate.stands(admitted.principal)).toBe(false);
});
