/** What an advice is about. */
export const adviceSubjects = ['capabilities', 'read-only-root', 'user', 'ports', 'programs', 'network'] as const;
export type AdviceSubject = (typeof adviceSubjects)[number];

export const adviceOutcomes = ['tighten', 'fits', 'unknown'] as const;

/** Estimated share of behaviour that was seen, of starts and of steady state; null: nothing of it ever was. */
export interface CoverageByStratum {
  readonly startup: number | null;
  readonly steady: number | null;
}

/** One piece of advice on how the containers of a workload are made, with the behaviour that it rests on. */
export interface Advice {
  readonly subject: AdviceSubject;
  /**
   * `tighten`: less would do; `fits`: what there is was used, or is tight already; `unknown`: too little was seen, or it is not known how the container is
   * made, and `note` says which.
   */
  readonly outcome: (typeof adviceOutcomes)[number];
  readonly title: string;
  readonly note: string;
  /** What is granted and unused, or what was seen. */
  readonly evidence: readonly string[];
  readonly samples: { readonly startup: number; readonly steady: number };
  /** By dimension that it rests on. */
  readonly coverage: Readonly<Record<string, CoverageByStratum>>;
  /** The export that does what is advised; absent: it is done by hand, as `note` says. */
  readonly format?: string;
}

/** Advice by the check of a container that it bears on. */
const adviceOfChecks: Readonly<Record<string, AdviceSubject>> = {
  capabilities: 'capabilities',
  'net-raw': 'capabilities',
  'kernel-capabilities': 'capabilities',
  privileged: 'capabilities',
  'root-filesystem': 'read-only-root',
  'user-root': 'user',
  'ports-needed': 'ports',
  'port-address': 'ports',
  'privileged-ports': 'ports',
  'image-age': 'programs',
  'default-bridge': 'network',
  'host-network': 'network',
};

/** What advice bears on a check; undefined: none does. Pure. */
export function adviceOfCheck(check: string): AdviceSubject | undefined {
  return Object.hasOwn(adviceOfChecks, check) ? adviceOfChecks[check] : undefined;
}

/** What it rests on, in one line: `3 starts and 55 samples, coverage 0.99`. The least of the coverages at work counts. Pure. */
export function groundsOf({ samples, coverage }: Pick<Advice, 'samples' | 'coverage'>): string {
  const shares = Object.values(coverage).flatMap(({ steady, startup }) => steady ?? startup ?? []);
  const least = shares.length === 0 ? '' : `, coverage ${String(Math.floor(Math.min(...shares) * 100) / 100)}`;
  return `${String(samples.startup)} starts and ${String(samples.steady)} samples${least}`;
}
