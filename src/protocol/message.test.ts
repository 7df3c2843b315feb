import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeAlert, makeReport } from '../../test/support/alerts.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Alert } from '../model/alert.ts';
import type { SharedFeature } from '../model/shared-profile.ts';
import { dimensionSchema } from './alert-schema.ts';
import { fitAlert, fitReport, fitResponse, fitShared } from './fit.ts';
import { limits } from './limits.ts';
import { decodeAgentMessage, decodeCollectorMessage, encodeMessage } from './message.ts';
import type { AgentMessage, CollectorMessage } from './message.ts';

const name = fc.string({ minLength: 1, maxLength: 40, unit: 'binary' });
const count = fc.nat();
const alert: fc.Arbitrary<Alert> = fc
  .record({
    title: fc.string({ unit: 'binary', maxLength: 200 }),
    key: fc.string({ unit: 'binary', maxLength: 200 }),
    args: fc.array(fc.string({ unit: 'binary', maxLength: 50 }), { maxLength: 10 }),
    node: name,
    score: fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => value + 0),
    count: fc.integer({ min: 1, max: 1e9 }),
    number: fc.nat(1e9),
    process: fc.boolean(),
  })
  .map(({ args, number, process, ...changes }) => {
    const { process: one, ...rest } = makeAlert(number, changes);
    return process && one !== undefined ? { ...rest, process: { ...one, args } } : rest;
  });
const agentMessage: fc.Arbitrary<AgentMessage> = fc.oneof(
  fc.record({ type: fc.constant('hello' as const), protocol: count, node: name, agentVersion: name }),
  fc.record({
    type: fc.constant('batch' as const),
    seq: fc.integer({ min: 1 }),
    alerts: fc.array(alert, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('report' as const),
    report: count.map((pendingEvents) => makeReport({ pendingEvents })),
  }),
  fc.record({
    type: fc.constant('response' as const),
    id: fc.integer({ min: 1 }),
    outcome: fc.constantFrom('found' as const, 'unknown' as const, 'failed' as const),
    features: fc.constant([]),
    omitted: count,
  }),
);
const collectorMessage: fc.Arbitrary<CollectorMessage> = fc.oneof(
  fc.record({ type: fc.constant('welcome' as const), protocol: count, collectorVersion: name }),
  fc.record({ type: fc.constant('ack' as const), seq: fc.integer({ min: 1 }), stored: count, duplicate: count }),
  fc.record({ type: fc.constant('refuse' as const), code: name, message: fc.string() }),
  fc.record({
    type: fc.constant('request' as const),
    id: fc.integer({ min: 1 }),
    what: fc.constant('profile' as const),
    workload: name,
  }),
);

/** A double's -0 is written as 0 in JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('messages', () => {
  test('come back as they went', () => {
    fc.assert(
      fc.property(agentMessage, (message) => {
        expect(decodeAgentMessage(Buffer.from(encodeMessage(message)))).toEqual(plain(message));
      }),
    );
    fc.assert(
      fc.property(collectorMessage, (message) => {
        expect(decodeCollectorMessage(encodeMessage(message))).toEqual(plain(message));
      }),
    );
  });

  test('of any bytes or any JSON are read or refused with a code, never otherwise', () => {
    const tried = (data: Uint8Array | string): void => {
      for (const decode of [decodeAgentMessage, decodeCollectorMessage]) {
        try {
          decode(data);
        } catch (error) {
          expect(error).toBeInstanceOf(AnchorwatchError);
          expect((error as AnchorwatchError).code).toMatch(/^message\.(size|syntax|invalid)$/);
        }
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), tried));
    fc.assert(fc.property(fc.json(), tried));
    // A real message with one value replaced by any other.
    const mutated = fc.tuple(agentMessage, fc.nat(), fc.jsonValue()).map(([message, place, value]) => {
      let at = -1;
      let places = 0;
      JSON.stringify(message, (_key, inner: unknown) => ((places += 1), inner));
      return JSON.stringify(
        message,
        (_key, inner: unknown) => ((at += 1), at > 0 && at === place % places ? value : inner),
      );
    });
    fc.assert(fc.property(mutated, tried));
    tried('['.repeat(500_000));
    tried(`{"type":"batch","seq":1,"alerts":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    tried('{"__proto__":{"type":"hello"},"constructor":1}');
  });

  test('name the field that is wrong', () => {
    const message = { type: 'batch', seq: 1, alerts: [makeAlert(1), { ...makeAlert(2), severity: 'loud' }] };
    expect(() => decodeAgentMessage(JSON.stringify(message))).toThrow(/alerts\.1\.severity/);
  });

  test('larger than the limit are neither written nor read', () => {
    const large = { type: 'refuse', code: 'x', message: 'y'.repeat(limits.messageBytes) } as const;
    expect(() => encodeMessage(large)).toThrow(expect.objectContaining({ code: 'message.size' }));
    expect(() => decodeCollectorMessage(JSON.stringify(large))).toThrow(
      expect.objectContaining({ code: 'message.size' }),
    );
  });
});

test.each([
  ['exec', true],
  ['rate.cpu', true],
  ['rate.', false],
  ['rate.a b', false],
  ['mood', false],
])('the dimension %s is one: %s', (dimension, valid) => {
  expect(dimensionSchema.safeParse(dimension).success).toBe(valid);
});

describe('fitting', () => {
  test('makes every alert fit, and leaves one alone that does', () => {
    expect(fitAlert(makeAlert(1))).toEqual(makeAlert(1));
    const long = fc
      .tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat(2000))
      .map(([text, times]) => text.repeat(times));
    const huge = fc.record({
      title: long,
      key: long,
      args: fc.array(long, { maxLength: 200, size: 'max' }),
      note: long,
    });
    fc.assert(
      fc.property(huge, ({ title, key, args, note }) => {
        const { process, evidence } = makeAlert(1);
        const fitted = fitAlert(
          makeAlert(1, { title, key, process: { ...process!, args }, evidence: { ...evidence, note } }),
        );
        expect(fitted.id).toBe(makeAlert(1).id);
        const text = encodeMessage({ type: 'batch', seq: 1, alerts: [fitted] });
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.alertBytes + 100);
        expect(decodeAgentMessage(text)).toEqual({ type: 'batch', seq: 1, alerts: [fitted] });
      }),
      { numRuns: 30 },
    );
  });

  test('refuses what cutting cannot mend', () => {
    expect(() => fitAlert(makeAlert(1, { score: Number.NaN }))).toThrow(
      expect.objectContaining({ code: 'alert.invalid' }),
    );
    expect(() => fitAlert(makeAlert(1, { id: 'mine' }))).toThrow(/id/);
  });

  test('leaves out what makes a report or a profile too large, and says how much', () => {
    const containers = Array.from({ length: 3000 }, (_, n) => ({
      id: String(n),
      name: 'n'.repeat(500),
      workload: 'w-web',
      rates: {},
    }));
    const { message, omitted } = fitReport(makeReport({ containers }));
    expect(decodeAgentMessage(encodeMessage(message))).toEqual(message);
    expect(message.report.containers.length + omitted).toBeGreaterThanOrEqual(3000);
    const feature = {
      dimension: 'file.read',
      key: 'k'.repeat(4000),
      state: 'known',
      incidence: { startup: 0, steady: 1 },
      firstSeen: '2026-11-23T02:00:00.000Z',
      lastSeen: '2026-11-23T02:00:00.000Z',
    } as const;
    const response = fitResponse(
      1,
      Array.from({ length: 1000 }, () => feature),
    );
    expect(response.features.length + response.omitted).toBe(1000);
    expect(decodeAgentMessage(encodeMessage(response))).toEqual(response);
  });
});

test('a shared profile too large for a message keeps the judged and the most frequent, and travels as it is', () => {
  const feature = (index: number): SharedFeature => {
    const figures = { startup: 0, steady: index };
    const state = index % 1000 === 0 ? 'judged' : 'known';
    const key = `/srv/${String(index)}/${'x'.repeat(index === 3999 ? limits.sharedKeyLength : 400)}`;
    return { dimension: 'file.read', key, state, count: figures, weight: figures, nodes: 1 };
  };
  const figures = { startup: 2, steady: 4000 };
  const fitted = fitShared({
    ...{ workload: { id: 'w', name: 'shop/web', kind: 'image' }, asOfMs: 1, halfLifeMs: 2_592_000_000, nodes: 1 },
    ...{ samples: figures, incomplete: { exec: figures }, listeners: ['/usr/sbin/nginx'], images: ['sha256:1'] },
    ...{ features: Array.from({ length: 4000 }, (_, index) => feature(index)), omitted: 5 },
  });
  const message = { type: 'contribution', shared: fitted } as const;
  const text = encodeMessage(message);
  expect(text.length).toBeLessThanOrEqual(limits.sharedBytes + 100);
  expect(decodeAgentMessage(text)).toEqual(message);
  expect(fitted.features.filter(({ state }) => state === 'judged')).toHaveLength(4);
  expect(fitted.omitted).toBe(5 + 4000 - fitted.features.length);
  const least = fitted.features.find(({ state }) => state === 'known')?.weight.steady ?? 0;
  expect(fitted.features.filter(({ weight }) => weight.steady >= least)).toHaveLength(3999 - least);
});
