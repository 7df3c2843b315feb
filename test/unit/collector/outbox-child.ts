import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createLogger } from '../../../src/lib/log.ts';
import { Outbox } from '../../../src/outbox/outbox.ts';
import type { OutboxFile } from '../../../src/outbox/queue.ts';
import { OutboxStore } from '../../../src/store/outbox-store.ts';
import { makeAlert } from '../../support/alerts.ts';

/**
 * An agent's outbox as a process of its own, for the test that kills it: `outbox-child.ts DIRECTORY URL TOKEN TOTAL`. It pushes alerts up to
 * TOTAL, goes on where its predecessor was killed, and notes in `pushed` each number that its file has taken: from
 * then on it must not be lost.
 */
const [directory = '', collectorUrl = '', token = '', total = '0'] = process.argv.slice(2);
const numbers = new Map<string, number>();
const store = new OutboxStore(`${directory}/outbox.db`, { sizeBytesMax: 1e9, ageMsMax: 1e9 });
const pushed = `${directory}/pushed`;
const file: OutboxFile = {
  put: (...alerts) => {
    const answer = store.put(...alerts);
    appendFileSync(pushed, alerts.map(({ id }) => `${numbers.get(id) ?? 0}\n`).join(''));
    return answer;
  },
  next: (limit) => store.next(limit),
  settle: (waiting, outcome) => store.settle(waiting, outcome),
};
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
    const alert = makeAlert(number);
    numbers.set(alert.id, number);
    outbox.push(alert);
    // The same alert again, with a larger count, as the agent does for repetitions.
    if (number % 5 === 0) outbox.push(makeAlert(number, { count: 2 }));
  }
  if (number < Number(total) || outbox.depth() > 0) return;
  clearInterval(pushing);
  void outbox.stop().then(() => store.close());
}, 4);
