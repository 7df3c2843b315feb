/**
 * What may come in a burst: programs started within five seconds, processes and threads, bytes of memory, cores of a process that only computes, sockets that are
 * held without use, connections begun, programs ended by signals, files made and descriptors used up within five seconds.
 */
export const burstNames = [
  'exec',
  'pids',
  'memory',
  'cpu',
  'sockets',
  'connect',
  'kill',
  'create',
  'descriptors',
] as const;

export type BurstName = (typeof burstNames)[number];

interface BurstKind {
  /** Smaller values are never told. */
  readonly speaksFrom: number;
  /** Nor are those that are not so many times as high as what was seen before. */
  readonly times: number;
  /** Over for so long it may come back, which is told again. */
  readonly returnMs: number;
}

/** Looked at every second. */
const overMs = 10_000;
/** Processes of a container that stays busy are looked at seldom. */
const seldomMs = 60_000;

/** One process that only computes is news where none did before, whatever its share of a core. */
export const burstKinds: Readonly<Record<BurstName, BurstKind>> = {
  exec: { speaksFrom: 150, times: 4, returnMs: overMs },
  pids: { speaksFrom: 150, times: 4, returnMs: overMs },
  memory: { speaksFrom: 256 << 20, times: 4, returnMs: overMs },
  cpu: { speaksFrom: 0.05, times: 0, returnMs: seldomMs },
  sockets: { speaksFrom: 256, times: 4, returnMs: overMs },
  connect: { speaksFrom: 600, times: 8, returnMs: overMs },
  kill: { speaksFrom: 5, times: 2, returnMs: overMs },
  create: { speaksFrom: 1000, times: 8, returnMs: overMs },
  descriptors: { speaksFrom: 500, times: 8, returnMs: overMs },
};

/** The highest that a workload was seen with, and when. */
export interface Level {
  readonly value: number;
  readonly timeMs: number;
}

/** What an alert was raised for; `about`: the program, where one is known. */
export interface ToldBurst extends Level {
  readonly name: BurstName;
  readonly about: string;
  readonly denied: boolean;
  /** When it was seen last, and how long it has to be quiet to be told anew when it comes back; states of earlier releases have neither. */
  readonly lastMs?: number;
  readonly returnMs?: number;
}

/** What is remembered of the bursts of a workload, as it is stored. */
export interface StoredBursts {
  /** When the workload was measured first, and for how long since, milliseconds. */
  readonly sinceMs: number;
  readonly watchedMs: number;
  readonly levels: Readonly<Partial<Record<BurstName, Level>>>;
  readonly told: readonly ToldBurst[];
  /** Alerts that were raised so far, without those that were denied; states of earlier releases have none. */
  readonly raised?: Readonly<Partial<Record<BurstName, number>>>;
}

/** `usual`: as seen before, or too small to tell. `new`: to be judged. `back`: as well; an alert was raised for it before, and that was over. `goes-on`: of what an alert was raised for. */
export type BurstNews = 'usual' | 'new' | 'back' | 'goes-on';

/** What raised an alert is the workload's own after this time, unless somebody accepts it before or denies it. */
const adoptMs = 86_400_000;
/** Alerts that are remembered of a workload. */
const toldMax = 16;
/** So many times as high as what was told is another alert. */
const anotherTimes = 2;
/** What comes back is another alert only after so many times as long a quiet as the last time: what a job does every so often is told a few times at most. */
const returnFactor = 8;

/**
 * How high a workload went within seconds, in all its containers. Rates (rate-model.ts) need hours to say what is unusual; this knows one thing only, the
 * highest that was seen, and so can speak about a young workload too: about what is many times that, and matters to a node. A level counts half after
 * the half-life. Pure but for its state; some 100 bytes.
 */
export class BurstLevels {
  readonly #halfLifeMs: number;
  readonly #sinceMs: number;
  #watchedMs: number;
  readonly #levels: Map<BurstName, Level>;
  #told: readonly ToldBurst[];
  readonly #raised: Map<BurstName, number>;

  constructor(halfLifeMs: number, timeMs: number, stored?: StoredBursts) {
    this.#halfLifeMs = halfLifeMs;
    this.#sinceMs = stored?.sinceMs ?? timeMs;
    this.#watchedMs = stored?.watchedMs ?? 0;
    this.#levels = new Map(Object.entries(stored?.levels ?? {}) as [BurstName, Level][]);
    this.#told = stored?.told ?? [];
    this.#raised = new Map(Object.entries(stored?.raised ?? {}) as [BurstName, number][]);
  }

  get stored(): StoredBursts {
    const levels = Object.fromEntries(this.#levels);
    const raised = Object.fromEntries(this.#raised);
    return { sinceMs: this.#sinceMs, watchedMs: this.#watchedMs, levels, told: this.#told, raised };
  }

  /** For how long it was watched, milliseconds. */
  get watchedMs(): number {
    return this.#watchedMs;
  }

  /** Alerts that were raised for bursts of the kind, without those that were denied: as far as is known, false ones. */
  raised(name: BurstName): number {
    return this.#raised.get(name) ?? 0;
  }

  watched(lengthMs: number): void {
    this.#watchedMs += lengthMs;
  }

  /** The highest that is remembered; 0: none. */
  highest(name: BurstName, timeMs: number): number {
    const level = this.#levels.get(name);
    return level === undefined ? 0 : level.value * 2 ** (Math.min(0, level.timeMs - timeMs) / this.#halfLifeMs);
  }

  /** What is to be thought of a value. Changes nothing. */
  news(name: BurstName, value: number, timeMs: number, about = ''): BurstNews {
    const { speaksFrom, times } = burstKinds[name];
    const highest = this.highest(name, timeMs);
    if (value < speaksFrom || value < times * highest || (times === 0 && highest > 0)) return 'usual';
    const told = this.#told.find((one) => one.name === name && one.about === about);
    if (told === undefined || timeMs - told.timeMs >= adoptMs) return 'new';
    if (!told.denied && timeMs - (told.lastMs ?? told.timeMs) > (told.returnMs ?? burstKinds[name].returnMs))
      return 'back';
    return times > 0 && value >= anotherTimes * told.value ? 'new' : 'goes-on';
  }

  /** An alert was raised for it, and is remembered. */
  wasTold(name: BurstName, about = ''): boolean {
    return this.#told.some((one) => one.name === name && one.about === about);
  }

  /** What was told is still there. */
  goesOn(name: BurstName, timeMs: number, about = ''): void {
    this.#told = this.#told.map((one) => (one.name === name && one.about === about ? { ...one, lastMs: timeMs } : one));
  }

  /** The value belongs to the workload. False: that was known. */
  learn(name: BurstName, value: number, timeMs: number): boolean {
    if (value <= this.highest(name, timeMs)) return false;
    this.#levels.set(name, { value, timeMs });
    return true;
  }

  /** An alert was raised for the value. */
  tell(name: BurstName, value: number, timeMs: number, about = ''): void {
    const isSame = (one: ToldBurst): boolean => one.name === name && one.about === about;
    const [before, others] = [this.#told.find(isSame), this.#told.filter((one) => !isSame(one))];
    const { returnMs } = burstKinds[name];
    const again = before === undefined ? returnMs : (before.returnMs ?? returnMs) * returnFactor;
    const told = { name, about, value: Math.max(value, before?.value ?? 0), denied: false, returnMs: again };
    // The day after which it is the workload's own begins with the first.
    this.#told = [...others, { ...told, timeMs: before?.timeMs ?? timeMs, lastMs: timeMs }].slice(-toldMax);
    this.#raised.set(name, this.raised(name) + 1);
  }

  /** What was told more than a day ago and was not denied belongs to the workload. True: something did. */
  adopt(timeMs: number): boolean {
    const due = this.#told.filter((told) => timeMs - told.timeMs >= adoptMs);
    if (due.length === 0) return false;
    this.#told = this.#told.filter((told) => !due.includes(told));
    for (const { name, value, denied } of due) if (!denied) this.learn(name, value, timeMs);
    return true;
  }

  /** What was told last belongs to the workload (`accept`), or does not (`deny`). False: nothing was told. */
  decide(name: BurstName, verdict: 'accept' | 'deny', timeMs: number): boolean {
    const told = this.#told.filter((one) => one.name === name);
    if (told.length === 0) return false;
    const others = this.#told.filter((one) => one.name !== name);
    this.#told = verdict === 'deny' ? [...others, ...told.map((one) => ({ ...one, denied: true }))] : others;
    const justified = verdict === 'deny' ? told.filter(({ denied }) => !denied).length : 0;
    this.#raised.set(name, Math.max(0, this.raised(name) - justified));
    if (verdict === 'accept') for (const { value } of told) this.learn(name, value, timeMs);
    return true;
  }
}

/** Undefined for what is no stored state: it is learned anew. */
export function parseBursts(state: unknown): StoredBursts | undefined {
  if (!isRecord(state)) return undefined;
  const { sinceMs, watchedMs, levels, told, raised = {} } = state;
  if (!isAmount(sinceMs) || !isAmount(watchedMs) || !isRecord(levels) || !Array.isArray(told)) return undefined;
  const isLevel = (name: unknown, level: unknown): level is Readonly<Record<string, unknown>> =>
    burstNames.some((one) => one === name) && isRecord(level) && isAmount(level['value']) && isAmount(level['timeMs']);
  if (!Object.entries(levels).every(([name, level]) => isLevel(name, level))) return undefined;
  if (!isRecord(raised) || !Object.values(raised).every(isAmount)) return undefined;
  const isTold = (one: unknown): boolean =>
    isRecord(one) &&
    isLevel(one['name'], one) &&
    typeof one['about'] === 'string' &&
    typeof one['denied'] === 'boolean';
  if (!(told as readonly unknown[]).every(isTold)) return undefined;
  return state as unknown as StoredBursts;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
