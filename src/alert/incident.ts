import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';

/** What the grouping looks at in an alert. */
export interface Sighting {
  readonly containerId: string;
  /** When the event happened, milliseconds since the epoch. */
  readonly timeMs: number;
  /** See `lineageOf`. */
  readonly lineage: readonly string[];
}

/** An incident that alerts may still join. */
export interface OpenIncident {
  readonly id: string;
  readonly containerId: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Lineages of its alerts, together. */
  readonly lineage: ReadonlySet<string>;
}

export interface GroupOptions {
  /** An alert of the same process tree joins an incident that was quiet for no longer than this. */
  readonly quietMs: number;
  /** An alert of another process tree, or of none, of the same container joins within this time. At most `quietMs`. */
  readonly nearMs: number;
  /** Nothing joins an incident after this long: what goes on is another incident. */
  readonly longestMs: number;
  /** Incidents that alerts may join; the one that was quiet longest is let go first. */
  readonly capacity: number;
  /** Elements of one incident's lineage; later ones are left out. */
  readonly lineageMax: number;
}

const defaultGrouping: GroupOptions = {
  quietMs: 900_000,
  nearMs: 120_000,
  longestMs: 86_400_000,
  capacity: 256,
  lineageMax: 128,
};

/** The usual bounds, for incidents that are over when they were quiet for `quietMs`. */
export function groupingOf(quietMs: number = defaultGrouping.quietMs): GroupOptions {
  return { ...defaultGrouping, quietMs, nearMs: Math.min(quietMs, defaultGrouping.nearMs) };
}

/**
 * `joins-tree`: a process below the container's first one is common to both. `joins-near`: no such process is known, but both are of
 * one container and close in time. `opens`: the container has no open incident. `elsewhere`: what is open there is of another process tree and
 * not close. `too-old`: the process tree has an incident that was quiet for too long. `too-long`: it has one that lasts too long already.
 */
export type Grouping =
  | { readonly reason: 'joins-tree' | 'joins-near'; readonly incident: OpenIncident }
  | { readonly reason: 'opens' | 'elsewhere' | 'too-old' | 'too-long' };

/**
 * Which of the open incidents an alert belongs to. A common process tree is worth more than closeness; among equals the one that was active
 * last wins. Pure.
 */
export function group(open: Iterable<OpenIncident>, sighting: Sighting, options: GroupOptions): Grouping {
  let best: { readonly incident: OpenIncident; readonly tree: boolean } | undefined;
  let refusal: 'opens' | 'elsewhere' | 'too-old' | 'too-long' = 'opens';
  for (const incident of open) {
    if (incident.containerId !== sighting.containerId) continue;
    const tree = sighting.lineage.some((element) => incident.lineage.has(element));
    const { firstMs, lastMs } = incident;
    // Records of several processors may come out of order: what is earlier than the incident is as close as what is later.
    const apartMs = Math.max(0, sighting.timeMs - lastMs, firstMs - sighting.timeMs);
    const spanMs = Math.max(lastMs, sighting.timeMs) - Math.min(firstMs, sighting.timeMs);
    if (apartMs > (tree ? options.quietMs : options.nearMs)) {
      if (tree) refusal = 'too-old';
      else if (refusal === 'opens') refusal = 'elsewhere';
    } else if (spanMs > options.longestMs) refusal = 'too-long';
    else if (best === undefined || (tree && !best.tree) || (tree === best.tree && lastMs > best.incident.lastMs))
      best = { incident, tree };
  }
  if (best === undefined) return { reason: refusal };
  return { reason: best.tree ? 'joins-tree' : 'joins-near', incident: best.incident };
}

/** What the grouping needs to know of an event that an alert is raised for. Pure. */
export function sightingOf(event: Event, container: Pick<Container, 'id' | 'pid'>): Sighting {
  return { containerId: container.id, timeMs: event.timeMs, lineage: lineageOf(event, container) };
}

/**
 * What two alerts of one process tree have in common: the pids of the process and its ancestors below the container's first process, and the
 * executions (model/event.ts) of the process and of what started it. Executions survive what pids do not: a process that was forked
 * twice and given to the first process. The first process and its program are left out, everything in the container is below them. Pure.
 */
export function lineageOf({ process, ...event }: Event, { pid: firstPid }: Pick<Container, 'pid'>): readonly string[] {
  if (process === undefined) return [];
  const root = process.ancestors.at(-1);
  const isFirst = (pid: number): boolean => (firstPid === 0 ? pid === root?.pid : pid === firstPid);
  const lineage = [process.pid, ...process.ancestors.map(({ pid }) => pid)]
    .filter((pid) => !isFirst(pid))
    .map((pid) => `process ${pid}`);
  // A program that forks keeps its execution: workers have that of the first process.
  const firstExe = root !== undefined && isFirst(root.pid) ? root.exe : undefined;
  const { execution = '', parentExecution = '' } = process;
  if (execution !== '' && !isFirst(process.pid) && process.exe !== firstExe) lineage.push(`execution ${execution}`);
  const starter = event.kind === 'exec' ? event.parentExe : (process.ancestors[0]?.exe ?? '');
  if (parentExecution !== '' && starter !== '' && starter !== firstExe) lineage.push(`execution ${parentExecution}`);
  return lineage;
}

interface Kept extends OpenIncident {
  firstMs: number;
  lastMs: number;
  readonly lineage: Set<string>;
}

/**
 * The incidents of a node that alerts may join. At most `capacity` of them with `lineageMax` elements of lineage each (some 4 MB if all
 * were full; ten open incidents take a few kilobytes). Time is passed in.
 */
export class Incidents {
  readonly #options: GroupOptions;
  /** By id, the one that was active last at the end. */
  readonly #open: Map<string, Kept> = new Map();
  #forgotten = 0;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  /** Incidents that could still have been joined and were let go, because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Finds the incident of a new alert, or opens one: it has the id of the alert that opened it. */
  assign(alertId: string, sighting: Sighting): { readonly id: string; readonly reason: Grouping['reason'] } {
    const grouping = group(this.#open.values(), sighting, this.#options);
    const id = 'incident' in grouping ? grouping.incident.id : alertId;
    const { containerId, timeMs, lineage } = sighting;
    const kept = this.#open.get(id) ?? { id, containerId, firstMs: timeMs, lastMs: timeMs, lineage: new Set() };
    for (const element of lineage) if (kept.lineage.size < this.#options.lineageMax) kept.lineage.add(element);
    this.#active(kept, timeMs);
    this.#bound(timeMs);
    return { id, reason: grouping.reason };
  }

  /** An alert of the incident was seen again. */
  again(id: string | undefined, timeMs: number): void {
    const kept = this.#open.get(id ?? '');
    if (kept !== undefined) this.#active(kept, timeMs);
  }

  #active(kept: Kept, timeMs: number): void {
    kept.firstMs = Math.min(kept.firstMs, timeMs);
    kept.lastMs = Math.max(kept.lastMs, timeMs);
    this.#open.delete(kept.id);
    this.#open.set(kept.id, kept);
  }

  #bound(nowMs: number): void {
    for (const [id, { lastMs }] of this.#open) {
      const over = nowMs - lastMs > this.#options.quietMs;
      if (!over && this.#open.size <= this.#options.capacity) return;
      this.#open.delete(id);
      if (!over) this.#forgotten++;
    }
  }
}
