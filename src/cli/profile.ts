import type { ProfileFeature } from '../model/node.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

/** A profile as `GET /api/v1/workloads/{id}/profile` serves it. */
interface ServedProfile {
  readonly nodes: readonly string[];
  readonly missing: readonly string[];
  readonly omitted: number;
  readonly features: readonly ProfileFeature[];
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
  if (own['json'] === true) {
    for (const feature of features) terminal.out(jsonLine(feature));
  } else if (features.length === 0) {
    terminal.err('Nothing has been learned there yet.');
  } else {
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
    'seen in, at startup and in steady state. "judged": an alert was raised for it, it does not count as known.',
  flags: [
    ['--dimension <NAME>', 'of this dimension only: exec, file.read, file.write, net.out, net.listen, lifecycle'],
    ['--json', 'JSON lines'],
  ],
  examples: ['anchorwatch profile show shop/web', 'anchorwatch profile show shop/web --dimension exec --json'],
  run: show,
};
