import type { Logger } from '../lib/log.ts';
import type { ClockSkew } from './clock-probe.ts';

/** From this on times of the node mislead whoever compares them with others. */
const warnFromMs = 2000;

/** Says once that a node's clock is off, and once that it is right again. Holds a name for each node whose clock is off. */
export class NodeClocks {
  readonly #log: Logger;
  readonly #off = new Set<string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  measured(node: string, { skewMs, errorMs }: ClockSkew): void {
    const certainMs = Math.abs(skewMs) - errorMs;
    const seconds = Math.round(skewMs / 100) / 10;
    if (certainMs > warnFromMs && !this.#off.has(node)) {
      this.#off.add(node);
      this.#log.warn(
        { node, clockSkewSeconds: seconds },
        `the clock of node ${node} is ${String(Math.abs(seconds))} s ${skewMs > 0 ? 'ahead of' : 'behind'} the collector's: times of its alerts are off by that`,
      );
    }
    if (certainMs < warnFromMs / 2 && this.#off.delete(node))
      this.#log.info({ node, clockSkewSeconds: seconds }, `the clock of node ${node} is right again`);
  }

  forget(node: string): void {
    this.#off.delete(node);
  }
}
