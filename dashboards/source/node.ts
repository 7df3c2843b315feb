import type { BoardSpec, RowSpec } from './board.ts';
import { ofNode } from './selectors.ts';

const state: RowSpec = {
  title: 'State',
  height: 4,
  panels: [
    {
      title: 'Agent',
      description: 'Whether the agent is connected to the collector.',
      kind: 'now',
      unit: 'none',
      runbook: 'AnchorwatchAgentDown',
      width: 4,
      below: true,
      red: 1,
      words: { 1: { text: 'connected', color: 'green' }, 0: { text: 'not connected', color: 'red' } },
      queries: [{ expr: `min by (node) (anchorwatch_node_up{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Container engine',
      description:
        'Whether Docker, Podman or the runtime of Kubernetes answers the agent. New containers are nameless without it.',
      kind: 'now',
      unit: 'none',
      runbook: 'AnchorwatchEngineUnreachable',
      width: 4,
      below: true,
      red: 1,
      words: { 1: { text: 'answers', color: 'green' }, 0: { text: 'silent', color: 'red' } },
      queries: [{ expr: `min by (node) (anchorwatch_engine_up{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Containers',
      description: 'Containers that the agent watches.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchReportsMissing',
      width: 4,
      queries: [{ expr: `sum by (node) (anchorwatch_containers{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Containers not seen',
      description: 'Running containers that the sensor sees nothing of, because their cgroup was not found.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchContainersUnseen',
      width: 4,
      red: 1,
      queries: [{ expr: `sum by (node) (anchorwatch_containers_unseen{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Clock',
      description:
        "By how much the node's clock is ahead of the collector's. Beyond two seconds times of alerts mislead.",
      kind: 'now',
      unit: 's',
      runbook: 'AnchorwatchClockSkew',
      width: 4,
      decimals: 2,
      red: 2,
      queries: [{ expr: `max by (node) (abs(anchorwatch_node_clock_skew_seconds{${ofNode}}))`, legend: '{{node}}' }],
    },
    {
      title: 'Rules',
      description: 'Suspicion rules that the agent uses.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchRulesFail',
      width: 4,
      below: true,
      red: 1,
      queries: [{ expr: `sum by (node) (anchorwatch_rules_loaded{${ofNode}})`, legend: '{{node}}' }],
    },
  ],
};

const sensor: RowSpec = {
  title: 'Sensor',
  height: 8,
  panels: [
    {
      title: 'Hooks',
      description: 'Hooks of the kernel sensor by whether they work. Missing ones are things that are not seen.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchSensorBlind',
      width: 8,
      min: 0,
      queries: [{ expr: `sum by (node, state) (anchorwatch_sensor_hooks{${ofNode}})`, legend: '{{node}} {{state}}' }],
    },
    {
      title: 'Hooks that do not work',
      description:
        'Which ones, by node. What is not seen without each says `anchorwatch doctor` on the node. Empty when all work.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchHooksMissing',
      width: 8,
      yellow: 1,
      queries: [
        { expr: `max by (node, hook) (anchorwatch_sensor_hook_missing{${ofNode}})`, legend: '{{node}} {{hook}}' },
      ],
    },
    {
      title: 'Events that wait',
      description: 'Events whose container is not known yet. They wait ten seconds at most.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchEventsLost',
      width: 8,
      min: 0,
      yellow: 5000,
      red: 10_000,
      queries: [{ expr: `sum by (node) (anchorwatch_events_pending{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Known, by kind',
      description: 'Events a second that the kernel recognised as known: they cost nothing more.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchKernelMapFull',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (node, kind) (rate(anchorwatch_sensor_known_total{${ofNode}}[$__rate_interval]))`,
          legend: '{{node}} {{kind}}',
        },
      ],
    },
    {
      title: 'New, by kind',
      description: 'Events a second that reached the agent, because they were new or are told in full.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchKernelMapFull',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (node, kind) (rate(anchorwatch_events_total{${ofNode}}[$__rate_interval]))`,
          legend: '{{node}} {{kind}}',
        },
      ],
    },
    {
      title: 'Recognised in the kernel',
      description:
        'Share of events that were known: what makes the agent cheap. It rises in the first minutes of a workload.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchKernelMapFull',
      width: 8,
      min: 0,
      max: 1,
      queries: [
        {
          expr: `sum by (node) (rate(anchorwatch_sensor_known_total{${ofNode}}[$__rate_interval])) / (sum by (node) (rate(anchorwatch_sensor_known_total{${ofNode}}[$__rate_interval])) + sum by (node) (rate(anchorwatch_events_total{${ofNode}}[$__rate_interval])))`,
          legend: '{{node}} all',
        },
        {
          expr: `1 - sum by (node) (rate(anchorwatch_sensor_missed_total{${ofNode}}[$__rate_interval])) / sum by (node) (rate(anchorwatch_sensor_known_total{${ofNode},kind=~"file.*"}[$__rate_interval]))`,
          legend: '{{node}} files, without walking a path',
        },
      ],
    },
  ],
};

const losses: RowSpec = {
  title: 'Losses',
  height: 8,
  panels: [
    {
      title: 'Losses, by hook and reason',
      description:
        'What could not be kept, a second. docs/architecture.md says what each reason means; path_too_long and folded lose no event.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchEventsLost',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `topk(15, sum by (node, hook, reason) (rate(anchorwatch_sensor_lost_total{${ofNode}}[$__rate_interval])))`,
          legend: '{{node}} {{hook}} {{reason}}',
        },
      ],
    },
    {
      title: 'Lost in the chosen time',
      description: 'The same as a sum, where it is not zero.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchEventsLost',
      width: 8,
      decimals: 0,
      yellow: 1,
      queries: [
        {
          expr: `topk(15, sum by (node, hook, reason) (increase(anchorwatch_sensor_lost_total{${ofNode}}[$__range])) > 0)`,
          legend: '{{node}} {{hook}} {{reason}}',
        },
      ],
    },
    {
      title: 'Records lost, by workload',
      description:
        'Records a second of which something new could not be told, by the workload whose containers they were of.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchBlindWindow',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (node, workload) (rate(anchorwatch_container_records_lost_total{${ofNode}}[$__rate_interval]))`,
          legend: '{{node}} {{workload}}',
        },
      ],
    },
  ],
};

const cost: RowSpec = {
  title: 'What the agent costs',
  height: 8,
  panels: [
    {
      title: 'CPU of the agent',
      description: 'Cores that the agent itself uses.',
      kind: 'graph',
      unit: 'suffix:cores',
      runbook: 'AnchorwatchKernelMapFull',
      width: 8,
      min: 0,
      yellow: 0.5,
      red: 1,
      queries: [
        {
          expr: `sum by (node) (rate(anchorwatch_agent_cpu_seconds_total{${ofNode}}[$__rate_interval]))`,
          legend: '{{node}}',
        },
      ],
    },
    {
      title: 'Memory of the agent',
      description:
        'Memory resident of the agent. It is bounded: profiles, events that wait and the flight recorder all are.',
      kind: 'graph',
      unit: 'bytes',
      runbook: 'AnchorwatchReportsMissing',
      width: 8,
      min: 0,
      yellow: 500_000_000,
      red: 1_000_000_000,
      queries: [{ expr: `sum by (node) (anchorwatch_agent_memory_bytes{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Disk of the agent, free',
      description:
        'Share of the disk of the state directory that may still be written. Full: alerts wait in memory, and history is lost.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchAgentDiskFull',
      width: 8,
      min: 0,
      max: 1,
      below: true,
      red: 0.05,
      yellow: 0.1,
      queries: [
        {
          expr: `min by (node) (anchorwatch_agent_disk_available_bytes{${ofNode}} / anchorwatch_agent_disk_size_bytes{${ofNode}})`,
          legend: '{{node}}',
        },
      ],
    },
  ],
};

const kept: RowSpec = {
  title: 'What the agent keeps',
  height: 7,
  panels: [
    {
      title: 'Alerts that wait for the collector',
      description:
        'Alerts on the disk of the node that the collector has not acknowledged. Above zero for minutes: look at both logs.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchOutboxGrowing',
      width: 6,
      min: 0,
      yellow: 100,
      queries: [{ expr: `sum by (node) (anchorwatch_outbox_alerts{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'History',
      description: 'Size of the flight recorder on the node; it is bounded by --history-size.',
      kind: 'graph',
      unit: 'bytes',
      runbook: 'AnchorwatchAgentDiskFull',
      width: 6,
      min: 0,
      queries: [{ expr: `sum by (node) (anchorwatch_history_bytes{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'History reaches back',
      description: 'How long ago the history begins: questions about earlier times are answered with a gap.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchAgentDiskFull',
      width: 6,
      min: 0,
      queries: [
        {
          expr: `max by (node) (time() - anchorwatch_history_oldest_timestamp_seconds{${ofNode}})`,
          legend: '{{node}}',
        },
      ],
    },
    {
      title: 'Snapshots',
      description:
        'Snapshots of containers that were taken, failed or were not begun, in the chosen time, and those that wait for the collector.',
      kind: 'now',
      unit: 'short',
      runbook: 'alert-exec',
      width: 6,
      decimals: 0,
      queries: [
        { expr: `sum(increase(anchorwatch_snapshots_taken_total{${ofNode}}[$__range]))`, legend: 'taken' },
        {
          expr: `sum(increase(anchorwatch_snapshots_failed_total{${ofNode}}[$__range])) or vector(0)`,
          legend: 'failed',
        },
        {
          expr: `sum(increase(anchorwatch_snapshots_shed_total{${ofNode}}[$__range])) or vector(0)`,
          legend: 'not begun',
        },
        { expr: `sum(anchorwatch_snapshots_waiting{${ofNode}})`, legend: 'waiting' },
      ],
    },
  ],
};

/** One node, or some. */
export const node: BoardSpec = {
  name: 'node',
  title: 'Node',
  description: 'What the agent of a node sees, what it does not see, and what it costs.',
  variables: ['cluster', 'node'],
  rows: [state, sensor, losses, cost, kept],
  annotations: [
    {
      name: 'Agent away',
      expr: `max by (node) (anchorwatch_node_up{${ofNode}}) == bool 0 > 0`,
      color: 'red',
      title: 'No agent: {{node}}',
      text: 'The agent of {{node}} is not connected.',
      tags: 'node',
    },
  ],
};
