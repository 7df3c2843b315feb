import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { panel, source } from './panel.ts';
import type { PanelSpec } from './panel.ts';

/** Panels under one title. */
export interface RowSpec {
  readonly title: string;
  /** Of the panels, in cells of 30 pixels. */
  readonly height: number;
  readonly panels: readonly PanelSpec[];
}

/** Marks over all graphs, made of a query: each time that it is more than zero. */
export interface Annotation {
  readonly name: string;
  readonly expr: string;
  readonly color: string;
  readonly title: string;
  readonly text: string;
  readonly tags: string;
}

type VariableName = 'cluster' | 'instance' | 'node' | 'namespace' | 'workload';

/** A dashboard as the pages of this folder describe it. */
export interface BoardSpec {
  /** Name of the file, and last part of the uid. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariableName[];
  readonly rows: readonly RowSpec[];
  readonly annotations?: readonly Annotation[];
}

/** How Grafana is asked for the values of a variable. All of them stand for anything, also for a label that is not there. */
const variables: Readonly<Record<VariableName, { label: string; query: string; regex?: string; description: string }>> =
  {
    cluster: {
      label: 'Cluster',
      query: 'label_values(anchorwatch_build_info, cluster)',
      description: 'The external label of that name, where there is one.',
    },
    instance: {
      label: 'Collector',
      query: 'label_values(anchorwatch_build_info{cluster=~"$cluster"}, instance)',
      description: 'The address under which Prometheus knows the collector.',
    },
    node: {
      label: 'Node',
      query: 'label_values(anchorwatch_node_up{cluster=~"$cluster"}, node)',
      description: 'A machine that runs containers and one agent.',
    },
    namespace: {
      label: 'Namespace',
      query: 'label_values(anchorwatch_profile_features{cluster=~"$cluster"}, workload)',
      regex: '/^([^/]+)\\/.+$/',
      description: 'What stands before the first slash of a workload: a Kubernetes namespace or a Compose project.',
    },
    workload: {
      label: 'Workload',
      query: 'label_values(anchorwatch_profile_features{cluster=~"$cluster",workload=~"($namespace)(/.*)?"}, workload)',
      description:
        'Containers that should behave alike. Those beyond the 50 with the most containers are summed as other.',
    },
  };

function variable(name: VariableName): QueryVariableBuilder {
  const { label, query, regex, description } = variables[name];
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(source)
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    // oxlint-disable-next-line unicorn/no-array-sort -- a builder is no array
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
  return regex === undefined ? builder : builder.regex(regex);
}

function annotation({ name, expr, color, title, text, tags }: Annotation): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(source)
    .enable(true)
    .hide(false)
    .iconColor(color)
    .expr(expr)
    .step('1m')
    .titleFormat(title)
    .textFormat(text)
    .tagKeys(tags)
    .useValueForTime(false);
}

/** The dashboard, with panels side by side in the order in which they stand, and ids from 1. */
export function dashboard({ name, title, description, ...spec }: BoardSpec): Dashboard {
  const builder = new DashboardBuilder(`Anchorwatch / ${title}`)
    .uid(`anchorwatch-${name}`)
    .description(description)
    .tags(['anchorwatch'])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .variables([
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
      ...spec.variables.map(variable),
    ])
    .annotations((spec.annotations ?? []).map(annotation))
    .link(
      new DashboardLinkBuilder('Anchorwatch')
        .type(DashboardLinkType.Dashboards)
        .tags(['anchorwatch'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  let [id, y] = [0, 0];
  for (const row of spec.rows) {
    id += 1;
    builder.withRow(new RowBuilder(row.title).id(id).gridPos({ x: 0, y, w: 24, h: 1 }));
    y += 1;
    let x = 0;
    for (const one of row.panels) {
      if (x + one.width > 24) [x, y] = [0, y + row.height];
      id += 1;
      builder.withPanel(panel(one, id, { x, y, w: one.width, h: row.height }));
      x += one.width;
    }
    y += row.height;
  }
  return builder.build();
}
