import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';

const program = new URL('../../bin/anchorwatch.mjs', import.meta.url).pathname;

/** A real collector, a process of its own: what it costs can be told from what the load costs. */
export interface MeasuredCollector {
  readonly url: string;
  /** What agents show to it. */
  readonly token: string;
  readonly pid: number;
  /** Resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a collector and waits until it listens.
 * @param state its state directory, which stays afterwards
 * @param listen port 0 picks one
 * @param args further options
 */
export async function startMeasuredCollector(
  state: string,
  { listen = '127.0.0.1:0', args = [] }: { readonly listen?: string; readonly args?: readonly string[] } = {},
): Promise<MeasuredCollector> {
  const address = join(state, 'listen');
  rmSync(address, { force: true });
  const child = spawn(
    process.execPath,
    [program, 'collector', '--state', state, '--listen', listen, '--log-level', 'warn', ...args],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  try {
    const url = await waitFor(
      'the collector',
      () => {
        try {
          return readFileSync(address, 'utf8').trim();
        } catch {
          return undefined;
        }
      },
      120_000,
    );
    return { url, token: readFileSync(join(state, 'agent-token'), 'utf8').trim(), pid: child.pid ?? 0, end };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}
