import { posix } from 'node:path';
import { maskText } from '../lib/mask.ts';
import type { Container } from '../model/container.ts';
import type { LifecycleAction } from '../model/event.ts';

export interface Lifecycle {
  readonly action: LifecycleAction;
  readonly detail: string;
}

/** Paths of the node that no ordinary container is given; what lies below `deep` ones counts too. */
const sensitivePaths: readonly { readonly path: string; readonly deep: boolean }[] = [
  { path: '/', deep: false },
  { path: '/boot', deep: true },
  { path: '/dev', deep: false },
  { path: '/etc', deep: false },
  { path: '/etc/kubernetes', deep: true },
  { path: '/etc/cron.d', deep: true },
  { path: '/home', deep: false },
  { path: '/lib', deep: true },
  { path: '/lib/modules', deep: true },
  { path: '/proc', deep: true },
  { path: '/root', deep: true },
  { path: '/run', deep: false },
  { path: '/sys', deep: true },
  { path: '/usr', deep: false },
  { path: '/usr/bin', deep: true },
  { path: '/var', deep: false },
  { path: '/var/lib/docker', deep: true },
  { path: '/var/lib/containerd', deep: true },
  { path: '/var/lib/kubelet', deep: true },
  { path: '/var/log', deep: false },
  { path: '/var/run', deep: false },
];

/** Longest path on Linux. */
const programLengthMax = 4096;

const engineSocket = /\/(?:docker|podman|containerd|crio|cri-dockerd)(?:\/\w+)?\.sock$/;

/** What a container's configuration says at its start. Pure. */
export function startFindings(container: Container): readonly Lifecycle[] {
  const out: Lifecycle[] = [];
  if (container.privileged) out.push({ action: 'privileged-start', detail: '' });
  for (const namespace of container.hostNamespaces) out.push({ action: 'host-namespace-start', detail: namespace });
  for (const detail of container.weakenings ?? []) out.push({ action: 'isolation-weakened', detail });
  for (const { type, source, readOnly } of container.mounts) {
    if (engineSocket.test(source)) out.push({ action: 'engine-socket-mount', detail: source });
    else if (type === 'bind' && isSensitive(source))
      out.push({ action: 'host-path-mount', detail: readOnly ? `${source} (read-only)` : source });
  }
  return out;
}

/**
 * What an engine event says about a container; undefined for everything that is not a finding of its own.
 * @param action `Action` of the event, as the Docker Engine API has it (`exec_create: sh -c id`, `archive-path`, …)
 * @param healthcheck command line of the container's health check, whose executions are the engine's own; empty without one
 */
export function eventFinding(action: string, healthcheck: readonly string[]): Lifecycle | undefined {
  const colon = action.indexOf(':');
  const name = colon < 0 ? action : action.slice(0, colon);
  const rest = colon < 0 ? '' : action.slice(colon + 1).trim();
  switch (name) {
    case 'exec_create':
      if (healthcheck.length > 0 && rest === healthcheck.join(' ').trim()) return undefined;
      // The rest of the command line may hold secrets, and so may what was meant to be set before the program (`TOKEN=x sh`).
      return { action: 'exec-create', detail: maskText(rest.split(/\s/)[0] ?? '').slice(0, programLengthMax) };
    case 'attach':
      return { action: 'attach', detail: '' };
    case 'archive-path':
      return { action: 'archive', detail: 'out' };
    case 'extract-to-dir':
      return { action: 'archive', detail: 'in' };
    case 'commit':
      return { action: 'image-made', detail: '' };
    case 'export':
      return { action: 'exported', detail: '' };
    case 'oom':
      return { action: 'oom', detail: '' };
    default:
      return undefined;
  }
}

function isSensitive(source: string): boolean {
  const path = posix.normalize(source).replace(/(?<=.)\/$/, '');
  return sensitivePaths.some((entry) => path === entry.path || (entry.deep && path.startsWith(`${entry.path}/`)));
}

/** Deaths with a failure within this time make a restart loop, when there are `restartLoopDeaths` of them. */
const restartLoopMs = 5 * 60_000;
const restartLoopDeaths = 3;
const workloadsMax = 4096;
/** A container that ends within this time of a signal that the engine was asked to send did not fail. */
const askedMs = 60_000;

/** What a workload did over time: restart loops and changes of its image. Bounded; what was heard of longest ago is forgotten first. */
export class WorkloadHistory {
  readonly #deaths: Map<string, number[]> = new Map();
  readonly #digests: Map<string, string> = new Map();
  readonly #signalled: Map<string, number> = new Map();

  /** The engine was asked to signal a container, to stop or restart it perhaps. */
  signalled(containerId: string, timeMs: number): void {
    remember(this.#signalled, containerId, timeMs);
  }

  /** True when somebody asked for the end of a container. */
  wasAsked(containerId: string, timeMs: number): boolean {
    const signalledMs = this.#signalled.get(containerId);
    return signalledMs !== undefined && timeMs >= signalledMs && timeMs - signalledMs <= askedMs;
  }

  /** A container ended with a failure. True when that makes a restart loop; then counting begins anew. */
  died(workloadId: string, timeMs: number): boolean {
    const recent = (this.#deaths.get(workloadId) ?? []).filter((death) => timeMs - death < restartLoopMs);
    recent.push(timeMs);
    const looping = recent.length >= restartLoopDeaths;
    remember(this.#deaths, workloadId, looping ? [] : recent);
    return looping;
  }

  /** A container started from this image; an empty digest is none. True when the workload ran another one before. */
  started(workloadId: string, digest: string): boolean {
    if (digest === '') return false;
    const before = this.#digests.get(workloadId);
    remember(this.#digests, workloadId, digest);
    return before !== undefined && before !== digest;
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > workloadsMax) for (const oldest of map.keys()) return void map.delete(oldest);
}
