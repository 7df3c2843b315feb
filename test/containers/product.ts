import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';

/** An alert as the feed and the API tell it, as far as the tests look at it. */
export interface SeenAlert {
  readonly id: string;
  readonly seq: number;
  readonly time: string;
  readonly raisedAfterMs: number;
  readonly severity: string;
  readonly score: number;
  readonly surprise: number;
  readonly suspicion: number;
  readonly title: string;
  readonly dimension: string;
  readonly key: string;
  readonly rules: readonly string[];
  /** None for a notice that is news. */
  readonly incident?: string;
  readonly workload: { readonly name: string };
  readonly container: { readonly name: string };
  readonly process?: {
    readonly pid: number;
    readonly exe: string;
    readonly args: readonly string[];
    readonly ancestors: readonly { readonly exe: string }[];
  };
  readonly evidence: {
    readonly samples: number;
    readonly note: string;
    readonly confidence?: number;
    readonly gaps?: readonly string[];
  };
  /** When the feed told it here, milliseconds since the epoch. */
  readonly receivedMs: number;
}

/** A long-lived command of the product as a child process. */
export interface Command {
  readonly pid: number;
  /** What it wrote to its log so far. */
  log(): string;
  /** Exit status, or the name of the signal that ended it; undefined while it runs. */
  status(): number | NodeJS.Signals | undefined;
  /** Ends it. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** `anchorwatch up` as a child process. */
export interface Product {
  readonly url: string;
  readonly pid: number;
  readonly state: string;
  /** All alerts that the feed told, in its order. */
  readonly alerts: readonly SeenAlert[];
  get<Body>(path: string): Promise<Body>;
  /** Posts JSON; throws with the answer where it is refused. */
  post<Body>(path: string, body: object): Promise<Body>;
  metrics(): Promise<string>;
  /** What the process wrote to its log so far. */
  log(): string;
  /** Ends it and leaves its state. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends it and removes its state. */
  stop(): Promise<void>;
}

const root = new URL('../../', import.meta.url).pathname;

/** Starts `anchorwatch ARGS` and waits until it is ready. @throws with the end of its log when it ends before */
export async function startCommand(args: readonly string[]): Promise<Command> {
  const command = spawnCommand(args);
  await waitFor(
    'anchorwatch to be ready',
    () => {
      const status = command.status();
      if (status !== undefined) throw new Error(`anchorwatch ended (${status}): ${command.log().slice(-2000)}`);
      return command.log().includes('"ready":true');
    },
    60_000,
  );
  return command;
}

/** Starts `anchorwatch ARGS`. */
export function spawnCommand(args: readonly string[]): Command {
  // The launcher replaces itself by the product, so the child's pid is the product's.
  const child = spawn(process.execPath, [join(root, 'bin/anchorwatch.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-1_000_000);
  });
  const onExit = (): void => void child.kill('SIGKILL');
  process.on('exit', onExit);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', onExit);
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    log: () => log,
    status: () => child.exitCode ?? child.signalCode ?? undefined,
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Follows a collector's feed; answers the list that its alerts are added to. */
export async function followAlerts(
  url: string,
): Promise<{ readonly alerts: readonly SeenAlert[]; readonly close: () => void }> {
  const alerts: SeenAlert[] = [];
  const feed = new WebSocket(`${url.replace(/^http/, 'ws')}/feed?kind=alert&after=0`);
  feed.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { type: string };
    if (message.type === 'alert') alerts.push({ ...(message as unknown as SeenAlert), receivedMs: Date.now() });
  });
  await new Promise((resolve, reject) => {
    feed.addEventListener('open', resolve);
    feed.addEventListener('error', reject);
  });
  return {
    alerts,
    close: () => {
      feed.close();
    },
  };
}

/** Starts `anchorwatch up`, waits until it is ready and follows its feed. `state`: go on with what an earlier one learned. */
export async function startProduct(host: string, options: readonly string[] = [], state?: string): Promise<Product> {
  const directory = state ?? mkdtempSync(join(tmpdir(), 'anchorwatch-state-'));
  const args = ['up', '--state', directory, '--listen', '127.0.0.1:0', '--docker-host', host, ...options];
  const command = await startCommand(args);
  const url = readFileSync(join(directory, 'listen'), 'utf8').trim();
  const { alerts, close } = await followAlerts(url);
  const kill = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    close();
    await command.kill(signal);
  };
  return {
    url,
    pid: command.pid,
    state: directory,
    alerts,
    get: async (path) => (await (await fetch(`${url}${path}`)).json()) as never,
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
      return JSON.parse(text) as never;
    },
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    log: () => command.log(),
    kill,
    async stop() {
      await kill('SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
