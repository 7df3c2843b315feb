import { dashboard } from './board.ts';
import type { BoardSpec } from './board.ts';
import { collector } from './collector.ts';
import { detection } from './detection.ts';
import { node } from './node.ts';
import { overview } from './overview.ts';
import { workload } from './workload.ts';

/** All dashboards. */
const boards: readonly BoardSpec[] = [overview, workload, node, detection, collector];

/** Text of the files of `dashboards/`, by name. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(boards.map((spec) => [`${spec.name}.json`, `${JSON.stringify(dashboard(spec), shown, 2)}\n`]));
}

/** The SDK presets that links and annotations are hidden in a menu, and has no other value. */
function shown(key: string, value: unknown): unknown {
  return key === 'placement' && value === 'inControlsMenu' ? undefined : value;
}
