import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AnchorwatchError } from '../lib/errors.ts';
import { roles } from '../model/access.ts';
import type { AccessToken, Role } from '../model/access.ts';
import { limits } from '../protocol/limits.ts';
import { nameOf } from './authentication.ts';
import { bodyOf } from './decision-routes.ts';
import { Problem } from './problem.ts';

/** Tokens: made, shown, revoked. */
export interface TokenBook {
  /** Throws AnchorwatchError `token.…` where it cannot be made. */
  create(wanted: NewToken, by: string): Promise<NewSecret>;
  list(): Promise<readonly AccessToken[]>;
  /** By id, or by name while it is accepted; undefined: there is none. */
  revoke(idOrName: string, by: string): Promise<AccessToken | undefined>;
}
export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly node?: string | undefined;
  readonly expiresInMs?: number | undefined;
}
/** A token that was just made, with what nobody gets to see again. */
export interface NewSecret {
  readonly token: AccessToken;
  readonly secret: string;
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Body of `POST /api/v1/tokens`. */
export interface TokenBody {
  readonly name: string;
  readonly role: Role;
  readonly node?: string | undefined;
  readonly expiresIn?: string | undefined;
}
export const tokenBodySchema: z.ZodType<TokenBody> = z.strictObject({
  name: z.string().regex(/^[\w.@-]{1,64}$/u, 'must be 1 to 64 letters, digits, ".", "_", "@" or "-"'),
  role: z.enum(roles),
  node: z
    .string()
    .min(1)
    .max(limits.nameLength)
    .describe('Of the role agent: the only node that it is for.')
    .optional(),
  expiresIn: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/u, 'must be a duration: 30m, 12h, 90d')
    .describe('How long it is accepted; for ever when left out.')
    .optional(),
});

const time = z.string().optional();
export const tokenSchema: z.ZodType<AccessToken> = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  node: z.string().optional(),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: time,
  revokedAt: time,
  revokedBy: z.string().optional(),
  lastUsedAt: time,
});
export const newSecretSchema: z.ZodType<NewSecret> = z.object({
  token: tokenSchema,
  secret: z.string().describe('Shown here and nowhere else.'),
});
export const tokenListSchema: z.ZodType<{ readonly items: readonly AccessToken[] }> = z.object({
  items: z.array(tokenSchema),
});

interface IdParams {
  Params: { id: string };
}

/** `GET`, `POST` and `DELETE` of `/api/v1/tokens`. */
export function addTokenRoutes(app: FastifyInstance, book: TokenBook): void {
  app.get('/api/v1/tokens', async () => ({ items: await book.list() }));
  app.post('/api/v1/tokens', async (request, reply) => {
    const { name, role, node, expiresIn } = bodyOf(tokenBodySchema, request.body);
    try {
      const made = await book.create({ name, role, node, expiresInMs: durationMs(expiresIn) }, nameOf(request));
      return await reply.code(201).send(made);
    } catch (error) {
      if (!(error instanceof AnchorwatchError) || !error.code.startsWith('token.')) throw error;
      const taken = error.code === 'token.taken' || error.code === 'token.limit';
      throw new Problem(taken ? 409 : 400, error.code, error.message);
    }
  });
  app.delete<IdParams>('/api/v1/tokens/:id', (request) => revoke(book, request.params.id, nameOf(request)));
}

async function revoke(book: TokenBook, id: string, by: string): Promise<AccessToken> {
  const revoked = await book.revoke(id, by);
  if (revoked === undefined) throw new Problem(404, 'token.unknown', `there is no token ${id}`);
  return revoked;
}

function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return Number(text.slice(0, -1)) * (unitsMs[text.slice(-1)] ?? 0);
}
