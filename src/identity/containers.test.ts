import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type StandInContainer, type StandInEngine, startStandInEngine } from '../../test/support/stand-in-engine.ts';
import { waitFor } from '../../test/support/wait.ts';
import { createLogger } from '../lib/log.ts';
import { cgroupOf } from './cgroup.ts';
import { Containers } from './containers.ts';

const idOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0');
const web = idOf('web');
const startMs = Date.parse('2026-11-23T10:00:00Z');

let engine: StandInEngine;
let containers: Containers;
let told: string[];
let logged: string[];

beforeEach(async () => {
  [told, logged] = [[], []];
  engine = await startStandInEngine();
  containers = new Containers({
    dockerHost: engine.host,
    log: createLogger({ level: 'error', destination: { write: (line) => void logged.push(line) } }),
    clock: { nowMs: () => startMs + 60_000, monotonicMs: () => 0 },
    random: () => 0,
    listener: {
      started: ({ name, cgroupId }) => void told.push(`${name} started in ${cgroupId ?? 'no cgroup'}`),
      stopped: ({ name }) => void told.push(`${name} stopped`),
      lifecycle: ({ action, detail, containerId, timeMs }) => {
        const name = Buffer.from(containerId, 'hex').toString().replaceAll('\0', '');
        told.push(`${name} ${action}${detail === '' ? '' : `:${detail}`} ${Math.round(timeMs - startMs)}`);
      },
    },
  });
});
afterEach(async () => {
  containers.stop();
  await engine.stop();
});

function has(name: string, changes: Partial<StandInContainer> = {}): string {
  const id = idOf(name);
  engine.containers.set(id, { id, name, status: 'running', startedAt: '2026-11-23T10:00:00Z', ...changes });
  return id;
}

let marks = 0;

/** Everything that was told until the engine's last event about this container: its events are taken one after the other. */
async function toldUntilNow(name = 'web'): Promise<readonly string[]> {
  const markMs = startMs + 1_000_000 + ++marks;
  const mark = `${name} oom ${markMs - startMs}`;
  engine.event('oom', idOf(name), markMs);
  await waitFor(mark, () => told.includes(mark));
  return told.splice(0).filter((line) => line !== mark);
}

describe('a cgroup that is named like a container', () => {
  test('is one when the engine says so', async () => {
    await containers.start();
    has('web');
    expect(await containers.announce('71', `/docker/${web}`)).toBe('container');
    expect(told).toEqual(['web started in 71']);
    expect(containers.byCgroup('71')?.workload.name).toBe('nginx/web');
  });

  test('with the number of a dead container’s is not that one’s while the engine is asked, nor after', async () => {
    await containers.start();
    has('web');
    await containers.announce('71', `/docker/${web}`);
    containers.cgroupRemoved('71');
    expect(containers.byCgroup('71')?.id).toBe(web);
    const asked = containers.announce('71', `/docker/${idOf('db')}`);
    expect(containers.byCgroup('71')).toBeUndefined();
    expect(await asked).toBe('not-a-container');
    expect([containers.byCgroup('71'), containers.byId(web)?.name]).toEqual([undefined, 'web']);
  });

  test('is none when the engine does not know it, and is asked for once', async () => {
    await containers.start();
    expect(await containers.announce('71', `/docker/${web}`)).toBe('not-a-container');
    expect(engine.requests.filter((request) => request.includes(web))).toHaveLength(1);
    expect([told, containers.byCgroup('71')]).toEqual([[], undefined]);
  });

  test.each([
    ['32 digits', `/user.slice/${web.slice(0, 32)}`],
    ['the keeper of a container', `/machine.slice/libpod-conmon-${web}.scope`],
    ['a path that leads elsewhere', `/docker/../${web.slice(0, 63)}`],
    ['nothing', ''],
  ])('%s: the engine is not even asked', async (_what, path) => {
    await containers.start();
    has('web');
    expect(await containers.announce('71', path)).toBe('not-a-container');
    expect(engine.requests.filter((request) => request.includes(web))).toEqual([]);
  });

  test('that somebody else gave the name of a running container is not that container', async (context) => {
    const own = cgroupOf(process.pid, web)?.id;
    if (own === undefined) context.skip('this machine has no cgroup v2 tree');
    has('web', { pid: process.pid });
    await containers.start();
    told = [];
    expect(await containers.announce('999999', `/user.slice/${web}`)).toBe('not-a-container');
    expect([told, containers.byId(web)?.cgroupId]).toEqual([[], own]);
    expect(await containers.announce(own ?? '', `/docker/${web}`)).toBe('container');
  });

  test('while the engine fails is asked for again', async () => {
    await containers.start();
    has('web');
    engine.refuse = 500;
    const answer = containers.announce('71', `/docker/${web}`);
    await waitFor('the first question', () => engine.requests.some((request) => request.includes(web)));
    engine.refuse = undefined;
    expect(await answer).toBe('container');
  });

  test.each([
    ['of a start that failed', 'created', undefined, 'not-a-container', []],
    ['of a container that has ended', 'exited', '2026-11-23T10:00:00Z', 'container', ['started in 71', 'stopped']],
  ] as const)(
    '%s is gone before the engine answers: nothing runs on',
    async (_what, status, startedAt, answer, lines) => {
      await containers.start();
      has('web', { status, startedAt: startedAt ?? '0001-01-01T00:00:00Z' });
      engine.refuse = 500;
      const asked = containers.announce('71', `/docker/${web}`);
      await waitFor('the first question', () => engine.requests.some((request) => request.includes(web)));
      containers.cgroupRemoved('71');
      engine.refuse = undefined;
      expect(await asked).toBe(answer);
      expect([told, containers.running()]).toEqual([lines.map((line) => `web ${line}`), []]);
    },
  );

  test('is told once, whether the kernel or the engine tells first; when it is gone the container has ended', async () => {
    await containers.start();
    has('web');
    await containers.announce('71', `/docker/${web}`);
    engine.event('start', web, startMs);
    await toldUntilNow();
    expect(containers.byId(web)?.cgroupId).toBe('71');
    containers.cgroupRemoved('72');
    containers.cgroupRemoved('71');
    engine.event('die', web, startMs + 1_000, { exitCode: '0' });
    expect(await toldUntilNow()).toEqual(['web stopped']);
  });
});

describe('what the engine has', () => {
  test('at the start: what runs is told, what was only created says how it is made up', async () => {
    has('web');
    has('chest', { status: 'created', privileged: true });
    has('gone', { status: 'exited' });
    expect(await containers.start()).toBe(true);
    expect(told).toEqual(['web started in no cgroup', 'chest privileged-start 60000']);
    expect(containers.running().map(({ name }) => name)).toEqual(['web']);
  });

  test('is not told again when a container that was created runs', async () => {
    await containers.start();
    const chest = has('chest', { status: 'created', privileged: true });
    engine.event('create', chest, startMs);
    await waitFor('the configuration', () => told.length > 0);
    has('chest', { privileged: true });
    engine.event('start', chest, startMs);
    expect(await toldUntilNow('chest')).toEqual(['chest privileged-start 60000', 'chest started in no cgroup']);
  });

  test('that a container that was created is removed makes it unknown', async () => {
    has('chest', { status: 'created' });
    await containers.start();
    engine.event('destroy', idOf('chest'), startMs);
    await waitFor('the removal', () => containers.byId(idOf('chest')) === undefined);
  });

  test('another image under the same name is a change of the workload', async () => {
    has('web-1');
    has('web-2', { digest: 'sha256:2' });
    await containers.start();
    expect(told).toEqual(['web-1 started in no cgroup', 'web-2 started in no cgroup', 'web-2 image-change 60000']);
  });
});

describe('what is done to a container', () => {
  test('is told of the container that runs, at the time the engine says', async () => {
    has('web', { healthcheck: ['CMD-SHELL', 'curl -f localhost'] });
    await containers.start();
    told = [];
    engine.event('exec_create: sh -c "cat /etc/shadow"', web, startMs + 1_000);
    engine.event('exec_start: sh -c "cat /etc/shadow"', web, startMs + 1_000);
    engine.event('exec_create: /bin/sh -c curl -f localhost', web, startMs + 2_000);
    engine.event('attach', web, startMs + 3_000);
    engine.event('extract-to-dir', web, startMs + 4_000);
    engine.event('archive-path', web, startMs + 5_000);
    engine.event('oom', web, startMs + 6_000);
    engine.event('attach', idOf('stranger'), startMs + 7_000);
    expect(await toldUntilNow()).toEqual([
      'web exec-create:sh 1000',
      'web attach 3000',
      'web archive:in 4000',
      'web archive:out 5000',
      'web oom 6000',
    ]);
  });

  test('`docker run` attaches itself before the start: that is nothing anybody does', async () => {
    await containers.start();
    const chest = has('chest', { status: 'created' });
    engine.event('create', chest, startMs - 3_000);
    engine.event('attach', chest, startMs - 2_000);
    has('chest');
    engine.event('attach', chest, startMs - 1_000);
    engine.event('start', chest, startMs);
    engine.event('attach', chest, startMs - 500);
    expect(await toldUntilNow('chest')).toEqual(['chest started in no cgroup']);
  });

  test('a container that fails three times in five minutes is in a restart loop', async () => {
    has('web');
    await containers.start();
    told = [];
    for (const second of [0, 10, 20, 30]) {
      engine.event('die', web, startMs + second * 1_000, { exitCode: '1' });
      engine.event('start', web, startMs + second * 1_000);
    }
    expect((await toldUntilNow()).filter((line) => line.includes('loop'))).toEqual(['web restart-loop 20000']);
  });

  test('one that ends well, or of which the engine does not say how, is in none', async () => {
    has('web');
    await containers.start();
    told = [];
    for (const attributes of [{ exitCode: '0' }, {}, { exitCode: '0' }, {}, {}, {}])
      engine.event('die', web, startMs, attributes);
    expect(await toldUntilNow()).toEqual(['web stopped']);
  });

  test('the end of an earlier run, told late, does not end the present one', async () => {
    has('web');
    await containers.start();
    engine.event('die', web, startMs - 1, { exitCode: '0' });
    expect(await toldUntilNow()).not.toContain('web stopped');
    expect(containers.byId(web)).toBeDefined();
    engine.event('die', web, startMs + 1, { exitCode: '0' });
    expect(await toldUntilNow()).toEqual(['web stopped']);
  });

  test('events of one container keep their order, though each start asks the engine', async () => {
    await containers.start();
    has('web');
    const pair = ['web started in no cgroup', 'web stopped'];
    for (let run = 0; run < 3; run++) {
      engine.event('start', web, startMs + run);
      engine.event('die', web, startMs + run, { exitCode: '0' });
    }
    expect(await toldUntilNow()).toEqual([...pair, ...pair, ...pair]);
  });
});

describe('the stream of events', () => {
  test('that broke off is resumed: what ended meanwhile has ended, what is told twice is taken once', async () => {
    has('web');
    has('db');
    await containers.start();
    expect([containers.connected, engine.since()]).toEqual([true, null]);
    const at = startMs + 90_000;
    engine.event('attach', web, at);
    await waitFor('the event', () => told.includes(`web attach ${at - startMs}`));
    told = [];

    engine.containers.delete(idOf('db'));
    engine.hangUp();
    await waitFor('the next connection', () => containers.counters.connects === 2);
    expect(told).toEqual(['db stopped']);
    expect(engine.since()).toBe(String(at / 1000));
    engine.event('attach', web, at);
    engine.event('attach', web, at + 1);
    expect(await toldUntilNow()).toEqual(['db stopped', `web attach ${at + 1 - startMs}`]);
    expect(containers.counters).toMatchObject({ connects: 2, disconnects: 1 });
  });

  test('may hold nonsense: it is counted, and the next event is taken', async () => {
    has('web');
    await containers.start();
    told = [];
    engine.write('{"Type":"container","Action":\n\u0000\n{"Type":"container","Actor":null}\n[]\n');
    engine.event('oom', web, startMs + 1);
    expect(await toldUntilNow()).toEqual(['web oom 1']);
    expect(containers.counters.brokenLines).toBe(4);
  });

  test('an engine that does not answer is no error, and is found when it comes', async () => {
    const { folder } = engine;
    await engine.stop();
    expect([await containers.start(), containers.connected]).toEqual([false, false]);
    engine = await startStandInEngine(folder);
    has('web');
    await waitFor('the engine', () => containers.connected && told.length > 0);
    expect(told).toEqual(['web started in no cgroup']);
  });
});

test('a container of which the engine says what cannot be is not watched, which is logged once; the others are', async () => {
  has('web', { labels: { team: 7 as unknown as string } });
  has('db');
  await containers.start();
  expect(containers.running().map(({ name }) => name)).toEqual(['db']);
  engine.event('start', web, startMs);
  await toldUntilNow('db');
  await waitFor('the second question', () => engine.requests.filter((request) => request.includes(web)).length === 2);
  engine.event('start', web, startMs + 1);
  await waitFor('the third question', () => engine.requests.filter((request) => request.includes(web)).length === 3);
  await toldUntilNow('db');
  const about = logged.filter((line) => line.includes('engine.answer'));
  expect(about).toHaveLength(1);
  expect(about[0]).toContain(`container ${web.slice(0, 12)} is not watched`);
  expect(about[0]).toContain('Config.Labels.team');
});
