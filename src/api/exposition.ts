/** Media types of the two text formats of metrics. */
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** True when the client names OpenMetrics among what it accepts, as Prometheus does. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes('application/openmetrics-text') ?? false;
}

/**
 * The Prometheus text format as OpenMetrics 1.0: counter families lose `_total` in their HELP and TYPE lines, there are no empty
 * lines, `# EOF` ends it. prom-client's own switch renames its counters for good, so that the next plain scrape would lack `_total`.
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n');
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+)_total counter$/u.exec(line)?.[1] ?? []));
  const renamed = lines
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(/^(# (?:HELP|TYPE) )(\S+)_total /u, (whole, head: string, family: string) =>
        counters.has(family) ? `${head}${family} ` : whole,
      ),
    );
  return `${renamed.join('\n')}\n# EOF\n`;
}
