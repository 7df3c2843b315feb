import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { AnchorwatchError } from '../../lib/errors.ts';
import { yaml } from '../../lib/yaml.ts';
import { parse } from '../../protocol/message.ts';

/** How a cluster's API is reached, as it is at this moment: files are read anew for each request, so that rotated ones are followed. */
export interface ClusterAccess {
  readonly server: URL;
  /** PEM; undefined: the system's authorities. */
  readonly ca?: string;
  /** PEM of a client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
  /** Name that the server's certificate has to bear, where it is not the address's. */
  readonly serverName?: string;
  /** The kubeconfig says so. */
  readonly insecure?: boolean;
}

/** Where the API is, for people, and how it is reached now. `read` throws AnchorwatchError `kubernetes.access`. */
export interface AccessSource {
  readonly text: string;
  read(): ClusterAccess;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The kubeconfig that was given, else the service account of the pod that the agent runs in; undefined where there is neither.
 * @param folder of the service account; the kubelet's place unless a test has another
 */
export function accessSource(
  kubeconfig: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
  folder: string = serviceAccount,
): AccessSource | undefined {
  if (kubeconfig !== undefined) return { text: kubeconfig, read: () => fromKubeconfig(kubeconfig) };
  const [host, port = '443'] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT_HTTPS']];
  if (host === undefined || host === '' || !existsSync(`${folder}/token`)) return undefined;
  const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  return {
    text: 'the service account of this pod',
    read: () => ({
      server,
      token: readText(`${folder}/token`).trim(),
      ...(existsSync(`${folder}/ca.crt`) ? { ca: readText(`${folder}/ca.crt`) } : {}),
    }),
  };
}

const text = z.string().nullish();
const kubeconfigSchema = z.object({
  'current-context': z.string().default(''),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string().default('') }) }))
    .nullish(),
  clusters: z
    .array(
      z.object({
        name: z.string(),
        cluster: z.object({
          server: z.string(),
          'certificate-authority': text,
          'certificate-authority-data': text,
          'tls-server-name': text,
          'insecure-skip-tls-verify': z.boolean().nullish(),
        }),
      }),
    )
    .nullish(),
  users: z
    .array(
      z.object({
        name: z.string(),
        user: z
          .object({
            token: text,
            tokenFile: text,
            'client-certificate': text,
            'client-certificate-data': text,
            'client-key': text,
            'client-key-data': text,
            exec: z.unknown().optional(),
            'auth-provider': z.unknown().optional(),
            username: text,
          })
          .nullish(),
      }),
    )
    .nullish(),
});

/**
 * Reads a kubeconfig: the current context's cluster and user; paths in it are relative to it (kubernetes.io, "Organizing Cluster Access Using
 * kubeconfig Files"). Token, token file and client certificate are understood; programs that are to be executed for credentials are not.
 * @throws AnchorwatchError `kubernetes.access`, which names the file and what is wrong in it
 */
export function fromKubeconfig(file: string): ClusterAccess {
  let content: unknown;
  try {
    content = yaml().parse(readText(file));
  } catch (error) {
    throw error instanceof AnchorwatchError ? error : refused(`${file} is no YAML`, error);
  }
  const config = parse(kubeconfigSchema, content, 'kubernetes.access', `${file} is no kubeconfig`);
  const wanted = config['current-context'];
  const context = config.contexts?.find(({ name }) => name === wanted)?.context;
  if (context === undefined) throw refused(`${file}: its current-context "${wanted}" is not among its contexts`);
  const cluster = config.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  if (cluster === undefined) throw refused(`${file}: the cluster "${context.cluster}" of its context is not in it`);
  if (!URL.canParse(cluster.server)) throw refused(`${file}: the server of its cluster is no URL`);
  const user = config.users?.find(({ name }) => name === context.user)?.user ?? {};
  const own = (path: string): string => readText(resolve(dirname(file), path));
  const pem = (data: string | null | undefined, path: string | null | undefined): string | undefined =>
    data ? Buffer.from(data, 'base64').toString('utf8') : path ? own(path) : undefined;
  const ca = pem(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = pem(user['client-certificate-data'], user['client-certificate']);
  const key = pem(user['client-key-data'], user['client-key']);
  const token = user.tokenFile ? own(user.tokenFile).trim() : (user.token ?? undefined);
  if (token === undefined && cert === undefined && (user.exec ?? user['auth-provider'] ?? user.username) !== undefined)
    throw refused(
      `${file}: the user "${context.user}" has neither token nor client certificate; give an agent a service account's token (tokenFile) instead of what a program or a password provides`,
    );
  return {
    server: new URL(cluster.server),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined ? {} : { token }),
    ...(cluster['tls-server-name'] ? { serverName: cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refused(`${path} cannot be read`, error);
  }
}

function refused(message: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError('kubernetes.access', message, {
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
