import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../containers/engine.ts';
import { type Command, type SeenAlert, startCommand } from '../containers/product.ts';
import { waitFor } from '../support/wait.ts';

/** Each runs so many programs that were not in its image: fewer than what is folded into one alert. */
const programs = 18;
const containers = ['first', 'second', 'third'] as const;
const programMs = 2500;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * The whole agent with containers that do what is never seen before, killed and started again at random, and so the collector. Every alert that an agent
 * logged, which it does when it is kept, must be stored exactly once.
 * @returns what was done and found
 */
export async function realChaos(random: () => number, say: (text: string) => void): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-chaos-'));
  const engine = await startEngine();
  let [collector, agent]: (Command | undefined)[] = [];
  try {
    const address = `127.0.0.1:${String(await freePort())}`;
    const tokenFile = join(scratch, 'token');
    const collectorArgs = ['collector', '--state', join(scratch, 'c'), '--listen', address, '--token-file', tokenFile];
    const agentArgs = [
      ...['agent', '--state', join(scratch, 'n'), '--collector', `ws://${address}`, '--token-file', tokenFile],
      ...['--docker-host', engine.host, '--node-name', 'worker-1', '--slice', '1s', '--startup', '2s'],
    ];
    [collector, agent] = [await startCommand(collectorArgs), await startCommand(agentArgs)];
    const image = await engine.busyboxImage();
    const work = `for i in $(seq 10 ${programs + 9}); do cp /bin/busybox /tmp/new-$i; /tmp/new-$i true; sleep ${programMs / 1000}; done; sleep 600`;
    for (const name of containers) await engine.cli('run', '-d', '--name', name, image, '/bin/sh', '-c', work);
    const endMs = Date.now() + programs * programMs + 2000;
    const logged = new Set<string>();
    const keep = (log: string): void => {
      for (const [, id] of log.matchAll(/"alert":"([0-9A-Z]{26})"/g)) if (id !== undefined) logged.add(id);
    };
    let kills = 0;
    while (Date.now() < endMs) {
      await sleep(1000 + random() * 4000);
      const signal = random() < 0.75 ? 'SIGKILL' : 'SIGTERM';
      if (random() < 0.5) {
        await agent.kill(signal);
        keep(agent.log());
        agent = await startCommand(agentArgs);
      } else {
        await collector.kill(signal);
        await sleep(random() * 2000);
        collector = await startCommand(collectorArgs);
      }
      kills += 1;
    }
    await sleep(2000);
    await agent.kill('SIGTERM');
    keep(agent.log());
    agent = await startCommand(agentArgs);
    const url = readFileSync(join(scratch, 'c', 'listen'), 'utf8').trim();
    const stored = async (): Promise<readonly SeenAlert[]> =>
      ((await (await fetch(`${url}/api/v1/alerts?limit=1000`)).json()) as { items: readonly SeenAlert[] }).items;
    const have = async (): Promise<ReadonlySet<string>> => new Set((await stored()).map(({ id }) => id));
    await waitFor(
      'every alert that was logged',
      async () => {
        const found = await have();
        return [...logged].every((id) => found.has(id));
      },
      60_000,
    );
    const all = (await stored()).toReversed().toSorted((a, b) => a.seq - b.seq);
    if (new Set(all.map(({ id }) => id)).size !== all.length) throw new Error('an alert is stored twice');
    for (const name of containers) {
      const ids = all.filter(({ container }) => container.name === name).map(({ id }) => id);
      if (ids.length === 0) throw new Error(`no alert of container ${name}`);
      const known = new Set(ids);
      // What was kept last may not have been logged before the kill.
      const raised = [...logged].filter((id) => known.has(id));
      if (raised.join() !== ids.filter((id) => logged.has(id)).join())
        throw new Error(`alerts of container ${name} are out of order`);
    }
    say(
      `${kills} kills; ${logged.size} alerts were raised by the agent, ${all.length} are stored, each once and in order`,
    );
  } finally {
    await agent?.kill('SIGKILL');
    await collector?.kill('SIGKILL');
    await engine.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
