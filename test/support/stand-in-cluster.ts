import { createSecureServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { writeFileSync } from 'node:fs';
import { standInPki } from './stand-in-pki.ts';

/** An object as the API has it, as far as the stand-in itself looks at it. */
export interface ClusterObject {
  readonly metadata: { readonly uid: string; readonly name: string; readonly namespace: string };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ClusterObject;
  readonly before: ClusterObject | undefined;
}

interface Watcher {
  readonly response: Http2ServerResponse;
  readonly socket: Socket;
  readonly path: string;
  readonly selects: (object: ClusterObject) => boolean;
  readonly bookmarks: boolean;
}

/** What the next request is answered by, instead of an answer. */
export type Trouble = { readonly status: number; readonly retryAfterSeconds?: number } | 'silence';

/** Pods, services, endpoint slices and Events: the kinds that the stand-in has. */
export const paths = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
  events: '/api/v1/events',
} as const;

/**
 * Speaks as much of the Kubernetes API as identity asks for, over HTTP/2 and HTTP/1.1 with TLS: list in pages, watch with bookmarks, versions that
 * expire, tokens that do, 429 with `Retry-After`, streams cut anywhere. Written after kubernetes.io, "Kubernetes API Concepts".
 */
export interface StandInCluster {
  readonly url: string;
  /** Tokens that are good now. */
  readonly tokens: Set<string>;
  /** Requests so far: `GET /api/v1/pods?…`. */
  readonly requests: readonly string[];
  /** Authorization headers of the last requests. */
  readonly seenTokens: readonly string[];
  /** What the next requests get, first first; of one path when it is given. */
  readonly troubles: { readonly path?: string; readonly trouble: Trouble }[];
  /** `event`: 410 as an ERROR event of the watch; `status`: as the answer's status. */
  gone: 'event' | 'status';
  /** Streams are not ended at their `timeoutSeconds`, as where the end is lost on the way. */
  endless: boolean;
  /** Also what is served from the watch cache comes in pages, as API servers do that list from snapshots of it (1.34 and newer). */
  cachePages: boolean;
  /** Streams are written in pieces of so many bytes; 0: as they come. */
  pieceBytes: number;
  put(path: string, object: ClusterObject): void;
  remove(path: string, uid: string): void;
  /** Forgets how it came to the present versions: who asks to go on from an older one is told 410 Gone. */
  compact(): void;
  /** Sends bookmarks to all who watch. */
  bookmark(): void;
  /** Writes the first bytes of this change, then breaks all streams off. The change stands. */
  tear(path: string, object: ClusterObject): void;
  /** Writes to all who watch, as it stands. */
  write(text: string): void;
  watchers(path?: string): number;
  /** Ends all streams as a server does at their timeout. */
  endStreams(): void;
  /** Goes down, and comes back at the same address. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param pageMax objects in a page at most, whatever `limit` says */
export async function startStandInCluster(pageMax = 500): Promise<StandInCluster> {
  const objects = new Map<string, Map<string, ClusterObject>>(Object.values(paths).map((path) => [path, new Map()]));
  const history = new Map<string, Change[]>(Object.values(paths).map((path) => [path, []]));
  const watchers = new Set<Watcher>();
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const seenTokens: string[] = [];
  let version = 100;
  let oldest = 0;

  const server = createSecureServer({ allowHTTP1: true, key: standInPki.serverKey, cert: standInPki.serverCert });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.on('request', answer);

  function fail(
    response: Http2ServerResponse,
    code: number,
    reason: string,
    more: Readonly<Record<string, string>> = {},
  ): void {
    response.writeHead(code, { 'content-type': 'application/json', ...more });
    response.end(JSON.stringify(statusOf(code, reason)));
  }

  function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const url = new URL(request.url, 'https://cluster');
    requests.push(`${request.method} ${request.url}`);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    seenTokens.push(token);
    const at = cluster.troubles.findIndex(({ path }) => path === undefined || path === url.pathname);
    const [trouble] = at < 0 ? [] : cluster.troubles.splice(at, 1);
    if (trouble?.trouble === 'silence') return;
    if (trouble !== undefined) {
      const { status, retryAfterSeconds } = trouble.trouble;
      fail(
        response,
        status,
        'Trouble',
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
      );
      return;
    }
    if (!cluster.tokens.has(token)) return fail(response, 401, 'Unauthorized');
    if (!objects.has(url.pathname)) return fail(response, 404, 'NotFound');
    if (url.searchParams.get('watch') === 'true') watch(url, request, response);
    else list(url, response);
  }

  function list({ pathname, searchParams }: URL, response: Http2ServerResponse): void {
    const selects = selectorOf(searchParams);
    const asked = searchParams.get('resourceVersion') ?? '';
    const [at = '', after = ''] = (searchParams.get('continue') ?? '').split(':');
    if (at !== '' && asked !== '')
      return fail(response, 400, 'specifying resource version is not allowed when using continue');
    // The token of a list that was begun before the history was compacted.
    if (at !== '' && Number(at) < oldest) return fail(response, 410, 'Expired');
    const all = [...(objects.get(pathname)?.values() ?? [])].filter((one) => selects(one));
    // What is served from the watch cache is not cut into pages.
    const limit =
      asked === '0' && !cluster.cachePages
        ? Infinity
        : Math.min(Number(searchParams.get('limit') ?? Infinity), pageMax);
    const start = after === '' ? 0 : all.findIndex(({ metadata }) => metadata.uid === after) + 1;
    const items = all.slice(start, start + limit);
    const last = items.at(-1)?.metadata.uid ?? '';
    const more = start + limit < all.length ? { continue: `${at === '' ? version : at}:${last}` } : {};
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        kind: 'List',
        apiVersion: 'v1',
        metadata: { resourceVersion: at === '' ? String(version) : at, ...more },
        items,
      }),
    );
  }

  function watch({ pathname, searchParams }: URL, request: Http2ServerRequest, response: Http2ServerResponse): void {
    const from = Number(searchParams.get('resourceVersion') ?? '0');
    if (from < oldest && cluster.gone === 'status') return fail(response, 410, 'Expired');
    response.writeHead(200, { 'content-type': 'application/json' });
    // Over HTTP/1.1 it is an ordinary response.
    (response as { flushHeaders?(): void }).flushHeaders?.();
    const bookmarks = searchParams.get('allowWatchBookmarks') === 'true';
    const watcher: Watcher = {
      response,
      socket: request.socket,
      path: pathname,
      selects: selectorOf(searchParams),
      bookmarks,
    };
    if (from < oldest) {
      send(watcher, `${JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') })}\n`);
      response.end();
      return;
    }
    watchers.add(watcher);
    response.once('close', () => watchers.delete(watcher));
    const ends = (): void => void (cluster.endless || response.end());
    setTimeout(ends, Number(searchParams.get('timeoutSeconds') ?? '1800') * 1000).unref();
    for (const change of history.get(pathname) ?? []) if (change.version > from) tell(watcher, change);
  }

  function send({ response }: Watcher, text: string): void {
    if (cluster.pieceBytes === 0) return void response.write(text);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += cluster.pieceBytes)
      response.write(bytes.subarray(at, at + cluster.pieceBytes));
  }

  /** Whoever selects is told of an object that does not fit any more as of one that is gone. */
  function tell(watcher: Watcher, { type, object, before }: Change): void {
    const [fits, fitted] = [watcher.selects(object), before !== undefined && watcher.selects(before)];
    if (!fits && !fitted) return;
    const seen = type === 'DELETED' || !fits ? 'DELETED' : fitted ? 'MODIFIED' : 'ADDED';
    send(watcher, `${JSON.stringify({ type: seen, object })}\n`);
  }

  function store(path: string, given: ClusterObject): Change {
    const object = { ...given, metadata: { ...given.metadata, resourceVersion: String(++version) } };
    const before = objects.get(path)?.get(given.metadata.uid);
    const type = before === undefined ? 'ADDED' : 'MODIFIED';
    objects.get(path)?.set(given.metadata.uid, object);
    return remember(path, { version, type, object, before });
  }

  function remember(path: string, change: Change): Change {
    history.get(path)?.push(change);
    return change;
  }

  function following(path: string): readonly Watcher[] {
    return [...watchers].filter((watcher) => watcher.path === path);
  }

  async function listen(port: number): Promise<number> {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const port = await listen(0);
  const cluster: StandInCluster = {
    url: `https://127.0.0.1:${port}`,
    tokens: new Set(['token-1']),
    ...{ requests, seenTokens, troubles: [], gone: 'event', endless: false, cachePages: false, pieceBytes: 0 },
    put(path, object) {
      const change = store(path, object);
      for (const watcher of following(path)) tell(watcher, change);
    },
    remove(path, uid) {
      const object = objects.get(path)?.get(uid);
      if (object === undefined) return;
      objects.get(path)?.delete(uid);
      const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } };
      const change = remember(path, { version, type: 'DELETED', object: gone, before: object });
      for (const watcher of following(path)) tell(watcher, change);
    },
    compact() {
      oldest = version + 1;
      version += 2;
      for (const changes of history.values()) changes.length = 0;
    },
    bookmark() {
      const line = JSON.stringify({
        type: 'BOOKMARK',
        object: { kind: 'Pod', metadata: { resourceVersion: String(version) } },
      });
      for (const watcher of watchers) if (watcher.bookmarks) send(watcher, `${line}\n`);
    },
    tear(path, object) {
      const { type, object: stored } = store(path, object);
      const line = JSON.stringify({ type, object: stored });
      for (const watcher of following(path)) {
        watcher.response.write(line.slice(0, line.length / 2), () => watcher.socket.destroy());
      }
    },
    write(text) {
      for (const watcher of watchers) watcher.response.write(text);
    },
    watchers: (path) => (path === undefined ? watchers.size : following(path).length),
    endStreams() {
      for (const { response } of watchers) response.end();
    },
    async restart(downMs) {
      await close();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await listen(port);
    },
    stop: close,
  };
  return cluster;
}

/** `spec.nodeName=NODE,status.phase!=Failed` (kubernetes.io, "Field Selectors"). */
function selectorOf(query: URLSearchParams): (object: ClusterObject) => boolean {
  const terms = (query.get('fieldSelector') ?? '').split(',').flatMap((term) => {
    const [, field, not, value] = /^([\w.]+?)(!?)==?(.*)$/.exec(term) ?? [];
    return field === undefined ? [] : [{ field, isSame: not === '', value }];
  });
  return ({ metadata, spec, status }) =>
    terms.every(({ field, isSame, value }) => {
      const { name, namespace } = metadata;
      const own = { 'metadata.name': name, 'metadata.namespace': namespace };
      const is = { ...own, 'spec.nodeName': spec?.nodeName, 'status.phase': status?.phase }[field] ?? '';
      return (is === value) === isSame;
    });
}

function statusOf(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `${reason} (stand-in)`, reason, code };
}

/** Writes a kubeconfig for the stand-in into a folder, with the authority's certificate beside it; answers its path. */
export function writeKubeconfig(folder: string, url: string): string {
  const file = `${folder}/kubeconfig`;
  const config = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'stand-in', user: 'agent' } }],
    clusters: [{ name: 'stand-in', cluster: { server: url, 'certificate-authority': 'ca.crt' } }],
    users: [{ name: 'agent', user: { token: 'token-1' } }],
  };
  writeFileSync(`${folder}/ca.crt`, standInPki.ca);
  writeFileSync(file, JSON.stringify(config));
  return file;
}
