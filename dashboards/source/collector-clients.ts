import type { RowSpec } from './board.ts';
import { ofCollector } from './selectors.ts';

/** Who asks the collector. */
export const clients: RowSpec = {
  title: 'Clients',
  height: 7,
  panels: [
    {
      title: 'Clients of the feed dropped',
      description: 'Clients a minute that were dropped or turned away, by reason. They miss nothing when they resume.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchFeedDrops',
      width: 8,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (reason) (rate(anchorwatch_feed_dropped_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{reason}}',
        },
      ],
    },
    {
      title: 'Not let in',
      description: 'Requests a minute that were not let in, by what was wrong, and those that came too often.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchWrongTokens',
      width: 8,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (reason) (rate(anchorwatch_access_denied_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{reason}}',
        },
        {
          expr: `60 * sum(rate(anchorwatch_api_limited_total{${ofCollector}}[$__rate_interval]))`,
          legend: 'too often',
        },
      ],
    },
    {
      title: 'Kubernetes audit',
      description:
        'Events of the audit log of the Kubernetes API, by what became of them, and how many users have a profile.',
      kind: 'graph',
      unit: 'short',
      runbook: 'alert-api',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (outcome) (rate(anchorwatch_audit_events_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{outcome}} a second',
        },
        { expr: `sum(anchorwatch_audit_users{${ofCollector}})`, legend: 'users' },
      ],
    },
  ],
};

/** What it keeps besides alerts. */
export const fleet: RowSpec = {
  title: 'Fleet, evidence and snapshots',
  height: 7,
  panels: [
    {
      title: 'What nodes share',
      description: 'Contributions and questions a minute of what nodes learned, by outcome, and what was deleted.',
      kind: 'graph',
      unit: 'cpm',
      runbook: 'AnchorwatchProfilesIncomplete',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (outcome) (rate(anchorwatch_fleet_contributions_total{${ofCollector}}[$__rate_interval]))`,
          legend: 'contribution {{outcome}}',
        },
        {
          expr: `60 * sum by (outcome) (rate(anchorwatch_fleet_answers_total{${ofCollector}}[$__rate_interval]))`,
          legend: 'answer {{outcome}}',
        },
        {
          expr: `60 * sum by (reason) (rate(anchorwatch_fleet_dropped_total{${ofCollector}}[$__rate_interval]))`,
          legend: 'deleted {{reason}}',
        },
      ],
    },
    {
      title: 'History around incidents',
      description: 'Pieces a minute, by outcome, and entries that made room.',
      kind: 'graph',
      unit: 'cpm',
      runbook: 'AnchorwatchStoreDiskFull',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (outcome) (rate(anchorwatch_evidence_pieces_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
        {
          expr: `60 * sum(rate(anchorwatch_evidence_dropped_entries_total{${ofCollector}}[$__rate_interval]))`,
          legend: 'entries dropped',
        },
      ],
    },
    {
      title: 'Snapshots',
      description: 'Snapshots that are kept, and those that nodes offered in the chosen time, by outcome.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchStoreDiskFull',
      width: 8,
      decimals: 0,
      queries: [
        { expr: `sum(anchorwatch_snapshots_kept{${ofCollector}})`, legend: 'kept' },
        {
          expr: `sum by (outcome) (increase(anchorwatch_snapshots_received_total{${ofCollector}}[$__range]))`,
          legend: '{{outcome}}',
        },
      ],
    },
  ],
};

/** What its process uses. */
export const cost: RowSpec = {
  title: 'What the collector costs',
  height: 7,
  panels: [
    {
      title: 'CPU',
      description: 'Cores that the process uses; with `anchorwatch up`, the agent is in it.',
      kind: 'graph',
      unit: 'suffix:cores',
      runbook: 'AnchorwatchStoreSlow',
      width: 12,
      min: 0,
      yellow: 1,
      queries: [
        {
          expr: `rate(process_cpu_seconds_total{${ofCollector}}[$__rate_interval]) and on (cluster, instance, job) anchorwatch_build_info`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Memory',
      description: 'Memory resident of the process.',
      kind: 'graph',
      unit: 'bytes',
      runbook: 'AnchorwatchCollectorDown',
      width: 12,
      min: 0,
      yellow: 1_000_000_000,
      queries: [
        {
          expr: `process_resident_memory_bytes{${ofCollector}} and on (cluster, instance, job) anchorwatch_build_info`,
          legend: '{{instance}}',
        },
      ],
    },
  ],
};
