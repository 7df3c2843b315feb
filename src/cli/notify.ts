import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';

interface ServedSample {
  readonly receiver: string;
  readonly kind: string;
  readonly outcome: 'sent' | 'retry' | 'failed';
  readonly reason: string;
  readonly tookMs: number;
}

const outcomes: Readonly<Record<ServedSample['outcome'], string>> = {
  sent: 'took it',
  retry: 'could not be told; another attempt may help',
  failed: 'refused it; another attempt would not help',
};

async function test(invocation: Invocation, ...args: readonly string[]): Promise<number> {
  const { own, settings, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const [name = ''] = args;
  let sample: ServedSample;
  if (settings.routes === undefined) {
    const path = `/api/v1/receivers/${encodeURIComponent(name)}/test`;
    sample = await ask<ServedSample>(collectorAddress(invocation), path, stop, {});
  } else {
    const { testReceiver } = await import('../collector/notifications.ts');
    sample = await testReceiver(settings.routes, name, settings.publicUrl);
  }
  const { receiver, kind, outcome, reason, tookMs } = sample;
  const why = reason === '' ? '' : `: ${reason}`;
  if (own['json'] === true) terminal.out(jsonLine(sample));
  else
    terminal.out(
      escapeForTerminal(`${receiver} (${kind}) ${outcomes[outcome]}${why} (${outcome}, ${String(tookMs)} ms)`),
    );
  return outcome === 'sent' ? exitStatus.done : exitStatus.failed;
}

/** `anchorwatch notify test` */
export const notifyTest: CommandDefinition = {
  options: 'notify',
  usage: 'test <receiver>',
  summary: 'send a sample to a receiver',
  description:
    'Has the collector send a sample to a receiver, once, and prints what it said. With --routes FILE the sample goes out from here, to a receiver of that file, and ' +
    'no collector is asked. Ends with status 1 when it was not sent.',
  flags: [['--json', 'one JSON object']],
  examples: ['anchorwatch notify test pager', 'anchorwatch notify test pager --routes routes.yaml'],
  run: test,
};
