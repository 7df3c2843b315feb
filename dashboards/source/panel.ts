import { BarGaugeDisplayMode, BigValueColorMode, BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { GridPos, PanelBuilder, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Graph } from '@grafana/grafana-foundation-sdk/timeseries';
import { runbookUrl } from '../../src/model/runbook.ts';

/** The variable that says which Prometheus is asked. */
export const source = { type: 'prometheus', uid: '${datasource}' } as const;

/** One PromQL expression of a panel. */
export interface Query {
  readonly expr: string;
  /** What the series are called: `{{node}}`. */
  readonly legend: string;
}

/** A panel as the pages of this folder describe it. */
export interface PanelSpec {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  /** `now`: one figure for each series. `bars`: the same as bars, the longest first. `graph`, `columns`: over time. `states`: a band for each series. */
  readonly kind: 'now' | 'bars' | 'graph' | 'columns' | 'heatmap' | 'states';
  /** Of Grafana's units: `short`, `percentunit`, `bytes`, `s`, … */
  readonly unit: string;
  /** Page of docs/runbooks. */
  readonly runbook: string;
  /** Of 24. */
  readonly width: number;
  readonly queries: readonly Query[];
  /** From these values on it is yellow or red; `below`: up to these. Absent: nothing is wrong whatever it shows. */
  readonly yellow?: number;
  readonly red?: number;
  readonly below?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  readonly stacked?: boolean;
  /** Words for values. */
  readonly words?: Readonly<Record<string, { readonly text: string; readonly color: string }>>;
}

function thresholds({ yellow, red, below = false }: PanelSpec): ThresholdsConfigBuilder {
  const marks = [
    ...(yellow === undefined ? [] : [{ value: yellow, color: 'yellow' }]),
    ...(red === undefined ? [] : [{ value: red, color: 'red' }]),
  ].toSorted((a, b) => a.value - b.value);
  // A step holds from its value on: where low is bad, each colour stands one step lower, and green is last.
  const steps = below
    ? [...marks.map(({ color }, index) => ({ color, value: marks[index - 1]?.value ?? null })), greenFrom(marks.at(-1))]
    : [{ color: 'green', value: null }, ...marks];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

function greenFrom(mark: { readonly value: number } | undefined): { color: string; value: number | null } {
  return { color: 'green', value: mark?.value ?? null };
}

function mappings(words: NonNullable<PanelSpec['words']>): ValueMapping[] {
  const options = Object.entries(words).map(([value, { text, color }], index) => [value, { text, color, index }]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) as never }];
}

const last = (): ReduceDataOptionsBuilder => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
const tooltip = (): VizTooltipOptionsBuilder => {
  const builder = new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi);
  // oxlint-disable-next-line unicorn/no-array-sort -- a builder is no array
  return builder.sort(SortOrder.Descending);
};
const legend = (): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Last *')
    .sortDesc(true);

function overTime({ kind, stacked = false, yellow, red }: PanelSpec): Graph {
  const marked = yellow !== undefined || red !== undefined;
  return new Graph()
    .drawStyle(kind === 'columns' ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(kind === 'columns' ? 80 : stacked ? 40 : 10)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None).group('A'))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        marked ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    )
    .legend(legend())
    .tooltip(tooltip());
}

function visualisation(spec: PanelSpec): PanelBuilder | Graph | Stat | BarGauge | Heatmap | StateTimeline {
  switch (spec.kind) {
    case 'now':
      return new Stat().colorMode(BigValueColorMode.Value).graphMode(BigValueGraphMode.None).reduceOptions(last());
    case 'bars':
      return new BarGauge()
        .displayMode(BarGaugeDisplayMode.Basic)
        .orientation(VizOrientation.Horizontal)
        .reduceOptions(last());
    case 'heatmap':
      return new Heatmap().calculate(false).cellGap(1);
    case 'states':
      return new StateTimeline().mergeValues(true).fillOpacity(70).lineWidth(0);
    case 'graph':
    case 'columns':
      return overTime(spec);
  }
}

/** A panel of Grafana. */
export function panel(spec: PanelSpec, id: number, gridPos: GridPos): Graph {
  const { kind, queries, min, max, decimals, words } = spec;
  const instant = kind === 'now' || kind === 'bars';
  const targets = queries.map(({ expr, legend: name }, index) => {
    const query = new DataqueryBuilder()
      .expr(expr)
      .legendFormat(name)
      .refId(String.fromCodePoint(65 + index));
    if (kind === 'heatmap') query.format(PromQueryFormat.Heatmap);
    return (instant ? query.instant() : query.range()).datasource(source);
  });
  // What is called here all builders of panels have.
  const builder = visualisation(spec) as Graph;
  builder
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .datasource(source)
    .gridPos(gridPos)
    .unit(spec.unit)
    .thresholds(thresholds(spec))
    .targets(targets)
    .links([
      new DashboardLinkBuilder('Runbook').type(DashboardLinkType.Link).url(runbookUrl(spec.runbook)).targetBlank(true),
    ]);
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (decimals !== undefined) builder.decimals(decimals);
  if (words !== undefined) builder.mappings(mappings(words));
  return builder;
}
