import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTimeZone, quietUntil, wallTime, weekdays } from './quiet-hours.ts';
import type { QuietHours, Weekday } from './quiet-hours.ts';

function hours(from: string, to: string, timeZone: string, days: readonly Weekday[] = weekdays): QuietHours {
  const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { days, fromMinute: minute(from), toMinute: minute(to), timeZone };
}

const night = hours('22:00', '07:00', 'Europe/Berlin');
const until = (window: QuietHours, now: string): string | undefined => {
  const quiet = quietUntil([window], 'warning', Date.parse(now));
  return quiet === undefined ? undefined : new Date(quiet.untilMs).toISOString();
};

test.each([
  ['in the evening', night, '2026-11-23T21:30:00Z', '2026-11-24T06:00:00.000Z'],
  ['after midnight', night, '2026-11-24T02:10:30Z', '2026-11-24T06:00:00.000Z'],
  ['at its end', night, '2026-11-24T06:00:00Z', undefined],
  ['before its beginning', night, '2026-11-23T20:59:59Z', undefined],
  ['clocks are put back that night', night, '2026-10-24T21:00:00Z', '2026-10-25T06:00:00.000Z'],
  ['clocks are put forward that night', night, '2026-03-28T22:00:00Z', '2026-03-29T05:00:00.000Z'],
  [
    'the night from Friday',
    hours('22:00', '07:00', 'UTC', ['fri']),
    '2026-11-28T03:00:00Z',
    '2026-11-28T07:00:00.000Z',
  ],
  ['the night to Friday', hours('22:00', '07:00', 'UTC', ['fri']), '2026-11-27T03:00:00Z', undefined],
  ['a whole day', hours('00:00', '24:00', 'UTC', ['sun']), '2026-11-29T12:00:00Z', '2026-11-30T00:00:00.000Z'],
  [
    'from a time to the same',
    hours('12:00', '12:00', 'UTC', ['sat']),
    '2026-11-29T11:00:00Z',
    '2026-11-29T12:00:00.000Z',
  ],
  [
    'half an hour beside the hour',
    hours('22:00', '07:00', 'Asia/Kolkata'),
    '2026-11-23T17:00:00Z',
    '2026-11-24T01:30:00.000Z',
  ],
])('%s', (_, window, now, expected) => {
  expect(until(window, now)).toBe(expected);
});

test('what is severe enough is not held back', () => {
  const nowMs = Date.parse('2026-11-23T23:00:00Z');
  expect(quietUntil([{ ...night, except: 'critical' }], 'critical', nowMs)).toBeUndefined();
  expect(quietUntil([{ ...night, except: 'critical' }], 'warning', nowMs)?.window.except).toBe('critical');
});

test('a window always ends later, within a day and an hour, and the walls show its end or it has no such minute', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
    'America/Sao_Paulo',
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 1439 }),
      zone,
      fc.integer({ min: 0, max: 525_600 }),
      (fromMinute, toMinute, timeZone, minutes) => {
        const nowMs = Date.UTC(2026, 0, 1) + minutes * 60_000;
        const quiet = quietUntil([{ days: weekdays, fromMinute, toMinute, timeZone }], 'warning', nowMs);
        if (quiet === undefined) return;
        const leftMs = quiet.untilMs - nowMs;
        expect(leftMs).toBeGreaterThan(0);
        expect(leftMs).toBeLessThanOrEqual(25 * 3_600_000);
        const shown = wallTime(quiet.untilMs, timeZone).minute;
        const off = Math.min((shown - toMinute + 1440) % 1440, (toMinute - shown + 1440) % 1440);
        expect(off).toBeLessThanOrEqual(60);
      },
    ),
  );
});

test('time zones are names', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Base', '+02:00', ''].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
