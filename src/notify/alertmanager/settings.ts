import { z } from 'zod';
import { authorizationShape } from '../http/authorization.ts';
import type { AuthorizationSettings } from '../http/authorization.ts';
import { checkPairs, httpShape } from '../http/settings.ts';
import type { HttpSettings } from '../http/settings.ts';
import { address, duration } from '../settings.ts';

/** Settings of an Alertmanager receiver, checked. */
export interface AlertmanagerSettings extends HttpSettings, AuthorizationSettings {
  readonly urls: readonly URL[];
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAfter: number;
}

/** Settings as they are written. */
export const alertmanagerSettingsSchema: z.ZodType<AlertmanagerSettings> = z
  .strictObject({
    urls: z
      .array(address(true))
      .min(1)
      .max(8)
      .describe('Each Alertmanager of the cluster, with its path prefix where it has one: `http://alertmanager:9093`.'),
    labels: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/u, 'is no name of a label'), z.string().min(1).max(1024))
      .describe('Labels that every alert has besides its own, such as `cluster`. Its own stand.')
      .default({}),
    endsAfter: duration(60_000, 30 * 86_400_000)
      .default(86_400_000)
      .describe('How long Alertmanager takes an alert for firing when nothing more is heard of it. Default `24h`.'),
    ...authorizationShape,
    ...httpShape,
  })
  .superRefine((settings, context) => {
    checkPairs(settings, context);
    if (settings.bearerTokenFile !== undefined && settings.basicAuth !== undefined)
      context.addIssue({ code: 'custom', path: ['basicAuth'], message: 'one of basicAuth and bearerTokenFile' });
  });
