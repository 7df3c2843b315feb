import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the dashboards are, and Prometheus' and Grafana's files in folders beside them. */
export const dashboardFolder: string = join(import.meta.dirname, '../../dashboards');

/** A dashboard as Grafana imports it, as far as tests look at it. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: string | { readonly query: string };
      readonly regex?: string;
      readonly allValue?: string;
    }[];
  };
  readonly annotations: {
    readonly list: readonly { readonly name: string; readonly expr: string; readonly titleFormat: string }[];
  };
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
    };
  };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
  }[];
}

/** The dashboards as they are in the checkout, by file name without `.json`. */
export function readBoards(): ReadonlyMap<string, Board> {
  const files = readdirSync(dashboardFolder).filter((name) => name.endsWith('.json'));
  return new Map(
    files.map((name) => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(join(dashboardFolder, name), 'utf8')) as Board,
    ]),
  );
}

/** One expression of a dashboard. */
export interface Expression {
  /** `node / CPU of the agent / A` */
  readonly name: string;
  readonly expr: string;
  /** That its series are named by. */
  readonly labels: readonly string[];
}

/** Every PromQL expression of the dashboards: of panels, then of annotations. */
export function expressions(): readonly Expression[] {
  return [...readBoards()].flatMap(([board, { panels, annotations }]) => [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ refId, expr, legendFormat }) => ({
        ...{ name: `${board} / ${title} / ${refId}`, expr, labels: labelsOf(legendFormat) },
      })),
    ),
    ...annotations.list.map(({ name, expr, titleFormat }) => ({
      ...{ name: `${board} / annotation ${name}`, expr, labels: labelsOf(titleFormat) },
    })),
  ]);
}

function labelsOf(format: string): readonly string[] {
  return [...format.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
}

/**
 * What Grafana makes of an expression before Prometheus gets it.
 * @param values Of variables; those that are not named have all of their values.
 */
export function interpolate(expr: string, values: Readonly<Record<string, string>> = {}): string {
  const windows = { __rate_interval: '10s', __interval: '5s', __range: '1m' };
  return expr.replaceAll(
    /\$(\w+)/g,
    (_, name: string) => windows[name as keyof typeof windows] ?? escaped(values[name]) ?? '.*',
  );
}

/** A value within a regular expression, as Grafana's data source for Prometheus writes it. */
function escaped(value: string | undefined): string | undefined {
  return value?.replaceAll(/[\\^$*+?.()|[\]{}]/g, String.raw`\\$&`);
}
