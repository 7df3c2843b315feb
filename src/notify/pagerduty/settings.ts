import { z } from 'zod';
import { checkPairs, httpShape } from '../http/settings.ts';
import type { HttpSettings } from '../http/settings.ts';
import { address, fileName } from '../settings.ts';

/** Settings of a PagerDuty receiver, checked. */
export interface PagerdutySettings extends HttpSettings {
  readonly routingKeyFile: string;
  readonly region: 'us' | 'eu';
  readonly url?: URL | undefined;
}

/** Settings as they are written. */
export const pagerdutySettingsSchema: z.ZodType<PagerdutySettings> = z
  .strictObject({
    routingKeyFile: fileName.describe('File with the integration key of an Events API v2 integration (32 characters).'),
    region: z
      .enum(['us', 'eu'])
      .describe('Service region of the account: whose Events API is used. Default `us`.')
      .default('us'),
    url: address(false)
      .describe('Another address of the Events API, such as that of a relay; instead of `region`.')
      .optional(),
    ...httpShape,
  })
  .superRefine(checkPairs);
