import { capabilities as capabilityNames } from '../model/call.ts';
import type { Container, Workload } from '../model/container.ts';
import { mergedFacts } from '../model/container-facts.ts';
import type { ContainerFacts } from '../model/container-facts.ts';
import type { PostureVerdict } from '../model/posture.ts';
import { mayHave } from './checks/privileges.ts';
import type { ImageContent } from './image-content.ts';
import type { EngineContainer, KernelContainer } from './reading.ts';

/**
 * How a container is made, by what the engine and the kernel say; the kernel where both know. Undefined where neither does. Pure.
 * @param content What its image holds; undefined: not known.
 */
export function containerFacts(
  api: EngineContainer | undefined,
  kernel: KernelContainer | undefined,
  content: ImageContent | undefined,
): ContainerFacts | undefined {
  if (api === undefined && kernel === undefined) return undefined;
  const user = api?.user ?? (kernel === undefined ? undefined : String(kernel.uid));
  const readOnlyRoot = kernel?.rootReadonly ?? api?.readonlyRoot;
  const networkMode = kernel?.hostNamespaces?.includes('net') === true ? 'host' : api?.networkMode;
  return {
    ...(user === undefined ? {} : { user }),
    ...(api === undefined ? {} : { privileged: api.privileged, ports: api.exposed }),
    capabilities: capabilityNames.filter((name, number) =>
      kernel === undefined
        ? api !== undefined && mayHave(api, name.toUpperCase())
        : ((kernel.bounding >> BigInt(number)) & 1n) === 1n,
    ),
    ...(readOnlyRoot === undefined ? {} : { readOnlyRoot }),
    writableMounts: writableMounts(api, kernel),
    ...(networkMode === undefined ? {} : { networkMode }),
    ...(content === undefined ? {} : { programs: content.programs, packages: content.packages }),
  };
}

function writableMounts(api: EngineContainer | undefined, kernel: KernelContainer | undefined): readonly string[] {
  const points =
    api === undefined
      ? (kernel?.mounts ?? [])
          .filter(({ point, readonly }) => !readonly && !/^\/(?:$|proc(?:\/|$)|sys(?:\/|$)|dev(?:\/|$))/u.test(point))
          .map(({ point }) => point)
      : [...api.mounts.filter(({ writable }) => writable).map(({ destination }) => destination), ...api.tmpfs];
  return [...new Set(points)].toSorted();
}

interface Kept {
  readonly facts: ContainerFacts;
  /** All but the programs and packages, which are the same object for all containers of an image. */
  readonly text: string;
}

interface Group {
  readonly workload: Workload;
  readonly containers: Map<string, Kept>;
  told: PostureVerdict | undefined;
}

/** How the containers of each workload on this node are made. One entry for each container that was looked at. */
export class WorkloadFacts {
  readonly #groups: Map<string, Group> = new Map();
  /** Workload by container. */
  readonly #workloads: Map<string, string> = new Map();

  /** All that hold now. */
  verdicts(): readonly PostureVerdict[] {
    return [...this.#groups.values()].flatMap(({ told }) => told ?? []);
  }

  /** A container was looked at; answers what is to be told of its workload, if that changed. */
  looked({ id, workload }: Container, facts: ContainerFacts | undefined, nowMs: number): PostureVerdict | undefined {
    if (facts === undefined) return undefined;
    const { programs, packages, ...rest } = facts;
    const text = JSON.stringify(rest);
    const group = this.#groups.get(workload.id) ?? { workload, containers: new Map<string, Kept>(), told: undefined };
    const before = group.containers.get(id);
    if (before?.text === text && before.facts.programs === programs && before.facts.packages === packages)
      return undefined;
    this.#groups.set(workload.id, group);
    this.#workloads.set(id, workload.id);
    group.containers.set(id, { facts, text });
    return merge(group, nowMs);
  }

  /** A container ended: answers what is to be told of its workload, if that changed; `gone`: it was the last. */
  ended(
    containerId: string,
    nowMs: number,
  ): { readonly verdict?: PostureVerdict | undefined; readonly gone?: string | undefined } {
    const id = this.#workloads.get(containerId) ?? '';
    const group = this.#groups.get(id);
    this.#workloads.delete(containerId);
    if (group === undefined) return {};
    group.containers.delete(containerId);
    if (group.containers.size > 0) return { verdict: merge(group, nowMs) };
    this.#groups.delete(id);
    return { gone: id };
  }
}

/** Undefined where it is as it was. */
function merge(group: Group, nowMs: number): PostureVerdict | undefined {
  const { workload, containers, told } = group;
  const facts = mergedFacts([...containers.values()].map((one) => one.facts));
  if (facts === undefined || JSON.stringify(facts) === JSON.stringify(told?.facts)) return undefined;
  group.told = { workload, timeMs: nowMs, outcomes: [], passed: [], facts };
  return group.told;
}
