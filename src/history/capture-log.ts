import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';

export interface CaptureLogOptions {
  /** Made with the first line; only its owner may look into it. */
  readonly directory: string;
  readonly log: Logger;
  /** A container's file that is larger is followed by another. */
  readonly fileBytesMax?: number;
  /** All files together; the oldest are removed. */
  readonly totalBytesMax?: number;
}

/** Lines that wait to be written; beyond them they are shed, counted. */
const waitingMax = 20_000;

interface OpenFile {
  readonly path: string;
  sizeBytes: number;
}

/**
 * What captured containers did: a line of JSON for each event, a file for each container and capture
 * (`2026-11-23T02-11-09-123Z-<container id>.ndjson`). Lines wait in memory (at most 20,000) until `flush`, which writes one batch at a
 * time beside everything else; what does not fit or cannot be written is counted. Secrets were masked when the events were decoded.
 */
export class CaptureLog {
  readonly #options: CaptureLogOptions;
  readonly #files: Map<string, OpenFile> = new Map();
  #waiting: { readonly containerId: string; readonly timeMs: number; readonly line: string }[] = [];
  #writing: Promise<void> | undefined;
  #written = 0;
  #full = 0;
  #failed = 0;
  #trouble = '';

  constructor(options: CaptureLogOptions) {
    this.#options = options;
  }

  get counters(): { readonly written: number; readonly full: number; readonly failed: number } {
    return { written: this.#written, full: this.#full, failed: this.#failed };
  }

  record(event: Event, container: Container): void {
    if (this.#waiting.length >= waitingMax) {
      this.#full++;
      return;
    }
    const { kernelKey: _, cgroupId: __, timeMs, ...rest } = event;
    const { id, name, image, workload } = container;
    const line = {
      time: new Date(timeMs).toISOString(),
      container: { id, name, image, workload: workload.name },
      ...rest,
    };
    this.#waiting.push({ containerId: id, timeMs, line: `${JSON.stringify(line)}\n` });
  }

  /** The container is not captured any more: what comes later begins a new file. */
  end(containerId: string): void {
    this.#files.delete(containerId);
  }

  /** Writes what waits. Never rejects; while a batch is being written, the next call does nothing. */
  flush(): Promise<void> {
    if (this.#writing === undefined && this.#waiting.length > 0)
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
      });
    return this.#writing ?? Promise.resolve();
  }

  /** Writes what waits, the last batch too. */
  async close(): Promise<void> {
    await this.flush();
    await this.flush();
  }

  async #write(): Promise<void> {
    const { directory, log, fileBytesMax = 64 << 20 } = this.#options;
    const batch = this.#waiting;
    this.#waiting = [];
    const lines = Map.groupBy(batch, ({ containerId }) => containerId);
    for (const [containerId, own] of lines) {
      let file = this.#files.get(containerId);
      if (file === undefined || file.sizeBytes >= fileBytesMax) {
        const started = new Date(own[0]?.timeMs ?? 0).toISOString().replaceAll(/[:.]/g, '-');
        file = { path: join(directory, `${started}-${containerId.slice(0, 12)}.ndjson`), sizeBytes: 0 };
        this.#files.set(containerId, file);
      }
      const text = own.map(({ line }) => line).join('');
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await this.#makeRoom();
        await appendFile(file.path, text, { mode: 0o600 });
        file.sizeBytes += Buffer.byteLength(text);
        this.#written += own.length;
        if (this.#trouble !== '') log.info('captures can be written again');
        this.#trouble = '';
      } catch (error) {
        this.#failed += own.length;
        const trouble = errorText(error);
        if (trouble !== this.#trouble)
          log.error({ err: error, code: 'history.capture' }, `a capture could not be written: ${trouble}`);
        this.#trouble = trouble;
      }
    }
  }

  async #makeRoom(): Promise<void> {
    const { directory, totalBytesMax = 512 << 20 } = this.#options;
    // Names begin with the time: the oldest stand first.
    const names = (await readdir(directory)).filter((name) => name.endsWith('.ndjson')).toSorted();
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
    let total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [i, name] of names.entries()) {
      if (total < totalBytesMax) return;
      await rm(join(directory, name));
      total -= sizes[i] ?? 0;
    }
  }
}
