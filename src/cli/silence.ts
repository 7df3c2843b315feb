import { hostname, userInfo } from 'node:os';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Silence } from '../model/silence.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

type ServedSilence = Silence & { readonly state: string };

function usage(message: string): AnchorwatchError {
  return new AnchorwatchError('bad-option', message);
}

/** Conditions of arguments: `workload=shop/*`, `node!=worker-3`, `image=~^nginx:`. Several of one label: any of them. @throws AnchorwatchError `bad-option` */
function conditionsOf(args: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const match: Record<string, string[]> = {};
  for (const argument of args) {
    const found = /^([\w.]+)(!=|!~|=~|=)(.+)$/s.exec(argument);
    const [, name = '', operator = '', value = ''] = found ?? [];
    if (found === null)
      throw usage(
        `${JSON.stringify(argument)} is no condition: LABEL=VALUE, LABEL!=VALUE, LABEL=~EXPRESSION or LABEL!~EXPRESSION`,
      );
    const text = operator.endsWith('~') ? `/${value}/` : value;
    (match[name] ??= []).push(`${operator.startsWith('!') ? '!' : ''}${text}`);
  }
  return match;
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function add(invocation: Invocation, ...args: readonly string[]): Promise<number> {
  const { own, surroundings } = invocation;
  const match = conditionsOf(args);
  const reason = textOf(own['reason']);
  const [lasts, until] = [textOf(own['for']), textOf(own['until'])];
  if (reason === undefined) throw usage('--reason is required: somebody will wonder why nobody was told');
  if ((lasts === undefined) === (until === undefined)) throw usage('say either --for how long, or --until when');
  const body = {
    ...{ match, reason, from: textOf(own['from']), until, for: lasts },
    by: textOf(own['by']) ?? `${userInfo().username}@${hostname()}`,
  };
  const silence = await ask<ServedSilence>(collectorAddress(invocation), '/api/v1/silences', surroundings.stop, body);
  if (own['json'] === true) surroundings.terminal.out(jsonLine(silence));
  else
    surroundings.terminal.out(
      escapeForTerminal(`${silence.id}  ${describe(silence)}, ${silence.state} until ${silence.until}`),
    );
  return exitStatus.done;
}

function describe({ match }: Silence): string {
  return Object.entries(match)
    .map(([label, value]) => `${label}: ${[value].flat().join(' or ')}`)
    .join(', ');
}

async function list(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const path = `/api/v1/silences${own['all'] === true ? '?state=all' : ''}`;
  const { items } = await ask<{ readonly items: readonly ServedSilence[] }>(collectorAddress(invocation), path, stop);
  if (own['json'] === true) for (const silence of items) terminal.out(jsonLine(silence));
  else if (items.length === 0) terminal.err('There are no silences.');
  else {
    const rows = items.map((one) => [one.id, one.state, one.from, one.until, one.by, describe(one), one.reason]);
    for (const line of formatTable(['ID', 'STATE', 'FROM', 'UNTIL', 'BY', 'WHAT', 'WHY'], rows)) terminal.out(line);
  }
  return exitStatus.done;
}

async function expire(invocation: Invocation, ...ids: readonly string[]): Promise<number> {
  const { terminal, stop } = invocation.surroundings;
  for (const id of ids) {
    const path = `/api/v1/silences/${encodeURIComponent(id)}`;
    const silence = await ask<ServedSilence>(collectorAddress(invocation), path, stop, undefined, 'DELETE');
    terminal.out(
      invocation.own['json'] === true ? jsonLine(silence) : escapeForTerminal(`${silence.id} ended ${silence.until}`),
    );
  }
  return exitStatus.done;
}

const json: readonly [string, string] = ['--json', 'JSON, as the API serves it'];

/** `anchorwatch silence add` */
export const silenceAdd: CommandDefinition = {
  options: 'silence',
  usage: 'add <condition...>',
  summary: 'tell nobody of alerts that fit all conditions, for a while',
  description:
    'Conditions are LABEL=VALUE (with * and ? a pattern), LABEL!=VALUE, LABEL=~EXPRESSION, LABEL!~EXPRESSION; several of one label mean any of them. Labels: ' +
    'severity, workload, namespace, dimension, technique, node, container, image, pod, rule, detector, incident, alert.',
  flags: [
    ['--for <DURATION>', 'how long it holds: 30m, 12h, 7d'],
    ['--until <TIME>', 'until when, instead: 2026-11-23T02:10:00Z'],
    ['--from <TIME>', 'from when (default: now)'],
    ['--reason <TEXT>', 'why; required'],
    ['--by <NAME>', 'who (default: the user of this session and host); with a token it is the name of the token'],
    json,
  ],
  examples: [
    "anchorwatch silence add 'workload=shop/*' dimension=file.write --for 2h --reason 'migration, change 4711'",
    "anchorwatch silence add node=~'^spot-' --until 2026-11-24T06:00:00Z --reason 'load test'",
  ],
  run: add,
};

/** `anchorwatch silence list` */
export const silenceList: CommandDefinition = {
  options: 'silence',
  usage: 'list',
  summary: 'silences that hold or will',
  description: 'Lists silences, the one that was made last first.',
  flags: [['--all', 'those that are over too, for ninety days'], json],
  examples: ['anchorwatch silence list', 'anchorwatch silence list --all --json | jq -r .reason'],
  run: list,
};

/** `anchorwatch silence expire` */
export const silenceExpire: CommandDefinition = {
  options: 'silence',
  usage: 'expire <id...>',
  summary: 'end silences now',
  description: 'Ends silences now. Alerts that came while one held are not told of afterwards.',
  flags: [json],
  examples: ['anchorwatch silence expire 01JDAW0000000000000000000A'],
  run: expire,
};
