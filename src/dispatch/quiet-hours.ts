import type { Severity } from '../model/alert.ts';
import { severityRank } from './labels.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Hours in which nothing is sent that can wait. */
export interface QuietHours {
  /** The days on which the window begins. */
  readonly days: readonly Weekday[];
  /** Minutes since midnight, 0 to 1440; `to` before or at `from` is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone: string;
  /** From this severity on it is sent all the same. */
  readonly except?: Severity;
}

const minuteMs = 60_000;
const dayMinutes = 1440;
const formats = new Map<string, Intl.DateTimeFormat>();

/** True for a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    // An offset is no zone: it has no summer.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Day of the week (0: Monday) and minute of the day, as clocks on the wall there show them. */
export function wallTime(nowMs: number, timeZone: string): { readonly day: number; readonly minute: number } {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(nowMs)
      .map(({ type, value }) => [type, value]),
  );
  const day = weekdays.findIndex((name) => name === parts['weekday']?.toLowerCase());
  return { day, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
}

/** Until when one of the windows holds back something of this severity, milliseconds since the epoch; undefined: none does. Pure. */
export function quietUntil(
  windows: readonly QuietHours[],
  severity: Severity,
  nowMs: number,
): { readonly untilMs: number; readonly window: QuietHours } | undefined {
  for (const window of windows) {
    if (window.except !== undefined && severityRank(severity) >= severityRank(window.except)) continue;
    const left = minutesLeft(window, nowMs);
    if (left === undefined) continue;
    const beginOfMinuteMs = Math.floor(nowMs / minuteMs) * minuteMs;
    let untilMs = beginOfMinuteMs + left * minuteMs;
    // Clocks that are put forward or back meanwhile: the window ends when the wall says so.
    const off = (wallTime(untilMs, window.timeZone).minute - window.toMinute + 2 * dayMinutes) % dayMinutes;
    if (off !== 0) untilMs -= (off > dayMinutes / 2 ? off - dayMinutes : off) * minuteMs;
    // A time that the clocks leave out never comes: ask again when the window would be over.
    return { untilMs: Math.max(untilMs, beginOfMinuteMs + minuteMs), window };
  }
  return undefined;
}

function minutesLeft({ days, fromMinute, toMinute, timeZone }: QuietHours, nowMs: number): number | undefined {
  const { day, minute } = wallTime(nowMs, timeZone);
  const begins = (on: number): boolean => days.includes(weekdays[(on + 7) % 7] ?? 'mon');
  const overnight = toMinute <= fromMinute;
  if (begins(day) && minute >= fromMinute && (overnight || minute < toMinute))
    return toMinute - minute + (overnight ? dayMinutes : 0);
  if (overnight && begins(day - 1) && minute < toMinute) return toMinute - minute;
  return undefined;
}
