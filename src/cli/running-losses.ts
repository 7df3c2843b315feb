import { AnchorwatchError } from '../lib/errors.ts';
import { addressInState, ask, collectorAddress } from './collector-client.ts';
import type { Invocation } from './command.ts';

/** What an agent could not tell since it was started. */
export interface NodeLosses {
  readonly node: string;
  readonly lost: readonly { readonly hook: string; readonly reason: string; readonly count: number }[];
  /** Times in which something of a container could not be told, of those that are remembered. */
  readonly windows: number;
}

interface NodesAnswer {
  readonly items: readonly {
    readonly name: string;
    readonly up: boolean;
    readonly reported?: { readonly lost: NodeLosses['lost']; readonly lossWindows: readonly unknown[] };
  }[];
}

/**
 * Asks the collector that uses the state directory, if one runs, what its agents lost.
 * @returns Those that are connected, losses of nothing left out; a text says why they could not be asked; undefined: none runs here.
 */
export async function runningLosses(invocation: Invocation): Promise<readonly NodeLosses[] | string | undefined> {
  if (addressInState(invocation.settings.state) === undefined) return undefined;
  try {
    const { items } = await ask<NodesAnswer>(
      collectorAddress(invocation),
      '/api/v1/nodes',
      invocation.surroundings.stop,
    );
    return items
      .filter(({ up }) => up)
      .map(({ name, reported }) => ({
        node: name,
        lost: (reported?.lost ?? []).filter(({ count }) => count > 0),
        windows: reported?.lossWindows.length ?? 0,
      }));
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    return error.message;
  }
}

/** Lines for people. Pure. */
export function lossLines(losses: readonly NodeLosses[] | string): readonly string[] {
  if (typeof losses === 'string') return [`  could not be asked: ${losses}`];
  if (losses.length === 0) return ['  no agent is connected'];
  return losses.flatMap(({ node, lost, windows }) =>
    lost.length === 0
      ? [`  ok    ${node}: nothing`]
      : [
          ...lost.map(({ hook, reason, count }) => `  LOST  ${node}: ${String(count)} at ${hook}, ${reason}`),
          ...(windows === 0 ? [] : [`        ${node}: partly blind ${String(windows)} times, see GET /api/v1/nodes`]),
        ],
  );
}
