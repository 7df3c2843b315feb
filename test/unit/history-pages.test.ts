import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Archive } from '../../src/history/archive.ts';
import { FlightRecorder } from '../../src/history/flight-recorder.ts';
import { PayloadWriter } from '../../src/history/record.ts';
import { Histories } from '../../src/ingest/histories.ts';
import type { FleetHistoryQuery } from '../../src/ingest/histories.ts';
import { Questions } from '../../src/ingest/questions.ts';
import { createLogger } from '../../src/lib/log.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Answers } from '../../src/outbox/answers.ts';
import { historyQuestion, parseHistoryArguments } from '../../src/protocol/history-question.ts';
import { waitFor } from '../support/wait.ts';

const log = createLogger({ level: 'silent' });
const entries = 120_000;
const everyNth = 500;
/** Far less than one node needs for all of them. */
const deadlineMs = 250;

let folder: string;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aw-pages-'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true });
});

/** A recorder with many entries in the hands of a node, and the collector's questions to it. */
async function node(name: string): Promise<Questions> {
  const directory = join(folder, name);
  const archive = new Archive({ directory, sizeBytesMax: 1e9, ageMsMax: 1e15 }, 0);
  const owner = {
    ...{ id: 'c'.repeat(64), name: 'web', image: 'nginx' },
    workload: { id: 'w', name: 'shop/web', kind: 'image' as const },
  };
  const writer = new PayloadWriter();
  for (let i = 0; i < entries; i += 1) {
    const path = i % everyNth === 0 ? `/rare/${name}-${String(i)}` : `/srv/${String(i)}`;
    const process = { pid: 1, startTimeNs: '1', comm: 'sh', exe: '/bin/sh', args: [], uid: 0, gid: 0, cwd: '/' };
    const body = { source: 'kernel', access: 'read', created: false, path, fileType: 'regular', origin: 'image' };
    writer.add(i * 10, i + 1, 0, 'file', JSON.stringify({ ...body, process: { ...process, ancestors: [] } }));
    if (i % 2_000 !== 1_999) continue;
    const { count, kinds, fromMs, toMs } = writer;
    archive.append({ count, kinds, fromMs, toMs }, writer.take([owner]), toMs);
    if (archive.isFull) archive.seal();
  }
  archive.close();
  const recorder = new FlightRecorder({
    ...{ directory, node: name, sizeBytesMax: 1e9, ageMsMax: 1e15, clock: { ...systemClock, nowMs: () => 1e7 }, log },
  });
  closing.push(() => recorder.close());
  await waitFor('the files', () => recorder.state !== undefined, 20_000);
  const answers = new Answers({
    log,
    answerers: {
      async *[historyQuestion](args, signal) {
        const reachedMs = yield* recorder.lines(parseHistoryArguments(args), signal);
        return Number.isFinite(reachedMs) ? { reachedMs } : {};
      },
    },
  });
  const questions: Questions = new Questions((message) => {
    answers.take(message, (back) => {
      if (back.type === 'part' || back.type === 'end') questions.take(back);
    });
  });
  return questions;
}

test('whatever little time a page has, pages with what was found go on until everything was told, of all nodes, once', async () => {
  const nodes = new Map([
    ['a', await node('a')],
    ['b', await node('b')],
  ]);
  const states = [...nodes.keys()].map((name) => ({ name }) as never);
  const histories = new Histories({
    states: () => states,
    inquire: (name, inquiry) => {
      const questions = nodes.get(name);
      if (questions === undefined) throw new Error(`no node ${name}`);
      return questions.ask(inquiry);
    },
    evidence: {
      nodes: () => Promise.resolve([]),
      async *entries() {
        // Nothing was sent.
      },
    },
  });
  const query = { sinceMs: 0, untilMs: 1e9, limit: 1_000, path: '/rare/*' };
  const found: string[] = [];
  let [pages, after]: [number, FleetHistoryQuery['after']] = [0, undefined];
  for (;;) {
    pages += 1;
    const asked = histories.ask({ ...query, after }, deadlineMs);
    for (;;) {
      const next = await asked.next();
      if (next.done !== true) {
        // Between the two runs of the recorder nothing was seen, which is told, too.
        if ('path' in next.value) found.push(next.value.path);
        const { time, node: of, seq } = next.value;
        after = { timeMs: Date.parse(time), node: of, seq };
        continue;
      }
      if (next.value.next !== undefined) after = next.value.next;
      if (!next.value.more) after = undefined;
      break;
    }
    if (after === undefined || pages > 2_000) break;
  }
  const expected = Array.from({ length: entries / everyNth }, (_, i) =>
    ['a', 'b'].map((name) => `/rare/${name}-${String(i * everyNth)}`),
  ).flat();
  expect(found).toEqual(expected);
  expect(pages).toBeGreaterThan(1);
}, 60_000);
