import type { FleetUnobserved, NodePrior } from '../model/fleet.ts';
import type { DimensionCoverage, ProfileFeature, RateReport } from '../model/node.ts';
import { rateDimension } from '../model/rate.ts';
import { rateText } from '../agent/rate-words.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { percent } from './workloads.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

/** A profile as `GET /api/v1/workloads/{id}/profile` serves it. */
interface ServedProfile {
  readonly nodes: readonly string[];
  readonly missing: readonly string[];
  readonly omitted: number;
  readonly features: readonly ProfileFeature[];
  readonly dimensions?: readonly DimensionCoverage[];
  readonly unobserved?: readonly FleetUnobserved[];
  readonly rates?: readonly RateReport[];
  readonly priors?: readonly NodePrior[];
}

/** `On worker-3 the starter nginx 2026-11-28 counts beside it, as 1.2 starts and 12 samples.` */
function priorLine({ node, source, name, nodes, samples: { startup, steady } }: NodePrior): string {
  const what =
    source === 'starter'
      ? `the starter ${name} counts`
      : `what ${nodes} other ${nodes === 1 ? 'node knows' : 'nodes know'} counts`;
  return `On ${node} ${what} beside it, as ${startup.toLocaleString('en')} starts and ${steady.toLocaleString('en')} samples.`;
}

/** What there is nothing of because nothing happened, and what there is nothing of because it is not seen. Pure. */
function sightLines({
  dimensions = [],
  unobserved = [],
}: Pick<ServedProfile, 'dimensions' | 'unobserved'>): readonly string[] {
  const blind = new Set<string>(unobserved.map(({ dimension }) => dimension));
  const silent = dimensions.filter(({ dimension, features }) => features === 0 && !blind.has(dimension));
  return [
    ...(silent.length === 0
      ? []
      : [`Watched, and nothing was seen of: ${silent.map(({ dimension }) => dimension).join(', ')}.`]),
    ...unobserved.map(
      ({ dimension, reason, nodes }) => `Not observed on ${nodes.join(', ')}: ${dimension} (${reason}).`,
    ),
    ...dimensions.flatMap(({ dimension, confidence = 1, gaps = [] }) =>
      confidence === 1 || blind.has(dimension)
        ? []
        : [`Confidence in ${dimension} is ${percent(confidence)}${gaps.length === 0 ? '' : `: ${gaps.join('; ')}`}.`],
    ),
  ];
}

async function show(invocation: Invocation, ...args: readonly string[]): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal } = surroundings;
  const [workload = ''] = args;
  const address = collectorAddress(invocation);
  const profile = await ask<ServedProfile>(
    address,
    `/api/v1/workloads/${encodeURIComponent(workload)}/profile`,
    surroundings.stop,
  );
  const features = profile.features.filter(
    ({ dimension }) => own['dimension'] === undefined || own['dimension'] === dimension,
  );
  const rates = (profile.rates ?? []).filter(
    ({ name }) => own['dimension'] === undefined || own['dimension'] === rateDimension(name),
  );
  if (own['json'] === true) {
    for (const feature of features) terminal.out(jsonLine(feature));
    for (const { name, ...rate } of rates) terminal.out(jsonLine({ dimension: rateDimension(name), ...rate }));
  } else if (features.length + rates.length === 0) {
    terminal.err('Nothing has been learned there yet.');
  } else if (features.length > 0) {
    const rows = features.map(({ dimension, key, state, incidence, firstSeen, lastSeen }) => [
      dimension,
      state,
      String(incidence.startup),
      String(incidence.steady),
      firstSeen,
      lastSeen,
      key,
    ]);
    const header = ['DIMENSION', 'STATE', 'STARTUP', 'STEADY', 'FIRST SEEN', 'LAST SEEN', 'KEY'];
    for (const line of formatTable(header, rows)) terminal.out(line);
  }
  if (own['json'] !== true && rates.length > 0) {
    const rows = rates.map(({ name, usual, highest, samples }) => [
      rateDimension(name),
      rateText(name, usual),
      highest === undefined ? '' : rateText(name, highest),
      String(samples),
    ]);
    for (const line of formatTable(['RATE', 'USUAL NOW', 'HIGHEST HELD', 'HALF HOURS'], rows)) terminal.out(line);
  }
  for (const line of sightLines(profile)) terminal.err(escapeForTerminal(line));
  for (const prior of profile.priors ?? []) terminal.err(escapeForTerminal(priorLine(prior)));
  if (profile.missing.length > 0)
    terminal.err(
      `Without what these nodes learned, they did not answer: ${escapeForTerminal(profile.missing.join(', '))}`,
    );
  if (profile.omitted > 0) terminal.err(`${String(profile.omitted)} features did not fit the answer.`);
  return exitStatus.done;
}

/** `anchorwatch profile show` */
export const profileShow: CommandDefinition = {
  options: 'profile',
  usage: 'show <workload>',
  summary: 'what a workload is known to do',
  description:
    'Prints the learned profile of a workload (name or id, see "anchorwatch workloads"): each feature with the number of samples it was ' +
    'seen in, at startup and in steady state. "judged": an alert was raised for it, it does not count as known. Then its rates: what is usual at ' +
    'this hour, the highest that was held for some slices, and how many half hours that rests on. A starter, or ' +
    'what other nodes know, that counts beside is named on standard error, and so is what showed nothing, what is not observed, and where something was not seen.',
  flags: [
    [
      '--dimension <NAME>',
      'of this dimension only: exec, file.read, file.write, net.out, net.listen, lifecycle, rate.cpu',
    ],
    ['--json', 'JSON lines'],
  ],
  examples: ['anchorwatch profile show shop/web', 'anchorwatch profile show shop/web --dimension exec --json'],
  run: show,
};
