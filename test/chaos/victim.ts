import { type ChildProcess, spawn } from 'node:child_process';
import type { ChaosOrder } from './clock-offset.ts';

/** A process in a network namespace that is started again whenever it ends before it is told to. */
export class Victim {
  /** How it ended by itself: exit status, once it was told to finish. */
  status: number | undefined;
  errors = '';
  readonly #namespace: string;
  readonly #args: readonly string[];
  #process: ChildProcess;
  #ready = false;
  #finishing = false;
  #offsetMs = 0;

  constructor(namespace: string, script: string, args: readonly string[]) {
    this.#namespace = namespace;
    this.#args = [script, ...args];
    this.#process = this.#spawn();
  }

  /** It says that it is at work. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Ends it at once or in order, and starts it again. */
  async strike(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const victim = this.#process;
    if (victim.exitCode === null && victim.signalCode === null) {
      const ended = new Promise((resolve) => victim.once('exit', resolve));
      victim.kill(signal);
      await ended;
    }
    this.#process = this.#spawn();
  }

  /** Sets its clock off, also that of its successors. */
  setClock(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#send({ offsetMs });
  }

  finish(): void {
    this.#finishing = true;
    this.#send({ finish: true });
  }

  /** Starts it again if it ended without being told to, as whoever looks after services does. */
  revive(): void {
    if (this.status === undefined && (this.#process.exitCode !== null || this.#process.signalCode !== null))
      this.#process = this.#spawn();
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }

  #send(order: ChaosOrder): void {
    if (this.#process.connected) this.#process.send(order, () => undefined);
  }

  #spawn(): ChildProcess {
    this.#ready = false;
    const child = spawn('ip', ['netns', 'exec', this.#namespace, process.execPath, ...this.#args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.errors = `${this.errors}${chunk.toString()}`.slice(-20_000);
    });
    child.on('message', () => {
      this.#ready = true;
      if (this.#offsetMs !== 0) this.#send({ offsetMs: this.#offsetMs });
      if (this.#finishing) this.#send({ finish: true });
    });
    child.on('exit', (code) => {
      if (this.#finishing && child === this.#process && code !== null) this.status = code;
    });
    return child;
  }
}
