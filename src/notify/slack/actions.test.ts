import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertId } from '../../../test/support/alerts.ts';
import { SecretFile } from '../secret-file.ts';
import { SlackActions, readAction } from './actions.ts';
import type { SlackSigner } from './actions.ts';
import { judgeSignature } from './signature.ts';

// The example of Slack's page about verifying requests (https://docs.slack.dev/authentication/verifying-requests-from-slack).
const example = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const exampleMs = Number(example.timestamp) * 1000;

describe('the signature', () => {
  test("Slack's own example", () => {
    expect(judgeSignature(example, example.secret, exampleMs)).toBeUndefined();
  });

  test.each([
    ['another secret', example, 'another', 0, 'signature.wrong'],
    ['another body', { ...example, body: `${example.body} ` }, example.secret, 0, 'signature.wrong'],
    ['another timestamp', { ...example, timestamp: '1531420619' }, example.secret, 0, 'signature.wrong'],
    [
      'a shorter signature',
      { ...example, signature: example.signature.slice(0, -1) },
      example.secret,
      0,
      'signature.wrong',
    ],
    [
      'another version',
      { ...example, signature: example.signature.replace('v0', 'v1') },
      example.secret,
      0,
      'signature.wrong',
    ],
    ['no signature', { ...example, signature: undefined }, example.secret, 0, 'signature.missing'],
    ['no timestamp', { ...example, timestamp: undefined }, example.secret, 0, 'signature.missing'],
    ['a timestamp that is none', { ...example, timestamp: '1e9' }, example.secret, 0, 'timestamp.invalid'],
    ['five minutes later', example, example.secret, 300_000, undefined],
    ['more than that', example, example.secret, 300_001, 'timestamp.old'],
    ['from the future', example, example.secret, -300_001, 'timestamp.old'],
  ])('%s', (_name, request, secret, laterMs, reason) => {
    expect(judgeSignature(request, secret, exampleMs + laterMs)).toBe(reason);
  });
});

const payload = (changes: object = {}): string =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: 'U0123456789', username: 'alice', name: 'alice', team_id: 'T0' },
      response_url: 'https://hooks.slack.com/actions/secret',
      actions: [
        { action_id: 'anchorwatch.accept', block_id: 'x', value: `${alertId(1)},${alertId(2)}`, type: 'button' },
      ],
      ...changes,
    }),
  }).toString();
const by = 'slack:alice (U0123456789)';

describe('a payload', () => {
  test('of a button', () => {
    const action = { verdict: 'accept', alerts: [alertId(1), alertId(2)], by };
    expect(readAction(payload(), [])).toEqual({ kind: 'action', action });
    expect(readAction(payload(), [[], ['U0123456789']])).toEqual({ kind: 'action', action });
    expect(readAction(payload({ user: { id: 'U1' } }), [])).toMatchObject({ action: { by: 'slack:U1' } });
  });

  test.each([
    ['another kind', payload({ type: 'view_submission' }), 'nothing'],
    ["somebody else's button", payload({ actions: [{ action_id: 'other', value: 'x' }] }), 'nothing'],
    ['no actions', payload({ actions: undefined }), 'nothing'],
    [
      'a verdict that is none',
      payload({ actions: [{ action_id: 'anchorwatch.relearn', value: alertId(1) }] }),
      'body.invalid',
    ],
    ['no alerts', payload({ actions: [{ action_id: 'anchorwatch.deny' }] }), 'body.invalid'],
    ['an id that is none', payload({ actions: [{ action_id: 'anchorwatch.deny', value: '../../x' }] }), 'body.invalid'],
    [
      'too many',
      payload({
        actions: [{ action_id: 'anchorwatch.deny', value: Array.from({ length: 21 }, () => alertId(1)).join(',') }],
      }),
      'body.invalid',
    ],
    ['nobody', payload({ user: {} }), 'body.invalid'],
    ['no payload', 'x=y', 'body.invalid'],
    ['no JSON', 'payload=%7B', 'body.invalid'],
  ])('%s: %s', (_name, body, answer) => {
    expect(readAction(body, [])).toEqual(
      answer === 'nothing' ? { kind: 'nothing' } : { kind: 'refused', reason: answer },
    );
  });

  test('of somebody who is not on every list', () => {
    expect(readAction(payload(), [['U0123456789'], ['U1']])).toEqual({ kind: 'refused', reason: 'user.forbidden' });
  });
});

describe('taking actions', () => {
  let directory: string;
  let nowMs = 1_795_000_000_000;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'anchorwatch-actions-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const signer = (name: string, users: readonly string[] = []): SlackSigner => {
    const path = join(directory, name);
    writeFileSync(path, `${name}\n`, { mode: 0o600 });
    return { secret: new SecretFile(path), users };
  };
  const signed = (secret: string, body = payload()): { timestamp: string; signature: string; body: string } => {
    const timestamp = String(Math.floor(nowMs / 1000));
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    return { timestamp, signature, body };
  };

  test('of any of the receivers, once each', async () => {
    const signers = [signer('one'), signer('two')];
    const actions = new SlackActions(
      () => signers,
      () => nowMs,
    );
    const request = signed('two');
    expect((await actions.take(request)).kind).toBe('action');
    expect(await actions.take(request)).toEqual({ kind: 'refused', reason: 'replayed' });
    expect(await actions.take(signed('three'))).toEqual({ kind: 'refused', reason: 'signature.wrong' });
    nowMs += 700_000;
    expect((await actions.take(signed('two'))).kind).toBe('action');
    expect(await actions.take(request)).toEqual({ kind: 'refused', reason: 'timestamp.old' });
    signers.pop();
    expect(await actions.take(signed('two', payload({ type: 'x' })))).toEqual({
      kind: 'refused',
      reason: 'signature.wrong',
    });
  });

  test('without receivers, with a secret that is gone, of users', async () => {
    const actions = (...signers: SlackSigner[]): SlackActions =>
      new SlackActions(
        () => signers,
        () => nowMs,
      );
    expect(await actions().take(signed('one'))).toEqual({ kind: 'refused', reason: 'slack.off' });
    const gone = signer('gone');
    unlinkSync(gone.secret.path);
    await expect(actions(gone).take(signed('one'))).rejects.toThrow('gone');
    expect((await actions(gone, signer('one')).take(signed('one'))).kind).toBe('action');
    expect(await actions(signer('one'), signer('one', ['U1'])).take(signed('one'))).toEqual({
      kind: 'refused',
      reason: 'user.forbidden',
    });
  });
});
