import { existsSync } from 'node:fs';
import { EngineClient } from './engine-client.ts';

/** Where an engine answers: how it is reached, and how people say it. */
export interface EngineAddress {
  readonly text: string;
  readonly connect: () => EngineClient;
}

/** The usual sockets of Docker and Podman. */
const usualSockets = (env: Readonly<Record<string, string | undefined>>): readonly string[] => [
  '/var/run/docker.sock',
  '/run/podman/podman.sock',
  ...(env['XDG_RUNTIME_DIR'] === undefined
    ? []
    : [`${env['XDG_RUNTIME_DIR']}/docker.sock`, `${env['XDG_RUNTIME_DIR']}/podman/podman.sock`]),
];

/**
 * The engine to talk to: `--docker-host`, then DOCKER_HOST, then the first of the usual sockets that exists, whenever it appears. Until then it is
 * Docker's.
 */
export function engineAddress(
  dockerHost: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EngineAddress {
  const host = dockerHost ?? env['DOCKER_HOST'];
  if (host === undefined || host === '') {
    const place = usualPlace(env);
    return {
      get text() {
        return `unix://${place.socketPath}`;
      },
      connect: () => new EngineClient(place),
    };
  }
  const unix = /^unix:\/\/(.+)$/.exec(host)?.[1] ?? (host.startsWith('/') ? host : undefined);
  if (unix !== undefined) return { text: `unix://${unix}`, connect: () => new EngineClient({ socketPath: unix }) };
  return { text: host, connect: () => tcpEngine(host, env) };
}

/** The usual socket that was there first, until it is gone: no request goes to another engine than the one before. */
function usualPlace(env: Readonly<Record<string, string | undefined>>): { readonly socketPath: string } {
  const sockets = usualSockets(env);
  let chosen: string | undefined;
  return {
    get socketPath() {
      if (chosen === undefined || !existsSync(chosen)) chosen = sockets.find((path) => existsSync(path));
      return chosen ?? sockets[0] ?? '/var/run/docker.sock';
    },
  };
}

/** An engine was named, or one of the usual sockets exists: there is one to be watched. Without it Kubernetes may do alone. */
export function isEngineExpected(
  dockerHost: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const named = dockerHost ?? env['DOCKER_HOST'] ?? '';
  return named !== '' || usualSockets(env).some((path) => existsSync(path));
}

/** Docker's own client speaks TLS where the URL says https, or DOCKER_TLS_VERIFY says anything. */
function tcpEngine(address: string, env: Readonly<Record<string, string | undefined>>): EngineClient {
  const url = new URL(address);
  const secure = url.protocol === 'https:' || (url.protocol === 'tcp:' && (env['DOCKER_TLS_VERIFY'] ?? '') !== '');
  const certificates = env['DOCKER_CERT_PATH'];
  return new EngineClient({
    // Node looks names up as they stand: the brackets of an IPv6 address would be part of one.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (usualPorts.get(url.protocol) ?? dockerPort) : Number(url.port),
    protocol: secure ? 'https' : 'http',
    ...(certificates === undefined || certificates === '' ? {} : { certificates }),
  });
}

const dockerPort = 2375;
/** A URL leaves out the port that is its scheme's own. */
const usualPorts: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
]);
