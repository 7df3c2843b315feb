import type { DimensionCoverage } from '../model/node.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus } from './command.ts';
import { formatTable, jsonLine } from './terminal.ts';

/** A workload as `GET /api/v1/workloads` lists it. */
interface ListedWorkload {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly nodes: readonly string[];
  readonly containers: number;
  readonly samples: { readonly startup: number; readonly steady: number };
  readonly dimensions: readonly DimensionCoverage[];
  readonly unobserved?: readonly { readonly dimension: string }[];
}

/** Coverage as people read it: never rounded up to 100 %. */
export function percent(share: number): string {
  return share >= 1 ? '100%' : `${(Math.floor(share * 1000) / 10).toFixed(1)}%`;
}

/** "file.write 71.2% (warns from 4, confidence 90.0%)": the threshold only where the alert budget raised it, the confidence where something is missing. */
function describeDimension({ dimension, coverage, thresholds, confidence = 1 }: DimensionCoverage): string {
  const remarks = [
    ...(thresholds !== undefined && thresholds.raised > 0 ? [`warns from ${String(thresholds.warning)}`] : []),
    ...(confidence < 1 ? [`confidence ${percent(confidence)}`] : []),
  ];
  return `${dimension} ${percent(coverage)}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`;
}

/** Coverage of what showed something; what was watched and showed nothing; what is not observed, so that it is not known. Pure. */
function coverageCells({
  dimensions,
  unobserved = [],
}: Pick<ListedWorkload, 'dimensions' | 'unobserved'>): readonly [seen: string, silent: string, unobserved: string] {
  const blind = new Set(unobserved.map(({ dimension }) => dimension));
  const silent = dimensions.filter(({ dimension, features }) => features === 0 && !blind.has(dimension));
  return [
    dimensions
      .filter(({ features }) => features > 0)
      .map(describeDimension)
      .join('  '),
    silent.map(({ dimension }) => dimension).join(' ') || '-',
    [...blind].join(' ') || '-',
  ];
}

/** `anchorwatch workloads` */
export const workloads: CommandDefinition = {
  options: 'workloads',
  usage: 'workloads',
  summary: 'what is watched, and how well each workload is known',
  description:
    'Lists workloads with their containers, how many samples they were learned from (startup + steady), and the coverage of each ' +
    'dimension: the estimated share of behaviour that the profile has already seen. Where the alert budget raised a threshold, the score from ' +
    'which there are warnings stands beside it; where something was not seen, how far the figures can be trusted. NOTHING SEEN OF: it was watched, and the ' +
    'workload did nothing of it. NOT OBSERVED: the node cannot see it, or part of the nodes cannot.',
  flags: [['--json', 'JSON lines, as the API serves them']],
  examples: [
    'anchorwatch workloads',
    'anchorwatch workloads --json | jq -r .name',
    'anchorwatch profile show shop/web',
  ],
  run: async (invocation) => {
    const { terminal } = invocation.surroundings;
    const address = collectorAddress(invocation);
    const { items } = await ask<{ readonly items: readonly ListedWorkload[] }>(
      address,
      '/api/v1/workloads',
      invocation.surroundings.stop,
    );
    if (invocation.own['json'] === true) {
      for (const item of items) terminal.out(jsonLine(item));
    } else if (items.length === 0) {
      terminal.err(`No workload has been reported to ${address.url} yet.`);
    } else {
      const rows = items.map(({ name, containers, nodes, samples, dimensions, unobserved }) => [
        name,
        String(containers),
        String(nodes.length),
        `${String(samples.startup)}+${String(samples.steady)}`,
        ...coverageCells({ dimensions, ...(unobserved === undefined ? {} : { unobserved }) }),
      ]);
      const header = ['WORKLOAD', 'CONTAINERS', 'NODES', 'SAMPLES', 'COVERAGE', 'NOTHING SEEN OF', 'NOT OBSERVED'];
      for (const line of formatTable(header, rows)) terminal.out(line);
    }
    return exitStatus.done;
  },
};
