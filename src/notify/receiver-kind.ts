import type { z } from 'zod';
import type { Receiver, ReceiverKind, ReceiverSurroundings } from '../model/notification.ts';
import { SecretFiles, checkSettings, keysAt } from './settings.ts';

/**
 * A kind of receivers by its word in the routes file and the schema of its settings.
 * @param make A receiver for settings that fit; what it cannot read of files it says to `files`, and no receiver comes out then.
 */
export function receiverKind<Settings>(
  kind: string,
  schema: z.ZodType<Settings>,
  make: (settings: Settings, files: SecretFiles, surroundings: ReceiverSurroundings) => Receiver | undefined,
): ReceiverKind {
  return {
    kind,
    keys: keysAt(schema),
    open(written, surroundings) {
      const checked = checkSettings(schema, written);
      if ('problems' in checked) return checked;
      const files = new SecretFiles(surroundings);
      const receiver = make(checked.settings, files, surroundings);
      return receiver === undefined || files.problems.length > 0 ? { problems: files.problems } : { receiver };
    },
  };
}
