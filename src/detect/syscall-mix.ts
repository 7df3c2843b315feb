/** A window of a container's system calls, compared with the mixture of its workload. */
export interface MixWindow {
  /** `-log10 p`. */
  readonly decades: number;
  /** Calls that the workload was never seen to make. */
  readonly newCalls: readonly number[];
  /** Surprise of one of them, decades. */
  readonly newCallSurprise: number;
}

export interface MixHold {
  /** Of so many windows, the present one included, … */
  readonly spanWindows: number;
  /** … so many must be alarms. At most `spanWindows`. */
  readonly heldWindows: number;
  /** An episode is over when there was no alarm in so many windows. */
  readonly quietWindows: number;
}

/**
 * `quiet`: nothing is the matter. `alarm`: this window is strange, but it may be chance. `begins`: it held, or brought several calls that are new: this is
 * to be told. `goes-on`: it was told, and is not over.
 */
export type MixState = 'quiet' | 'alarm' | 'begins' | 'goes-on';

export interface MixJudgement {
  /** This window alone: one of 600 is so strange by chance. */
  readonly alarm: boolean;
  readonly state: MixState;
  /** Surprise of what held, decades; 0 unless the state is `begins` or `goes-on`. */
  readonly surprise: number;
  /** Calls of the span that the workload was never seen to make. */
  readonly newCalls: readonly number[];
}

/** Windows from which an alarm is worth: one of 600 is so strange by chance. */
export const alarmDecades: number = Math.log10(600);
/** So many new calls within a span are no chance, once the workload is known well enough for one to be as surprising as an alarm: what a workload does once in a while brings one or two. */
const newCallsMin = 3;

/**
 * Makes episodes of strange windows of one container. `heldWindows` strange ones of `spanWindows` are told with the p-value of Rüger (1978, "Das maximale
 * Signifikanzniveau des Tests: Lehne H0 ab, wenn k unter n gegebenen Tests zur Ablehnung führen", Metrika 25): `n/k` times the k-th smallest
 * of n p-values, valid however much the windows depend on each other. Holds `spanWindows` windows.
 */
export class MixTrack {
  readonly #hold: MixHold;
  #span: readonly MixWindow[] = [];
  #quietFor = 0;
  #open = false;

  constructor(hold: MixHold) {
    this.#hold = hold;
  }

  /** A window could not be read: what was held until now is interrupted, an open episode stays open. */
  miss(): void {
    this.#span = [];
  }

  /** The next window of the container. */
  add(window: MixWindow): MixJudgement {
    const { spanWindows, heldWindows, quietWindows } = this.#hold;
    this.#span = [...this.#span, window].slice(-spanWindows);
    const alarm = window.decades >= alarmDecades;
    const newCalls = [...new Set(this.#span.flatMap((one) => one.newCalls))];
    const ranked = this.#span.map(({ decades }) => decades).toSorted((a, b) => b - a);
    const least = ranked[heldWindows - 1] ?? 0;
    const holds = alarm && least >= alarmDecades;
    const isNews = window.newCallSurprise >= alarmDecades;
    const brings = isNews && window.newCalls.length > 0 && newCalls.length >= newCallsMin;
    const strange = alarm || brings;
    this.#quietFor = strange ? 0 : this.#quietFor + 1;
    const wasOpen = this.#open && this.#quietFor < quietWindows;
    this.#open = wasOpen || holds || brings;
    const state = this.#open ? (wasOpen ? 'goes-on' : 'begins') : alarm ? 'alarm' : 'quiet';
    if (!this.#open) return { alarm, state, surprise: 0, newCalls };
    const held = holds ? Math.max(0, least - Math.log10(spanWindows / heldWindows)) : 0;
    return { alarm, state, surprise: Math.max(held, brings ? window.newCallSurprise : 0), newCalls };
  }
}
