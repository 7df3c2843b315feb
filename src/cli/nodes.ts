import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus } from './command.ts';
import { formatTable, jsonLine } from './terminal.ts';

/** A node as `GET /api/v1/nodes` lists it. */
export interface ListedNode {
  readonly name: string;
  readonly up: boolean;
  readonly stopped: boolean;
  readonly version: string;
  readonly reported?: {
    readonly sensor: string;
    readonly containers: number;
    readonly lost: readonly { readonly count: number }[];
    readonly expectedAlertsPerDay: number;
    readonly expectedAlertsBounds?: { readonly low: number; readonly high: number };
    readonly alertsLastDay?: number;
  };
}

/** A count of alerts a day: two figures below ten, none behind the point above. Pure. */
function figure(count: number): string {
  if (count === 0) return '0';
  if (count < 0.01) return '<0.01';
  return count < 10 ? String(Number(count.toPrecision(2))) : String(Math.round(count));
}

/** Cells of a table: "0.4 (0.05 to 2.1)" is what is expected and its bounds. Pure. */
export function nodeCells({ name, up, stopped, version, reported }: ListedNode): readonly string[] {
  const state = up ? 'up' : stopped ? 'stopped' : 'silent';
  if (reported === undefined) return [name, state, version, '-', '-', '-', '-', '-'];
  const { sensor, containers, lost, expectedAlertsPerDay, expectedAlertsBounds: bounds, alertsLastDay } = reported;
  return [
    ...[name, state, version, sensor, String(containers)],
    String(lost.reduce((sum, { count }) => sum + count, 0)),
    figure(expectedAlertsPerDay) + (bounds === undefined ? '' : ` (${figure(bounds.low)} to ${figure(bounds.high)})`),
    alertsLastDay === undefined ? '-' : String(alertsLastDay),
  ];
}

/** `anchorwatch nodes` */
export const nodes: CommandDefinition = {
  options: 'workloads',
  usage: 'nodes',
  summary: 'agents: state, losses, and how many false alerts are expected of each',
  description:
    'Lists nodes with the state of their agents, the containers they watch and the events they lost. EXPECTED A DAY is how many false alerts a day are to ' +
    'be expected at the present thresholds, and between which bounds that lies with 95 %, by how much the node has seen; LAST DAY is what was raised, true alerts among it.',
  flags: [['--json', 'JSON lines, as the API serves them']],
  examples: ['anchorwatch nodes', 'anchorwatch nodes --json | jq .reported.expectedAlertsBounds'],
  run: async (invocation) => {
    const { terminal, stop } = invocation.surroundings;
    const address = collectorAddress(invocation);
    const { items } = await ask<{ readonly items: readonly ListedNode[] }>(address, '/api/v1/nodes', stop);
    if (invocation.own['json'] === true) {
      for (const item of items) terminal.out(jsonLine(item));
    } else if (items.length === 0) {
      terminal.err(`No agent has been heard of by ${address.url} yet.`);
    } else {
      const header = ['NODE', 'STATE', 'VERSION', 'SENSOR', 'CONTAINERS', 'LOST', 'EXPECTED A DAY', 'LAST DAY'];
      for (const line of formatTable(header, items.map(nodeCells))) terminal.out(line);
    }
    return exitStatus.done;
  },
};
