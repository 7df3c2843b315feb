import { AnchorwatchError } from '../lib/errors.ts';
import type { StoredDecision } from '../model/decision.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus } from './command.ts';
import { formatTable, jsonLine } from './terminal.ts';

const limitMax = 1000;

/** Cells of a table: when, who, what, about what, why, and on how many of the nodes it is done. Pure. @param names of workloads, by id */
export function decisionCells(decision: StoredDecision, names: ReadonlyMap<string, string>): readonly string[] {
  const { time, by, verdict, workload, features, alert, reason, nodes } = decision;
  const [first] = features;
  const more = features.length > 1 ? ` and ${String(features.length - 1)} more` : '';
  const about = first === undefined ? (alert ?? 'all of it') : `${first.dimension} ${first.key}${more}`;
  const done = nodes.filter(({ outcome }) => outcome !== 'pending').length;
  return [time, by, verdict, names.get(workload) ?? workload, about, `${String(done)}/${String(nodes.length)}`, reason];
}

/** `anchorwatch profile decisions` */
export const profileDecisionList: CommandDefinition = {
  options: 'profile',
  usage: 'decisions [workload]',
  summary: 'who accepted, denied or had learned anew what, and when',
  description:
    'Lists decisions about alerts and profiles, the latest first: when, who, what about which feature, on how many of its nodes it is done, and why. ' +
    'A workload is given by its name or id; without one, those of all.',
  flags: [
    ['--limit <N>', 'so many at most (default: 100)'],
    ['--json', 'JSON lines, as the API serves them'],
  ],
  examples: ['anchorwatch profile decisions', 'anchorwatch profile decisions shop/web --limit 10'],
  run: async (invocation, workload) => {
    const { terminal, stop } = invocation.surroundings;
    const limit = invocation.own['limit'] ?? '100';
    if (typeof limit !== 'string' || !/^[1-9]\d*$/.test(limit) || Number(limit) > limitMax)
      throw new AnchorwatchError('bad-option', `--limit takes a number from 1 to ${String(limitMax)}`);
    const address = collectorAddress(invocation);
    const { items: workloads } = await ask<{
      readonly items: readonly { readonly id: string; readonly name: string }[];
    }>(address, '/api/v1/workloads', stop);
    // What is not reported any more may have been decided about all the same: then by its id.
    const id = workloads.find(({ id: own, name }) => own === workload || name === workload)?.id ?? workload;
    const query = new URLSearchParams({ limit, ...(id === undefined ? {} : { workload: id }) });
    const path = `/api/v1/decisions?${query.toString()}`;
    const { items } = await ask<{ readonly items: readonly StoredDecision[] }>(address, path, stop);
    if (invocation.own['json'] === true) {
      for (const item of items) terminal.out(jsonLine(item));
    } else if (items.length === 0) {
      terminal.err(workload === undefined ? 'Nothing was decided yet.' : `Nothing was decided about ${workload} yet.`);
    } else {
      const names = new Map(workloads.map(({ id: own, name }) => [own, name]));
      const rows = items.map((item) => decisionCells(item, names));
      const header = ['TIME', 'WHO', 'DECISION', 'WORKLOAD', 'ABOUT', 'NODES', 'REASON'];
      for (const line of formatTable(header, rows)) terminal.out(line);
    }
    return exitStatus.done;
  },
};
