import { parseDuration } from '../config/values.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { type Severity, type StoredAlert, severities } from '../model/alert.ts';
import { describeAlert } from './alert-lines.ts';
import { ask, collectorAddress, downloadLines } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { followFeed } from './follow.ts';
import type { Peer } from './peer.ts';
import { jsonLine } from './terminal.ts';

/** What `alerts` and `incidents` are asked for. */
interface Wanted {
  /** ISO 8601. */
  readonly since: string | undefined;
  readonly severity: Severity | undefined;
  readonly workload: string | undefined;
  readonly limit: number;
}

function usage(message: string): AnchorwatchError {
  return new AnchorwatchError('bad-option', message);
}

/** `1h` ago or a time in ISO 8601, as ISO 8601. @throws AnchorwatchError `bad-option` */
export function sinceTime(text: string, nowMs: number, flag = '--since'): string {
  const ago = parseDuration(text);
  const timeMs = ago.ok
    ? nowMs - ago.value
    : /^\d{9,11}(?:\.\d{1,9})?$/.test(text)
      ? Math.round(Number(text) * 1000)
      : /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text)
        ? Date.parse(text)
        : Number.NaN;
  if (Number.isNaN(timeMs))
    throw usage(
      `${flag}: ${JSON.stringify(text)} is neither how long ago (15m, 1h, 7d) nor a time (2026-11-23T02:10:00Z)`,
    );
  return new Date(timeMs).toISOString();
}

/** Reads the flags of the command. @throws AnchorwatchError `bad-option` */
export function wantedAlerts(own: Invocation['own'], nowMs: number): Wanted {
  const { since, severity: severityText, workload, limit: limitText = '100' } = own;
  const severity = severities.find((one) => one === severityText);
  if (severityText !== undefined && severity === undefined) {
    throw usage(`--severity: ${JSON.stringify(severityText)} is not one of ${severities.join(', ')}`);
  }
  const limit = typeof limitText === 'string' && /^[1-9]\d{0,5}$/.test(limitText) ? Number(limitText) : 0;
  if (limit === 0) throw usage(`--limit: ${JSON.stringify(limitText)} is not a whole number from 1 to 999999`);
  return {
    since: typeof since === 'string' ? sinceTime(since, nowMs) : undefined,
    severity,
    workload: typeof workload === 'string' ? workload : undefined,
    limit,
  };
}

interface Page {
  readonly items: readonly StoredAlert[];
  readonly next?: string;
}

/** The newest alerts, newest first, and whether there are older ones that were not fetched. */
async function fetchAlerts(
  address: Peer,
  wanted: Wanted,
  stop: AbortSignal,
): Promise<{ alerts: StoredAlert[]; more: boolean }> {
  const alerts: StoredAlert[] = [];
  let after: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(1000, wanted.limit - alerts.length)) });
    for (const [name, value] of Object.entries({
      since: wanted.since,
      severity: wanted.severity,
      workload: wanted.workload,
      after,
    })) {
      if (value !== undefined) query.set(name, value);
    }
    const page = await ask<Page>(address, `/api/v1/alerts?${query.toString()}`, stop);
    alerts.push(...page.items);
    after = page.next;
  } while (after !== undefined && alerts.length < wanted.limit);
  return { alerts, more: after !== undefined };
}

/** Formats that the collector writes, by what `--format` calls them. */
const formats: ReadonlyMap<string, string> = new Map([
  ['csv', 'csv'],
  ['ocsf', 'ocsf'],
]);

/** Prints what the collector writes as it comes, the newest first: nothing is held here. */
async function exportAlerts(
  { own, surroundings: { terminal, stop } }: Invocation,
  address: Peer,
  { since, severity, workload }: Wanted,
): Promise<number> {
  const format = formats.get(String(own['format']));
  if (format === undefined) throw usage(`--format: ${JSON.stringify(own['format'])} is not one of json, csv, ocsf`);
  if (own['follow'] === true || own['json'] === true)
    throw usage(`--format ${format} cannot be combined with --follow or --json`);
  const limit = typeof own['limit'] === 'string' ? own['limit'] : undefined;
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries({ since, severity, workload, limit }))
    if (value !== undefined) query.set(name, value);
  // Standard output is written at once on Linux: whoever reads slowly slows this down.
  for await (const line of downloadLines(address, `/api/v1/alerts?${query.toString()}`, stop)) terminal.out(line);
  return exitStatus.done;
}

async function run(invocation: Invocation): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const wanted = wantedAlerts(own, Date.now());
  const address = collectorAddress(invocation);
  const { format } = own;
  if (format !== undefined && format !== 'json') return await exportAlerts(invocation, address, wanted);
  const asJson = own['json'] === true || format === 'json';
  const show = (alert: StoredAlert): void => {
    for (const line of asJson ? [jsonLine(alert)] : describeAlert(alert)) terminal.out(line);
  };
  const follow = own['follow'] === true;
  let after: number | undefined;
  if (!follow || wanted.since !== undefined) {
    const { alerts, more } = await fetchAlerts(address, wanted, stop);
    for (const alert of alerts.toReversed()) show(alert);
    if (more) terminal.err(`The newest ${String(alerts.length)} are shown, there are older ones: --limit shows more.`);
    if (alerts.length === 0 && !follow && !asJson) terminal.err(`No alerts at ${address.url}.`);
    after = alerts.length === 0 ? undefined : Math.max(...alerts.map(({ seq }) => seq));
  }
  if (follow) {
    const query = { severity: wanted.severity, workload: wanted.workload };
    await followFeed({ address, query, after, show, tell: (line) => terminal.err(line), stop });
  }
  return exitStatus.done;
}

/** `anchorwatch alerts` */
export const alerts: CommandDefinition = {
  options: 'alerts',
  usage: 'alerts',
  summary: 'alerts of a collector, stored or as they come',
  description:
    'Prints alerts, the newest last: what happened, where, by which process, and on what evidence. With --json one JSON object a line, ' +
    'as the API serves it.',
  flags: [
    [
      '--since <TIME>',
      'from how long ago (15m, 1h, 7d) or from a time (2026-11-23T02:10:00Z); everything when left out',
    ],
    ['--workload <NAME>', 'of this workload only, by name or id'],
    ['--severity <LEVEL>', `of at least this severity: ${severities.join(', ')}`],
    ['--limit <N>', 'the newest N (default: 100)'],
    ['--follow', 'keep running and print alerts as they come; with --since, after those since then'],
    [
      '--format <FORMAT>',
      'json (JSON lines, as --json), csv, or ocsf (OCSF 1.7.0 as JSON lines); csv and ocsf: all that match, the newest first',
    ],
    ['--json', 'JSON lines'],
  ],
  examples: [
    'anchorwatch alerts --since 1h --severity warning',
    'anchorwatch alerts --follow --workload shop/web',
    'anchorwatch alerts --format ocsf --since 24h > alerts.ndjson',
    'anchorwatch alerts --json --limit 1000 | jq -r .title | sort | uniq -c',
  ],
  run,
};
