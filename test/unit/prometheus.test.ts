import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningCollector } from '../../src/collector/collector.ts';
import { runbookUrl } from '../../src/model/runbook.ts';
import { makeAlert, makeReport } from '../support/alerts.ts';
import { postKind } from '../support/post-receiver.ts';
import {
  alertRules,
  prometheusFiles,
  prometheusFolder,
  recordingRules,
  ruleCases,
} from '../support/prometheus-rules.ts';
import { prometheusMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { Harness } from './collector/harness.ts';

const missing = prometheusMissing();
const run = promisify(execFile);

const rules = alertRules();
const records = recordingRules();
const cases = ruleCases();

const harness = new Harness();
let collector: RunningCollector;
beforeAll(async () => {
  const routesFile = join(harness.directory, 'routes.yaml');
  writeFileSync(
    routesFile,
    'receivers: { team: { post: { url: "http://127.0.0.1:9" } } }\nroute: { receivers: [team] }\n',
  );
  collector = await harness.collector({ routesFile, receiverKinds: [postKind] });
});
afterAll(() => harness.end());

describe('dashboards/prometheus', () => {
  test('the configuration and the rules are valid', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const { stdout } = await run('promtool', ['check', 'config', join(prometheusFolder, 'prometheus.yml')]);
    const found = [...stdout.matchAll(/SUCCESS: (\d+) rules found/g)].map(([, count]) => Number(count));
    expect(found.reduce((sum, count) => sum + count)).toBe(rules.length + records.length);
    const files = [...prometheusFiles('recording'), ...prometheusFiles('alerting')];
    expect(found).toHaveLength(files.length);
    const { stderr } = await run('promtool', ['check', 'rules', '--lint-fatal', ...files]);
    expect(stderr).toBe('');
  });

  test('every rule speaks when it should and is silent when it should', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const files = prometheusFiles('tests');
    const { stdout } = await run('promtool', ['test', 'rules', ...files]);
    expect(stdout.match(/SUCCESS/g)).toHaveLength(files.length);
  });

  test('every rule has a test for both', () => {
    const firing = new Set(cases.filter((one) => one.exp_alerts.length > 0).map((one) => one.alertname));
    const silent = new Set(cases.filter((one) => one.exp_alerts.length === 0).map((one) => one.alertname));
    const names = rules.map(({ alert }) => alert).toSorted();
    expect([...firing].toSorted()).toEqual(names);
    expect([...silent].toSorted()).toEqual(names);
  });

  test('rules ask only for metrics and labels that the collector declares', () => {
    const declared = new Map(collector.metrics.map(({ name, labels }) => [name, labels]));
    const named = [
      ...rules.map(({ alert, expr }) => [alert, expr] as const),
      ...records.map(({ record, expr }) => [record, expr] as const),
    ];
    for (const [rule, expr] of named) {
      for (const [, name = '', selector = ''] of expr.matchAll(/(?<![:\w])(anchorwatch_\w+)(?!:)\b(?:\{([^}]*)\})?/g)) {
        const metric = name.replace(/_(?:bucket|sum|count)$/, '');
        const labels = declared.get(metric);
        expect(labels, `${rule}: ${name}`).toBeDefined();
        for (const [, label = ''] of selector.matchAll(/(\w+)[!=]/g))
          expect(labels, `${rule}: ${name}`).toContain(label);
      }
    }
  });

  test('rules that ask for a recorded series ask for one that is recorded, and names follow the convention', () => {
    const recorded = records.map(({ record }) => record);
    for (const record of recorded) expect(record).toMatch(/^[a-z_]+:anchorwatch_[a-z_]+:[a-z0-9_]+$/);
    for (const { alert, expr } of rules)
      for (const [name] of expr.matchAll(/\b[a-z_]+:anchorwatch_\w+:\w+/g)) expect(recorded, alert).toContain(name);
  });

  test('every rule says what is wrong, how bad it is and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Anchorwatch[A-Z]\w+$/);
      expect(['warning', 'critical']).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/^.{10,}\.$/);
      expect(annotations['description']).toMatch(/^.{20,}\.$/);
      expect(annotations['runbook_url']).toBe(runbookUrl(alert));
    }
  });
});

/** What is promised, name by name with exactly these labels. */
const promised: readonly (readonly [name: string, labels: readonly string[], type: string])[] = [
  ['anchorwatch_events_total', ['node', 'kind'], 'counter'],
  ['anchorwatch_sensor_known_total', ['node', 'kind'], 'counter'],
  ['anchorwatch_sensor_lost_total', ['node', 'hook', 'reason'], 'counter'],
  ['anchorwatch_events_pending', ['node'], 'gauge'],
  ['anchorwatch_containers', ['node'], 'gauge'],
  ['anchorwatch_workload_coverage_ratio', ['workload', 'dimension'], 'gauge'],
  ['anchorwatch_profile_features', ['workload', 'dimension'], 'gauge'],
  ['anchorwatch_alerts_total', ['severity', 'dimension'], 'counter'],
  ['anchorwatch_alerts_expected_per_day', ['node'], 'gauge'],
  ['anchorwatch_incidents_open', ['severity'], 'gauge'],
  ['anchorwatch_alert_delay_seconds', [], 'histogram'],
  ['anchorwatch_outbox_alerts', ['node'], 'gauge'],
  ['anchorwatch_node_up', ['node'], 'gauge'],
  ['anchorwatch_node_clock_skew_seconds', ['node'], 'gauge'],
  ['anchorwatch_ingest_batches_total', ['outcome'], 'counter'],
  ['anchorwatch_store_write_seconds', [], 'histogram'],
  ['anchorwatch_feed_clients', [], 'gauge'],
  ['anchorwatch_feed_dropped_total', ['reason'], 'counter'],
  ['anchorwatch_container_cpu_seconds_total', ['node', 'workload', 'container'], 'counter'],
  ['anchorwatch_container_memory_bytes', ['node', 'workload', 'container'], 'gauge'],
  ['anchorwatch_container_network_receive_bytes_total', ['node', 'workload', 'container'], 'counter'],
  ['anchorwatch_container_pids', ['node', 'workload', 'container'], 'gauge'],
  ['anchorwatch_build_info', ['version', 'node_version'], 'gauge'],
  ['anchorwatch_notifications_total', ['receiver', 'outcome'], 'counter'],
  ['anchorwatch_notification_delay_seconds', ['receiver'], 'histogram'],
];
/** Promised of parts that may not be there yet: with these labels or not at all. */
const promisedLater: typeof promised = [['anchorwatch_posture_findings', ['practice', 'severity'], 'gauge']];

describe('the metrics that are promised', () => {
  let plain = '';
  let open = '';
  beforeAll(async () => {
    const outbox = harness.outbox(collector.url);
    outbox.report(makeReport());
    outbox.push(makeAlert(1));
    await waitFor('the outbox to drain', () => outbox.depth() === 0);
    await waitFor('the report', async () => (await scrape()).includes('anchorwatch_containers{'));
    [plain, open] = [await scrape(), await scrape('application/openmetrics-text; version=1.0.0')];
  });
  const scrape = async (accept = '*/*'): Promise<string> =>
    (await fetch(`${collector.url}/metrics`, { headers: { accept } })).text();

  test.each([...promised, ...promisedLater])('%s', (name, labels, type) => {
    const declared = collector.metrics.find((metric) => metric.name === name);
    if (declared === undefined && promisedLater.some(([later]) => later === name)) return;
    expect(declared).toMatchObject({ type, labels });
    const series = new RegExp(`^${name}(?:_count)?(?:\\{([^}]*)\\})? `, 'm');
    const family = type === 'counter' ? name.replace(/_total$/, '') : name;
    expect(plain).toContain(`# TYPE ${name} ${type}\n`);
    expect(open).toContain(`# TYPE ${family} ${type}\n`);
    for (const text of [plain, open]) {
      const [, found = ''] = series.exec(text) ?? ['', undefined];
      const shown = [...found.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      expect(shown.toSorted()).toEqual([...labels].toSorted());
      expect(text).toMatch(series);
    }
  });

  test('OpenMetrics ends where it should, and has no line that is empty', () => {
    expect(open.endsWith('\n# EOF\n')).toBe(true);
    expect(open).not.toContain('\n\n');
    expect(open).toMatch(/^anchorwatch_alert_delay_seconds_bucket\{le="\+Inf"\} 1$/m);
  });
});

test('promtool finds nothing to say about the metrics', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const text = await (await fetch(`${collector.url}/metrics`)).text();
  const checking = run('promtool', ['check', 'metrics']);
  checking.child.stdin?.end(text);
  const { stdout, stderr } = await checking;
  expect(stdout + stderr).toBe('');
});
