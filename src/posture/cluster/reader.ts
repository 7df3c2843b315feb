import { AnchorwatchError, errorText } from '../../lib/errors.ts';
import * as objects from './objects.ts';
import { sizeOf } from './plain.ts';
import type { AnonymousAnswer, ClusterNode, ClusterReading, KubeletSettings, Read } from './reading.ts';

/** How the cluster's API is asked. */
export interface ClusterSource {
  /** GET with what we may show. Rejects with an error that has the `status` of HTTP where the API answered with a failure. */
  get(path: string, stop: AbortSignal): Promise<unknown>;
  /** GET by somebody who shows nothing: the status of the answer. Rejects when there was none. */
  getAnonymously(path: string, stop: AbortSignal): Promise<number>;
}

/** What was lost of a reading. */
export interface ReaderCounters {
  /** Objects that were of another form than the API's description has. */
  unreadable: number;
  /** Lists begun again, because they expired on the way. */
  expired: number;
}

/** Objects of one list; of longer ones nothing is said. */
const objectsMax = 50_000;
/** Text that is kept of one list, UTF-16 units. */
const textMax = 128 << 20;
const pageSize = 500;
/** Lists that expired so often are given up. */
const attemptsMax = 3;
/** Kubelets that are asked for their configuration. */
const kubeletsMax = 200;
const anonymousPaths = ['/api', '/api/v1/namespaces?limit=1', '/api/v1/pods?limit=1'];

/**
 * Reads a cluster: one consistent list after the other, in pages, so that it never has more than one page beside what it keeps. What we may not see is
 * `ok: false` with the reason. Rejects when the API cannot be asked at all, or wants to be left alone (429, 5xx).
 */
export async function readCluster(
  source: ClusterSource,
  counters: ReaderCounters,
  stop: AbortSignal,
): Promise<Omit<ClusterReading, 'auditedMs' | 'nowMs'>> {
  const list = <T>(path: string, of: (object: unknown) => T): Promise<Read<readonly T[]>> =>
    listOf(source, path, of, counters, stop);
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const version = await readOne(source, '/version', 'get version', objects.versionOf, stop);
  const nodes = await list('/api/v1/nodes', objects.nodeOf);
  return {
    ...{ version, nodes },
    namespaces: await list('/api/v1/namespaces', objects.namespaceOf),
    pods: await list('/api/v1/pods', objects.podOf),
    networkPolicies: await list('/apis/networking.k8s.io/v1/networkpolicies', objects.networkPolicyOf),
    clusterRoles: await list(`${rbac}/clusterroles`, objects.roleOf),
    roles: await list(`${rbac}/roles`, objects.roleOf),
    clusterRoleBindings: await list(`${rbac}/clusterrolebindings`, objects.bindingOf),
    roleBindings: await list(`${rbac}/rolebindings`, objects.bindingOf),
    kubelets: await kubeletsOf(source, nodes.ok ? nodes.value : [], stop),
    anonymous: await anonymousOf(source, stop),
  };
}

async function listOf<T>(
  source: ClusterSource,
  path: string,
  of: (object: unknown) => T,
  counters: ReaderCounters,
  stop: AbortSignal,
): Promise<Read<readonly T[]>> {
  const what = `list ${path.slice(path.lastIndexOf('/') + 1)}`;
  for (let attempt = 1; ; attempt++) {
    const value: T[] = [];
    let next = '';
    let unreadable = 0;
    let size = 0;
    try {
      do {
        // Without a version it is the newest state, and all pages are of the same one (kubernetes.io, "Resource versions").
        const query = new URLSearchParams({ limit: String(pageSize), ...(next === '' ? {} : { continue: next }) });
        const page = objects.pageOf(await source.get(`${path}?${query.toString()}`, stop));
        if (page.next !== '' && page.next === next)
          throw new AnchorwatchError('kubernetes.stream', `${path}: a page says that it goes on with itself`);
        next = page.next;
        for (const object of page.items) {
          try {
            const read = of(object);
            size += sizeOf(read);
            value.push(read);
          } catch {
            unreadable++;
          }
        }
        // Those of no known form count too: a list of nothing else has an end as well.
        if (value.length + unreadable > objectsMax)
          return { ok: false, why: `there are more than ${objectsMax.toLocaleString('en')}: ${what}` };
        if (size > textMax) return { ok: false, why: `they are too large to be kept: ${what}` };
      } while (next !== '');
    } catch (error) {
      if (statusOf(error) === 410 && attempt < attemptsMax) {
        counters.expired++;
        continue;
      }
      return { ok: false, why: whyOf(error, what) };
    }
    counters.unreadable += unreadable;
    return unreadable === 0
      ? { ok: true, value }
      : { ok: false, why: `${String(unreadable)} objects are of no form that is known: ${what}` };
  }
}

async function readOne<T>(
  source: ClusterSource,
  path: string,
  what: string,
  of: (object: unknown) => T,
  stop: AbortSignal,
): Promise<Read<T>> {
  try {
    return { ok: true, value: of(await source.get(path, stop)) };
  } catch (error) {
    return { ok: false, why: whyOf(error, what) };
  }
}

/** Needs `get nodes/proxy`, which is the right to do anything on a node: where it is refused once, nobody else is asked. */
async function kubeletsOf(
  source: ClusterSource,
  nodes: readonly ClusterNode[],
  stop: AbortSignal,
): Promise<ReadonlyMap<string, Read<KubeletSettings>>> {
  const kubelets = new Map<string, Read<KubeletSettings>>();
  let refused: string | undefined;
  for (const [index, { name }] of nodes.entries()) {
    if (refused !== undefined || index >= kubeletsMax) {
      kubelets.set(name, { ok: false, why: refused ?? `only ${String(kubeletsMax)} kubelets are asked` });
      continue;
    }
    try {
      const path = `/api/v1/nodes/${encodeURIComponent(name)}/proxy/configz`;
      kubelets.set(name, { ok: true, value: objects.kubeletOf(await source.get(path, stop)) });
    } catch (error) {
      stop.throwIfAborted();
      const status = statusOf(error);
      if (status === 403) refused = 'may not look: get nodes/proxy';
      if (status === 429) refused = 'the API asks to be left alone for now: get nodes/proxy';
      // A kubelet that is down is a matter of its node, and answered with 5xx.
      kubelets.set(name, {
        ok: false,
        why: refused ?? `its kubelet did not answer: ${errorText(error).slice(0, 200)}`,
      });
    }
  }
  return kubelets;
}

async function anonymousOf(source: ClusterSource, stop: AbortSignal): Promise<Read<readonly AnonymousAnswer[]>> {
  try {
    const value: AnonymousAnswer[] = [];
    for (const path of anonymousPaths) value.push({ path, status: await source.getAnonymously(path, stop) });
    return { ok: true, value };
  } catch (error) {
    stop.throwIfAborted();
    return { ok: false, why: `the API did not answer without a name: ${errorText(error).slice(0, 200)}` };
  }
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { readonly status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}

/** Why a thing could not be read. Throws what is a matter of the API as a whole: it is to be asked later. */
function whyOf(error: unknown, what: string): string {
  const status = statusOf(error);
  if (status === 403) return `may not look: ${what}`;
  if (status === 404 || status === 405) return `the API does not know it: ${what}`;
  if (status === 410) return `it changes faster than it can be read: ${what}`;
  // zod's, of an answer of another form.
  if (error instanceof Error && error.name === 'ZodError') return `an answer of another form: ${what}`;
  throw error;
}
