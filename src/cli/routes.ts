import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import { escapeForTerminal, formatTable, jsonLine } from './terminal.ts';

interface ServedExplanation {
  readonly alert: string;
  readonly severity: string;
  readonly file: string;
  readonly routes: readonly {
    readonly route: string;
    readonly line: number;
    readonly reason: string;
    readonly detail: string;
  }[];
  readonly receivers: readonly {
    readonly receiver: string;
    readonly kind: string;
    readonly gets: boolean;
    readonly reason: string;
    readonly detail: string;
    readonly next?: {
      readonly state: string;
      readonly reason: string;
      readonly detail: string;
      readonly toldAt?: string;
      readonly dueAt?: string;
    };
  }[];
}

async function check(invocation: Invocation, ...files: readonly string[]): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal } = surroundings;
  const { checkRoutes, routesProblemText } = await import('../collector/notifications.ts');
  let failed = 0;
  for (const file of files) {
    const { problems, receivers } = checkRoutes(file);
    failed += problems.length;
    if (own['json'] === true) terminal.out(jsonLine({ file, receivers, problems }));
    else if (problems.length === 0) terminal.out(escapeForTerminal(`ok    ${file}: receivers ${receivers.join(', ')}`));
    else for (const problem of problems) terminal.out(escapeForTerminal(`FAIL  ${routesProblemText(problem)}`));
  }
  return failed === 0 ? exitStatus.done : exitStatus.failed;
}

/** `anchorwatch routes check` */
export const routesCheck: CommandDefinition = {
  options: 'routes',
  usage: 'check <file...>',
  summary: 'what is wrong in a routes file',
  description:
    'Reads routes files as a collector would and names everything that is wrong, with file, line, column and what may be meant. Nothing is sent. Ends ' +
    'with status 1 when anything is wrong.',
  flags: [['--json', 'JSON lines, one for each file']],
  examples: ['anchorwatch routes check routes.yaml'],
  run: check,
};

function nextText(next: ServedExplanation['receivers'][number]['next']): string {
  if (next === undefined) return '';
  const told = next.toldAt === undefined ? 'not told yet' : `told ${next.toldAt}`;
  const due = next.dueAt === undefined ? '' : `, next ${next.dueAt}`;
  return `${next.state}, ${told}${due} (${next.reason}${next.detail === '' ? '' : `: ${next.detail}`})`;
}

async function explain(invocation: Invocation, ...args: readonly string[]): Promise<number> {
  const { own, surroundings } = invocation;
  const { terminal, stop } = surroundings;
  const [id = ''] = args;
  const path = `/api/v1/alerts/${encodeURIComponent(id)}/routes`;
  const explanation = await ask<ServedExplanation>(collectorAddress(invocation), path, stop);
  if (own['json'] === true) {
    terminal.out(jsonLine(explanation));
    return exitStatus.done;
  }
  const { alert, severity, file, routes, receivers } = explanation;
  terminal.out(escapeForTerminal(`alert ${alert}, ${severity}, by ${file}`));
  terminal.out('');
  const rows = receivers.map((one) => [
    ...[one.receiver, one.kind, one.gets ? 'gets it' : 'does not', one.reason, one.detail, nextText(one.next)],
  ]);
  for (const line of formatTable(['RECEIVER', 'KIND', '', 'REASON', 'DETAIL', 'NOW'], rows)) terminal.out(line);
  terminal.out('');
  const steps = routes.map(({ route, line, reason, detail }) => [route, String(line), reason, detail]);
  for (const line of formatTable(['ROUTE', 'LINE', 'REASON', 'DETAIL'], steps)) terminal.out(line);
  return exitStatus.done;
}

/** `anchorwatch routes explain` */
export const routesExplain: CommandDefinition = {
  options: 'routes',
  usage: 'explain <alert>',
  summary: 'which receivers get an alert, and why not the others',
  description:
    'Takes an alert by its id through the routes, silences and inhibitions as they are now, and says for each receiver and each route what became of it, ' +
    'with a reason that docs/routing.md explains.',
  flags: [['--json', 'one JSON object, as the API serves it']],
  examples: ['anchorwatch routes explain 01M83WF2QNR6SW3BQF0CH09PX2'],
  run: explain,
};
