import type { BoardSpec, RowSpec } from './board.ts';
import type { PanelSpec } from './panel.ts';
import { ofWorkload } from './selectors.ts';

const coverage: RowSpec = {
  title: 'What is known of it',
  height: 8,
  panels: [
    {
      title: 'Coverage by dimension',
      description:
        'Estimated share of behaviour already seen, the lowest of the chosen workloads and their nodes. Below 80 % something new says little.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchCoverageFalling',
      width: 12,
      min: 0,
      max: 1,
      queries: [
        { expr: `min by (dimension) (anchorwatch_workload_coverage_ratio{${ofWorkload}})`, legend: '{{dimension}}' },
      ],
    },
    {
      title: 'Coverage now',
      description:
        'The same at the end of the chosen time, for each workload: what Anchorwatch knows least of stands first.',
      kind: 'bars',
      unit: 'percentunit',
      runbook: 'AnchorwatchCoverageFalling',
      width: 12,
      min: 0,
      max: 1,
      below: true,
      red: 0.5,
      yellow: 0.8,
      queries: [
        {
          expr: `bottomk(15, min by (workload, dimension) (anchorwatch_workload_coverage_ratio{${ofWorkload}}))`,
          legend: '{{workload}} {{dimension}}',
        },
      ],
    },
    {
      title: 'Features known',
      description:
        'Features in the profile, by dimension: programs, files, peers. A count that grows and grows is behaviour that is not generalised.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchProfilesIncomplete',
      width: 8,
      min: 0,
      queries: [{ expr: `sum by (dimension) (anchorwatch_profile_features{${ofWorkload}})`, legend: '{{dimension}}' }],
    },
    {
      title: 'New features',
      description: 'By how much the profiles grew between two points. After a release it is much for a while.',
      kind: 'columns',
      unit: 'short',
      runbook: 'alert-release',
      width: 8,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `sum by (dimension) (clamp_min(delta(anchorwatch_profile_features{${ofWorkload}}[$__rate_interval]), 0))`,
          legend: '{{dimension}}',
        },
      ],
    },
    {
      title: 'Seen once',
      description:
        'Features that were seen in a single sample. The more of them, the less surprising is one more: that is what coverage is computed from.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchCoverageFalling',
      width: 8,
      min: 0,
      queries: [
        { expr: `sum by (dimension) (anchorwatch_profile_features_seen_once{${ofWorkload}})`, legend: '{{dimension}}' },
      ],
    },
  ],
};

const alerts: RowSpec = {
  title: 'Alerts',
  height: 8,
  panels: [
    {
      title: 'Alerts of the chosen time',
      description: 'Alerts of the chosen workloads, by severity. `anchorwatch alerts --workload NAME` lists them.',
      kind: 'now',
      unit: 'short',
      runbook: 'README',
      width: 6,
      decimals: 0,
      yellow: 1,
      red: 10,
      queries: [
        {
          expr: `sum by (severity) (increase(anchorwatch_workload_alerts_total{${ofWorkload}}[$__range]))`,
          legend: '{{severity}}',
        },
      ],
    },
    {
      title: 'Alerts a minute',
      description: 'Alerts by workload and severity; the same are marked in all graphs of this page.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'README',
      width: 12,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (workload, severity) (rate(anchorwatch_workload_alerts_total{${ofWorkload}}[$__rate_interval]))`,
          legend: '{{workload}} {{severity}}',
        },
      ],
    },
    {
      title: 'Threshold of a warning',
      description:
        'Score from which something is a warning, in decades. 3 unless configured otherwise; higher where the alert budget raised it.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 6,
      yellow: 4,
      queries: [
        { expr: `max by (dimension) (anchorwatch_alert_threshold_decades{${ofWorkload}})`, legend: '{{dimension}}' },
      ],
    },
  ],
};

/** Of a counter of containers, a second and workload. */
function rate(title: string, description: string, unit: string, metrics: Readonly<Record<string, string>>): PanelSpec {
  const queries = Object.entries(metrics).map(([metric, word]) => ({
    expr: `sum by (workload) (rate(anchorwatch_container_${metric}_total{${ofWorkload}}[$__rate_interval]))`,
    legend: word === '' ? '{{workload}}' : `{{workload}} ${word}`,
  }));
  return { title, description, kind: 'graph', unit, runbook: 'alert-rate', width: 8, min: 0, queries };
}

/** Of a gauge of containers, by workload. */
function level(title: string, description: string, unit: string, metric: string): PanelSpec {
  const expr = `sum by (workload) (anchorwatch_container_${metric}{${ofWorkload}})`;
  const queries = [{ expr, legend: '{{workload}}' }];
  return { title, description, kind: 'graph', unit, runbook: 'alert-rate', width: 8, min: 0, queries };
}

const rates: RowSpec = {
  title: 'Rates',
  height: 7,
  panels: [
    rate('CPU', 'Cores in use. A step that stays is what a miner looks like.', 'suffix:cores', { cpu_seconds: '' }),
    level('Memory', 'Memory charged to the containers.', 'bytes', 'memory_bytes'),
    level('Processes and threads', 'Tasks in the containers.', 'short', 'pids'),
    rate('Network, bytes', 'Bytes a second, received and sent.', 'Bps', {
      network_receive_bytes: 'received',
      network_transmit_bytes: 'sent',
    }),
    rate('Network, packets', 'Packets a second, received and sent.', 'pps', {
      network_receive_packets: 'received',
      network_transmit_packets: 'sent',
    }),
    rate('Disk', 'Bytes a second, read from block devices and written to them.', 'Bps', {
      block_read_bytes: 'read',
      block_write_bytes: 'written',
    }),
    rate('Programs started', 'Executions a second, counted by the kernel sensor.', 'ops', { execs: '' }),
    rate('Connections begun', 'TCP connections a second, counted by the kernel sensor.', 'ops', { connects: '' }),
    rate('DNS questions', 'Questions over UDP a second, counted by the kernel sensor.', 'ops', { dns_questions: '' }),
  ],
};

const gaps: RowSpec = {
  title: 'What was not seen of it',
  height: 7,
  panels: [
    {
      title: 'Records lost',
      description:
        'Records a second of which something new could not be told. `anchorwatch history` says "blind for …" of such times.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchBlindWindow',
      width: 12,
      min: 0,
      queries: [
        {
          expr: `sum by (workload) (rate(anchorwatch_container_records_lost_total{${ofWorkload}}[$__rate_interval]))`,
          legend: '{{workload}}',
        },
      ],
    },
    {
      title: 'System calls',
      description: 'System calls a second; with --syscalls all only.',
      kind: 'graph',
      unit: 'ops',
      runbook: 'alert-syscall-mix',
      width: 12,
      min: 0,
      queries: [
        {
          expr: `sum by (workload) (rate(anchorwatch_container_system_calls_total{${ofWorkload}}[$__rate_interval]))`,
          legend: '{{workload}}',
        },
      ],
    },
  ],
};

/** One workload, or some. */
export const workload: BoardSpec = {
  name: 'workload',
  title: 'Workload',
  description: 'What is known of a workload, what it was alerted for, and what it uses.',
  variables: ['cluster', 'namespace', 'workload'],
  rows: [coverage, alerts, rates, gaps],
  annotations: [
    {
      name: 'Alerts',
      expr: `sum by (workload, severity) (increase(anchorwatch_workload_alerts_total{${ofWorkload},severity!="notice"}[1m])) > 0`,
      color: 'red',
      title: '{{severity}}: {{workload}}',
      text: 'anchorwatch alerts --workload {{workload}}',
      tags: 'severity,workload',
    },
    {
      name: 'New images',
      expr: `sum by (workload) (increase(anchorwatch_workload_alerts_total{${ofWorkload},severity="notice"}[1m])) > 0`,
      color: 'blue',
      title: 'New image: {{workload}}',
      text: 'anchorwatch alerts --severity notice --workload {{workload}}',
      tags: 'workload',
    },
  ],
};
