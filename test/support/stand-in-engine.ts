import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process that is gone: above the largest pid of Linux. */
const noPid = 2 ** 22 + 1;

/** A container as the stand-in engine has it; what is left out is ordinary. */
export interface StandInContainer {
  readonly id: string;
  readonly name: string;
  readonly image?: string;
  readonly digest?: string;
  readonly status: 'created' | 'running' | 'exited';
  readonly pid?: number;
  readonly startedAt?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly healthcheck?: readonly string[];
  readonly privileged?: boolean;
}

/** Speaks as much of the Docker Engine API, over a socket of its own, as identity asks for; says what a test wants it to say. */
export interface StandInEngine {
  readonly host: string;
  readonly folder: string;
  /** What the engine knows now; a test changes it. */
  readonly containers: Map<string, StandInContainer>;
  /** Requests so far, as `GET /containers/json`, without their queries. */
  readonly requests: readonly string[];
  /** `since` of the last request for events; undefined when it had none. */
  readonly since: () => string | null | undefined;
  /** Status to answer `inspect` with instead; undefined: none. */
  refuse: number | undefined;
  /** Tells all who follow. `timeMs` is whole milliseconds. */
  event(action: string, id: string, timeMs: number, attributes?: Readonly<Record<string, string>>): void;
  /** Writes to all who follow, as it stands. */
  write(text: string): void;
  /** Breaks the streams of events off. */
  hangUp(): void;
  stop(): Promise<void>;
}

/** `folder`: where the socket of an engine that was stopped stood; a new one otherwise. */
export async function startStandInEngine(
  folder: string = mkdtempSync(join(tmpdir(), 'anchorwatch-engine-')),
): Promise<StandInEngine> {
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, 'docker.sock');
  const containers = new Map<string, StandInContainer>();
  const requests: string[] = [];
  const streams = new Set<ServerResponse>();
  let since: string | null | undefined;

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine');
    requests.push(`${request.method ?? ''} ${pathname}`);
    if (pathname === '/events') {
      since = searchParams.get('since');
      streams.add(response);
      response.once('close', () => streams.delete(response));
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      return;
    }
    if (pathname === '/containers/json') {
      const wanted = searchParams.get('filters')?.includes('created') === true ? 'created' : 'running';
      const found = [...containers.values()].filter(({ status }) => status === wanted);
      response.end(JSON.stringify(found.map(({ id }) => ({ Id: id }))));
      return;
    }
    const found = containers.get(/^\/containers\/([^/]+)\/json$/.exec(pathname)?.[1] ?? '');
    const status = engine.refuse ?? (found === undefined ? 404 : 200);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 && found !== undefined ? inspection(found) : { message: 'no' }));
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });

  const engine: StandInEngine = {
    host: `unix://${socket}`,
    folder,
    containers,
    requests,
    since: () => since,
    refuse: undefined,
    event(action, id, timeMs, attributes = {}) {
      const line = JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id, Attributes: attributes } });
      engine.write(`${line.slice(0, -1)},"timeNano":${timeMs}000000}\n`);
    },
    write(text) {
      for (const stream of streams) stream.write(text);
    },
    hangUp() {
      for (const stream of streams) stream.destroy();
    },
    async stop() {
      engine.hangUp();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return engine;
}

function inspection(container: StandInContainer): object {
  const { id, name, image = 'nginx:1.27', digest = 'sha256:1', status, labels = {}, healthcheck } = container;
  const { pid = status === 'running' ? noPid : 0 } = container;
  const { startedAt = '0001-01-01T00:00:00Z', privileged = false } = container;
  return {
    Id: id,
    Name: `/${name}`,
    Image: digest,
    Created: '2026-11-23T10:00:00Z',
    State: { Running: status === 'running', Pid: pid, StartedAt: startedAt },
    Config: {
      Image: image,
      Labels: labels,
      ...(healthcheck === undefined ? {} : { Healthcheck: { Test: healthcheck } }),
    },
    HostConfig: { Privileged: privileged },
    Mounts: [],
  };
}
