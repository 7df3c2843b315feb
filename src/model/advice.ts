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
