import type { BoardSpec, RowSpec } from './board.ts';
import { clients, cost, fleet } from './collector-clients.ts';
import { ofCollector, quantile } from './selectors.ts';

const state: RowSpec = {
  title: 'State',
  height: 4,
  panels: [
    {
      title: 'Version',
      description: 'What runs, and for how long.',
      kind: 'now',
      unit: 's',
      runbook: 'AnchorwatchCollectorDown',
      width: 4,
      queries: [
        {
          expr: `(time() - process_start_time_seconds{${ofCollector}}) * on (cluster, instance, job) group_left (version) anchorwatch_build_info`,
          legend: '{{version}}',
        },
      ],
    },
    {
      title: 'Agents connected',
      description: 'Agents that are connected now, and those that are known.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchNoAgent',
      width: 4,
      below: true,
      red: 1,
      queries: [
        { expr: `sum(anchorwatch_node_up{${ofCollector}})`, legend: 'connected' },
        { expr: `count(anchorwatch_node_up{${ofCollector}})`, legend: 'known' },
      ],
    },
    {
      title: 'Clients of the feed',
      description: 'Who follows the feed: consoles, `alerts --follow`, programs. 2,000 at most.',
      kind: 'now',
      unit: 'short',
      runbook: 'AnchorwatchFeedDrops',
      width: 4,
      yellow: 1500,
      red: 2000,
      queries: [{ expr: `sum(anchorwatch_feed_clients{${ofCollector}})`, legend: 'clients' }],
    },
    {
      title: 'Chain of alerts',
      description:
        'Whether the chain fitted the record of its end when the collector started. `anchorwatch verify` finds what was altered.',
      kind: 'now',
      unit: 'none',
      runbook: 'AnchorwatchChainFault',
      width: 4,
      red: 1,
      words: { 0: { text: 'whole', color: 'green' }, 1: { text: 'broken', color: 'red' } },
      queries: [{ expr: `max(anchorwatch_store_chain_fault{${ofCollector}})`, legend: 'chain' }],
    },
    {
      title: 'Certificate ends in',
      description: 'Until the certificate that the collector shows ends. Nothing without TLS.',
      kind: 'now',
      unit: 's',
      runbook: 'AnchorwatchCertificateEnds',
      width: 4,
      below: true,
      red: 3 * 86_400,
      yellow: 14 * 86_400,
      queries: [
        {
          expr: `min(anchorwatch_certificate_expiry_timestamp_seconds{${ofCollector}}) - time()`,
          legend: '{{certificate}}',
        },
      ],
    },
    {
      title: 'Disk of the store, free',
      description: 'Share of the disk that may still be written. Full: nothing is stored, agents keep their alerts.',
      kind: 'now',
      unit: 'percentunit',
      runbook: 'AnchorwatchStoreDiskFull',
      width: 4,
      min: 0,
      max: 1,
      below: true,
      red: 0.05,
      yellow: 0.1,
      queries: [
        {
          expr: `min(anchorwatch_store_disk_available_bytes{${ofCollector}} / anchorwatch_store_disk_size_bytes{${ofCollector}})`,
          legend: 'free',
        },
      ],
    },
  ],
};

const ingest: RowSpec = {
  title: 'What agents send',
  height: 8,
  panels: [
    {
      title: 'Batches of alerts',
      description:
        'Batches a second, by what became of them. failed: they could not be stored and stay with the agent; deferred: too much waited.',
      kind: 'graph',
      unit: 'ops',
      runbook: 'AnchorwatchStoreFails',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (outcome) (rate(anchorwatch_ingest_batches_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
    },
    {
      title: 'Refused',
      description: 'Connections and messages a second that were refused, by code. unauthorized is a wrong token.',
      kind: 'graph',
      unit: 'ops',
      runbook: 'AnchorwatchCollectorRefuses',
      width: 8,
      min: 0,
      queries: [
        {
          expr: `sum by (code) (rate(anchorwatch_ingest_refused_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{code}}',
        },
        {
          expr: `sum(rate(anchorwatch_ingest_throttled_total{${ofCollector}}[$__rate_interval]))`,
          legend: 'had to wait',
        },
      ],
    },
    {
      title: 'From the act to the alert stored',
      description: 'Delay between an event in a container and its alert in the store.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchAlertsLate',
      width: 8,
      min: 0,
      red: 10,
      queries: [
        { expr: quantile(0.5, 'anchorwatch_alert_delay_seconds', ofCollector), legend: 'median' },
        { expr: quantile(0.99, 'anchorwatch_alert_delay_seconds', ofCollector), legend: '99 %' },
      ],
    },
  ],
};

const store: RowSpec = {
  title: 'Store',
  height: 8,
  panels: [
    {
      title: 'Time to store a batch',
      description: 'From a batch that was read to the batch durable. Above a second the disk is slow or busy.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchStoreSlow',
      width: 8,
      min: 0,
      red: 1,
      queries: [
        { expr: quantile(0.5, 'anchorwatch_store_write_seconds', ofCollector), legend: 'median' },
        { expr: quantile(0.99, 'anchorwatch_store_write_seconds', ofCollector), legend: '99 %' },
      ],
    },
    {
      title: 'Size',
      description:
        'What the store takes on its disk, what of it is free inside, what snapshots take, and what the disk still has.',
      kind: 'graph',
      unit: 'bytes',
      runbook: 'AnchorwatchStoreDiskFull',
      width: 8,
      min: 0,
      queries: [
        { expr: `sum(anchorwatch_store_size_bytes{${ofCollector}})`, legend: 'store' },
        { expr: `sum(anchorwatch_store_free_bytes{${ofCollector}})`, legend: 'free inside' },
        { expr: `sum(anchorwatch_snapshots_kept_bytes{${ofCollector}})`, legend: 'snapshots' },
        { expr: `sum(anchorwatch_store_disk_available_bytes{${ofCollector}})`, legend: 'free on the disk' },
      ],
    },
    {
      title: 'Removed by retention',
      description:
        'Rows a minute that were removed: age is --retention; size means that --retention-size is reached before that.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchStoreDiskFull',
      width: 8,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (table, reason) (rate(anchorwatch_store_rows_removed_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{table}} {{reason}}',
        },
      ],
    },
  ],
};

const notifications: RowSpec = {
  title: 'Notifications',
  height: 8,
  panels: [
    {
      title: 'By receiver and outcome',
      description:
        'Notifications a minute. Empty where no routes are set up. `anchorwatch notify test RECEIVER` sends a sample.',
      kind: 'columns',
      unit: 'cpm',
      runbook: 'AnchorwatchNotificationsFail',
      width: 12,
      stacked: true,
      min: 0,
      queries: [
        {
          expr: `60 * sum by (receiver, outcome) (rate(anchorwatch_notifications_total{${ofCollector}}[$__rate_interval]))`,
          legend: '{{receiver}} {{outcome}}',
        },
      ],
    },
    {
      title: 'Due and not sent',
      description:
        'How long the notification is due that is due for longest: its receiver fails, or limits how often it may be told.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchNotificationsWaiting',
      width: 6,
      min: 0,
      red: 120,
      queries: [
        {
          expr: `max by (receiver) (anchorwatch_notifications_waiting_oldest_seconds{${ofCollector}})`,
          legend: '{{receiver}}',
        },
      ],
    },
    {
      title: 'Delay, 95 %',
      description:
        'From the alert stored to the notification sent, for nineteen of twenty; grouping and quiet hours are part of it.',
      kind: 'graph',
      unit: 's',
      runbook: 'AnchorwatchNotificationsWaiting',
      width: 6,
      min: 0,
      queries: [
        {
          expr: quantile(0.95, 'anchorwatch_notification_delay_seconds', ofCollector, 'receiver'),
          legend: '{{receiver}}',
        },
      ],
    },
  ],
};

/** The collector itself. */
export const collector: BoardSpec = {
  name: 'collector',
  title: 'Collector',
  description:
    'Whether the collector keeps up: what agents send, the store, notifications, clients, and what it costs.',
  variables: ['cluster', 'instance'],
  rows: [state, ingest, store, notifications, clients, fleet, cost],
};
