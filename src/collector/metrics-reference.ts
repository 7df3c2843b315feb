import type { MetricDescription } from '../lib/metrics.ts';

/** docs/reference/metrics.md, made from what is declared. Pure. */
export function metricsReference(metrics: readonly MetricDescription[]): string {
  return [
    '# Metrics',
    '',
    '<!-- Made by `npm run docs` from what the collector registers: change it there. -->',
    '',
    '`GET /metrics` of the collector, in the text format of Prometheus (OpenMetrics when asked for). What agents report is there under their',
    'node; series of containers and nodes that are gone are removed.',
    '',
    '| metric | type | labels | what |',
    '| --- | --- | --- | --- |',
    ...metrics.map(
      ({ name, type, labels, help }) =>
        `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
    ),
    '',
  ].join('\n');
}
