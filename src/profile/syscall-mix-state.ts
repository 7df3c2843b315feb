import { callsMax } from './syscall-mix.ts';
import type { StoredMix, StoredWindow } from './syscall-mix.ts';

/** What is known of a workload's system calls, as it is stored. */
export interface StoredMixState {
  readonly mix: StoredMix;
  /** Slices that were strange alone, and episodes: how often one follows from the other. */
  readonly alarms: number;
  readonly episodes: number;
}

/** A state as it was saved; undefined for anything else: what is damaged is learned anew. Pure. */
export function parseMixState(state: unknown): StoredMixState | undefined {
  if (!isRecord(state)) return undefined;
  const { alarms, episodes } = state;
  const mix = parseMix(state['mix']);
  return mix !== undefined && isCount(alarms) && isCount(episodes) ? { mix, alarms, episodes } : undefined;
}

function parseMix(state: unknown): StoredMix | undefined {
  if (!isRecord(state)) return undefined;
  const { learned, incidence, windows } = state;
  if (!isCount(learned) || !isPairs(incidence) || !Array.isArray(windows)) return undefined;
  const parsed: StoredWindow[] = [];
  for (const window of windows as unknown[]) {
    if (!isRecord(window) || !isCount(window['sample']) || !isPairs(window['counts'])) return undefined;
    parsed.push({ sample: window['sample'], counts: window['counts'] });
  }
  return { learned, incidence, windows: parsed };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** `[call, count, …]`, each call once. */
function isPairs(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length % 2 !== 0 || value.length > 2 * callsMax || !value.every(isCount))
    return false;
  const calls = value.filter((_, at) => at % 2 === 0);
  return new Set(calls).size === calls.length && calls.every((call) => Number.isInteger(call) && call < callsMax);
}
