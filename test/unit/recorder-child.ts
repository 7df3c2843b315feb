import { writeFileSync } from 'node:fs';
import { FlightRecorder } from '../../src/history/flight-recorder.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import { makeContainer } from '../support/containers.ts';

/**
 * A flight recorder as a process of its own, for the test that kills it: `recorder-child.ts DIRECTORY FROM`. It records numbered entries without end,
 * from FROM on, and notes in `DIRECTORY.written` the last one that the files are said to hold.
 */
const [directory = '', from = '0'] = process.argv.slice(2);
const log = createLogger({ level: 'error' });
const recorder = new FlightRecorder({
  directory,
  node: 'n',
  sizeBytesMax: 1e9,
  ageMsMax: 1e12,
  clock: systemClock,
  log,
});
const first = Number(from);
let next = first;
setInterval(() => {
  // Positions follow the clock: as a restarted agent, it is later than what was there.
  for (let i = 0; i < 50; i++) recorder.add('exec', systemClock.nowMs(), makeContainer(), { number: next++ });
  recorder.flush();
  const { written } = recorder.counters;
  if (written > 0) writeFileSync(`${directory}.written`, String(first + written - 1));
}, 5);
