import type { Severity } from '../model/alert.ts';

/** Ids by the benchmark that they are of. */
export type Sources = Readonly<Record<string, readonly string[]>>;

/** How to mend what a check finds: a flag of the Docker client, a key of Compose, a field of a pod's spec, what to do on the node. */
export interface Remedy {
  readonly docker?: string | undefined;
  readonly compose?: string | undefined;
  readonly kubernetes?: string | undefined;
  readonly host?: string | undefined;
}

/** What checks look at: a container or node by its agent; a cluster, a kubelet, a namespace or a pod's spec by the collector. */
export const checkedKinds = ['container', 'node', 'cluster', 'kubelet', 'namespace', 'pod', 'workload'] as const;
type CheckedKind = (typeof checkedKinds)[number];

/** A check as profiles/practices.yaml describes it. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** What it looks at. */
  readonly of: CheckedKind;
  /** Of a failure. */
  readonly severity: Severity;
  /** Practices that it bears on beside its own. */
  readonly also: readonly string[];
  readonly sources: Sources;
  /** What it reads. */
  readonly reads: string;
  readonly fix: Remedy;
  /** Id of the practice that it belongs to. */
  readonly practice: string;
}

export interface Practice {
  /** `D10` */
  readonly id: string;
  /** `docker-10` */
  readonly name: string;
  readonly title: string;
  readonly why: string;
  readonly sources: Sources;
  /** Practices whose checks stand for this one too. */
  readonly sameAs: readonly string[];
  readonly checks: readonly Check[];
}

/** What of a file of practices is wrong, and where. */
export interface PracticeProblem {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** The practices that are in force. */
export class Practices {
  readonly all: readonly Practice[];
  readonly benchmarks: Readonly<Record<string, string>>;
  readonly #byName: ReadonlyMap<string, Practice>;
  readonly #checks: ReadonlyMap<string, Check>;

  constructor(all: readonly Practice[], benchmarks: Readonly<Record<string, string>>) {
    this.all = all;
    this.benchmarks = benchmarks;
    this.#byName = new Map(all.flatMap((one) => [[one.id, one] as const, [one.name, one] as const]));
    this.#checks = new Map(all.flatMap(({ checks }) => checks.map((check) => [check.id, check] as const)));
  }

  /** By id or name; undefined where there is none. */
  practice(idOrName: string): Practice | undefined {
    return this.#byName.get(idOrName);
  }

  check(id: string): Check | undefined {
    return this.#checks.get(id);
  }

  get checks(): readonly Check[] {
    return [...this.#checks.values()];
  }

  /** Ids of the checks that bear on a practice: its own, those that name it, and those of the practices that stand for it. */
  checksOf(idOrName: string): readonly string[] {
    const practice = this.practice(idOrName);
    if (practice === undefined) return [];
    const ids = new Set([practice.id, ...practice.sameAs]);
    return this.checks
      .filter((check) => ids.has(check.practice) || check.also.includes(practice.id))
      .map(({ id }) => id);
  }

  /** All practices that a check bears on, its own first. */
  practicesOf(checkId: string): readonly string[] {
    const check = this.check(checkId);
    return check === undefined ? [] : [check.practice, ...check.also];
  }
}
