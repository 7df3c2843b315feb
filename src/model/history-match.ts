import type { HistoryContainer, HistoryQuery } from './history.ts';

/** Largest pid of Linux (2^22); a larger number is an execution. */
const pidMax = 4_194_304;
/** As much of a container's id as people write. */
const idPrefixMin = 12;

/** Is the owner one of those that are asked for? Behaviour that is counted for a workload as a whole is that of each of its containers. Pure. */
export function ownerMatcher(
  query: HistoryQuery,
  owners: readonly HistoryContainer[],
): (owner: HistoryContainer) => boolean {
  const { container, workload, pod } = query;
  const direct = ({ id, name, workload: of, pod: itsPod }: HistoryContainer): boolean =>
    (container === undefined ||
      id === container ||
      name === container ||
      (container.length >= idPrefixMin && id.startsWith(container))) &&
    (workload === undefined || of.id === workload || of.name === workload) &&
    (pod === undefined || itsPod === pod);
  const workloads = new Set(
    owners.filter((owner) => owner.id !== '' && direct(owner)).map((owner) => owner.workload.id),
  );
  return (owner) => (owner.id === '' ? workloads.has(owner.workload.id) || direct(owner) : direct(owner));
}

/** Are single containers asked for? Then entries of the node as a whole are no answer, but for its losses. */
export function isAboutContainers({ container, workload, pod }: HistoryQuery): boolean {
  return container !== undefined || workload !== undefined || pod !== undefined;
}

interface Body {
  readonly [key: string]: unknown;
  readonly process?: {
    readonly pid?: number;
    readonly execution?: string;
    readonly parentExecution?: string;
    readonly ancestors?: readonly { readonly pid?: number }[];
  };
}

/** What is looked for within an entry. `needles`: each is in the text of every entry that fits; undefined: nothing is looked for. */
export interface BodyMatcher {
  readonly needles: readonly string[];
  /** Call it in the order of time: what a process started belongs to it. */
  matches(json: string): boolean;
}

/** Undefined: every entry fits. */
export function bodyMatcher({ path, address, process }: HistoryQuery): BodyMatcher | undefined {
  if (path === undefined && address === undefined && process === undefined) return undefined;
  const isPath = path === undefined ? undefined : pattern(path);
  const isAddress = address === undefined ? undefined : pattern(address);
  const isProcess = process === undefined ? undefined : processMatcher(process);
  return {
    needles: [
      ...(path === undefined ? [] : [escaped(longest(path.split('*')))]),
      ...(address === undefined ? [] : [escaped(longest(address.split(/[*:]/u)))]),
    ].filter((needle) => needle !== ''),
    matches(json): boolean {
      let body: Body;
      try {
        body = JSON.parse(json) as Body;
      } catch {
        return false;
      }
      if (typeof body !== 'object' || body === null) return false;
      // First: it remembers who started whom.
      if (isProcess?.(body) === false) return false;
      if (isPath !== undefined && !pathsOf(body).some(isPath)) return false;
      return isAddress === undefined || addressesOf(body).some(isAddress);
    },
  };
}

function longest(parts: readonly string[]): string {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), '');
}

/** As it stands in JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The whole text, `*` for any. */
function pattern(text: string): (value: string) => boolean {
  if (!text.includes('*')) return (value) => value === text;
  const parts = text.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= value.length - last.length;
  };
}

function texts(...values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === 'string' && value !== '');
}

function countsOf(body: Body): readonly { readonly what: unknown; readonly key: unknown }[] {
  return Array.isArray(body['counts']) ? (body['counts'] as { what: unknown; key: unknown }[]) : [];
}

function pathsOf(body: Body): string[] {
  const known = countsOf(body).flatMap(({ what, key }) => (/^(?:exec|file|change)/u.test(String(what)) ? [key] : []));
  return texts(body['path'], body['script'], body['other'], body['text'], ...known);
}

function addressesOf(body: Body): string[] {
  const { address, port, name, addresses, resolver } = body;
  const known = countsOf(body).flatMap(({ what, key }) => (/^(?:net|dns)/u.test(String(what)) ? [key] : []));
  const full = typeof address === 'string' && typeof port === 'number' ? `${address}:${String(port)}` : undefined;
  const named = typeof name === 'string' && typeof port === 'number' ? `${name}:${String(port)}` : undefined;
  const list = Array.isArray(addresses) ? (addresses as unknown[]) : [];
  return texts(address, full, name, named, resolver, ...list, ...known);
}

function processMatcher(wanted: string): (body: Body) => boolean {
  const pid = Number(wanted);
  if (Number.isInteger(pid) && pid > 0 && pid <= pidMax)
    return ({ process, pid: of }) =>
      of === pid ||
      (process !== undefined &&
        (process.pid === pid || process.ancestors?.some((ancestor) => ancestor.pid === pid) === true));
  const executions = new Set([wanted]);
  return ({ process }) => {
    const { execution, parentExecution } = process ?? {};
    if (execution !== undefined && executions.has(execution)) return true;
    if (parentExecution === undefined || !executions.has(parentExecution)) return false;
    if (execution !== undefined && executions.size < executionsMax) executions.add(execution);
    return true;
  };
}

/** Processes of one tree that are followed. */
const executionsMax = 100_000;
