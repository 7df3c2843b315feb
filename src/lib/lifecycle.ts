import type { Logger } from './log.ts';

interface Cleanup {
  readonly name: string;
  readonly undo: () => void | Promise<void>;
}

/**
 * Starts a part of the program. When the start rejects, what it had taken until then is undone before the error is passed on.
 * @param start Defers to the cleanups that it is given what has to be undone, and may keep them for a later stop.
 */
export async function startOrUndo<T>(log: Logger, start: (cleanups: Cleanups) => Promise<T>): Promise<T> {
  const cleanups = new Cleanups();
  try {
    return await start(cleanups);
  } catch (error) {
    await cleanups.run(log);
    throw error;
  }
}

/**
 * What has to be undone when a part of the program stops, or when its start fails half-way: each step that took something defers
 * its undoing here, and `run` undoes them in reverse order, one after the other.
 */
export class Cleanups {
  #steps: Cleanup[] = [];
  #running: Promise<void> | undefined;

  /**
   * @param name Names the step in the log when its undoing fails.
   * @param undo Called once by `run`. Deferred while `run` is at work, it is called by the same run.
   */
  defer(name: string, undo: () => void | Promise<void>): void {
    this.#steps.push({ name, undo });
  }

  /** Undoes everything, the last first. An error is logged and does not stop the rest; never throws. Calling it again while it runs waits for the same run. */
  run(log: Logger): Promise<void> {
    this.#running ??= this.#drain(log).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #drain(log: Logger): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        log.error({ err: error, step: step.name }, 'stopping failed');
      }
    }
  }
}
