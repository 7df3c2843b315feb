import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alertId } from '../../support/alerts.ts';
import { waitFor } from '../../support/wait.ts';
import { CollectorStore } from '../../../src/store/collector-store.ts';
import { Harness, token } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.end());

const total = 1500;
const kills = 8;
const seed = Number(process.env['ANCHORWATCH_TEST_SEED'] ?? 20_261_123);

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A process that is started again as often as it is killed. */
class Child {
  process: ChildProcess;
  /** Exit status of the process when it ended by itself. */
  status: number | undefined;
  errors = '';
  readonly #args: readonly string[];

  constructor(script: string, args: readonly string[]) {
    this.#args = [join(import.meta.dirname, script), ...args];
    this.process = this.#spawn();
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
    if (this.status === undefined) this.process = this.#spawn();
  }

  /** Kills it for good. */
  end(): void {
    this.process.kill('SIGKILL');
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, this.#args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (data: Buffer) => {
      this.errors += data.toString();
    });
    child.on('exit', (code) => {
      if (code !== null) this.status = code;
    });
    return child;
  }
}

test(
  `kill -9 of either side at any moment loses no alert and doubles none (seed ${String(seed)})`,
  { timeout: 90_000 },
  async () => {
    const { directory } = harness;
    const random = randomFrom(seed);
    const address = `127.0.0.1:${String(await freePort())}`;
    const collector = new Child('collector-child.ts', [directory, address, token]);
    const agent = new Child('outbox-child.ts', [directory, `ws://${address}`, token, String(total)]);
    harness.defer(() => agent.end());
    harness.defer(() => collector.end());

    const stored = async (): Promise<number> => {
      try {
        const { items } = (await (await fetch(`http://${address}/api/v1/alerts?limit=1`)).json()) as {
          items: { seq: number }[];
        };
        return items[0]?.seq ?? 0;
      } catch {
        // It was killed and is not back yet.
        return 0;
      }
    };
    for (let kill = 0; kill < kills; kill += 1) {
      // Each kill falls somewhere in the next share of the work, so that all of them hit something.
      const from = await waitFor('the collector', async () => (await stored()) || (kill === 0 && 1), 20_000);
      const until = from + Math.floor((random() * total) / (kills * 2));
      await waitFor('progress', async () => agent.status !== undefined || (await stored()) >= until, 20_000);
      const victims = random();
      await Promise.all([victims < 0.6 ? collector.kill() : undefined, victims > 0.4 ? agent.kill() : undefined]);
    }
    await waitFor('the agent to finish', () => agent.status !== undefined, 40_000);
    expect({ status: agent.status, errors: agent.errors.replaceAll(/^\{"level":.*$\n?/gmu, '') }).toEqual({
      status: 0,
      errors: '',
    });
    await waitFor('all alerts', async () => (await stored()) > 0);
    collector.end();

    const pushed = new Set(
      readFileSync(join(directory, 'pushed'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map(Number),
    );
    expect(pushed.size).toBe(total);
    const store = await CollectorStore.open(join(directory, 'collector.db'));
    harness.defer(() => store.close());
    const alerts = await store.after(0, total * 2);
    expect(alerts.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(alerts.map(({ id }) => id).toSorted()).toEqual([...pushed].map((number) => alertId(number)).toSorted());
    expect(alerts.filter(({ count }) => count === 2)).toHaveLength(total / 5);
    expect(await store.verifyChain()).toEqual({ alerts: total, brokenAt: undefined });
  },
);
