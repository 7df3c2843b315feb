import { loadSensorAside } from '../sensor/loading.ts';
import type { LoadedSensor, LoadingOptions } from '../sensor/loading.ts';

/** The sensor's part in the kernel, which is loaded in another thread while everything else starts. Imports little, so that it can begin first. */
export class SensorLoading {
  readonly #loading: Promise<{ readonly loaded: LoadedSensor } | { readonly failure: unknown }>;
  #taken = false;

  /** Begins. */
  constructor(options: LoadingOptions) {
    this.#loading = loadSensorAside(options).then(
      (loaded) => ({ loaded }),
      (failure: unknown) => ({ failure }),
    );
  }

  /** What was loaded, for whoever closes it then. Rejects with AnchorwatchError `sensor.…` when it could not be. */
  async take(): Promise<LoadedSensor> {
    this.#taken = true;
    const end = await this.#loading;
    if ('failure' in end) throw end.failure;
    return end.loaded;
  }

  /** Closes what nobody has taken. */
  async close(): Promise<void> {
    if (this.#taken) return;
    const end = await this.#loading;
    if ('loaded' in end) end.loaded.programs.close();
  }
}
