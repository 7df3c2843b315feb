import type { Role } from '../model/access.ts';

/** Who may ask for a route. */
export interface RouteAccess {
  /** The least role; `nothing`: everyone, whether they say who they are or not. */
  readonly needs: Role | 'nothing';
  /** It reads a query; every other route refuses one. */
  readonly query?: true;
  /** Also where nobody has to say who they are: what is made here outlasts that. */
  readonly always?: true;
  /** Tokens of agents are good for it too: it is for machines. */
  readonly agentsToo?: true;
  /** It decides nothing that the audit trail would have to tell. */
  readonly untrailed?: true;
  /** What else there is to know. */
  readonly note?: string;
}

const viewer: RouteAccess = { needs: 'viewer' };
const viewerQuery: RouteAccess = { needs: 'viewer', query: true };
const operator: RouteAccess = { needs: 'operator' };

/**
 * The one table of who may do what: the server asks it at each request, refuses to start with a route that is not in it, and the OpenAPI
 * description and docs/reference/access.md are made from it. `HEAD` is as `GET`.
 */
export const routeAccess: Readonly<Record<string, RouteAccess>> = {
  'GET /': { needs: 'nothing' },
  'GET /healthz': { needs: 'nothing' },
  'GET /readyz': { needs: 'nothing' },
  'GET /openapi.json': { needs: 'nothing' },
  'GET /docs/*': { needs: 'nothing', note: 'Pages of docs of this release.' },
  'GET /metrics': { needs: 'viewer', note: 'Nothing with `--metrics-open`.' },
  'GET /api/v1/alerts': viewerQuery,
  'GET /api/v1/alerts/counts': viewerQuery,
  'GET /api/v1/alerts/:id': viewer,
  'POST /api/v1/alerts/:id/accept': operator,
  'POST /api/v1/alerts/:id/deny': operator,
  'POST /api/v1/alerts/:id/acknowledge': operator,
  'GET /api/v1/incidents': viewerQuery,
  'GET /api/v1/incidents/:id': viewer,
  'GET /api/v1/workloads': viewer,
  'GET /api/v1/workloads/:id': viewer,
  'GET /api/v1/workloads/:id/profile': viewer,
  'POST /api/v1/workloads/:id/decisions': { needs: 'operator', note: '`relearn` needs admin.' },
  'GET /api/v1/workloads/:id/export/:format': viewerQuery,
  'GET /api/v1/workloads/:id/advice': viewer,
  'POST /api/v1/workloads/:id/import': { needs: 'admin', query: true },
  'DELETE /api/v1/workloads/:id/import': { needs: 'admin', query: true },
  'GET /api/v1/chain/verify': viewerQuery,
  'GET /api/v1/decisions': viewerQuery,
  'GET /api/v1/decisions/:id': viewer,
  'GET /api/v1/nodes': viewer,
  'GET /api/v1/silences': viewerQuery,
  'POST /api/v1/silences': operator,
  'DELETE /api/v1/silences/:id': operator,
  'GET /api/v1/notifications': viewerQuery,
  'GET /api/v1/alerts/:id/routes': viewer,
  'POST /api/v1/receivers/:id/test': operator,
  'GET /api/v1/history': viewerQuery,
  'GET /api/v1/snapshots': viewerQuery,
  'GET /api/v1/snapshots/:id': viewer,
  'GET /api/v1/snapshots/:id/archive': operator,
  'GET /api/v1/incidents/:id/snapshots': viewer,
  'GET /api/v1/incidents/:id/snapshots/:snapshot/archive': operator,
  'POST /api/v1/incidents/:id/snapshot': operator,
  'POST /api/v1/containers/:id/snapshot': operator,
  'GET /api/v1/vulnerabilities': viewerQuery,
  'GET /api/v1/images/drift': viewer,
  'GET /api/v1/posture': viewerQuery,
  'GET /api/v1/posture/changes': viewerQuery,
  'GET /api/v1/posture/exceptions': viewer,
  'POST /api/v1/posture/exceptions': operator,
  'DELETE /api/v1/posture/exceptions/:id': operator,
  'GET /api/v1/tokens': { needs: 'admin', always: true },
  'POST /api/v1/tokens': { needs: 'admin', always: true },
  'DELETE /api/v1/tokens/:id': { needs: 'admin', always: true },
  'GET /api/v1/audit': { needs: 'admin', query: true },
  'POST /kubernetes/audit': {
    ...{ needs: 'operator', query: true, agentsToo: true, untrailed: true },
    note: "Or agent: a token for the API server's webhook alone.",
  },
  'POST /slack/actions': {
    needs: 'nothing',
    note: 'Signed with the signing secret of a Slack receiver (docs/receivers.md).',
  },
  'WS /feed': viewerQuery,
  'WS /agent': { needs: 'agent', always: true, note: 'With `--client-ca` by certificate.' },
};

/** What the table says of a route of the server. @param method As HTTP has it, or `WS`. @param url With `:parameters`. */
export function accessOf(method: string, url: string): RouteAccess | undefined {
  const key = `${method === 'HEAD' ? 'GET' : method} ${url}`;
  return Object.hasOwn(routeAccess, key) ? routeAccess[key] : undefined;
}

/** The operations of an OpenAPI description with what the table says of each: its security, and the role in words. */
export function describeAccess(
  paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>,
  failure: unknown,
): Readonly<Record<string, unknown>> {
  const described = Object.entries(paths).map(([path, operations]) => {
    const url = path.replaceAll(/\{(\w+)\}/gu, ':$1');
    const entries = Object.entries(operations).map(([method, operation]) => {
      const access = accessOf(method.toUpperCase(), url);
      if (access === undefined)
        throw new Error(`${method.toUpperCase()} ${url} is described but not in route-access.ts`);
      return [method, withAccess(operation, access, failure)] as const;
    });
    return [path, Object.fromEntries(entries)] as const;
  });
  return Object.fromEntries(described);
}

function withAccess(
  operation: Readonly<Record<string, unknown>>,
  { needs, note }: RouteAccess,
  failure: unknown,
): Readonly<Record<string, unknown>> {
  // Parameters that are unknown are refused everywhere; the rest is what the door refuses and what may fail.
  const answers = operation['responses'] as Readonly<Record<string, unknown>>;
  const responses = { ...answers, '400': failure, default: failure };
  if (needs === 'nothing') return { ...operation, security: [], responses: { ...responses, '429': failure } };
  return {
    ...operation,
    description: `Needs the role ${needs}.${note === undefined ? '' : ` ${note}`}`,
    security: [{ token: [] }],
    'x-role': needs,
    responses: { ...responses, '401': failure, '403': failure, '429': failure },
  };
}

/** docs/reference/access.md, made from the table. */
export function accessReference(): string {
  return [
    '# Who may do what',
    '',
    '<!-- Made by `npm run docs` from src/api/route-access.ts: change it there. -->',
    '',
    'The least role for each route of the collector; admin includes operator, operator includes viewer. How clients say who they are:',
    '[access.md](../access.md).',
    '',
    '| route | role | |',
    '| --- | --- | --- |',
    ...Object.entries(routeAccess).map(([route, { needs, always, note }]) => {
      const notes = [note, always === true ? 'Also where no other route asks for one.' : undefined];
      const role = needs === 'nothing' ? 'none' : needs;
      return `| \`${route}\` | ${role} | ${notes.filter((one) => one !== undefined).join(' ')} |`;
    }),
    '',
  ].join('\n');
}
