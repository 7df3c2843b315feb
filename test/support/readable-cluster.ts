import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a list of the API holds, by path: `/api/v1/pods`. */
type Lists = Record<string, object[]>;

/** Speaks as much of the Kubernetes API as readings of a cluster ask for: lists in pages, 403, 410, 429, torn answers, and who shows nothing. */
export interface ReadableCluster {
  readonly url: string;
  readonly lists: Lists;
  version: string;
  /** Paths that are refused with 403. */
  readonly forbidden: Set<string>;
  /** What who shows nothing is answered, by path; else 401. */
  readonly open: Map<string, number>;
  /** Answers of kubelets' /configz by node. */
  readonly kubelets: Map<string, object>;
  /** What the next request of a path with `continue`, or without, is answered. `torn`: half of an answer. */
  readonly troubles: { readonly path: string; readonly continued: boolean; readonly status: number | 'torn' }[];
  readonly requests: readonly string[];
  /** Everything is answered with this status; undefined: as it should be. */
  down: number | undefined;
  /** Seconds, said with `down`. */
  retryAfter: number | undefined;
  /** The token that is let in. */
  token: string;
  /** Called with each request, which is answered when it resolves. */
  asked: (path: string) => Promise<unknown> | undefined;
  /** Writes a kubeconfig into a folder, and answers its path. */
  kubeconfig(folder: string): string;
  stop(): Promise<void>;
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const empty = (): Lists => ({
  '/api/v1/nodes': [],
  '/api/v1/namespaces': [],
  '/api/v1/pods': [],
  '/apis/networking.k8s.io/v1/networkpolicies': [],
  [`${rbac}/clusterroles`]: [],
  [`${rbac}/roles`]: [],
  [`${rbac}/clusterrolebindings`]: [],
  [`${rbac}/rolebindings`]: [],
});

/** @param pageMax objects in a page at most, whatever `limit` says */
export async function startReadableCluster(pageMax = 500): Promise<ReadableCluster> {
  const requests: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://cluster');
    const { pathname, searchParams } = url;
    const isNamed = request.headers.authorization === `Bearer ${cluster.token}`;
    requests.push(`${isNamed ? '' : 'anonymous '}${pathname}`);
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    await cluster.asked(pathname);
    if (cluster.down !== undefined && cluster.retryAfter !== undefined)
      response.setHeader('retry-after', String(cluster.retryAfter));
    if (cluster.down !== undefined) return say(cluster.down, { kind: 'Status', message: 'down' });
    if (!isNamed) return say(cluster.open.get(pathname) ?? 401, {});
    if (cluster.forbidden.has(pathname)) return say(403, { kind: 'Status', message: 'forbidden' });
    const continued = searchParams.has('continue');
    const at = cluster.troubles.findIndex((one) => one.path === pathname && one.continued === continued);
    const [trouble] = at < 0 ? [] : cluster.troubles.splice(at, 1);
    if (trouble?.status === 'torn') {
      response.writeHead(200, { 'content-length': '1000' }).write('{"items":[');
      setImmediate(() => request.socket.destroy());
      return undefined;
    }
    if (trouble !== undefined) return say(trouble.status, { kind: 'Status', message: 'trouble' });
    if (pathname === '/version') return say(200, { gitVersion: cluster.version });
    const kubelet = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/configz$/.exec(pathname)?.[1];
    if (kubelet !== undefined) {
      const config = cluster.kubelets.get(kubelet);
      return config === undefined ? say(403, {}) : say(200, { kubeletconfig: config });
    }
    const all = cluster.lists[pathname];
    if (all === undefined) return say(404, {});
    const start = Number(searchParams.get('continue') ?? '0');
    const size = Math.min(Number(searchParams.get('limit')), pageMax);
    const more = start + size < all.length ? { continue: String(start + size) } : {};
    return say(200, { metadata: { resourceVersion: '7', ...more }, items: all.slice(start, start + size) });
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const cluster: ReadableCluster = {
    ...{ url, requests, lists: empty(), version: 'v1.36.4', down: undefined },
    ...{ retryAfter: undefined, token: 'reader', asked: () => undefined },
    ...{ forbidden: new Set(), open: new Map(), kubelets: new Map(), troubles: [] },
    kubeconfig(folder) {
      const file = `${folder}/kubeconfig`;
      const config = {
        'current-context': 'here',
        contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: url } }],
        users: [{ name: 'u', user: { tokenFile: 'token' } }],
      };
      writeFileSync(`${folder}/token`, cluster.token);
      writeFileSync(file, JSON.stringify(config));
      return file;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return cluster;
}
