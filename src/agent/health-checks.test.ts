import { describe, expect, test } from 'vitest';
import type { Container } from '../model/container.ts';
import type { ConnectEvent, ExecEvent, Process } from '../model/event.ts';
import { HealthChecks } from './health-checks.ts';

const base: Container = {
  id: 'c1',
  name: 'web-1',
  image: 'web:1',
  digest: '',
  workload: { id: 'web', name: 'web', kind: 'image' },
  cgroupId: '7',
  pid: 1,
  startedAtMs: 0,
  labels: {},
  mounts: [],
  privileged: false,
  hostNamespaces: [],
};
const check = ['/bin/sh', '-c', "curl -f -H 'X-Probe: yes' http://localhost/healthz || exit 1"];
const container: Container = { ...base, healthcheck: check };

function process(pid: number, args: readonly string[], ancestors: readonly number[] = []): Process {
  const exe = args[0] ?? '';
  const chain = ancestors.map((ancestor) => ({ pid: ancestor, exe: '/bin/sh' }));
  return { pid, startTimeNs: String(pid), comm: '', exe, args, uid: 0, gid: 0, cwd: '/', ancestors: chain };
}

function exec(ran: Process, fromRuntime: boolean): ExecEvent {
  const seen = { timeMs: 0, cgroupId: '7', source: 'kernel', origin: 'image', script: '' } as const;
  return { ...seen, kind: 'exec', path: ran.exe, parentExe: fromRuntime ? '' : '/bin/sh', fromRuntime, process: ran };
}

function connect(by: Process, address: string): ConnectEvent {
  return {
    kind: 'connect',
    timeMs: 0,
    cgroupId: '7',
    source: 'kernel',
    protocol: 'tcp',
    address,
    port: 80,
    process: by,
  };
}

describe("a container's health check", () => {
  const curl = (pid: number, ancestors: readonly number[], ...more: readonly string[]): Process =>
    process(pid, ['/usr/bin/curl', '-f', '-H', 'X-Probe: yes', 'http://localhost/healthz', ...more], ancestors);

  test('is the command that the engine executes, and what it is written to run', () => {
    const checks = new HealthChecks();
    expect(checks.concerns(exec(process(10, check), true), container)).toBe('as-written');
    expect(checks.concerns(exec(curl(11, [10]), false), container)).toBe('as-written');
    expect(checks.concerns(connect(curl(11, [10]), '127.0.0.1'), container)).toBe('as-written');
    // A shell that runs its last command in its own place.
    expect(checks.concerns(exec(curl(10, []), false), container)).toBe('as-written');
  });

  test('whose processes do more than is written is only known by its origin; far addresses are nothing of its own', () => {
    const checks = new HealthChecks();
    checks.concerns(exec(process(10, check), true), container);
    expect(checks.concerns(exec(process(11, ['/bin/cat', '/etc/shadow'], [10]), false), container)).toBe('part');
    expect(checks.concerns(exec(curl(12, [10], '-o', '/tmp/x'), false), container)).toBe('part');
    // `it` and `h` are parts of words in the text and no words of it.
    expect(checks.concerns(exec(process(13, ['sh', '-c', 'it'], [10]), false), container)).toBe('part');
    expect(checks.concerns(exec(process(14, [], [10]), false), container)).toBe('part');
    expect(checks.concerns(connect(curl(12, [10]), '203.0.113.7'), container)).toBe('no');
  });

  test.each([
    ['of the same words, by a process of the container', exec(process(10, check, [1]), false), container],
    ['with other arguments', exec(process(10, ['/bin/sh', '-c', 'curl -f http://localhost/']), true), container],
    ['of a container without a health check', exec(process(10, check), true), base],
  ])('is not a command %s', (_what, event, where) => {
    const checks = new HealthChecks();
    expect(checks.concerns(event, where)).toBe('no');
    expect(checks.concerns(exec(curl(11, [10, 1]), false), where)).toBe('no');
  });

  describe('that the kernel knows already, so that its beginning is not told', () => {
    const entered = { ...container, pid: 1 };
    const below = (pid: number, ancestors: readonly number[], shell = '/usr/bin/dash'): Process => ({
      ...curl(pid, []),
      ancestors: ancestors.map((ancestor) => ({ pid: ancestor, exe: shell })),
    });
    test('is known by its own words, and below a shell from outside by those', () => {
      const checks = new HealthChecks();
      expect(checks.concerns(connect(process(10, check), '127.0.0.1'), entered)).toBe('as-written');
      expect(checks.concerns(exec(below(11, [10]), false), entered)).toBe('as-written');
      expect(checks.concerns(exec(below(11, [10], '/bin/busybox'), false), entered)).toBe('as-written');
      expect(checks.concerns(connect(below(11, [12, 10]), '127.0.0.1'), entered)).toBe('as-written');
      // A shell that runs its last command in its own place.
      expect(checks.concerns(exec(below(10, []), false), entered)).toBe('as-written');
      expect(checks.concerns(connect(below(10, []), '127.0.0.1'), entered)).toBe('as-written');
    });

    test('explains nothing that is not written in it, no far address, and nothing of the container itself', () => {
      const checks = new HealthChecks();
      const cat = { ...process(11, ['/bin/cat', '/etc/shadow']), ancestors: [{ pid: 10, exe: '/bin/sh' }] };
      expect(checks.concerns(exec(cat, false), entered)).toBe('no');
      expect(checks.concerns(connect(below(11, [10]), '203.0.113.7'), entered)).toBe('no');
      expect(checks.concerns(exec(below(11, [10, 1]), false), entered)).toBe('no');
      expect(checks.concerns(exec(below(11, [10], '/usr/bin/perl'), false), entered)).toBe('no');
      expect(checks.concerns(exec(below(10, []), true), entered)).toBe('no');
      expect(checks.concerns({ ...exec(below(10, []), false), parentExe: '/usr/bin/perl' }, entered)).toBe('no');
      // With so many ancestors, the last one told need not be the first there is.
      expect(checks.concerns(exec(below(11, [10, 9, 8, 7, 6, 5, 4, 3]), false), entered)).toBe('no');
      // It is not known what the container's first process is.
      expect(checks.concerns(exec(below(11, [10]), false), { ...container, pid: 0 })).toBe('no');
    });
  });

  test('that took too long leaves processes that are its own still', () => {
    const checks = new HealthChecks();
    checks.concerns(exec(process(10, check), true), container);
    checks.concerns(exec(curl(11, [10]), false), container);
    // The engine killed the shell: what it had started is below the first process now.
    expect(checks.concerns(connect(curl(11, [1]), '127.0.0.1'), container)).toBe('as-written');
    expect(checks.concerns(exec(process(12, ['/bin/cat', '/etc/shadow'], [11, 1]), false), container)).toBe('part');
    expect(checks.concerns(connect(curl(13, [1]), '127.0.0.1'), container)).toBe('no');
  });

  test.each([
    ['a program', ['/usr/bin/pg_isready', '-q'], ['/usr/bin/pg_isready', '-q'], 'as-written'],
    ['another program', ['/usr/bin/pg_isready', '-q'], ['/usr/bin/pg_isready'], 'no'],
    ['a script', ['/srv/check', '--all'], ['/bin/sh', '/srv/check', '--all'], 'as-written'],
    ['a script whose interpreter has an argument', ['/srv/check'], ['/bin/sh', '-e', '/srv/check'], 'as-written'],
    ['a script on the path', ['check', '--all'], ['/bin/sh', '/usr/bin/check', '--all'], 'as-written'],
    ['another script of that name', ['/srv/check'], ['/bin/sh', '/tmp/check'], 'no'],
    ['a script with other arguments', ['/srv/check', '--all'], ['/bin/sh', '/srv/check', '--most'], 'no'],
    ['a program with the script as its argument', ['/srv/check'], ['/bin/cat', '/srv/check'], 'no'],
  ])('of the form CMD is known without a shell: %s', (_what, written, ran, expected) => {
    const own = { ...base, healthcheck: written };
    expect(new HealthChecks().concerns(exec(process(10, ran), true), own)).toBe(expected);
  });

  test('whose words are in a script of the image: what that starts is its own, but for far addresses', () => {
    const scripted = { ...base, healthcheck: ['/bin/sh', '-c', '/srv/check all || exit 1'] };
    for (const [written, ran] of [
      [scripted, ['/bin/sh', '/srv/check', 'all']],
      [{ ...base, healthcheck: ['/srv/check', 'all'] }, ['/bin/sh', '-e', '/srv/check', 'all']],
    ] as const) {
      const checks = new HealthChecks();
      if (written === scripted) {
        expect(checks.concerns(exec(process(10, scripted.healthcheck), true), written)).toBe('as-written');
        // Before the script runs, only what is written counts.
        expect(checks.concerns(exec(process(9, ['/bin/cat', '/srv/x'], [10, 1]), false), written)).toBe('part');
      }
      const script = exec(process(11, ran, written === scripted ? [10, 1] : []), written !== scripted);
      expect(checks.concerns(script, written)).toBe('as-written');
      expect(checks.concerns(exec(process(12, ['/bin/cat', '/srv/x'], [11, 10]), false), written)).toBe('as-written');
      expect(checks.concerns(connect(process(12, ['/usr/bin/nc'], [11]), '::1'), written)).toBe('as-written');
      expect(checks.concerns(connect(process(12, ['/usr/bin/nc'], [11]), '203.0.113.7'), written)).toBe('no');
      expect(checks.concerns(exec(process(13, ['/bin/cat', '/srv/x'], [2, 1]), false), written)).toBe('no');
    }
  });

  test('in one container says nothing of another, and nothing of the same one after its end', () => {
    const checks = new HealthChecks();
    checks.concerns(exec(process(10, check), true), container);
    expect(checks.concerns(exec(curl(11, [10, 1]), false), { ...container, id: 'c2' })).toBe('no');
    checks.forget('c1');
    expect(checks.concerns(exec(curl(11, [10, 1]), false), container)).toBe('no');
  });

  test('of which the kernel cut the end off is known by what is left; a secret in it is masked on both sides', () => {
    const long = ['/bin/sh', '-c', `curl http://localhost/${'x'.repeat(2000)}`];
    const cut = process(10, ['/bin/sh', '-c', (long[2] ?? '').slice(0, 1000)]);
    expect(new HealthChecks().concerns(exec(cut, true), { ...base, healthcheck: long })).toBe('as-written');
    const secret = { ...base, healthcheck: ['redis-cli', '-a', 'correct-horse', 'ping'] };
    const seen = process(10, ['redis-cli', '-a', '***', 'ping']);
    expect(new HealthChecks().concerns(exec(seen, true), secret)).toBe('as-written');
  });
});
