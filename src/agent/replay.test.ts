import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { describedEvent } from '../detect/examples.ts';
import type { Example } from '../detect/examples.ts';
import { loadRules } from '../detect/rule-parser.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { readRecording } from '../history/recording-reader.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { RecordingEntry } from '../model/recording.ts';
import type { StoredProfile } from '../profile/stored.ts';
import { openRecording } from './recording-watch.ts';
import type { Recording, RecordingSubject } from './recording-watch.ts';
import { replayRecording } from './replay.ts';
import type { ReplayOptions, ReplaySummary } from './replay.ts';
import { shippedRules } from '../detect/rule-source.ts';
import type { Watch } from './watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-replay-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const rules = loadRules([shippedRules]);
const startMs = Date.UTC(2026, 0, 5);
const secret = 'hunter2hunter2';
let files = 0;

interface Session {
  readonly path: string;
  readonly watch: Watch;
  readonly recording: Recording;
  readonly alerts: Alert[];
  readonly saved: StoredProfile[];
  nowMs: number;
  give(example: Example, container: Container): void;
  /** Lets time pass, with a tick each second. */
  pass(seconds: number): void;
}

const subject: RecordingSubject = {
  ...{ nodeName: 'node-1', sensor: 'bpf', version: '0.1.0', nowMs: startMs },
  ...{ sliceMs: 5_000, startupMs: 10_000, halfLifeMs: 30 * 86_400_000 },
};

function begin(options: {
  readonly profiles?: readonly StoredProfile[];
  readonly workloads?: readonly string[];
  readonly sizeBytesMax?: number;
}): Session {
  const path = join(folder, `${files++}.recording`);
  const { profiles = [], workloads, sizeBytesMax = 1e9 } = options;
  const log = createLogger({ level: 'silent' });
  const recording = openRecording({ path, sizeBytesMax }, { ...subject, workloads }, log);
  const session = { path, recording, alerts: [] as Alert[], saved: [] as StoredProfile[], nowMs: startMs };
  let ids = 0;
  const watch = recording.watch({
    ...{ rules, node: subject.nodeName, sliceMs: subject.sliceMs, startupMs: subject.startupMs },
    // A clock that never stands still, as the machine's.
    clock: { nowMs: () => (session.nowMs += 0.25), monotonicMs: () => session.nowMs },
    profiles: { load: () => profiles, save: (changes) => void session.saved.push(...changes) },
    halfLifeMs: subject.halfLifeMs,
    newId: () => `live-${ids++}`,
  });
  const note = (alert: Alert): void => {
    const index = session.alerts.findIndex(({ id }) => id === alert.id);
    if (index >= 0) session.alerts[index] = alert;
    else session.alerts.push(alert);
  };
  return Object.assign(session, {
    watch,
    give(example: Example, container: Container) {
      const { kernelKey: _, ...event } = describedEvent(example);
      const { alert } = watch.handle({ ...event, timeMs: session.nowMs }, container);
      if (alert !== undefined) note(alert);
    },
    pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        session.nowMs += 1_000;
        for (const alert of watch.rollover(session.nowMs).updates) note(alert);
      }
    },
  });
}

const web = makeContainer({
  name: 'web-1',
  labels: { 'deploy.token': secret },
  healthcheck: ['/usr/bin/curl', '-u', `probe:${secret}`, 'http://localhost/'],
  startedAtMs: startMs,
});
const database = makeContainer({
  id: 'd'.repeat(64),
  name: 'db-1',
  workload: { id: 'db', name: 'shop/db', kind: 'compose' },
});

/** An hour of ordinary life, then an attack. */
function live(session: Session): void {
  for (const container of [web, database]) session.watch.containerStarted(container, session.nowMs);
  for (let minute = 0; minute < 60; minute++) {
    session.give({ exec: '/usr/sbin/nginx', args: ['nginx', '-t'] }, web);
    session.give({ write: '/var/log/nginx/access.log' }, web);
    session.give({ listen: '0.0.0.0:80/tcp', by: '/usr/sbin/nginx' }, web);
    session.give({ read: '/var/lib/db/table' }, database);
    session.pass(60);
  }
  session.watch.lost(web.id, ['exec'], 3, session.nowMs);
  session.give({ exec: '/tmp/update', origin: 'written', by: '/bin/sh' }, web);
  session.give({ read: '/etc/shadow', by: '/bin/sh' }, web);
  session.give({ read: '/etc/shadow', by: '/bin/sh' }, database);
  session.pass(15);
  session.give({ read: '/etc/shadow', by: '/bin/sh' }, web);
  session.pass(125);
  session.watch.containerStopped(web.id, session.nowMs);
}

async function replay(
  path: string,
  options: Partial<ReplayOptions> = {},
): Promise<{ readonly alerts: Alert[]; readonly summary: ReplaySummary }> {
  const alerts: Alert[] = [];
  const onAlert = (alert: Alert): void => void alerts.push(alert);
  const summary = await replayRecording(path, { rules, judging: {}, onAlert, ...options });
  return { alerts, summary };
}

const anonymous = (alerts: readonly Alert[]): unknown => alerts.map((alert) => ({ ...alert, id: '', incident: '' }));

let told: Session;
beforeAll(async () => {
  told = begin({});
  live(told);
  await told.recording.writer.close();
});

describe('a recording', () => {
  test('says in replay what the agent said, and the same each time', async () => {
    expect(told.alerts.map(({ key }) => key)).toEqual(['/tmp/update', '/etc/shadow', '/etc/shadow']);
    const first = await replay(told.path);
    expect(anonymous(first.alerts)).toEqual(anonymous(told.alerts));
    expect(first.alerts.some(({ count }) => count > 1)).toBe(true);
    expect(first.summary).toMatchObject({
      ...{ events: 244, alerts: told.alerts.length, lost: 3, shed: 0, failed: 0, broken: 0, torn: '' },
      incidents: new Set(told.alerts.map(({ incident }) => incident)).size,
    });
    expect(JSON.stringify(await replay(told.path))).toBe(JSON.stringify(first));
  });

  test('begins with what the agent knew, or with what the replay is given', async () => {
    told.watch.save();
    const known = told.saved;
    const session = begin({ profiles: known });
    session.watch.containerStarted(database, session.nowMs);
    session.give({ read: '/etc/shadow', by: '/bin/sh' }, database);
    session.give({ exec: '/tmp/update', origin: 'written' }, database);
    await session.recording.writer.close();
    const written: unknown[] = [];
    const entry = (one: RecordingEntry): void => {
      if (one.what === 'profile') written.push({ ...one.profile, removed: [] });
    };
    await readRecording(session.path, { header: () => undefined, entry });
    expect(written).toEqual(known);
    const own = await replay(session.path);
    expect(anonymous(own.alerts)).toEqual(anonymous(session.alerts));
    expect(own.alerts[0]?.evidence.samples).toBeGreaterThan(100);
    const ignorant = await replay(session.path, { profiles: [] });
    expect(ignorant.alerts.map(({ evidence }) => evidence.samples)).toEqual([0, 0]);
    expect(anonymous((await replay(session.path, { profiles: known })).alerts)).toEqual(anonymous(own.alerts));
  });

  test('holds no labels, and no secret of a health check; only its owner may read it', () => {
    const text = gunzipSync(readFileSync(told.path)).toString('utf8');
    expect(text).toContain('"healthcheck":["/usr/bin/curl","-u","probe:***"');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('"labels"');
    expect(statSync(told.path).mode & 0o777).toBe(0o600);
  });

  test('is of some workloads only where it was asked for them', async () => {
    const session = begin({ workloads: ['shop/db'] });
    live(session);
    await session.recording.writer.close();
    const { alerts, summary } = await replay(session.path);
    expect(new Set(alerts.map(({ container }) => container.name))).toEqual(new Set(['db-1']));
    expect(summary.events).toBe(61);
  });

  test('never replaces a file, and ends at its size', async () => {
    expect(() =>
      openRecording({ path: told.path, sizeBytesMax: 1 }, subject, createLogger({ level: 'silent' })),
    ).toThrow(expect.objectContaining({ code: 'recording.exists' }) as Error);
    const session = begin({ sizeBytesMax: 1_000 });
    session.watch.containerStarted(web, session.nowMs);
    const { writer } = session.recording;
    const ended = new Promise<void>((resolve) => {
      writer.onEnd(resolve);
    });
    for (let file = 0; writer.ended === undefined && file < 10_000; file++) {
      session.give({ write: `/srv/${Math.sin(file)}` }, web);
      session.pass(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await ended;
    await writer.close();
    expect(writer.ended).toBe('size');
    expect((await replay(session.path)).summary).toMatchObject({ torn: '', broken: 0 });
  });

  test('what does not fit in memory is shed, and counted where it is missing', async () => {
    const session = begin({});
    const long = 'x'.repeat(10_000);
    for (let file = 0; file < 2_000; file++) session.give({ write: `/srv/${file}/${long}` }, web);
    const { shed } = session.recording.writer.counters;
    expect(shed).toBeGreaterThan(0);
    await session.recording.writer.close();
    const { summary } = await replay(session.path);
    expect(summary).toMatchObject({ shed, torn: '', broken: 0 });
    expect(summary.events).toBe(2_000 - shed);
  });
});

describe('a damaged recording', () => {
  const bent = (bytes: Uint8Array): string => {
    const path = join(folder, `${files++}.bent`);
    writeFileSync(path, bytes);
    return path;
  };
  const refusals = ['recording.foreign', 'recording.version', 'recording.unreadable'];

  test('everything before the place where it is cut off is used', async () => {
    const bytes = readFileSync(told.path);
    const whole = (await replay(told.path)).summary;
    let before = 0;
    for (const part of [0.3, 0.6, 0.9, 0.999]) {
      const { summary } = await replay(bent(bytes.subarray(0, Math.floor(bytes.length * part))));
      expect(summary.torn, String(part)).not.toBe('');
      expect(summary.entries).toBeGreaterThanOrEqual(before);
      expect(summary.entries).toBeLessThanOrEqual(whole.entries);
      before = summary.entries;
    }
    expect(before).toBeGreaterThan(whole.entries / 2);
  });

  test('a line that is no entry is left out, said and counted', async () => {
    const lines = gunzipSync(readFileSync(told.path)).toString('utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"what":"event"'));
    lines.splice(at, 0, '{"what":"event","t":-1}', '{"what":', '{"what":"later"}', '');
    const { alerts, summary } = await replay(bent(gzipSync(lines.join('\n'))));
    expect(summary).toMatchObject({ broken: 4, torn: '', events: 244 });
    expect(summary.firstBroken).toMatch(new RegExp(`^line ${at + 1}: `));
    expect(anonymous(alerts)).toEqual(anonymous(told.alerts));
  });

  test('what is no recording, or one of another version, is refused by name', async () => {
    const refused = async (bytes: Uint8Array | string): Promise<unknown> =>
      replay(typeof bytes === 'string' ? bent(gzipSync(bytes)) : bent(bytes)).catch((error: unknown) => error);
    expect(await refused(new Uint8Array())).toMatchObject({ code: 'recording.foreign' });
    expect(await refused(new TextEncoder().encode('no gzip'))).toMatchObject({ code: 'recording.foreign' });
    expect(await refused('{}\n')).toMatchObject({ code: 'recording.foreign' });
    expect(await refused('{"anchorwatch":"recording","version":1}\n')).toMatchObject({ code: 'recording.foreign' });
    const later = await refused('{"anchorwatch":"recording","version":99}\n');
    expect(later).toMatchObject({ code: 'recording.version' });
    expect((later as Error).message).toContain('of version 99');
    expect(await replay(join(folder, 'nowhere')).catch((error: unknown) => error)).toMatchObject({
      code: 'recording.unreadable',
    });
  });

  test('a line without an end is not read to its end', async () => {
    const header = gunzipSync(readFileSync(told.path)).toString('utf8').split('\n')[0] ?? '';
    const path = bent(gzipSync(Buffer.concat([Buffer.from(`${header}\n`), Buffer.alloc(100 << 20, 0x20)])));
    const { summary } = await replay(path);
    expect(summary.torn).toContain('line 2 is longer than');
  });

  test('bits that changed are said, or change nothing', async () => {
    const bytes = readFileSync(told.path);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        try {
          const { alerts, summary } = await replay(bent(changed));
          if (summary.torn === '' && summary.broken === 0) expect(anonymous(alerts)).toEqual(anonymous(told.alerts));
        } catch (error) {
          if (!(error instanceof AnchorwatchError)) throw error;
          expect(refusals).toContain(error.code);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('entries in any order, about anything, are used or counted', async () => {
    const lines = gunzipSync(readFileSync(told.path)).toString('utf8').trim().split('\n');
    const [header = '', ...entries] = lines;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(entries, { maxLength: 100 }), async (some) => {
        const path = bent(gzipSync([header, ...some, ''].join('\n')));
        const { summary } = await replay(path);
        const events = some.filter((line) => line.includes('"what":"event"')).length;
        expect(summary.events + summary.failed).toBeGreaterThanOrEqual(events);
        expect(summary).toMatchObject({ broken: 0, entries: some.length });
      }),
      { numRuns: 25 },
    );
  });
});
