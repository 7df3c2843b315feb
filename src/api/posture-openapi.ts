import type { Json, MakingDescriber } from './describer.ts';
import type { z } from 'zod';
import {
  exceptionBodySchema,
  exceptionListSchema,
  exceptionSchema,
  postureChangePageSchema,
  postureChangesQuerySchema,
  posturePageSchema,
  postureQuerySchema,
} from './posture-routes.ts';

type ComponentName =
  | 'PosturePage'
  | 'PostureChangePage'
  | 'PostureException'
  | 'PostureExceptionList'
  | 'NewPostureException';

/** Schemas of the routes of practices. */
export const postureComponents: Readonly<Record<ComponentName, z.ZodType>> = {
  PosturePage: posturePageSchema,
  PostureChangePage: postureChangePageSchema,
  PostureException: exceptionSchema,
  PostureExceptionList: exceptionListSchema,
  NewPostureException: exceptionBodySchema,
};

/** The routes of practices, as the description of the API has them. */
export function posturePaths(
  tools: MakingDescriber<ComponentName>,
): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const { operation, reference, making, queryParameters, pathId } = tools;
  const formats = { 'application/sarif+json': {}, 'application/xml': {} };
  return {
    '/api/v1/posture': {
      get: operation(
        'listPosture',
        'Findings of practices, the gravest first: a page, or with format all that match.',
        { ...reference('PosturePage'), ...formats },
        queryParameters(postureQuerySchema),
        ['400'],
      ),
    },
    '/api/v1/posture/changes': {
      get: operation(
        'listPostureChanges',
        'How results of checks changed, the latest first.',
        reference('PostureChangePage'),
        queryParameters(postureChangesQuerySchema),
        ['400'],
      ),
    },
    '/api/v1/posture/exceptions': {
      get: operation(
        'listPostureExceptions',
        'Exceptions: findings that do not count, why, and until when.',
        reference('PostureExceptionList'),
      ),
      post: making(
        operation(
          'addPostureException',
          'Makes an exception; it counts at once.',
          reference('PostureException'),
          [],
          ['400'],
        ),
        'NewPostureException',
      ),
    },
    '/api/v1/posture/exceptions/{id}': {
      delete: operation(
        'removePostureException',
        'Removes an exception that was made by the API.',
        reference('PostureException'),
        [pathId],
        ['404', '409'],
      ),
    },
  };
}
