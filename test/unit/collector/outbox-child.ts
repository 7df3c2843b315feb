import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createLogger } from '../../../src/lib/log.ts';
import { Outbox } from '../../../src/outbox/outbox.ts';
import { OutboxStore } from '../../../src/store/outbox-store.ts';
import { makeAlert } from '../../support/alerts.ts';

/**
 * An agent's outbox as a process of its own, for the test that kills it: `outbox-child.ts DIRECTORY URL TOKEN TOTAL`. It pushes alerts up to
 * TOTAL, goes on where its predecessor was killed, and notes in `pushed` each number after its push returned.
 */
const [directory = '', collectorUrl = '', token = '', total = '0'] = process.argv.slice(2);
const file = new OutboxStore(`${directory}/outbox.db`, { sizeBytesMax: 1e9, ageMsMax: 1e9 });
const outbox = new Outbox({
  collectorUrl,
  token,
  nodeName: 'worker-3',
  agentVersion: '0.1.0',
  file,
  log: createLogger({ level: 'error' }),
  reconnectBaseMs: 20,
  reconnectMaxMs: 100,
  refusedRetryMs: 100,
});
outbox.start();
const pushed = `${directory}/pushed`;
const done = existsSync(pushed)
  ? readFileSync(pushed, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number)
  : [];
let number = Math.max(0, ...done);
const pushing = setInterval(() => {
  for (let burst = 0; burst < 3 && number < Number(total); burst += 1) {
    number += 1;
    outbox.push(makeAlert(number));
    // The same alert again, with a larger count, as the agent does for repetitions.
    if (number % 5 === 0) outbox.push(makeAlert(number, { count: 2 }));
    appendFileSync(pushed, `${String(number)}\n`);
  }
  if (number < Number(total) || outbox.depth() > 0) return;
  clearInterval(pushing);
  void outbox.stop().then(() => file.close());
}, 4);
