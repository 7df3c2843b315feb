/** Something that takes bytes from outside, and what must hold of it. */
export interface Target {
  readonly name: string;
  /** Whether a script is under test, by its path below the repository. */
  readonly covers: (path: string) => boolean;
  /** Inputs to begin with. They are made, not stored: they fit the code as it is. */
  readonly seeds: () => readonly Uint8Array[];
  /** Words that the code under test looks for. */
  readonly dictionary: readonly string[];
  /** Longest input. */
  readonly maxBytes: number;
  /** Makes a bent input fit again where bending mostly breaks what is looked at first; used for every other input. */
  readonly repair?: (bytes: Uint8Array) => Uint8Array;
  /** Throws when something does not hold. */
  readonly check: (bytes: Uint8Array) => void;
}
