import { parentPort, workerData } from 'node:worker_threads';
import { OpenFile } from './open-file.ts';
import { packError } from './thread-message.ts';
import type { ThreadAnswer, ThreadCall, ThreadInput } from './thread-message.ts';

/** The thread of a `StoreThread`: opens the file, answers calls, closes it. */
function run(port: NonNullable<typeof parentPort>): void {
  const answer = (message: ThreadAnswer): void => port.postMessage(message);
  let file: OpenFile;
  try {
    // Given by the only one who starts this thread.
    file = new OpenFile(workerData as ThreadInput);
  } catch (error) {
    answer({ id: 0, error: packError(error) });
    port.close();
    return;
  }
  port.on('message', ({ id, method, args = [] }: ThreadCall) => {
    if (method === undefined) {
      file.close();
      port.close();
      return;
    }
    file.call(method, args).then(
      (result) => answer({ id, result }),
      (error: unknown) => answer({ id, error: packError(error) }),
    );
  });
  answer({ id: 0 });
}

if (parentPort !== null) run(parentPort);
