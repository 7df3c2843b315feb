import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { dashboardFiles } from '../../dashboards/source/files.ts';
import type { RunningCollector } from '../../src/collector/collector.ts';
import { runbookBase } from '../../src/model/runbook.ts';
import { dashboardFolder, expressions, interpolate, readBoards } from '../support/dashboards.ts';
import type { Panel } from '../support/dashboards.ts';
import { prometheusMissing } from '../support/requirements.ts';
import { Harness } from './collector/harness.ts';

const runbooks = join(dashboardFolder, '../docs/runbooks');
const boards = readBoards();
const run = promisify(execFile);

const harness = new Harness();
let collector: RunningCollector;
beforeAll(async () => {
  collector = await harness.collector();
});
afterAll(() => harness.end());

test('dashboards/*.json are what `npm run dashboards` writes', () => {
  const files = dashboardFiles();
  expect(readdirSync(dashboardFolder).filter((name) => name.endsWith('.json'))).toEqual([...files.keys()].toSorted());
  for (const [name, text] of files) expect(readFileSync(join(dashboardFolder, name), 'utf8'), name).toBe(text);
});

test('the dashboards that are promised are there, each with a uid of its own', () => {
  expect([...boards.keys()].toSorted()).toEqual(['collector', 'detection', 'node', 'overview', 'workload']);
  expect([...boards].map(([name]) => `anchorwatch-${name}`)).toEqual([...boards.values()].map(({ uid }) => uid));
});

describe.each([...boards])('%s', (_, board) => {
  const panels = board.panels.filter(({ type }) => type !== 'row');

  test('every panel has a unit, thresholds, a description, and a runbook that is there', () => {
    const known = new Set<unknown>(Object.values(units));
    expect(panels.length).toBeGreaterThan(8);
    for (const { title, description, fieldConfig, links, targets } of panels) {
      const { unit = '', thresholds } = fieldConfig?.defaults ?? {};
      expect(known.has(unit) || /^suffix:\w+$/.test(unit), `${title}: ${unit}`).toBe(true);
      expect(description, title).toMatch(/^\S.{20,}\.$/);
      expect(thresholds?.steps[0]?.value, title).toBeNull();
      const marks = thresholds?.steps.slice(1).map(({ value }) => value ?? Number.NaN) ?? [];
      expect(marks, title).toEqual(marks.toSorted((a, b) => a - b));
      expect(targets?.length, title).toBeGreaterThan(0);
      expect(links, title).toHaveLength(1);
      const [page = '', section] = (links?.[0]?.url ?? '').replace(`${runbookBase}/`, '').split('#');
      expect(existsSync(join(runbooks, page)), `${title}: ${page}`).toBe(true);
      expect(section, title).toBeUndefined();
    }
  });

  test('ids and titles are unique', () => {
    const ids = board.panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(Math.min(...ids)).toBeGreaterThan(0);
    const titles = panels.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
  });

  test('no panel lies over another, and none leaves the grid', () => {
    const cells = new Map<string, Panel>();
    for (const panel of board.panels) {
      const { x, y, w, h } = panel.gridPos;
      expect(x + w, panel.title).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column += 1)
        for (let line = y; line < y + h; line += 1) {
          const cell = `${column}/${line}`;
          expect(cells.get(cell)?.title, `below ${panel.title}`).toBeUndefined();
          cells.set(cell, panel);
        }
    }
  });

  test('expressions and variables ask only for variables that stand before them', () => {
    const before = new Set(['__rate_interval', '__interval', '__range']);
    for (const { name, query } of board.templating.list) {
      for (const [, asked = ''] of JSON.stringify(query).matchAll(/\$(\w+)/g)) expect(before, name).toContain(asked);
      before.add(name);
    }
    const used = JSON.stringify([board.panels, board.annotations]).matchAll(/\$\{?(\w+)/g);
    const names = new Set([...used].map(([, name = '']) => name));
    for (const name of names) expect(before).toContain(name);
    for (const { name } of board.templating.list) expect(names, 'a variable that nothing asks for').toContain(name);
  });

  test('all of the values of a variable stand for a label that is not there, too', () => {
    const queries = board.templating.list.filter(({ type }) => type === 'query');
    expect(queries.map(({ allValue }) => allValue)).toEqual(queries.map(() => '.*'));
  });
});

test('expressions ask only for metrics and labels that the collector declares', () => {
  const declared = new Map(collector.metrics.map(({ name, labels }) => [name, labels]));
  // Prometheus adds these.
  const added = ['cluster', 'instance', 'job', 'le'];
  for (const { name: place, expr } of expressions()) {
    for (const [, name = '', selector = ''] of expr.matchAll(/\b((?:anchorwatch|process)_\w+)(?:\{([^}]*)\})?/g)) {
      const metric = name.replace(/_bucket$/, '');
      const labels = declared.get(metric);
      expect(labels, `${place}: ${name}`).toBeDefined();
      for (const [, label = ''] of selector.matchAll(/(\w+)(?:=|!=|=~|!~)"/g))
        expect([...(labels ?? []), ...added], `${place}: ${name}`).toContain(label);
    }
  }
});

test('promtool can read every expression', async (context) => {
  const missing = prometheusMissing();
  if (missing !== undefined) context.skip(missing);
  const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-dashboards-'));
  try {
    const rules = expressions().map(({ expr }, index) => ({ record: `panel:${index}`, expr: interpolate(expr) }));
    writeFileSync(join(scratch, 'rules.yml'), stringify({ groups: [{ name: 'panels', rules }] }));
    const { stdout } = await run('promtool', ['check', 'rules', join(scratch, 'rules.yml')]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

describe('dashboards/grafana/provisioning', () => {
  const read = (path: string): Readonly<Record<string, unknown>> =>
    parse(readFileSync(join(dashboardFolder, 'grafana/provisioning', path), 'utf8')) as never;

  test('the data source is one that the dashboards can choose', () => {
    const { apiVersion, datasources } = read('datasources/prometheus.yml');
    expect(apiVersion).toBe(1);
    expect(datasources).toEqual([
      expect.objectContaining({ type: 'prometheus', access: 'proxy', isDefault: true, url: 'http://prometheus:9090' }),
    ]);
    const config = parse(readFileSync(join(dashboardFolder, 'prometheus/prometheus.yml'), 'utf8')) as {
      global: { scrape_interval: string };
    };
    expect(datasources).toMatchObject([{ jsonData: { timeInterval: config.global.scrape_interval } }]);
    for (const { templating } of boards.values())
      expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
  });

  test('the provider reads files, and leaves them as they are', () => {
    const { apiVersion, providers } = read('dashboards/anchorwatch.yml');
    expect(apiVersion).toBe(1);
    expect(providers).toEqual([
      expect.objectContaining({
        type: 'file',
        allowUiUpdates: false,
        options: expect.objectContaining({ path: '/var/lib/grafana/dashboards' }),
      }),
    ]);
  });
});
