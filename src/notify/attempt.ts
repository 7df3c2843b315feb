import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { SendOutcome } from '../model/notification.ts';

/**
 * Makes an attempt whose errors are outcomes. What was thrown by our own code with a reason is told; of anything else only its name is, since
 * nobody knows what stands in it.
 */
export async function attempt(make: () => Promise<SendOutcome>): Promise<SendOutcome> {
  try {
    return await make();
  } catch (error) {
    const reason =
      error instanceof AnchorwatchError
        ? errorText(error)
        : `internal: ${error instanceof Error ? error.name : 'error'}`;
    return { outcome: 'retry', reason };
  }
}
