import { setTimeout as sleep } from 'node:timers/promises';
import { AnchorwatchError } from '../lib/errors.ts';
import type { DecisionOutcome, StoredDecision, Verdict } from '../model/decision.ts';
import { dimensions } from '../model/feature.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { localUser } from './local-user.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';

/** How long is waited for nodes that are connected; the others take the decision when they are back. */
const waitMs = 3_000;
const pauseMs = 50;

const done: Readonly<Record<Verdict, string>> = {
  accept: 'accepted',
  deny: 'denied',
  acknowledge: 'acknowledged',
  relearn: 'learned anew from now on',
};

const became: Readonly<Record<DecisionOutcome | 'pending', string>> = {
  applied: 'done',
  unknown: 'has no profile of the workload',
  pattern: 'not all of it: part of a pattern, which cannot be denied for one of its members',
  full: 'not all of it: the profile is full',
  pending: 'has not answered yet, and is told as soon as it does',
};

const flags: NonNullable<CommandDefinition['flags']> = [
  ['--reason <TEXT>', 'why, for whoever reads it later'],
  ['--by <NAME>', 'who decides (default: the user of this session and host)'],
  ['--json', 'one JSON object, as the API serves it'],
];

/** Posts a decision, waits a little for the nodes, and says what became of it. @param workload as the user named it */
async function decide(
  invocation: Invocation,
  path: string,
  body: Readonly<Record<string, unknown>>,
  workload?: string,
): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const address = collectorAddress(invocation);
  const by = typeof own['by'] === 'string' ? own['by'] : localUser();
  const reason = typeof own['reason'] === 'string' ? own['reason'] : '';
  let decision = await ask<StoredDecision>(address, path, stop, { ...body, by, reason });
  for (let waitedMs = 0; waitedMs < waitMs && decision.nodes.some(({ outcome }) => outcome === 'pending');) {
    await sleep(pauseMs, undefined, { signal: stop });
    waitedMs += pauseMs;
    decision = await ask<StoredDecision>(address, `/api/v1/decisions/${decision.id}`, stop);
  }
  if (own['json'] === true) {
    terminal.out(jsonLine(decision));
    return exitStatus.done;
  }
  const subject = decision.verdict === 'acknowledge' ? (decision.alert ?? '') : (workload ?? decision.workload);
  terminal.out(escapeForTerminal(`${subject}: ${done[decision.verdict]}`));
  for (const { dimension, key } of decision.features) terminal.out(escapeForTerminal(`  ${dimension}  ${key}`));
  for (const { node, outcome } of decision.nodes) terminal.out(escapeForTerminal(`  on ${node}: ${became[outcome]}`));
  return exitStatus.done;
}

function ofAlert(verdict: Exclude<Verdict, 'relearn'>, summary: string, description: string): CommandDefinition {
  return {
    options: 'alerts',
    usage: `${verdict} <id>`,
    summary,
    description,
    flags,
    examples: [`anchorwatch alerts ${verdict} 01JDAW0000000000000000000A --reason "planned: change 4711"`],
    run: (invocation, id = '') => decide(invocation, `/api/v1/alerts/${encodeURIComponent(id)}/${verdict}`, {}),
  };
}

/** `anchorwatch alerts accept|deny|acknowledge` */
export const alertDecisions: readonly CommandDefinition[] = [
  ofAlert(
    'accept',
    'what it was raised for belongs to the workload',
    'What the alert was raised for joins the profile of its workload on every node: it raises no alert any more.',
  ),
  ofAlert(
    'deny',
    'what it was raised for does not belong to the workload',
    'What the alert was raised for is never learned, however often it comes.',
  ),
  ofAlert(
    'acknowledge',
    'somebody saw to it',
    'Notes that somebody saw to the alert. Nothing changes on the nodes: what it was raised for stays judged.',
  ),
];

/** A feature as the arguments name it. @throws AnchorwatchError `bad-option` */
function featureOf(dimension: string, key: string): { readonly dimension: string; readonly key: string } {
  if (!(dimensions as readonly string[]).includes(dimension))
    throw new AnchorwatchError('bad-option', `${JSON.stringify(dimension)} is not one of ${dimensions.join(', ')}`);
  return { dimension, key };
}

const ofWorkload = (workload: string): string => `/api/v1/workloads/${encodeURIComponent(workload)}/decisions`;

/** `anchorwatch profile accept|deny|relearn` */
export const profileDecisions: readonly CommandDefinition[] = [
  {
    options: 'profile',
    usage: 'accept <workload> [dimension] [key]',
    summary: 'what is judged belongs to the workload',
    description:
      'A feature (dimension and key as "anchorwatch profile show" has them) belongs to the workload and is known from now on, on every node. ' +
      'Without a feature: everything of the workload that is judged.',
    flags,
    examples: [
      'anchorwatch profile accept shop/web exec "/usr/sbin/nginx > /bin/sh"',
      'anchorwatch profile accept shop/web --reason "the new release does that"',
    ],
    run: async (invocation, workload = '', dimension, key) => {
      if (dimension !== undefined && key === undefined)
        throw new AnchorwatchError('bad-option', 'name the feature by dimension and key, or leave both out');
      const features = dimension === undefined || key === undefined ? {} : { features: [featureOf(dimension, key)] };
      return decide(invocation, ofWorkload(workload), { verdict: 'accept', ...features }, workload);
    },
  },
  {
    options: 'profile',
    usage: 'deny <workload> <dimension> <key>',
    summary: 'a feature does not belong to the workload',
    description:
      'What was learned of the feature is forgotten; it is judged, and never learned however often it comes. What is part of a pattern cannot be ' +
      'denied by itself.',
    flags,
    examples: ['anchorwatch profile deny shop/web net.out 198.51.100.7:443/tcp --reason "nobody knows that host"'],
    run: async (invocation, workload = '', dimension = '', key = '') =>
      decide(invocation, ofWorkload(workload), { verdict: 'deny', features: [featureOf(dimension, key)] }, workload),
  },
  {
    options: 'profile',
    usage: 'relearn <workload>',
    summary: 'the profile of a workload starts anew',
    description:
      'Everything that was learned of the workload is forgotten, on every node, also what was judged, accepted and denied. What is known to be bad ' +
      'is reported all the same.',
    flags,
    examples: ['anchorwatch profile relearn shop/web --reason "learned during the load test"'],
    run: (invocation, workload = '') => decide(invocation, ofWorkload(workload), { verdict: 'relearn' }, workload),
  },
];
