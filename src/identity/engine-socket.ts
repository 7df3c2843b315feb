import { existsSync } from 'node:fs';
import Docker from 'dockerode';

/** Where an engine answers: what dockerode is given, and how people say it. */
export interface EngineAddress {
  readonly text: string;
  readonly connect: () => Docker;
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
 * The engine to talk to: `--docker-host`, then DOCKER_HOST, then the first of the usual sockets that exists, then Docker's usual one (which
 * may appear later).
 */
export function engineAddress(
  dockerHost: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): EngineAddress {
  const host = dockerHost ?? env['DOCKER_HOST'];
  if (host === undefined || host === '') {
    const sockets = usualSockets(env);
    const socketPath = sockets.find((path) => existsSync(path)) ?? sockets[0] ?? '/var/run/docker.sock';
    return { text: `unix://${socketPath}`, connect: () => new Docker({ socketPath }) };
  }
  const unix = /^unix:\/\/(.+)$/.exec(host)?.[1] ?? (host.startsWith('/') ? host : undefined);
  if (unix !== undefined) return { text: `unix://${unix}`, connect: () => new Docker({ socketPath: unix }) };
  return { text: host, connect: () => tcpEngine(host) };
}

/** An engine was named, or one of the usual sockets exists: there is one to be watched. Without it Kubernetes may do alone. */
export function isEngineExpected(
  dockerHost: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const named = dockerHost ?? env['DOCKER_HOST'] ?? '';
  return named !== '' || usualSockets(env).some((path) => existsSync(path));
}

function tcpEngine(address: string): Docker {
  const url = new URL(address);
  return new Docker({
    // Node looks names up as they stand: the brackets of an IPv6 address would be part of one.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (usualPorts.get(url.protocol) ?? dockerPort) : Number(url.port),
    protocol: url.protocol === 'https:' ? 'https' : 'http',
  });
}

const dockerPort = 2375;
/** A URL leaves out the port that is its scheme's own. */
const usualPorts: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
]);
