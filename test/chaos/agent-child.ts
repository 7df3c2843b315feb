import { obey } from './clock-offset.ts';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createLogger } from '../../src/lib/log.ts';
import type { Alert } from '../../src/model/alert.ts';
import { severities } from '../../src/model/alert.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import type { OutboxFile } from '../../src/outbox/queue.ts';
import { OutboxStore } from '../../src/store/outbox-store.ts';
import { alertId, makeAlert } from '../support/alerts.ts';

/**
 * An agent to be killed, as far as the way of alerts goes: `agent-child.ts DIRECTORY LOG URL TOKEN`. It raises alerts of several containers and
 * severities, some of them twice, through the real outbox and link, and notes in LOG each one that its file has taken: from then on it must not be lost.
 * It goes on where its predecessor was killed.
 */
const [directory = '', noted = '', collectorUrl = '', token = ''] = process.argv.slice(2);
const containers = 6;
const depthMax = 3000;
/** Larger than a burst of the generator, so that the file and not memory decides. */
const memoryCapacity = 5000;

const store = new OutboxStore(`${directory}/outbox.db`, { sizeBytesMax: 1e9, ageMsMax: 1e9 });
const numbers = new Map<string, number>();
const file: OutboxFile = {
  put: (...alerts) => {
    const answer = store.put(...alerts);
    appendFileSync(noted, alerts.map(({ id, count }) => `${numbers.get(id) ?? 0} ${count}\n`).join(''));
    return answer;
  },
  next: (limit) => store.next(limit),
  settle: (waiting, outcome) => store.settle(waiting, outcome),
};
const outbox = new Outbox({
  ...{ collectorUrl, token, file, nodeName: 'worker-3', agentVersion: '0.1.0', memoryCapacity },
  log: createLogger({ level: 'error' }),
  ...{ reconnectBaseMs: 20, reconnectMaxMs: 200, refusedRetryMs: 200, storeRetryMs: 50 },
  // A network that is cut is noticed within the round.
  ...{ ackTimeoutMs: 2000, silenceMs: 3000 },
});
outbox.start();

const lines = existsSync(noted) ? readFileSync(noted, 'utf8').split('\n') : [];
let number = lines.reduce((most, line) => Math.max(most, Number(line.split(' ')[0])), 0);

function push(count: number): void {
  const severity = severities[Math.floor(number / 7) % severities.length] ?? 'notice';
  const container: Alert['container'] = { ...makeAlert(0).container, id: `container-${String(number % containers)}` };
  const time = new Date().toISOString();
  numbers.set(alertId(number), number);
  outbox.push(makeAlert(number, { severity, container, count, time, lastTime: time }));
}

const raising = setInterval(() => {
  for (let burst = 0; burst < 2 && outbox.depth() < depthMax; burst += 1) {
    number += 1;
    push(1);
    // The same alert again, as for repetitions.
    if (number % 5 === 0) push(2);
  }
}, 5);

async function end(status: number): Promise<never> {
  clearInterval(raising);
  await outbox.stop();
  store.close();
  process.exit(status);
}
process.on('SIGTERM', () => void end(0));
obey(() => {
  clearInterval(raising);
  setInterval(() => {
    const { dropped, refused } = outbox.counters;
    const lost = refused + Object.values(dropped).reduce((sum, { size, age, memory }) => sum + size + age + memory, 0);
    if (outbox.depth() === 0) void end(lost === 0 ? 0 : 4);
  }, 50);
});
process.send?.('ready');
