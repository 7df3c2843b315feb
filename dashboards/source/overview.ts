import type { BoardSpec, RowSpec } from './board.ts';
import { lostEvents, ofCluster, ofNode, quantile } from './selectors.ts';

const now: RowSpec = {
  title: 'Now',
  height: 4,
  panels: [
    {
      title: 'Critical incidents open',
      description:
        'Incidents of severity critical that nobody ended and that are not quiet yet. One is enough to look: `anchorwatch incidents --open`.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchCriticalIncidentOpen',
      width: 4,
      red: 1,
      queries: [{ expr: `sum(anchorwatch_incidents_open{${ofCluster},severity="critical"})`, legend: 'critical' }],
    },
    {
      title: 'Other incidents open',
      description: 'Incidents of severity warning that are not quiet yet: worth a look on the same day.',
      kind: 'now',
      unit: 'short',
      runbook: 'README',
      width: 4,
      yellow: 1,
      queries: [{ expr: `sum(anchorwatch_incidents_open{${ofCluster},severity="warning"})`, legend: 'warning' }],
    },
    {
      title: 'Nodes without an agent',
      description:
        'Nodes whose agent is not connected: nothing watches their containers, or alerts wait on their disks.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchAgentDown',
      width: 4,
      red: 1,
      queries: [{ expr: `count(anchorwatch_node_up{${ofNode}} == 0) or vector(0)`, legend: 'down' }],
    },
    {
      title: 'Containers watched',
      description: 'Containers that the agents of the chosen nodes watch.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchReportsMissing',
      width: 4,
      queries: [{ expr: `sum(anchorwatch_containers{${ofNode}})`, legend: 'containers' }],
    },
    {
      title: 'Containers not seen',
      description: 'Running containers that the sensor sees nothing of. Anything but zero is a hole.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchContainersUnseen',
      width: 4,
      red: 1,
      queries: [{ expr: `sum(anchorwatch_containers_unseen{${ofNode}})`, legend: 'not seen' }],
    },
    {
      title: 'Events lost',
      description: 'Events of the chosen time that could not be kept, of all hooks and reasons.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchEventsLost',
      width: 4,
      decimals: 0,
      yellow: 1,
      queries: [
        { expr: `sum(increase(anchorwatch_sensor_lost_total{${ofNode},${lostEvents}}[$__range]))`, legend: 'lost' },
      ],
    },
  ],
};

const alerts: RowSpec = {
  title: 'Alerts and incidents',
  height: 8,
  panels: [
    {
      title: 'Alerts a minute, by severity',
      description: 'Alerts that the collector stored. `notice` is what a new image does; it pages nobody.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchCritical',
      width: 12,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (severity) (rate(anchorwatch_alerts_total{${ofCluster}}[$__rate_interval]))`,
          legend: '{{severity}}',
        },
      ],
    },
    {
      title: 'Incidents open, by severity',
      description:
        'Incidents that are open. One that stays open goes on: look at its timeline with `anchorwatch incidents ID`.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchCriticalIncidentOpen',
      width: 12,
      min: 0,
      queries: [{ expr: `sum by (severity) (anchorwatch_incidents_open{${ofCluster}})`, legend: '{{severity}}' }],
    },
    {
      title: 'Alerts by dimension',
      description:
        'What the alerts of the chosen time were about, the most frequent first. Each dimension has a runbook.',
      kind: 'bars',
      unit: 'short',
      runbook: 'README',
      width: 12,
      decimals: 0,
      min: 0,
      queries: [
        {
          expr: `topk(12, sum by (dimension) (increase(anchorwatch_alerts_total{${ofCluster}}[$__range])) > 0)`,
          legend: '{{dimension}}',
        },
      ],
    },
    {
      title: 'Alerts by workload',
      description:
        'The workloads with the most alerts of the chosen time. One workload far above the others is a release, a noisy program or an attack.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 12,
      decimals: 0,
      min: 0,
      queries: [
        {
          expr: `topk(12, sum by (workload) (increase(anchorwatch_workload_alerts_total{${ofCluster}}[$__range])) > 0)`,
          legend: '{{workload}}',
        },
      ],
    },
  ],
};

const promise: RowSpec = {
  title: 'Expected against actual',
  height: 8,
  panels: [
    {
      title: 'Alerts a day: expected and actual',
      description:
        'How many false alerts a day are expected at the present thresholds, and how many alerts there were in the last day. Actual far above expected is behaviour that was never seen before, or an attack.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 8,
      min: 0,
      queries: [
        { expr: `sum(anchorwatch_alerts_expected_per_day{${ofNode}})`, legend: 'expected' },
        { expr: `sum(anchorwatch_alerts_last_day{${ofNode}})`, legend: 'actual' },
      ],
    },
    {
      title: 'Above expectation, by node',
      description: 'Actual less expected alerts of the last day. Some above zero is chance.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 8,
      decimals: 1,
      yellow: 5,
      red: 20,
      queries: [
        {
          expr: `topk(12, sum by (node) (anchorwatch_alerts_last_day{${ofNode}} - anchorwatch_alerts_expected_per_day{${ofNode}}))`,
          legend: '{{node}}',
        },
      ],
    },
    {
      title: 'From the act to the alert stored',
      description: 'Delay between an event in a container and its alert in the store of the collector.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchAlertsLate',
      width: 8,
      min: 0,
      red: 10,
      queries: [
        { expr: quantile(0.5, 'anchorwatch_alert_delay_seconds', ofCluster), legend: 'median' },
        { expr: quantile(0.99, 'anchorwatch_alert_delay_seconds', ofCluster), legend: '99 %' },
      ],
    },
  ],
};

const coverage: RowSpec = {
  title: 'Coverage and what is not seen',
  height: 8,
  panels: [
    {
      title: 'Coverage by dimension',
      description:
        'Estimated share of behaviour that profiles have seen already: the mean over workloads. It rises with time; a fall is a release or a change.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchCoverageFalling',
      width: 12,
      min: 0,
      max: 1,
      queries: [
        { expr: `avg by (dimension) (anchorwatch_workload_coverage_ratio{${ofCluster}})`, legend: '{{dimension}}' },
      ],
    },
    {
      title: 'Workloads that are known least',
      description: 'Mean coverage of all dimensions, the lowest first. What is new to such a workload says little.',
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
          expr: `bottomk(12, avg by (workload) (anchorwatch_workload_coverage_ratio{${ofCluster}}))`,
          legend: '{{workload}}',
        },
      ],
    },
    {
      title: 'Events: known to the kernel, and told',
      description:
        'Events that the kernel recognised as known cost next to nothing; those that were told reached the agent. Told should be a small part.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchKernelMapFull',
      width: 8,
      min: 0,
      queries: [
        { expr: `sum(rate(anchorwatch_sensor_known_total{${ofNode}}[$__rate_interval]))`, legend: 'known' },
        { expr: `sum(rate(anchorwatch_events_total{${ofNode}}[$__rate_interval]))`, legend: 'told' },
      ],
    },
    {
      title: 'Losses, by reason',
      description:
        'What could not be kept, a second, by reason; also what is told shortened or counts on an earlier alert. docs/architecture.md says what each reason means.',
      kind: 'graph',
      unit: 'eps',
      runbook: 'AnchorwatchEventsLost',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (reason) (rate(anchorwatch_sensor_lost_total{${ofNode}}[$__rate_interval]))`,
          legend: '{{reason}}',
        },
      ],
    },
    {
      title: 'Agents',
      description: 'Whether the agent of each node is connected.',
      kind: 'states',
      unit: 'none',
      runbook: 'AnchorwatchAgentDown',
      width: 8,
      words: { 1: { text: 'connected', color: 'green' }, 0: { text: 'not connected', color: 'red' } },
      queries: [{ expr: `max by (node) (anchorwatch_node_up{${ofNode}})`, legend: '{{node}}' }],
    },
  ],
};

const people: RowSpec = {
  title: 'Who is told, and what practices are broken',
  height: 8,
  panels: [
    {
      title: 'Notifications a minute, by outcome',
      description:
        'What became of notifications to Slack, PagerDuty, Alertmanager and the others. Empty where no routes are set up.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchNotificationsFail',
      width: 12,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (outcome) (rate(anchorwatch_notifications_total{${ofCluster}}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
    },
    {
      title: 'Hardening practices broken',
      description: 'Findings of posture checks, by severity. Empty where posture is not checked.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchPostureCritical',
      width: 12,
      min: 0,
      queries: [{ expr: `sum by (severity) (anchorwatch_posture_findings{${ofCluster}})`, legend: '{{severity}}' }],
    },
  ],
};

/** What an SRE looks at first. */
export const overview: BoardSpec = {
  name: 'overview',
  title: 'Overview',
  description: 'Alerts and incidents, what was expected, what is known of the workloads, and what is not seen.',
  variables: ['cluster', 'node'],
  rows: [now, alerts, promise, coverage, people],
  annotations: [
    {
      name: 'Critical alerts',
      expr: `sum by (dimension) (increase(anchorwatch_alerts_total{${ofCluster},severity="critical"}[1m])) > 0`,
      color: 'red',
      title: 'Critical: {{dimension}}',
      text: 'anchorwatch alerts --severity critical',
      tags: 'dimension',
    },
  ],
};
