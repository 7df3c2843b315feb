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
    ['of the same words, by a process of the container', exec(process(10, check), false), container],
    ['with other arguments', exec(process(10, ['/bin/sh', '-c', 'curl -f http://localhost/']), true), container],
    ['of a container without a health check', exec(process(10, check), true), base],
  ])('is not a command %s', (_what, event, where) => {
    const checks = new HealthChecks();
    expect(checks.concerns(event, where)).toBe('no');
    expect(checks.concerns(exec(curl(11, [10]), false), where)).toBe('no');
  });

  test('in one container says nothing of another, and nothing of the same one after its end', () => {
    const checks = new HealthChecks();
    checks.concerns(exec(process(10, check), true), container);
    expect(checks.concerns(exec(curl(11, [10]), false), { ...container, id: 'c2' })).toBe('no');
    checks.forget('c1');
    expect(checks.concerns(exec(curl(11, [10]), false), container)).toBe('no');
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
