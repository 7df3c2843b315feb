import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Archive } from '../../src/history/archive.ts';
import { encodeFrame } from '../../src/history/frame.ts';
import { answer } from '../../src/history/query.ts';
import { PayloadWriter } from '../../src/history/record.ts';
import { readEntry } from '../../src/protocol/history-schema.ts';
import type { Target } from './target.ts';
import { jsonWords } from './text-targets.ts';

const options = { sizeBytesMax: 1e9, ageMsMax: 1e15 };
const bounds = { sinceMs: -1e16, untilMs: 1e16, limit: 1e6 };
const owner = {
  id: 'a'.repeat(64),
  name: 'web-1',
  image: 'i',
  workload: { id: 'w', name: 'shop/web', kind: 'image' as const },
};

/** What the first byte of an input says the others are. */
const forms = { journal: 0, segment: 1, payload: 2, index: 3 } as const;

function withDirectory<Result>(use: (directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'aw-fuzz-history-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function payloadOf(): Buffer {
  const writer = new PayloadWriter();
  writer.add(1_000, 7, 0, 'exec', '{"path":"/bin/sh","process":{"pid":3,"ancestors":[{"pid":1}]}}');
  writer.add(900, 8, -1, 'loss', '{"from":"1970-01-01T00:00:00.500Z","to":"1970-01-01T00:00:00.900Z","count":1}');
  return writer.take([owner]);
}

/** A journal and a segment as they are written, and what stands in their frames. */
function seeds(): readonly Uint8Array[] {
  return withDirectory((directory) => {
    const archive = new Archive({ directory, ...options }, 1);
    const read = (): Buffer => readFileSync(join(directory, readdirSync(directory)[0] ?? ''));
    archive.append({ count: 2, kinds: 1, fromMs: 900, toMs: 1_000 }, payloadOf(), 1);
    const journal = read();
    archive.seal();
    const segment = read();
    const rows = archive.segments[0]?.blocks.map((b) => [
      b.owner,
      b.offset,
      b.sizeBytes,
      b.count,
      b.kinds,
      b.fromMs,
      b.toMs,
    ]);
    const index = Buffer.from(JSON.stringify({ owners: [owner], blocks: rows }));
    archive.close();
    const form = (what: keyof typeof forms, bytes: Uint8Array): Uint8Array =>
      Buffer.concat([Buffer.from([forms[what]]), bytes]);
    return [form('journal', journal), form('segment', segment), form('payload', payloadOf()), form('index', index)];
  });
}

/** The file that an input stands for: frames whose checksums are right, so that what is behind them is reached too. */
function fileOf(form: number, bytes: Uint8Array): { readonly name: string; readonly content: Uint8Array } {
  const head = { count: 2, kinds: 0xffff, fromMs: 0, toMs: 2_000 };
  const name = '000000000000001-000000001';
  if (form === forms.payload)
    return { name: `${name}.journal`, content: encodeFrame({ kind: 'mixed', ...head }, bytes, 1) };
  if (form === forms.index) {
    const block = encodeFrame({ kind: 'sorted', ...head }, payloadOf(), 1);
    const index = encodeFrame({ kind: 'index', ...head }, bytes, 1);
    const trailer = Buffer.alloc(16);
    trailer.writeDoubleLE(block.length, 0);
    trailer.writeUInt32LE(index.length - 48, 8);
    trailer.write('AWHI', 12, 'latin1');
    return { name: `${name}.segment`, content: Buffer.concat([block, index, trailer]) };
  }
  return { name: `${name}.${form === forms.segment ? 'segment' : 'journal'}`, content: bytes };
}

/** Files of the flight recorder: whatever stands in them, it is opened, what can be read is told, and what is written then is told too. */
export const historyTarget: Target = {
  name: 'history',
  covers: (path) =>
    /^src\/(?:history\/(?:archive|frame|journal|query|record|segment)|model\/history-match|protocol\/history-schema)\.ts$/.test(
      path,
    ),
  seeds,
  dictionary: [...jsonWords, 'AWH1', 'AWHI', '"owners":', '"blocks":', '"workload":', '"process":', '"from":'],
  maxBytes: 4_000,
  check: (bytes) => {
    withDirectory((directory) => {
      const { name, content } = fileOf((bytes[0] ?? 0) % 4, bytes.subarray(1));
      writeFileSync(join(directory, name), content);
      const archive = new Archive({ directory, ...options }, 3_000);
      const told = (): readonly string[] => [...answer(archive, bounds, 'n')].filter((line) => line !== undefined);
      const lines = told();
      assert.ok(lines.length <= bytes.length + 2, 'more entries than there are bytes');
      for (const line of lines) {
        assert.match(line, /^\{"seq":-?\d/);
        let value: unknown;
        try {
          value = JSON.parse(line);
        } catch {
          continue;
        }
        // Whatever a node sends: it is an entry, or none.
        readEntry(value);
      }
      for (const query of [
        { path: '/bin/*' },
        { address: '*:5432' },
        { process: '3' },
        { container: 'web-1', kinds: ['exec' as const] },
      ])
        for (const line of answer(archive, { ...bounds, ...query }, 'n'))
          assert.ok(line === undefined || lines.includes(line));
      const before = told().length;
      archive.append({ count: 2, kinds: 0xffff, fromMs: 900, toMs: 1_000 }, payloadOf(), 3_000);
      assert.equal(told().length, before + 2, 'what is written is not told');
      archive.seal();
      assert.ok(told().length >= 2);
      archive.close();
    });
  },
};
