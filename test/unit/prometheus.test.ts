import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RunningCollector } from '../../src/collector/collector.ts';
import { prometheusMissing } from '../support/requirements.ts';
import { Harness } from './collector/harness.ts';

const folder = join(import.meta.dirname, '../../dashboards/prometheus');
const missing = prometheusMissing();
const run = promisify(execFile);

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}
interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}
const read = (name: string): unknown => parse(readFileSync(join(folder, name), 'utf8'));
const rules = (read('alerts.yml') as Rules).groups.flatMap((group) => group.rules);
const cases = (read('alerts.test.yml') as RuleTests).tests.flatMap((one) => one.alert_rule_test);

const harness = new Harness();
let collector: RunningCollector;
beforeAll(async () => {
  collector = await harness.collector();
});
afterAll(() => harness.end());

describe('dashboards/prometheus', () => {
  test('the configuration and the rules are valid', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const { stdout } = await run('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  test('every rule speaks when it should and is silent when it should', async (context) => {
    if (missing !== undefined) context.skip(missing);
    const { stdout } = await run('promtool', ['test', 'rules', join(folder, 'alerts.test.yml')]);
    expect(stdout).toContain('SUCCESS');
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
    for (const { alert, expr } of rules) {
      for (const [, name = '', selector = ''] of expr.matchAll(/\b(anchorwatch_\w+)(?:\{([^}]*)\})?/g)) {
        const labels = declared.get(name.replace(/_(?:bucket|sum|count)$/, ''));
        expect(labels, `${alert}: ${name}`).toBeDefined();
        for (const [, label = ''] of selector.matchAll(/(\w+)[!=]/g))
          expect(labels, `${alert}: ${name}`).toContain(label);
      }
    }
  });

  test('every rule says what is wrong, how bad it is and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Anchorwatch[A-Z]\w+$/);
      expect(['warning', 'critical']).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/^.{10,}\.$/);
      expect(annotations['description']).toMatch(/^.{20,}\.$/);
    }
  });
});

/** What the contract promises of the parts that there are. */
const promised: Readonly<Record<string, readonly string[]>> = {
  anchorwatch_events_total: ['node', 'kind'],
  anchorwatch_sensor_known_total: ['node', 'kind'],
  anchorwatch_sensor_lost_total: ['node', 'hook', 'reason'],
  anchorwatch_events_pending: ['node'],
  anchorwatch_containers: ['node'],
  anchorwatch_workload_coverage_ratio: ['workload', 'dimension'],
  anchorwatch_profile_features: ['workload', 'dimension'],
  anchorwatch_alerts_total: ['severity', 'dimension'],
  anchorwatch_alerts_expected_per_day: ['node'],
  anchorwatch_alert_delay_seconds: [],
  anchorwatch_outbox_alerts: ['node'],
  anchorwatch_node_up: ['node'],
  anchorwatch_ingest_batches_total: ['outcome'],
  anchorwatch_store_write_seconds: [],
  anchorwatch_feed_clients: [],
  anchorwatch_feed_dropped_total: ['reason'],
  anchorwatch_container_cpu_seconds_total: ['node', 'workload', 'container'],
  anchorwatch_container_memory_bytes: ['node', 'workload', 'container'],
  anchorwatch_container_network_receive_bytes_total: ['node', 'workload', 'container'],
  anchorwatch_container_pids: ['node', 'workload', 'container'],
};

test('the metrics that are promised are there, with the labels that are promised', () => {
  const declared = Object.fromEntries(collector.metrics.map(({ name, labels }) => [name, labels]));
  expect(declared).toMatchObject(promised);
});

test('promtool finds nothing to say about the metrics', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const text = await (await fetch(`${collector.url}/metrics`)).text();
  const checking = run('promtool', ['check', 'metrics']);
  checking.child.stdin?.end(text);
  const { stdout, stderr } = await checking;
  expect(stdout + stderr).toBe('');
});
