import { parentPort, workerData } from 'node:worker_threads';
import { CollectorFile } from './collector-file.ts';
import { CollectorReader } from './collector-reader.ts';
import { packError } from './thread-message.ts';
import type { ThreadAnswer, ThreadCall, ThreadInput } from './thread-message.ts';

type Methods = Readonly<Record<string, unknown>>;

/** The thread of a {@link StoreThread}: opens the file, answers calls, closes it. */
function run(port: NonNullable<typeof parentPort>): void {
  // The only one who starts this thread.
  const { path, role } = workerData as ThreadInput;
  const answer = (message: ThreadAnswer): void => port.postMessage(message);
  let file: CollectorFile | CollectorReader;
  try {
    file = role === 'write' ? new CollectorFile(path) : new CollectorReader(path);
  } catch (error) {
    answer({ id: 0, error: packError(error) });
    port.close();
    return;
  }
  const tables = file as unknown as Methods;
  const writes = file instanceof CollectorFile ? file : undefined;
  // The end of the chain is written down at most once a second: this is for what came last.
  const heads = writes === undefined ? undefined : setInterval(() => keepHead(writes), 1000);
  port.on('message', ({ id, method, args = [] }: ThreadCall) => {
    if (method === undefined) {
      clearInterval(heads);
      file.close();
      port.close();
      return;
    }
    call(tables, method, args).then(
      (result) => answer({ id, result }),
      (error: unknown) => answer({ id, error: packError(error) }),
    );
  });
  answer({ id: 0 });
}

async function call(tables: Methods, path: string, args: readonly unknown[]): Promise<unknown> {
  const [first = '', second] = path.split('.');
  const table = second === undefined ? tables : (tables[first] as Methods);
  const method = table[second ?? first];
  if (typeof method !== 'function') throw new TypeError(`the store has no ${path}`);
  return method.apply(table, args) as unknown;
}

function keepHead(file: CollectorFile): void {
  try {
    file.keepHead(Date.now());
  } catch {
    // A full disk: the next second tries again, and the store itself says that it cannot write.
  }
}

if (parentPort !== null) run(parentPort);
