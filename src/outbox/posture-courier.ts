import type { ContainerFacts } from '../model/container-facts.ts';
import { workloadSubject } from '../model/posture.ts';
import type { PostureVerdict } from '../model/posture.ts';
import type { VulnerabilityList } from '../model/vulnerability.ts';
import { postureChecksMax, postureVerdictsMax } from '../protocol/posture-schema.ts';
import type { PostureReport } from '../protocol/posture-schema.ts';
import type { Companion, CompanionMessage, SendBack } from './companion.ts';

/** Bytes of JSON of one message: well below what the protocol takes, so that alerts wait behind little. */
const bytesMax = 262_144;
/** A message that was not answered is sent again, with all the others. */
const answerMs = 30_000;
/** Between two changes that are sent: what comes together goes together. */
const gatherMs = 250;
/** With nothing else to say, that all is as it was. */
const stillMs = 600_000;
/** After the collector could not store it. */
const failedMs = 10_000;

/**
 * Brings what the checks of practices say to a collector that takes it: everything after each connection, then what changed, one message at a time. What
 * waits is at most the subject of each verdict, once; the verdict is taken when it is sent. Nothing is kept across connections.
 */
export class PostureCourier implements Companion {
  readonly accepts: readonly string[] = [];
  readonly #verdicts: () => readonly PostureVerdict[];
  #send: SendBack | undefined;
  #last = 0;
  #awaited: number | undefined;
  /** The full report, as far as it is still to be sent; undefined: it was. */
  #rest: PostureVerdict[] | undefined;
  #isFirst = false;
  #takesFacts = false;
  readonly #changed: Map<string, PostureVerdict> = new Map();
  readonly #gone: Set<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  /** @param verdicts All that hold now. */
  constructor(verdicts: () => readonly PostureVerdict[]) {
    this.#verdicts = verdicts;
  }

  opened(accepts: readonly string[], send: SendBack): void {
    if (!accepts.includes('posture')) return;
    this.#send = send;
    this.#takesFacts = accepts.includes('posture-facts');
    this.#last = 0;
    this.#startOver();
  }

  /** There is another verdict. */
  changed(verdict: PostureVerdict): void {
    if (this.#send === undefined || !this.#takes(verdict)) return;
    this.#gone.delete(subjectOf(verdict));
    this.#changed.set(subjectOf(verdict), verdict);
    this.#soon();
  }

  /** A container ended, or the last of a workload. */
  gone(subject: string): void {
    if (this.#send === undefined) return;
    this.#changed.delete(subject);
    this.#gone.add(subject);
    this.#soon();
  }

  #takes({ facts }: PostureVerdict): boolean {
    return facts === undefined || this.#takesFacts;
  }

  take(message: CompanionMessage): void {
    if (message.type !== 'posture-kept' || message.id !== this.#awaited) return;
    this.#awaited = undefined;
    clearTimeout(this.#timer);
    if (message.outcome === 'stored') this.#pump();
    else this.#timer = setTimeout(() => this.#startOver(), failedMs);
  }

  ended(): void {
    clearTimeout(this.#timer);
    this.#send = undefined;
    this.#awaited = undefined;
    this.#rest = undefined;
    this.#changed.clear();
    this.#gone.clear();
  }

  #startOver(): void {
    this.#awaited = undefined;
    this.#rest = this.#verdicts().filter((verdict) => this.#takes(verdict));
    this.#isFirst = true;
    this.#changed.clear();
    this.#gone.clear();
    this.#pump();
  }

  #soon(): void {
    if (this.#awaited !== undefined || this.#rest !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), gatherMs);
  }

  #pump(): void {
    if (this.#send === undefined || this.#awaited !== undefined) return;
    if (this.#rest !== undefined) {
      const verdicts = shift(this.#rest);
      const last = this.#rest.length === 0;
      if (last) this.#rest = undefined;
      this.#tell({ first: this.#isFirst, last, verdicts, gone: [] });
      this.#isFirst = false;
      return;
    }
    if (this.#changed.size + this.#gone.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(
        () => this.#tell({ first: false, last: false, verdicts: [], gone: [] }),
        stillMs,
      ).unref();
      return;
    }
    const waiting = [...this.#changed.values()];
    const verdicts = shift(waiting);
    for (const verdict of verdicts) this.#changed.delete(subjectOf(verdict));
    const gone = [...this.#gone].slice(0, 1000);
    for (const id of gone) this.#gone.delete(id);
    this.#tell({ first: false, last: false, verdicts, gone });
  }

  #tell(report: Omit<PostureReport, 'type' | 'id'>): void {
    clearTimeout(this.#timer);
    this.#last += 1;
    this.#awaited = this.#last;
    this.#send?.({ type: 'posture', id: this.#last, ...report });
    this.#timer = setTimeout(() => this.#startOver(), answerMs);
  }
}

function subjectOf({ container, workload }: PostureVerdict): string {
  return container?.id ?? (workload === undefined ? '' : workloadSubject(workload.id));
}

/** Takes as many from the front as fit one message; at least one, where there is one. */
function shift(waiting: PostureVerdict[]): readonly PostureVerdict[] {
  const taken: PostureVerdict[] = [];
  let bytes = 0;
  for (let next = waiting[0]; next !== undefined && taken.length < postureVerdictsMax; next = waiting[0]) {
    const fitted = fit(next);
    bytes += Buffer.byteLength(JSON.stringify(fitted));
    if (bytes > bytesMax && taken.length > 0) break;
    taken.push(fitted);
    waiting.shift();
  }
  return taken;
}

const shortMax = 512;

/** Under the bounds of the protocol. */
function fit({ container, outcomes, passed, vulnerabilities, facts, ...rest }: PostureVerdict): PostureVerdict {
  const short = (text: string): string => text.slice(0, shortMax);
  return {
    ...rest,
    ...(vulnerabilities === undefined ? {} : { vulnerabilities: fitList(vulnerabilities) }),
    ...(facts === undefined ? {} : { facts: fitFacts(facts) }),
    ...(container === undefined
      ? {}
      : {
          container: {
            ...container,
            ...{ name: short(container.name), image: short(container.image), digest: short(container.digest) },
          },
        }),
    outcomes: outcomes.slice(0, postureChecksMax).map(({ check, result, note, evidence }) => ({
      ...{ check, result, note: short(note) },
      evidence: evidence.slice(0, 8).map(({ field, value }) => ({ field: short(field), value: short(value) })),
    })),
    passed: passed.slice(0, postureChecksMax),
  };
}

function fitList({ items, ...rest }: VulnerabilityList): VulnerabilityList {
  const short = (text: string): string => text.slice(0, shortMax);
  return {
    ...rest,
    items: items.map((one) => ({ ...one, evidence: short(one.evidence) })),
  };
}

const namesMax = 1024;

/** Of the programs and packages of a workload, as JSON; of more than that nothing is told. */
const contentBytesMax = 400_000;

function fitFacts({ programs, packages, ...facts }: ContainerFacts): ContainerFacts {
  const few = (texts: readonly string[]): readonly string[] =>
    texts.filter((text) => text.length <= shortMax).slice(0, namesMax);
  const { user, networkMode, capabilities, writableMounts, ports } = facts;
  const isSmall = Buffer.byteLength(JSON.stringify([programs, packages])) <= contentBytesMax;
  return {
    ...facts,
    ...(programs === undefined || !isSmall ? {} : { programs }),
    ...(packages === undefined || !isSmall ? {} : { packages }),
    ...(user === undefined ? {} : { user: user.slice(0, shortMax) }),
    ...(networkMode === undefined ? {} : { networkMode: networkMode.slice(0, shortMax) }),
    ...(capabilities === undefined ? {} : { capabilities: few(capabilities) }),
    ...(writableMounts === undefined ? {} : { writableMounts: few(writableMounts) }),
    ...(ports === undefined ? {} : { ports: few(ports) }),
  };
}
