import { errorText } from '../lib/errors.ts';
import { Cleanups } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log.ts';
import { exitStatus } from './command.ts';

/** Stopping takes at most 10 seconds (contract); what is not stopped by then is left to the end of the process. */
const stopDeadlineMs = 9000;

async function withinDeadline(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, stopDeadlineMs, false);
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/**
 * Runs a long-lived command: starts it, waits until `stop` is aborted, then undoes what its start deferred. A start that fails, or that
 * is still at work when `stop` comes, is undone as well.
 * @param start Starts everything and logs one line with `ready: true` at its end; tells `onReload` what SIGHUP is to do.
 * @returns Exit status: failed when the start failed or stopping took too long.
 */
export async function serve(
  stop: AbortSignal,
  log: Logger,
  start: (cleanups: Cleanups, onReload: (reload: () => void) => void) => Promise<void>,
): Promise<number> {
  const cleanups = new Cleanups();
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
  let reloadNow = (): void => log.info('SIGHUP: there is nothing to reload, restart to use other options');
  const reload = (): void => {
    try {
      reloadNow();
    } catch (error) {
      log.error({ err: error }, `SIGHUP: not reloaded, everything stays as it was: ${errorText(error)}`);
    }
  };
  process.on('SIGHUP', reload);
  // Keeps the process alive while whatever was started has nothing to do.
  const alive = setInterval(() => undefined, 60_000);
  let failure: unknown;
  const started = start(cleanups, (act) => {
    reloadNow = () => {
      log.info('SIGHUP: files are read again');
      act();
    };
  }).catch((error: unknown) => {
    failure = error ?? new Error('the start failed');
  });
  try {
    await Promise.race([started.then(() => (failure === undefined ? stopped : undefined)), stopped]);
    if (failure === undefined) log.info('stopping');
    const inTime = await withinDeadline(started.then(() => cleanups.run(log)));
    if (!inTime) log.error({ stopDeadlineMs }, 'stopping takes too long: ending without it');
    if (failure !== undefined) throw failure;
    if (inTime) log.info('stopped');
    return inTime ? exitStatus.done : exitStatus.failed;
  } finally {
    clearInterval(alive);
    process.off('SIGHUP', reload);
  }
}

/** Errors of a start, with what helps for those that are common. */
export function startHint(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? at.code : undefined;
    if (code === 'EADDRINUSE')
      return `${errorText(error)}\nAnother Anchorwatch, or something else, listens there: choose another address with --listen, port 0 picks a free one.`;
    if (code === 'EACCES') return `${errorText(error)}\nRoot may be needed for it.`;
  }
  return errorText(error);
}
