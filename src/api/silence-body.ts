import { z } from 'zod';
import { limits } from '../protocol/limits.ts';
import { parseTime } from './query.ts';
import { Problem } from './problem.ts';

const value = z.string().min(1).max(limits.nameLength);
const conditions = z.record(z.string().max(64), z.union([value, z.array(value).min(1).max(256)]));
const matcher = z.strictObject({
  name: z.string().min(1).max(64),
  value: z.string().max(limits.nameLength),
  isRegex: z.boolean().optional(),
  isEqual: z.boolean().optional(),
});
const time = z.string().max(64);

/** Body of `POST /api/v1/silences`. */
export interface SilenceBody {
  readonly match?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly matchers?: readonly Matcher[] | undefined;
  readonly from?: string | undefined;
  readonly startsAt?: string | undefined;
  readonly until?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly for?: string | undefined;
  readonly by?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
}
interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex?: boolean | undefined;
  readonly isEqual?: boolean | undefined;
}

export const silenceBodySchema: z.ZodType<SilenceBody> = z.strictObject({
  match: conditions.describe('Conditions by label, as in a routes file: all have to be fulfilled.').optional(),
  matchers: z.array(matcher).min(1).max(64).describe('The same in the form of Alertmanager.').optional(),
  from: time.describe('ISO 8601 with a zone. Default: now.').optional(),
  startsAt: time.describe('Another word for from.').optional(),
  until: time.describe('ISO 8601 with a zone. Either this or for.').optional(),
  endsAt: time.describe('Another word for until.').optional(),
  for: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/u, 'must be a duration: 30m, 12h, 7d')
    .describe('How long it holds, instead of until.')
    .optional(),
  by: value.describe('Who, where nobody has to say who they are; else it is the name of the token.').optional(),
  createdBy: value.describe('Another word for by.').optional(),
  reason: z.string().min(1).max(limits.textLength).describe('Why.').optional(),
  comment: z.string().min(1).max(limits.textLength).describe('Another word for reason.').optional(),
});

/** A silence as somebody wants it. Times are milliseconds since the epoch. */
export interface WantedSilence {
  readonly match: Readonly<Record<string, string | readonly string[]>>;
  readonly fromMs?: number | undefined;
  readonly untilMs: number;
  readonly reason: string;
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a body asks for. Throws a 400 Problem `request.invalid`. */
export function wantedSilence(body: SilenceBody, nowMs: number): WantedSilence {
  const from = timeOf('from', body.from ?? body.startsAt);
  const until = timeOf('until', body.until ?? body.endsAt);
  const lasts = body.for === undefined ? undefined : Number(body.for.slice(0, -1)) * (unitsMs[body.for.slice(-1)] ?? 0);
  const untilMs = until ?? (lasts === undefined ? undefined : (from ?? nowMs) + lasts);
  if (untilMs === undefined || (until !== undefined && lasts !== undefined))
    throw invalid('until: say either until when it holds, or for how long');
  const reason = body.reason ?? body.comment;
  if (reason === undefined) throw invalid('reason: say why, for whoever wonders why nobody was told');
  if ((body.match === undefined) === (body.matchers === undefined))
    throw invalid('match: say what is silenced, by match or by matchers');
  return { match: body.match ?? matchOf(body.matchers ?? []), fromMs: from, untilMs, reason };
}

/** Alertmanager's matchers as conditions. */
function matchOf(matchers: readonly Matcher[]): Readonly<Record<string, string>> {
  const match: Record<string, string> = {};
  for (const { name, value: text, isRegex = false, isEqual = true } of matchers) {
    if (Object.hasOwn(match, name))
      throw invalid(`matchers: there are two of ${name}; one takes several values: "a|b"`);
    match[name] = `${isEqual ? '' : '!'}${isRegex ? `/^(?:${text})$/` : text}`;
  }
  return match;
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // "1h" means an hour ago elsewhere; of a silence nobody means that.
  if (!/^\d{4}-/u.test(text)) throw invalid(`${name}: not a time such as 2026-11-23T02:10:00Z`);
  try {
    return parseTime(name, text, 0);
  } catch {
    throw invalid(`${name}: not a time such as 2026-11-23T02:10:00Z`);
  }
}

function invalid(detail: string): Problem {
  return new Problem(400, 'request.invalid', detail);
}
