import type { Json, MakingDescriber } from './describer.ts';
import type { z } from 'zod';
import { auditPageSchema, auditQuerySchema } from './audit-trail.ts';
import { newSecretSchema, tokenBodySchema, tokenListSchema, tokenSchema } from './token-routes.ts';

type ComponentName = 'Token' | 'TokenList' | 'NewSecret' | 'NewToken' | 'AuditPage';

/** Schemas of tokens and the audit trail. */
export const accessComponents: Readonly<Record<ComponentName, z.ZodType>> = {
  Token: tokenSchema,
  TokenList: tokenListSchema,
  NewToken: tokenBodySchema,
  NewSecret: newSecretSchema,
  AuditPage: auditPageSchema,
};

/** The routes of tokens and the audit trail, as the description of the API has them. */
export function accessPaths(
  describer: MakingDescriber<ComponentName>,
): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const { operation, reference, making, queryParameters, pathId } = describer;
  return {
    '/api/v1/tokens': {
      get: operation('listTokens', 'Tokens, also those that are not accepted any more.', reference('TokenList')),
      post: making(
        operation(
          'createToken',
          'Makes a token; its secret is shown once.',
          reference('NewSecret'),
          [],
          ['400', '409'],
        ),
        'NewToken',
      ),
    },
    '/api/v1/tokens/{id}': {
      delete: operation(
        'revokeToken',
        'Revokes a token, by id or name; whoever uses it is turned away from then on.',
        reference('Token'),
        [pathId],
        ['404'],
      ),
    },
    '/api/v1/audit': {
      get: operation(
        'listAudit',
        'What was changed through the API: who, when, from where, what, and what came of it; the latest first.',
        reference('AuditPage'),
        queryParameters(auditQuerySchema),
        ['400'],
      ),
    },
  };
}
