import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, followAlerts, type SeenAlert, startCommand } from '../containers/product.ts';

/** A collector that runs through a whole measurement, and an agent that comes and goes beside it, as on a node of a fleet. */
export interface Watch {
  /** All alerts so far, those of earlier agents too. */
  readonly alerts: readonly SeenAlert[];
  /** What the collector's metrics say now. */
  metrics(): Promise<string>;
  /** Starts an agent that goes on with what the one before it learned; waits until it is ready. */
  startAgent(options?: readonly string[]): Promise<Command>;
  /** Ends the collector, which a running agent has to be before, and removes the state of both. */
  stop(): Promise<void>;
}

/**
 * Starts the collector.
 * @param host the container engine that the agents watch
 */
export async function startWatch(host: string): Promise<Watch> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  const state = join(directory, 'collector');
  const collector = await startCommand(['collector', '--state', state, '--listen', '127.0.0.1:0']);
  const url = readFileSync(join(state, 'listen'), 'utf8').trim();
  const { alerts, close } = await followAlerts(url);
  const address = ['--collector', url.replace('http', 'ws'), '--token-file', join(state, 'agent-token')];
  return {
    alerts,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    startAgent: (options = []) =>
      startCommand(['agent', '--state', join(directory, 'agent'), '--docker-host', host, ...address, ...options]),
    async stop() {
      close();
      await collector.kill('SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
