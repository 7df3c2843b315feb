import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { expressions, interpolate, readBoards } from '../support/dashboards.ts';
import { recordingRules } from '../support/prometheus-rules.ts';
import { engineMissing, prometheusMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Command, startCommand } from './product.ts';

const dashboards = join(import.meta.dirname, '../../dashboards/prometheus');
const missing = engineMissing() ?? prometheusMissing();
const run = promisify(execFile);

let scratch = '';
let engine: Engine | undefined;
let collector: Command | undefined;
let agent: Command | undefined;
let prometheus: ChildProcess | undefined;
let collectorUrl: string;
let prometheusUrl: string;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}
interface Rule {
  readonly name: string;
  readonly health: string;
  readonly state: string;
}

async function ask<Data>(path: string): Promise<Data | undefined> {
  try {
    const { data } = (await (await fetch(`${prometheusUrl}/api/v1/${path}`)).json()) as { data: Data };
    return data;
  } catch {
    return undefined;
  }
}
const query = async (expr: string): Promise<readonly Series[]> =>
  (await ask<{ result: readonly Series[] }>(`query?query=${encodeURIComponent(expr)}`))?.result ?? [];
const rules = async (): Promise<readonly Rule[]> =>
  (await ask<{ groups: readonly { rules: readonly Rule[] }[] }>('rules'))?.groups.flatMap((group) => group.rules) ?? [];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Prometheus with the configuration and the rules as they are shipped, but for the address and a faster pace. */
async function startPrometheus(target: string): Promise<void> {
  const config = parse(readFileSync(join(dashboards, 'prometheus.yml'), 'utf8')) as {
    scrape_configs: readonly { static_configs: readonly { targets: readonly string[] }[] }[];
  };
  const [job] = config.scrape_configs;
  const file = join(scratch, 'prometheus.yml');
  const changed = {
    ...config,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['recording', 'alerting'].map((folder) => join(dashboards, folder, '*.yml')),
    scrape_configs: [{ ...job, static_configs: [{ targets: [target] }] }],
  };
  writeFileSync(file, stringify(changed));
  const address = `127.0.0.1:${String(await freePort())}`;
  const flags = [`--config.file=${file}`, `--storage.tsdb.path=${scratch}/tsdb`, `--web.listen-address=${address}`];
  prometheus = spawn('prometheus', flags, { stdio: 'ignore' });
  prometheusUrl = `http://${address}`;
}

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-prometheus-'));
  engine = await startEngine();
  const image = await engine.busyboxImage();
  const [state, node, token] = [join(scratch, 'collector'), join(scratch, 'node'), join(scratch, 'token')];
  collector = await startCommand(['collector', '--listen', '127.0.0.1:0', '--state', state, '--token-file', token]);
  collectorUrl = readFileSync(join(state, 'listen'), 'utf8').trim();
  await startPrometheus(collectorUrl.replace('http://', ''));
  const link = ['--collector', collectorUrl.replace('http', 'ws'), '--token-file', token, '--node-name', 'worker-1'];
  const pace = ['--slice', '1s', '--startup', '1s', '--docker-host', engine.host];
  agent = await startCommand(['agent', '--state', node, ...link, ...pace]);
  // It turns bad by itself: what a person does in it through the engine would be judged as a person's session.
  const work = 'until [ -e /orders/turn ]; do cat /etc/passwd > /dev/null; sleep 0.2; done';
  const bad = 'cp /bin/busybox /tmp/xmrig; /tmp/xmrig -o pool.example:3333; exec sleep 600';
  mkdirSync(join(scratch, 'orders'));
  const orders = `${scratch}/orders:/orders:ro`;
  await engine.cli('run', '-d', '--name', 'web', '-v', orders, image, '/bin/sh', '-c', `${work}; ${bad}`);
}, 180_000);
afterAll(async () => {
  prometheus?.kill('SIGKILL');
  await agent?.kill('SIGKILL');
  await collector?.kill('SIGTERM');
  await engine?.stop();
  if (scratch !== '') rmSync(scratch, { recursive: true, force: true });
}, 60_000);

test('Prometheus reads the collector, and evaluates every rule without an error', async () => {
  await waitFor('the target to be up', async () => (await query('up{job="anchorwatch"} == 1')).length === 1, 60_000);
  const evaluated = await waitFor('the rules to be evaluated', async () => {
    const all = await rules();
    return all.length > 0 && all.every(({ health }) => health !== 'unknown') && all;
  });
  expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
});

test('a critical alert of a container reaches the rule that passes it on', async () => {
  await waitFor('the node to be known', async () => (await query('anchorwatch_containers == 1')).length === 1, 30_000);
  await waitFor('two readings', async () => {
    const [series] = await query('count_over_time(anchorwatch_alerts_total{severity="critical",dimension="exec"}[1m])');
    return Number(series?.value[1] ?? 0) >= 2;
  });
  writeFileSync(join(scratch, 'orders', 'turn'), '');
  const fires = async (): Promise<boolean> =>
    (await rules()).some(({ name, state }) => name === 'AnchorwatchCritical' && state === 'firing');
  await waitFor('the rule to fire', fires, 30_000);
});

test.each([
  'anchorwatch_events_total{node="worker-1",kind="exec"} > 0',
  'anchorwatch_sensor_known_total{node="worker-1",kind="file.read"} > 0',
  'anchorwatch_sensor_lost_total{node="worker-1",hook="open",reason="ring_full"}',
  'anchorwatch_sensor_hooks{node="worker-1",state="attached"} > 0',
  'anchorwatch_engine_up{node="worker-1"} == 1',
  'anchorwatch_events_pending{node="worker-1"}',
  'anchorwatch_containers{node="worker-1"} == 1',
  'anchorwatch_workload_coverage_ratio{workload=~".*web",dimension="exec"}',
  'anchorwatch_profile_features{workload=~".*web",dimension="file.read"} > 0',
  'sum(anchorwatch_alerts_total{severity="critical"}) > 0',
  'anchorwatch_alerts_expected_per_day{node="worker-1"}',
  'anchorwatch_alert_delay_seconds_count > 0',
  'anchorwatch_outbox_alerts{node="worker-1"}',
  'anchorwatch_node_up{node="worker-1"} == 1',
  'anchorwatch_ingest_batches_total{outcome="stored"} > 0',
  'anchorwatch_store_write_seconds_sum > 0',
  'anchorwatch_feed_clients == 0',
  'anchorwatch_feed_dropped_total{reason="slow"} == 0',
  'anchorwatch_container_cpu_seconds_total{node="worker-1",container="web"} > 0',
  'anchorwatch_container_memory_bytes{node="worker-1",container="web"} > 0',
  'anchorwatch_container_network_receive_bytes_total{node="worker-1",container="web"}',
  'anchorwatch_container_pids{node="worker-1",container="web"} > 0',
  'anchorwatch_build_info == 1',
])('Prometheus has %s', async (expr) => {
  const found = await waitFor(
    expr,
    async () => {
      const series = await query(expr);
      return series.length > 0 && series;
    },
    30_000,
  );
  expect(found).toHaveLength(1);
});

/** What has data only after something that does not happen here, or in parts that may not be there: by name, with the reason. */
const mayBeEmpty: Readonly<Record<string, string>> = {
  'overview / Notifications a minute, by outcome / A': 'no routes are set up',
  'overview / Hardening practices broken / A': 'posture is not checked',
  'collector / By receiver and outcome / A': 'no routes are set up',
  'collector / Due and not sent / A': 'no routes are set up',
  'collector / Delay, 95 % / A': 'no routes are set up',
  'collector / Certificate ends in / A': 'the collector speaks plain HTTP',
  'workload / System calls / A': 'counted with --syscalls all only',
  'workload / annotation New images': 'no image changes',
  'detection / Coverage lost since yesterday / A': 'a day has not passed',
  'node / Hooks that do not work / A': 'all hooks work on a kernel that has them',
  'node / Lost in the chosen time / A': 'nothing is lost',
  'node / annotation Agent away': 'the agent is connected',
  'detection / Workloads that were partly not seen / A': 'nothing is lost',
};

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly Series[] };
}

/** Asks for expressions until all have data; answers what those that have none said last. */
async function withoutData(values: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  let left = expressions();
  const said = new Map<string, string>();
  const all = async (): Promise<boolean> => {
    for (const { name, expr, labels } of left) {
      const address = `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(interpolate(expr, values))}`;
      const answer = (await (await fetch(address)).json()) as Answer;
      if (answer.status !== 'success') said.set(name, answer.error ?? 'failed');
      else if ((answer.data?.result ?? []).every(({ value }) => value[1] === 'NaN')) said.set(name, 'no data');
      else if (answer.data?.result.some(({ metric }) => labels.some((label) => metric[label] === undefined)) === true)
        said.set(name, 'series without a label that they are named by');
      else said.delete(name);
    }
    left = left.filter(({ name }) => said.has(name));
    return [...said].every(([name, text]) => text === 'no data' && mayBeEmpty[name] !== undefined);
  };
  await waitFor('every panel to have data', all, 30_000).catch(() => undefined);
  return Object.fromEntries(said);
}

test('every recorded series is there', async () => {
  for (const { record } of recordingRules())
    await waitFor(record, async () => (await query(record)).length > 0, 30_000);
});

describe('every expression of the dashboards has data', () => {
  beforeAll(async () => {
    if (missing !== undefined) return;
    const { items } = (await (await fetch(`${collectorUrl}/api/v1/alerts?severity=critical`)).json()) as {
      items: readonly { id: string }[];
    };
    const body = JSON.stringify({ reason: 'a miner' });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${collectorUrl}/api/v1/alerts/${items[0]?.id ?? ''}/deny`, { method: 'POST', headers, body });
  });

  test('for all clusters, nodes, namespaces and workloads', async () => {
    const empty = await withoutData({});
    const expected = Object.entries(empty).filter(([name, text]) => text === 'no data' && name in mayBeEmpty);
    expect(empty).toEqual(Object.fromEntries(expected));
  }, 60_000);

  test('for one node and one workload', async () => {
    const [series] = await query('anchorwatch_profile_features{workload=~".*web"}');
    const workload = series?.metric['workload'] ?? '';
    const namespace = /^([^/]+)\/.+$/.exec(workload)?.[1];
    const instance = series?.metric['instance'] ?? '';
    const chosen = { node: 'worker-1', workload, instance, ...(namespace === undefined ? {} : { namespace }) };
    const empty = await withoutData(chosen);
    const expected = Object.entries(empty).filter(([name, text]) => text === 'no data' && name in mayBeEmpty);
    expect(empty).toEqual(Object.fromEntries(expected));
  }, 60_000);

  test('and what may be without is there', () => {
    const names = new Set(expressions().map(({ name }) => name));
    for (const name of Object.keys(mayBeEmpty)) expect(names).toContain(name);
  });

  test('variables have values, but for the cluster, which is an external label', async () => {
    const values = new Map<string, readonly string[]>();
    for (const { templating } of readBoards().values())
      for (const { name, type, query: asked } of templating.list) {
        if (type !== 'query') continue;
        const text = interpolate(typeof asked === 'string' ? asked : asked.query);
        const [, match = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
        values.set(
          name,
          (await ask<readonly string[]>(`label/${label}/values?match[]=${encodeURIComponent(match)}`)) ?? [],
        );
      }
    expect(values.get('node')).toEqual(['worker-1']);
    expect(values.get('instance')).toEqual([collectorUrl.replace('http://', '')]);
    expect(values.get('workload')).toContainEqual(expect.stringMatching(/web$/));
    expect([...values.keys()].toSorted()).toEqual(['cluster', 'instance', 'namespace', 'node', 'workload']);
  });
});

test('promtool finds nothing to say about what is served', async () => {
  const text = await (await fetch(`${collectorUrl}/metrics`)).text();
  const checking = run('promtool', ['check', 'metrics']);
  checking.child.stdin?.end(text);
  const { stdout, stderr } = await checking;
  expect(stdout + stderr).toBe('');
});

test('an agent that is killed is known to be down, and the rule for it begins to count', async () => {
  await agent?.kill('SIGKILL');
  await waitFor(
    'the node to be down',
    async () => (await query('anchorwatch_node_up{node="worker-1"} == 0')).length === 1,
  );
  const pending = async (): Promise<boolean> =>
    (await rules()).some(({ name, state }) => name === 'AnchorwatchAgentDown' && state === 'pending');
  await waitFor('the rule to count', pending);
});
