import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Archive } from '../../src/history/archive.ts';
import { FlightRecorder } from '../../src/history/flight-recorder.ts';
import { answer } from '../../src/history/query.ts';
import { PayloadWriter } from '../../src/history/record.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Container } from '../../src/model/container.ts';
import type { Event, Process } from '../../src/model/event.ts';
import type { NodeHistoryQuery } from '../../src/protocol/history-question.ts';
import type { Figure } from './figures.ts';
import { containerOf } from './stream.ts';

const epochMs = Date.UTC(2026, 0, 5);
const containers = 40;
/** Of a day, as of a node on which incidents are open all the time. */
const spanMs = 86_400_000;
const batchEvents = 1_000;
const recorded = 200_000;
const mark = { lastHourMs: 200 };

/** Processor time of this thread. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** A process that differs from its neighbours as processes do: in its numbers, now and then in its program. */
function processOf(number: number): Process {
  const execution = String(1_800_000_000_000_000 + number * 977);
  return {
    ...{ pid: 1_000 + (number % 30_000), startTimeNs: String(5_000_000_000 + number * 104_729), comm: 'nginx' },
    ...{
      exe: number % 7 === 0 ? '/bin/busybox' : '/usr/sbin/nginx',
      args: ['nginx', '-g', `worker ${String(number % 97)}`],
    },
    ...{
      uid: 101,
      gid: 101,
      cwd: '/',
      execution,
      parentExecution: String(1_800_000_000_000_000 + (number >> 4) * 977),
    },
    ancestors: [{ pid: 900 + (number % 40), exe: '/usr/sbin/nginx' }],
  };
}

/** Four kinds in turns: executions and ends, files with names of their own, connections. */
function eventOf(number: number, timeMs: number, cgroupId: string): Event {
  const base = { timeMs, cgroupId, source: 'kernel' as const, captured: true, process: processOf(number >> 3) };
  switch (number % 8) {
    case 0:
      return {
        ...base,
        kind: 'exec',
        path: base.process.exe,
        origin: 'image',
        script: '',
        parentExe: '/usr/sbin/nginx',
        fromRuntime: false,
      };
    case 1:
      return { ...base, kind: 'exit', exitCode: number % 50 === 1 ? 1 : 0, signal: 0 };
    case 2:
    case 3:
      return {
        ...base,
        kind: 'connect',
        protocol: 'tcp',
        address: `10.${String(number % 4)}.${String(number % 251)}.${String((number * 7) % 253)}`,
        port: 5432,
      };
    default:
      return {
        ...{ ...base, kind: 'file', access: number % 2 === 0 ? 'read' : 'write', created: number % 6 === 5 },
        ...{
          path: `/var/cache/nginx/${String(number % 10)}/${(number * 2_654_435_761).toString(16)}`,
          fileType: 'regular',
          origin: 'written',
        },
      };
  }
}

/** What `record` leaves of an event, as `FlightRecorder` has it. */
function bodyOf(event: Event): string {
  const { timeMs: _, kind: __, cgroupId: ___, kernelKey: ____, ...rest } = event;
  return JSON.stringify(rest);
}

/** `history`: what an entry costs to write and to keep, and how long one container's last hour takes among ten million. */
export async function benchHistory(
  rounds: number,
  say: (text: string) => void,
  events = 10_000_000,
): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  try {
    const record = await benchRecord(join(directory, 'recorder'), rounds);
    say(`writing ${events.toLocaleString('en')} entries of ${String(containers)} containers …`);
    const archive = new Archive({ directory: join(directory, 'archive'), sizeBytesMax: 1e12, ageMsMax: 1e12 }, epochMs);
    const written = fill(archive, events);
    const { sizeBytes, segments, entries } = archive.state;
    archive.close();
    say(`${String(entries)} entries in ${String(segments)} segments, ${(sizeBytes / 1e6).toFixed(0)} MB`);
    const openMs = performance.now();
    const opened = new Archive({ directory: join(directory, 'archive'), sizeBytesMax: 1e12, ageMsMax: 1e12 }, epochMs);
    const openedMs = performance.now() - openMs;
    const endMs = epochMs + spanMs;
    const container = containerOf(3).id;
    const hour = { container, sinceMs: endMs - 3_600_000, untilMs: endMs };
    const timed = (query: NodeHistoryQuery, clockMs?: () => number): readonly number[] =>
      Array.from({ length: rounds }, () => timeOf(opened, query, say, clockMs));
    const figures: readonly Figure[] = [
      { name: 'history', metric: 'lastHourMs', all: timed({ ...hour, limit: 1e9 }), unit: 'ms', mark: mark.lastHourMs },
      // What else runs on the machine does not count here.
      { name: 'history', metric: 'lastHourCpuMs', all: timed({ ...hour, limit: 1e9 }, cpuMs), unit: 'ms' },
      { name: 'history', metric: 'firstPageMs', all: timed({ ...hour, limit: 1_000 }), unit: 'ms' },
      { name: 'history', metric: 'oneKindMs', all: timed({ ...hour, limit: 1e9, kinds: ['exec'] }), unit: 'ms' },
      {
        name: 'history',
        metric: 'onePathInADayMs',
        all: [timeOf(opened, { sinceMs: epochMs, untilMs: endMs, path: '/etc/shadow', limit: 1e9 }, say)],
        unit: 'ms',
      },
      { name: 'history', metric: 'openMs', all: [openedMs], unit: 'ms' },
      { name: 'history', metric: 'bytesPerEntry', all: [sizeBytes / entries], unit: 'B' },
      { name: 'history', metric: 'jsonBytesPerEntry', all: [written.jsonBytes / entries], unit: 'B' },
      { name: 'history', metric: 'threadMicros', all: [(written.cpuMs * 1000) / entries], unit: 'µs/entry' },
      ...record,
    ];
    opened.close();
    return figures;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Fills the files as the recorder's thread does; what making the events costs does not count. */
function fill(archive: Archive, events: number): { readonly cpuMs: number; readonly jsonBytes: number } {
  const owners = Array.from({ length: containers }, (_, number) => {
    const { id, name, image, workload } = containerOf(number);
    return { id, name, image, workload };
  });
  const writer = new PayloadWriter();
  let [spent, jsonBytes] = [0, 0];
  for (let number = 0; number < events; number++) {
    const timeMs = epochMs + Math.floor((number * spanMs) / events);
    // Nothing of an entry says whose it is.
    const owner = (Math.imul(number, 2_654_435_761) >>> 7) % containers;
    const event = eventOf(number, timeMs, '1');
    const json = bodyOf(event);
    jsonBytes += json.length;
    writer.add(timeMs, number + 1, owner, event.kind, json);
    if (writer.count < batchEvents && number < events - 1) continue;
    const { count, kinds, fromMs, toMs } = writer;
    const payload = writer.take(owners);
    const startedMs = cpuMs();
    archive.append({ count, kinds, fromMs, toMs }, payload, timeMs);
    if (archive.isFull) archive.tidy(timeMs);
    spent += cpuMs() - startedMs;
  }
  return { cpuMs: spent, jsonBytes };
}

function timeOf(
  archive: Archive,
  query: NodeHistoryQuery,
  say: (text: string) => void,
  clockMs: () => number = () => performance.now(),
): number {
  const startedMs = clockMs();
  let [lines, bytes] = [0, 0];
  for (const line of answer(archive, query, 'bench')) {
    if (line === undefined) continue;
    lines += 1;
    bytes += line.length;
  }
  const ms = clockMs() - startedMs;
  say(`${String(lines)} entries, ${(bytes / 1e6).toFixed(1)} MB of JSON in ${ms.toFixed(0)} ms`);
  return ms;
}

/** What recording an event costs the main thread, with handing it over. */
async function benchRecord(directory: string, rounds: number): Promise<readonly Figure[]> {
  const micros: number[] = [];
  const shed: number[] = [];
  const running: readonly Container[] = Array.from({ length: containers }, (_, number) => containerOf(number));
  const log = createLogger({ level: 'silent' });
  const recorder = new FlightRecorder({
    directory,
    node: 'bench',
    sizeBytesMax: 1e9,
    ageMsMax: 1e12,
    clock: systemClock,
    log,
  });
  for (let round = 0; round < rounds; round++) {
    const events = Array.from({ length: recorded / 10 }, (_, number) => eventOf(number, Date.now(), '1'));
    const before = recorder.counters.full;
    let spent = 0;
    for (let turn = 0; turn < 10; turn++) {
      const startedMs = cpuMs();
      for (const [number, event] of events.entries()) {
        const container = running[number % containers];
        if (container !== undefined) recorder.record(event, container);
      }
      recorder.flush();
      spent += cpuMs() - startedMs;
      while (recorder.counters.waitingBytes > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    micros.push((spent * 1000) / recorded);
    shed.push(recorder.counters.full - before);
  }
  await recorder.close();
  return [
    { name: 'history', metric: 'mainMicros', all: micros, unit: 'µs/entry' },
    { name: 'history', metric: 'shed', all: shed, unit: 'entries' },
  ];
}
