import { createLogger } from '../../src/lib/log.ts';
import type { Alert } from '../../src/model/alert.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import type { OutboxFile } from '../../src/outbox/queue.ts';
import { makeReport } from '../support/alerts.ts';

/** Many agents in one process, as far as a collector sees of them: `agents-child.ts URL TOKEN FIRST COUNT`. Tells its parent once a second how many are connected. */
const [collectorUrl = '', token = '', first = '0', count = '0'] = process.argv.slice(2);
const log = createLogger({ level: 'silent' });

/** Idle agents have nothing to keep. */
class EmptyFile implements OutboxFile {
  put(_alert: Alert): { depth: number; dropped: [] } {
    return { depth: 0, dropped: [] };
  }

  next(): { waiting: []; depth: number; dropped: []; damaged: number } {
    return { waiting: [], depth: 0, dropped: [], damaged: 0 };
  }

  settle(): { depth: number } {
    return { depth: 0 };
  }
}

const file = new EmptyFile();
const boxes = Array.from({ length: Number(count) }, (_, index) => {
  const nodeName = `node-${String(Number(first) + index)}`;
  return new Outbox({ collectorUrl, token, nodeName, agentVersion: '0.1.0', file, log });
});
let next = 0;
// A fleet is not switched on in one moment; what comes back in one is the storm.
const starting = setInterval(() => {
  for (let some = 0; some < 5 && next < boxes.length; some += 1) boxes[next++]?.start();
  if (next >= boxes.length) clearInterval(starting);
}, 50);
const reportMs = 5000;
for (const [index, box] of boxes.entries()) {
  const report = (): void => box.report(makeReport({ timeMs: Date.now() }));
  setTimeout(
    () => {
      report();
      setInterval(report, reportMs);
    },
    (index * reportMs) / boxes.length,
  );
}
setInterval(() => {
  process.send?.({ connected: boxes.filter(({ connected }) => connected).length });
}, 250);
process.on('disconnect', () => process.exit(0));
