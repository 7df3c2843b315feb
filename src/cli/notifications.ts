import type { NotificationRecord } from '../model/notification-record.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { formatTable, jsonLine } from './terminal.ts';

async function run(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const query = new URLSearchParams();
  for (const name of ['receiver', 'only', 'since', 'limit']) {
    const value = own[name];
    // --state is where files are.
    if (typeof value === 'string') query.set(name === 'only' ? 'state' : name, value);
  }
  const path = `/api/v1/notifications${query.size === 0 ? '' : `?${query.toString()}`}`;
  const { items } = await ask<{ readonly items: readonly NotificationRecord[] }>(
    collectorAddress(invocation),
    path,
    stop,
  );
  if (own['json'] === true) for (const one of items.toReversed()) terminal.out(jsonLine(one));
  else if (items.length === 0) terminal.err('There are no notifications.');
  else {
    const rows = items
      .toReversed()
      .map((one) => [
        ...[one.time, one.state, one.receiver, one.event, one.severity.toUpperCase(), String(one.alertsCount)],
        one.detail === undefined ? one.reason : `${one.reason}: ${one.detail}`,
        one.title,
      ]);
    const head = ['TIME', 'STATE', 'RECEIVER', 'EVENT', 'SEVERITY', 'ALERTS', 'REASON', 'WHAT'];
    for (const line of formatTable(head, rows)) terminal.out(line);
  }
  return exitStatus.done;
}

/** `anchorwatch notifications` */
export const notifications: CommandDefinition = {
  options: 'notifications',
  usage: 'notifications',
  summary: 'what receivers were told, what waits, what was given up',
  description:
    'Lists notifications, the newest last; what waits has the time at which it is tried next. Reasons are explained in docs/routing.md.',
  flags: [
    ['--receiver <NAME>', 'of this receiver only'],
    ['--only <STATE>', 'sent, failed or waiting'],
    ['--since <TIME>', 'sent since how long ago (15m, 1h, 7d) or since a time'],
    ['--limit <N>', 'the newest N (default: 100)'],
    ['--json', 'JSON lines, as the API serves them'],
  ],
  examples: ['anchorwatch notifications --only failed', 'anchorwatch notifications --receiver pager --since 1d'],
  run,
};
