import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ChainPosition, ChainProgress } from '../model/chain.ts';
import { invalid, parseParameters } from './query.ts';

/** The chain of alerts, for checking. */
export interface ChainSource {
  /** Checks the next alerts, at most `limit`; `from` is where the step before ended. */
  checkChain(from: ChainPosition | undefined, limit: number): Promise<ChainProgress>;
  /** The same of the audit trail. */
  checkAudit(from: ChainPosition | undefined, limit: number): Promise<ChainProgress>;
}

/** Alerts in one step: some tenths of a second. */
const stepMax = 20_000;
const position = z.object({ seq: z.int().min(0), hash: z.string().length(64) });

/** Answer of `GET /api/v1/chain/verify`: one step of the check. */
export const chainProgressSchema: z.ZodType<ChainProgress> = z.object({
  checked: z.int().min(0).describe('Alerts that were checked in this step and found whole.'),
  at: position.describe('Where the next step goes on: its seq and hash, with a dot between them, are the next after.'),
  done: z.boolean().describe('The end of the chain was reached, or a fault.'),
  fault: z
    .object({
      seq: z.int().min(0),
      what: z.enum(['gap', 'link', 'hash', 'column', 'inserted', 'truncated', 'rewritten', 'anchor', 'head']),
      detail: z.string(),
    })
    .exactOptional(),
  removed: z.int().min(0).describe('Alerts that retention removed since the store began.'),
});

/** Query parameters of `GET /api/v1/chain/verify`, as text. */
export const chainQuerySchema: z.ZodObject = z.strictObject({
  of: z.enum(['alerts', 'audit']).describe('Which chain: alerts when left out, or the audit trail.').optional(),
  after: z
    .string()
    .max(100)
    .describe('Where the step before ended, SEQ.HASH; from the beginning when left out.')
    .optional(),
});

/** `GET /api/v1/chain/verify`: the check in steps, so that no request takes long. */
export function addChainRoutes(app: FastifyInstance, chain: ChainSource): void {
  app.get('/api/v1/chain/verify', ({ query }) => {
    const { after, of } = parseParameters(chainQuerySchema, query);
    const from = parsePosition(after);
    return of === 'audit' ? chain.checkAudit(from, stepMax) : chain.checkChain(from, stepMax);
  });
}

function parsePosition(text: string | undefined): ChainPosition | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15})\.([0-9a-f]{64})$/u.exec(text);
  if (match === null) throw invalid('after', 'not the end of a step: SEQ.HASH');
  return { seq: Number(match[1]), hash: match[2] ?? '' };
}
