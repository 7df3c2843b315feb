import type { BoardSpec, RowSpec } from './board.ts';
import { lostEvents, ofCluster, ofNode, ofWorkload, quantile } from './selectors.ts';

const budget: RowSpec = {
  title: 'Is it quiet? Expected and actual false alerts',
  height: 8,
  panels: [
    {
      title: 'Expected alerts a day, by node',
      description:
        'How many false alerts a day are to be expected at the present thresholds, with bounds of 95 %: far apart of what was watched for hours, close of what was for weeks. The agent raises thresholds until it is no more than --alert-budget (1 by default).',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 8,
      min: 0,
      yellow: 1,
      queries: [
        { expr: `sum by (node) (anchorwatch_alerts_expected_per_day{${ofNode}})`, legend: '{{node}}' },
        {
          expr: `sum by (node, bound) (anchorwatch_alerts_expected_bound_per_day{${ofNode}})`,
          legend: '{{node}} ({{bound}})',
        },
      ],
    },
    {
      title: 'Actual alerts of the last day, by node',
      description:
        'What was raised, repetitions not counted. True alerts are in it: beside the expectation it says how good that is.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 8,
      min: 0,
      queries: [{ expr: `sum by (node) (anchorwatch_alerts_last_day{${ofNode}})`, legend: '{{node}}' }],
    },
    {
      title: 'Above expectation, in standard deviations',
      description:
        'Actual less expected, divided by the square root of the expected: five and more is not chance. AnchorwatchAlertsAboveExpectation speaks from there.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 8,
      decimals: 1,
      yellow: 3,
      red: 5,
      queries: [
        {
          expr: `sum by (node) ((anchorwatch_alerts_last_day{${ofNode}} - anchorwatch_alerts_expected_per_day{${ofNode}}) / sqrt(clamp_min(anchorwatch_alerts_expected_per_day{${ofNode}}, 1)))`,
          legend: '{{node}}',
        },
      ],
    },
    {
      title: 'Thresholds that are raised',
      description:
        'Dimensions of workloads whose threshold for warnings is above 3: raised by the alert budget, or configured.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 4,
      yellow: 10,
      queries: [
        { expr: `count(anchorwatch_alert_threshold_decades{${ofWorkload}} > 3) or vector(0)`, legend: 'raised' },
      ],
    },
    {
      title: 'Highest thresholds',
      description: 'Where the least is told: the noisiest dimensions of single workloads, in decades.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchAlertsAboveExpectation',
      width: 8,
      yellow: 3.5,
      red: 5,
      queries: [
        {
          expr: `topk(12, max by (workload, dimension) (anchorwatch_alert_threshold_decades{${ofWorkload}}))`,
          legend: '{{workload}} {{dimension}}',
        },
      ],
    },
    {
      title: 'Alerts by dimension',
      description:
        'What the alerts of the chosen time were about. One dimension far ahead of the others is worth a threshold, a rule or a look.',
      kind: 'bars',
      unit: 'short',
      runbook: 'README',
      width: 12,
      decimals: 0,
      queries: [
        {
          expr: `topk(15, sum by (dimension, severity) (increase(anchorwatch_alerts_total{${ofCluster}}[$__range])) > 0)`,
          legend: '{{dimension}} {{severity}}',
        },
      ],
    },
  ],
};

const verdicts: RowSpec = {
  title: 'Was it right? What operators decided',
  height: 7,
  panels: [
    {
      title: 'Decisions of the chosen time',
      description:
        'accept: it belongs to the workload, the alert was false. deny: it does not, the alert was true. acknowledge: somebody saw to it.',
      kind: 'now',
      unit: 'short',
      runbook: 'README',
      width: 8,
      decimals: 0,
      queries: [
        {
          expr: `sum by (verdict) (increase(anchorwatch_decisions_total{${ofCluster}}[$__range]))`,
          legend: '{{verdict}}',
        },
      ],
    },
    {
      title: 'Share of decided alerts that were true',
      description:
        'Denied, of those that were accepted or denied in the chosen time. Nothing while nothing was decided.',
      kind: 'now',
      unit: 'percentunit',
      runbook: 'README',
      width: 4,
      min: 0,
      max: 1,
      queries: [
        {
          expr: `sum(increase(anchorwatch_decisions_total{${ofCluster},verdict="deny"}[$__range])) / sum(increase(anchorwatch_decisions_total{${ofCluster},verdict=~"accept|deny"}[$__range]))`,
          legend: 'true',
        },
      ],
    },
    {
      title: 'Decisions at the nodes',
      description:
        'Answers of nodes to decisions, a minute. failed: the node could not keep it and is told again; full: a profile took no more.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchProfilesIncomplete',
      width: 12,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (outcome) (rate(anchorwatch_decision_deliveries_total{${ofCluster}}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
    },
  ],
};

const knowledge: RowSpec = {
  title: 'How much is known?',
  height: 8,
  panels: [
    {
      title: 'Coverage over workloads',
      description:
        'Coverage of the tenth, the middle and the nine tenth of all workloads and dimensions. A tenth below 80 % is where surprise means little.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchCoverageFalling',
      width: 8,
      min: 0,
      max: 1,
      queries: [0.1, 0.5, 0.9].map((share) => ({
        expr: `quantile(${share}, anchorwatch_workload_coverage_ratio{${ofWorkload}})`,
        legend: `${share * 100} %`,
      })),
    },
    {
      title: 'Coverage by dimension, lowest tenth',
      description: 'Which dimensions are known badly: nine of ten workloads are known better.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchCoverageFalling',
      width: 8,
      min: 0,
      max: 1,
      queries: [
        {
          expr: `quantile by (dimension) (0.1, anchorwatch_workload_coverage_ratio{${ofWorkload}})`,
          legend: '{{dimension}}',
        },
      ],
    },
    {
      title: 'Coverage lost since yesterday',
      description: 'By how much the coverage of a workload is lower than a day ago. Empty in the first day.',
      kind: 'bars',
      unit: 'percentunit',
      runbook: 'AnchorwatchCoverageFalling',
      width: 8,
      yellow: 0.05,
      red: 0.1,
      queries: [
        {
          expr: `topk(12, min by (workload) (anchorwatch_workload_coverage_ratio{${ofWorkload}} offset 1d) - min by (workload) (anchorwatch_workload_coverage_ratio{${ofWorkload}}) > 0)`,
          legend: '{{workload}}',
        },
      ],
    },
    {
      title: 'Features, and those seen once',
      description:
        'Features in all chosen profiles, and those seen in a single sample: many of these are news that is not surprising.',
      kind: 'graph',
      unit: 'short',
      runbook: 'AnchorwatchCoverageFalling',
      width: 12,
      min: 0,
      queries: [
        { expr: `sum by (dimension) (anchorwatch_profile_features{${ofWorkload}})`, legend: '{{dimension}}' },
        {
          expr: `sum by (dimension) (anchorwatch_profile_features_seen_once{${ofWorkload}})`,
          legend: '{{dimension}}, once',
        },
      ],
    },
    {
      title: 'Rules',
      description:
        'Suspicion rules in use, and how often they were read again; refused: the new ones had mistakes, and the old set stayed.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchRulesFail',
      width: 12,
      decimals: 0,
      queries: [
        { expr: `min(anchorwatch_rules_loaded{${ofNode}})`, legend: 'in use (fewest of a node)' },
        {
          expr: `sum by (outcome) (increase(anchorwatch_rule_reloads_total{${ofNode}}[$__range]))`,
          legend: 'reloads {{outcome}}',
        },
      ],
    },
  ],
};

const sight: RowSpec = {
  title: 'Could it see?',
  height: 8,
  panels: [
    {
      title: 'Share of events lost',
      description:
        'Lost, of all that was known, told or lost. Anything above zero is a hole, and named by hook on the page of the node.',
      kind: 'graph',
      unit: 'percentunit',
      runbook: 'AnchorwatchEventsLost',
      width: 8,
      min: 0,
      yellow: 0.0001,
      red: 0.01,
      queries: [
        {
          expr: `sum by (node) (rate(anchorwatch_sensor_lost_total{${ofNode},${lostEvents}}[$__rate_interval])) / (sum by (node) (rate(anchorwatch_sensor_known_total{${ofNode}}[$__rate_interval])) + sum by (node) (rate(anchorwatch_events_total{${ofNode}}[$__rate_interval])))`,
          legend: '{{node}}',
        },
      ],
    },
    {
      title: 'Hooks that do not work',
      description: 'Hooks of the sensor that are missing or failed, by node.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchHooksMissing',
      width: 8,
      yellow: 1,
      queries: [{ expr: `sum by (node) (anchorwatch_sensor_hooks{${ofNode},state!="attached"})`, legend: '{{node}}' }],
    },
    {
      title: 'Workloads that were partly not seen',
      description: 'Records of the chosen time of which something new could not be told. Empty when nothing was lost.',
      kind: 'bars',
      unit: 'short',
      runbook: 'AnchorwatchBlindWindow',
      width: 8,
      decimals: 0,
      yellow: 1,
      queries: [
        {
          expr: `topk(12, sum by (workload) (increase(anchorwatch_container_records_lost_total{${ofWorkload}}[$__range])) > 0)`,
          legend: '{{workload}}',
        },
      ],
    },
  ],
};

const speed: RowSpec = {
  title: 'Is it fast?',
  height: 8,
  panels: [
    {
      title: 'From the act to the alert stored',
      description: 'Quantiles of the delay between an event in a container and its alert in the store.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchAlertsLate',
      width: 12,
      min: 0,
      red: 10,
      queries: [0.5, 0.95, 0.99].map((share) => ({
        expr: quantile(share, 'anchorwatch_alert_delay_seconds', ofCluster),
        legend: `${share * 100} %`,
      })),
    },
    {
      title: 'Delays',
      description:
        'How many alerts took how long. A second band far above the first is an outage whose alerts came later.',
      kind: 'heatmap',
      unit: 's',
      runbook: 'AnchorwatchAlertsLate',
      width: 12,
      queries: [
        {
          expr: `sum by (le) (increase(anchorwatch_alert_delay_seconds_bucket{${ofCluster}}[$__rate_interval]))`,
          legend: '{{le}}',
        },
      ],
    },
  ],
};

/** Whether alerts can be trusted: quiet, right, knowing, seeing, fast. */
export const detection: BoardSpec = {
  name: 'detection',
  title: 'Detection quality',
  description:
    'Whether alerts can be trusted: how many were expected, what operators decided, what is known, what could be seen, and how fast it was told.',
  variables: ['cluster', 'node', 'namespace', 'workload'],
  rows: [budget, verdicts, knowledge, sight, speed],
};
