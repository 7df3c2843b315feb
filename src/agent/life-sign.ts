import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says that the agent is ready and lives, to whoever can see a file and nothing else (probes of Kubernetes, systemd, monit). */
export class LifeSign {
  readonly #file: string;

  /** @param stateDir The file is `DIR/alive`: there while the agent is ready, and changed twelve times a minute. */
  constructor(stateDir: string) {
    this.#file = join(stateDir, 'alive');
    this.remove();
  }

  /** Not being able to is for the probe to see: a disk that is full must not end the agent. */
  give(nowMs: number): void {
    try {
      // Whoever reads it never finds half of it.
      writeFileSync(`${this.#file}.new`, `${new Date(nowMs).toISOString()}\n`);
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      // As above.
    }
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }
}
