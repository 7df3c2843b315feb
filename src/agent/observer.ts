import type { HookState } from '../model/node.ts';
import { observationsOf, type Observations } from '../model/observation.ts';
import { procfsHooks } from '../sensor/procfs-hooks.ts';
import type { Source } from './source.ts';

export interface ObserverOptions {
  readonly source: Pick<Source, 'trouble'> & { readonly sensor?: { readonly hooks: readonly HookState[] } };
  readonly containers: { readonly connected: boolean };
  readonly allSyscalls: boolean;
  /** Who must know what is seen, and what is not. */
  readonly watch: { observe(observations: Observations): void };
}

/** Tells the watch what the node sees: at once, and again when a hook fails or the engine goes or comes. */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #polled: readonly HookState[];
  #last: { readonly hooks: readonly HookState[]; readonly engineConnected: boolean } | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#polled = procfsHooks(options.source.trouble);
    this.tick();
  }

  /** The hooks of the sensor, or of what polls in its place. */
  get hooks(): readonly HookState[] {
    return this.#options.source.sensor?.hooks ?? this.#polled;
  }

  /** About once a second. */
  tick(): void {
    const { containers, allSyscalls, watch } = this.#options;
    const [hooks, engineConnected] = [this.hooks, containers.connected];
    if (this.#last?.hooks === hooks && this.#last.engineConnected === engineConnected) return;
    this.#last = { hooks, engineConnected };
    watch.observe(observationsOf(hooks, { allSyscalls, engineConnected }));
  }
}
