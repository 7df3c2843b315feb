import type { Describer, Json } from './describer.ts';
import {
  explanationSchema,
  notificationListSchema,
  notificationQuerySchema,
  sampleSchema,
  silenceListSchema,
  silenceQuerySchema,
  silenceSchema,
} from './notification-routes.ts';
import type { z } from 'zod';
import { silenceBodySchema } from './silence-body.ts';

/** Schemas of silences and notifications. */
export const notificationComponents: Readonly<
  Record<'Silence' | 'SilenceList' | 'NewSilence' | 'NotificationList' | 'Explanation' | 'Sample', z.ZodType>
> = {
  Silence: silenceSchema,
  SilenceList: silenceListSchema,
  NewSilence: silenceBodySchema,
  NotificationList: notificationListSchema,
  Explanation: explanationSchema,
  Sample: sampleSchema,
};

const pathId: Json = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

/** Paths of silences and notifications in the OpenAPI description. */
export function notificationPaths({
  operation,
  reference,
  queryParameters,
}: Describer<keyof typeof notificationComponents>): Record<string, Record<string, Json>> {
  const made = operation(
    'createSilence',
    'Makes a silence: alerts that fit are told to nobody.',
    reference('Silence'),
    [],
    ['400', '409'],
  );
  const { '200': answer, ...problems } = made['responses'] as Json;
  return {
    '/api/v1/silences': {
      get: operation(
        'listSilences',
        'Silences that hold or will, the one that was made last first.',
        reference('SilenceList'),
        queryParameters(silenceQuerySchema),
        ['400'],
      ),
      post: {
        ...made,
        responses: { '201': answer, ...problems },
        requestBody: { required: true, content: reference('NewSilence') },
      },
    },
    '/api/v1/silences/{id}': {
      delete: operation('expireSilence', 'Ends a silence now.', reference('Silence'), [pathId], ['404']),
    },
    '/api/v1/notifications': {
      get: operation(
        'listNotifications',
        'What receivers were told, what waits, what was given up; the latest first.',
        reference('NotificationList'),
        queryParameters(notificationQuerySchema),
        ['400'],
      ),
    },
    '/api/v1/alerts/{id}/routes': {
      get: operation(
        'explainRoutes',
        'Which receivers get the alert, by the routes, silences and inhibitions of now, and why not the others.',
        reference('Explanation'),
        [pathId],
        ['404', '409'],
      ),
    },
    '/api/v1/receivers/{id}/test': {
      post: operation(
        'testReceiver',
        'Sends a sample to a receiver, once.',
        reference('Sample'),
        [pathId],
        ['404', '409'],
      ),
    },
  };
}
