import assert from 'node:assert/strict';
import { join } from 'node:path';
import { factsOf } from '../../src/detect/facts.ts';
import type { ProfileFacts } from '../../src/detect/facts.ts';
import { loadRules } from '../../src/detect/rule-parser.ts';
import type { RuleSet } from '../../src/detect/rules.ts';
import { entryOf } from '../../src/history/recording-reader.ts';
import type { Event } from '../../src/model/event.ts';
import { featuresOf } from '../../src/profile/features.ts';
import { foldDigits, isFoldable, patternMatches, siblingPattern, typedPath } from '../../src/profile/generalise.ts';
import { decodeFailures, decodeRecord } from '../../src/sensor/decode.ts';
import type { SensorRecord } from '../../src/sensor/decode.ts';
import { eventOf } from '../../src/sensor/event.ts';
import { keyHash } from '../../src/sensor/key-hash.ts';
import { kinds, record } from '../../src/sensor/layout.ts';
import type { SipKey } from '../../src/sensor/sip-hash.ts';
import { escapedBytes } from '../../src/lib/escape.ts';
import { makeContainer } from './containers.ts';
import { lengthFields } from './sensor-records.ts';

/**
 * What may become of one byte of a record. `record`, `event`: at most 4 characters where it is written as `\xHH`, in up to three texts
 * (the path of an execution is its program too, its arguments have a shape), and half as much again where masking makes a short secret
 * longer. `features`: `*` becomes `<star>`, in seven features, each with the program. `facts`: arguments stand there four times.
 */
export const growth = { record: 12, event: 24, features: 84, facts: 48 } as const;

/** Path of every program that the checks name; its length is part of the bounds. */
const programPath = '/usr/bin/program-17';
/** Programs that an event names by their hash: its own, its parent's (twice), ancestors. */
const namedPrograms = 3 + 8;
const fixed = 1_000 + namedPrograms * programPath.length;

/** Characters and elements in plain data: what it may cost to keep. */
export function weight(value: unknown): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + weight(part), 1);
}

const failures: ReadonlySet<string> = new Set(decodeFailures);

const profile: ProfileFacts = {
  ...{ samples: 100, ageSeconds: 86_400, startup: false, coverage: 0.99, settled: true, listens: true },
  ...{
    knowsPort: false,
    listensOnPort: false,
    knowsProgram: false,
    parentListens: true,
    writtenHere: true,
    ownFile: false,
  },
  healthcheck: false,
  news: 1,
};
const rules: RuleSet = loadRules([join(import.meta.dirname, '../../profiles/rules')]);
const sip: SipKey = [7n, 11n];

/**
 * Everything that holds of any bytes that come as a record, and of all that is made of them; throws an AssertionError where it does not.
 * Answers the record's kind, or why it was none.
 */
export function checkRecord(bytes: Uint8Array): string {
  const decoded = decodeRecord(bytes);
  assert.deepEqual(decodeRecord(amid(bytes, 0x41)), decoded, 'bytes around a record change it');
  if ('failure' in decoded) {
    assert.ok(failures.has(decoded.failure), `a failure without a name: ${decoded.failure}`);
    return decoded.failure;
  }
  const got = decoded.record;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assert.equal(got.cgroupId, view.getBigUint64(record.members.cgroup_id[0], true), 'another cgroup');
  assert.equal(kinds[got.kind], bytes[record.members.kind[0]], 'another kind');
  assert.ok(weight(got) <= growth.record * bytes.length + fixed, `a record of ${weight(got)} characters`);
  checkTexts(bytes, got);
  const event = eventOf(got, {
    programPath: (hash) => (hash === 0n ? '' : programPath),
    monotonicOriginMs: 1.7e12,
    arch: 'x64',
  });
  if (event !== undefined) checkEvent(event, got.cgroupId, bytes.length);
  return got.kind;
}

/** The same bytes in the middle of others, as they stand in the ring. */
function amid(bytes: Uint8Array, filler: number): Uint8Array {
  const all = new Uint8Array(bytes.length + 64).fill(filler);
  all.set(bytes, 32);
  return all.subarray(32, 32 + bytes.length);
}

/** Texts that nothing is masked in give back exactly the record's own bytes. */
function checkTexts(bytes: Uint8Array, got: SensorRecord): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at: number = record.sizeBytes;
  for (const name of lengthFields) {
    const length = view.getUint16((record.members[name] as readonly [number, number])[0], true);
    const own = bytes.subarray(at, at + length);
    at += length;
    const text = (got as unknown as Readonly<Record<string, unknown>>)[name.replace('_bytes', '')];
    // Names stand there as they are written, messages not at all.
    if (got.kind === 'dns_question' && name === 'path_bytes') continue;
    if (got.kind === 'dns_answer' && (name === 'path_bytes' || name === 'script_bytes')) continue;
    if (typeof text !== 'string' || (name === 'exe_bytes' && got.kind === 'exec')) continue;
    assert.deepEqual(Buffer.from(escapedBytes(text)), Buffer.from(own), `${name}: not the bytes of the record`);
  }
  assert.equal(at, bytes.length, 'the lengths do not add up');
  assert.ok(got.ancestors.length <= 8, 'too many ancestors');
}

/** What is made of an event: features, keys of the kernel, patterns, facts, rules. `sizeBytes`: of what it was made of. */
export function checkEvent(event: Event, cgroupId: bigint, sizeBytes: number): void {
  assert.equal(event.cgroupId, String(cgroupId), 'an event of another cgroup');
  assert.ok(Number.isFinite(event.timeMs), 'a time that is none');
  assert.doesNotThrow(() => new Date(event.timeMs).toISOString(), 'a time that cannot be written');
  assert.ok(weight(event) <= growth.event * sizeBytes + fixed, `an event of ${weight(event)} characters`);
  if (event.kernelKey !== undefined) {
    const hash = keyHash(sip, event.kernelKey);
    assert.ok(hash >= 0n && hash < 1n << 64n, 'a key beyond 64 bits');
    assert.deepEqual(JSON.parse(JSON.stringify(event.kernelKey)), event.kernelKey, 'a key that cannot be stored');
  }
  const recorded = entryOf(
    new TextEncoder().encode(JSON.stringify({ what: 'event', t: event.timeMs, container: 'c', event })),
  );
  assert.ok(recorded.ok, `an event that cannot be read from a recording: ${recorded.ok ? '' : recorded.problem}`);
  assert.ok(recorded.entry.what === 'event');
  assert.deepEqual(recorded.entry.event, event, 'an event that is another one in a recording');
  const features = featuresOf(event);
  assert.ok(features.length <= 7, `${features.length} features`);
  assert.ok(weight(features) <= growth.features * sizeBytes + fixed * 4, `features of ${weight(features)} characters`);
  if ('path' in event) checkPath(event.path);
  const facts = factsOf(event, makeContainer(), profile);
  assert.ok(weight(facts) <= growth.facts * sizeBytes + fixed * 4, `facts of ${weight(facts)} characters`);
  const failed = rules.failures;
  for (const dimension of new Set(features.map((feature) => feature.dimension))) rules.matching(dimension, facts);
  assert.equal(rules.failures, failed, 'a rule could not be evaluated');
}

/** What is made of a path where features are generalised. */
export function checkPath(path: string): void {
  const typed = typedPath(path);
  assert.ok(typed.length <= path.length * 6, `a path of ${path.length} characters became one of ${typed.length}`);
  assert.ok(patternMatches(typed, path), 'a typed path that its own path does not match');
  const pattern = siblingPattern(typed);
  assert.ok((pattern?.length ?? 0) <= typed.length + 1, 'a pattern longer than its path');
  assert.ok(foldDigits(path).length <= path.length, 'folding made a path longer');
  isFoldable(path);
}
