import { parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../lib/errors.ts';
import type { SnapshotArchive } from '../model/snapshot.ts';
import { systemProc } from './proc.ts';
import { takeSnapshot } from './take.ts';
import type { EngineView, TakeInput } from './take.ts';

/** What the thread is started with. It is told the engine's view in one message, and answers with one. */
export type WorkerInput = TakeInput;

export type WorkerAnswer =
  | { readonly outcome: 'taken'; readonly archive: SnapshotArchive }
  | { readonly outcome: 'failed'; readonly message: string };

// A process's memory and its program may lie on a file system that the process itself serves and that never answers: then this thread hangs, not
// the agent.
const port = parentPort;
if (port !== null) {
  const engine = new Promise<EngineView>((resolve) => {
    port.once('message', (view: EngineView) => {
      resolve(view);
    });
  });
  let answer: WorkerAnswer;
  try {
    const input = workerData as WorkerInput;
    const archive = await takeSnapshot(input, systemProc(), () => performance.now(), engine);
    answer = { outcome: 'taken', archive };
  } catch (error) {
    answer = { outcome: 'failed', message: errorText(error) };
  }
  port.postMessage(answer);
}
