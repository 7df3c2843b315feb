import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { loadRules } from '../detect/rule-parser.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Ancestor, ExecEvent, FileEvent, ListenEvent, Process } from '../model/event.ts';
import type { StoredProfile } from '../profile/stored.ts';
import { isFirstProgram, loadStarters, starterPaths, Starters } from './starters.ts';
import { shippedRules } from '../detect/rule-source.ts';
import { Watch } from './watch.ts';

const log = createLogger({ level: 'silent' });
const rules = loadRules([shippedRules]);
const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-starters-'));
const minuteMs = 60_000;
const nginx = '/usr/sbin/nginx';
const container = makeContainer({ image: 'nginx:1.27' });

const text = `format: anchorwatch-starter
version: 1
name: nginx
revision: 2026-01-05
programs: [${nginx}]
images: [nginx]
samples: {startup: 20, steady: 1000}
features:
  exec:
    <program>: [20, 0]
    runtime > <program>: [20, 0]
    /bin/sh: [20, 900]
    <program> > /bin/sh: [20, 900]
  file.read:
    /etc/nginx/mime.types: [20, 0]
    /etc/shadow: [20, 900]
    /srv/rare.html: [0, 900]
  net.listen:
    80/tcp: [20, 0]
`;

beforeAll(() => {
  mkdirSync(join(directory, 'good'));
  writeFileSync(join(directory, 'good', 'nginx.yaml'), text);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function process(pid: number, exe: string, ancestors: readonly Ancestor[] = []): Process {
  return { pid, startTimeNs: '1', comm: 'x', exe, args: [exe], uid: 0, gid: 0, cwd: '/', ancestors };
}

const at = { timeMs: 0, cgroupId: '7', source: 'kernel' } as const;

function exec(path: string, changes: Partial<ExecEvent> = {}): ExecEvent {
  const own = { kind: 'exec', path, origin: 'image', script: '', parentExe: '', fromRuntime: true } as const;
  return { ...at, ...own, process: process(100, path), ...changes };
}

function read(path: string, by = nginx): FileEvent {
  const own = { kind: 'file', access: 'read', created: false, path, fileType: 'regular', origin: 'unknown' } as const;
  return { ...at, ...own, process: process(100, by) };
}

const listen: ListenEvent = {
  ...{ ...at, kind: 'listen', address: '0.0.0.0', port: 80, protocol: 'tcp', process: process(100, nginx) },
};

/** An agent with starters, or without; minutes pass at once. */
class Agent {
  readonly alerts: Alert[] = [];
  readonly watch: Watch;
  saved: readonly StoredProfile[] = [];
  #nowMs: number = minuteMs * 1000;

  constructor(starters: boolean, profiles: readonly StoredProfile[] = []) {
    this.watch = new Watch({
      ...{ rules, node: 'n', sliceMs: minuteMs, startupMs: minuteMs },
      ...(starters ? { starters: new Starters([join(directory, 'good')], log) } : {}),
      profiles: { load: () => profiles, save: (changes) => void (this.saved = changes) },
      clock: { nowMs: () => this.#nowMs, monotonicMs: () => this.#nowMs },
    });
  }

  start(of: Container = container): void {
    this.watch.containerStarted({ ...of, startedAtMs: this.#nowMs }, this.#nowMs);
  }

  see(event: ExecEvent | FileEvent | ListenEvent, of: Container = container): Alert | undefined {
    const { alert } = this.watch.handle({ ...event, timeMs: this.#nowMs }, of);
    if (alert !== undefined) this.alerts.push(alert);
    return alert;
  }

  /** An nginx begins. */
  begin(): this {
    this.start();
    for (const event of [exec(nginx), read('/etc/nginx/mime.types'), listen]) this.see(event);
    return this;
  }

  minutes(count: number): this {
    for (let minute = 0; minute < count; minute++) this.watch.rollover((this.#nowMs += minuteMs));
    return this;
  }
}

describe("a container's first program", () => {
  const init = { pid: 100, exe: '/usr/sbin/docker-init' };
  const child = (ancestors: readonly Ancestor[]): Partial<ExecEvent> => ({
    ...{ fromRuntime: false, process: process(107, nginx, ancestors) },
  });
  test.each<[string, Partial<ExecEvent>, boolean]>([
    ['that the engine executes', {}, true],
    ['that an entry point became', { fromRuntime: false, parentExe: '/bin/sh' }, true],
    ['below an init', child([init]), true],
    ['below an init, su and a shell', child([{ pid: 104, exe: '/bin/su' }, init]), true],
    ['that was found running', { origin: 'unknown', source: 'procfs' }, true],
    ['that was written into the container', { origin: 'written' }, false],
    ['that was mounted into it', { origin: 'mount' }, false],
    ['of somebody who entered the container', { process: process(200, nginx) }, false],
    ['below another service', child([{ pid: 104, exe: '/usr/bin/perl' }, init]), false],
    ['of a process that the first is no ancestor of', child([{ pid: 104, exe: '/bin/sh' }]), false],
  ])('%s', (_what, changes, expected) => {
    expect(isFirstProgram(exec(nginx, changes), container)).toBe(expected);
  });
});

describe('with a starter', () => {
  test('the first behaviour of a container raises nothing, and what is known is shown', () => {
    const agent = new Agent(true).begin().minutes(3);
    expect(agent.alerts).toEqual([]);
    const [report] = agent.watch.report();
    expect(report?.prior).toEqual({
      ...{ source: 'starter', name: 'nginx 2026-01-05', nodes: 0, samples: { startup: 2, steady: 30 } },
    });
    const own = new Agent(false).begin().minutes(3).watch.report()[0]?.dimensions ?? [];
    for (const { dimension, coverage } of report?.dimensions ?? [])
      expect(coverage).toBeGreaterThanOrEqual(own.find((one) => one.dimension === dimension)?.coverage ?? 1);
    expect(report?.dimensions.map(({ dimension }) => dimension)).toContain('net.listen');
  });

  test('what the program does now and then raises nothing after days; what it never does, does', () => {
    const [plain, shipped] = [new Agent(false), new Agent(true)].map((agent) => agent.begin().minutes(2500));
    for (const agent of [plain, shipped])
      for (const path of ['/srv/rare.html', '/srv/odd.html']) agent?.see(read(path));
    expect(plain?.alerts.map(({ key }) => key)).toEqual(['/srv/rare.html', '/srv/odd.html']);
    expect(shipped?.alerts.map(({ key }) => key)).toEqual(['/srv/odd.html']);
    expect(shipped?.alerts[0]?.evidence.note).toContain('of them 30 by the weight of the starter nginx 2026-01-05');
  });

  test('what rules find suspicious is told as without, even where the starter has seen it all the time', () => {
    for (const minutes of [0, 5, 300]) {
      const [plain, shipped] = [new Agent(false), new Agent(true)].map((agent) => agent.begin().minutes(minutes));
      const shell = exec('/bin/sh', {
        parentExe: nginx,
        fromRuntime: false,
        process: process(9, '/bin/sh', [{ pid: 100, exe: nginx }]),
      });
      for (const event of [read('/etc/shadow', '/bin/cat'), shell]) {
        const [without, withIt] = [plain?.see(event), shipped?.see(event)];
        expect(without).toBeDefined();
        expect(withIt).toMatchObject({
          dimension: without?.dimension,
          rules: without?.rules,
          suspicion: without?.suspicion,
        });
        expect(withIt?.score).toBeGreaterThanOrEqual(without?.score ?? 0);
      }
      expect(shipped?.watch.profile('w')?.state({ dimension: 'exec', key: '/bin/sh' })).toBe('judged');
    }
  });

  test('a workload that runs something else, or that others know, has none', () => {
    const agent = new Agent(true);
    agent.start();
    agent.see(exec('/usr/bin/perl'));
    agent.see(exec(nginx, { fromRuntime: false, process: process(9, nginx, [{ pid: 100, exe: '/usr/bin/perl' }]) }));
    expect(agent.watch.profile('w')?.prior).toBeUndefined();
    const known = new Agent(true);
    known.start();
    const shared = { workload: container.workload, asOfMs: 0, halfLifeMs: 1e9, nodes: 3, omitted: 0, incomplete: {} };
    const samples = { startup: 1, steady: 9 };
    known.watch.profile('w')?.usePrior({ ...shared, samples, images: [], listeners: [], features: [] }, 0);
    known.begin();
    expect(known.watch.report()[0]?.prior).toMatchObject({ source: 'fleet', nodes: 3 });
  });

  test('it is there again after a restart of the agent, although the kernel tells of the program no more', () => {
    const first = new Agent(false).begin().minutes(2);
    first.watch.save();
    const second = new Agent(true, first.saved);
    expect(second.watch.report()[0]).not.toHaveProperty('prior');
    second.start();
    expect(second.watch.report()[0]?.prior?.name).toBe('nginx 2026-01-05');
  });
});

describe('files of starters', () => {
  test('a broken one is refused, said and counted; the others stay, and a later one of a name counts', () => {
    const folder = join(directory, 'mixed');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), text.replace('2026-01-05', '2'));
    writeFileSync(join(folder, 'b.yaml'), text.replace('version: 1', 'version: 9').replace('name: nginx', 'name: b'));
    writeFileSync(join(folder, 'c.yaml'), text.replace('name: nginx', 'name: c'));
    const loaded = loadStarters([join(directory, 'good'), folder, join(directory, 'nowhere')]);
    expect(loaded.starters.map(({ name, revision }) => [name, revision])).toEqual([
      ['nginx', '2'],
      ['c', '2026-01-05'],
    ]);
    expect(loaded.problems.map(({ file, line }) => [file.slice(directory.length), line])).toEqual([
      ['/mixed/b.yaml', 2],
      ['/nowhere', undefined],
    ]);
    const starters = new Starters([folder], log);
    expect([starters.refused, starters.names]).toEqual([1, ['nginx', 'c']]);
    writeFileSync(join(folder, 'b.yaml'), text.replace('name: nginx', 'name: b'));
    starters.reload();
    expect([starters.refused, starters.names]).toEqual([0, ['nginx', 'b', 'c']]);
  });

  test('the option names them', () => {
    expect(starterPaths('off')).toEqual([]);
    expect(starterPaths('on')).toHaveLength(1);
    expect(starterPaths('/etc/x')).toEqual([...starterPaths('on'), '/etc/x']);
  });
});
