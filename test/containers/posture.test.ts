import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cgroupMounts, cgroupPlaces } from '../../src/posture/kernel-reading.ts';
import { loadPractices } from '../../src/posture/practice-file.ts';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';
import { kinds, oomKillMayBeOff, password, token } from './posture-kinds.ts';
import { makeRuntime } from './runtimes.ts';

interface Finding {
  readonly id: number;
  readonly check: string;
  readonly result: string;
  readonly severity: string;
  readonly note: string;
  readonly evidence: readonly { readonly field: string; readonly value: string }[];
  readonly container?: { readonly name: string };
  readonly workload?: object;
}

let engine: Engine;
let product: Product;
let image = '';
let scratch = '';
const missing = engineMissing();
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

beforeAll(async () => {
  if (missing !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-posture-'));
  writeFileSync(
    join(scratch, 'exceptions.yaml'),
    [
      'exceptions:',
      '  - { of: host-pid, container: spaces, owner: sre, reason: reads all processes, expires: 2999-01-01 }',
      '  - { of: host-ipc, container: spaces, owner: sre, reason: it was once, expires: 2020-01-01 }',
      '',
    ].join('\n'),
  );
  engine = await startEngine({
    flags: (['lax', 'bounded'] as const).flatMap((kind) => ['--add-runtime', `${kind}=${makeRuntime(scratch, kind)}`]),
  });
  image = await engine.busyboxImage();
  // Other engines on the machine take the usual subnets, and their bridges outlive them.
  await engine.cli('network', 'create', '--subnet', `10.232.${16 + (process.pid % 200)}.0/24`, 'own');
  for (const [name, { flags, command }] of Object.entries(kinds))
    await engine.cli('run', '-d', '--name', name, ...flags, image, ...(command ?? ['sleep', '600']));
  // A mount can only be shared where its source is.
  await promisify(execFile)('mount', ['--bind', scratch, scratch]);
  await promisify(execFile)('mount', ['--make-shared', scratch]);
  await engine.cli('run', '-d', '--name', 'sharing', '-v', `${scratch}:/shared:rshared`, image, 'sleep', '600');
  await engine.cli('run', '-d', '--name', 'fixed', '--read-only', image, 'sleep', '600');
  // By its id, and by a tag that is another image's since.
  const { Id: imageId } = await engine.docker.getImage(image).inspect();
  await engine.cli('run', '-d', '--name', 'pinned', imageId, 'sleep', '600');
  await engine.cli('tag', image, 'anchorwatch-test/moving:latest');
  await engine.cli('run', '-d', '--name', 'moved', 'anchorwatch-test/moving:latest', 'sleep', '600');
  await engine.cli('run', '-d', '--name', 'aged', await engine.aged(image, 100), 'sleep', '600');
  const socket = engine.host.slice('unix://'.length);
  await engine.cli('run', '-d', '--name', 'boss', '-v', `${socket}:/var/run/docker.sock`, image, 'sleep', '600');
  await runSshd();
  await runImageWithSecret();
  product = await startProduct(engine.host, ['--posture-exceptions', join(scratch, 'exceptions.yaml')]);
  const wanted = [...Object.keys(kinds), 'boss', 'sshd', 'baked', 'sharing', 'fixed', 'pinned', 'moved', 'aged'];
  await waitFor(
    'all containers to be checked',
    async () => {
      const names = new Set((await findings('result=all&practice=user-root')).map(({ container }) => container?.name));
      return wanted.every((name) => names.has(name));
    },
    60_000,
  );
}, 300_000);
afterAll(async () => {
  await product?.stop();
  if (missing === undefined) {
    const ids = await engine.cli('ps', '-aq');
    if (ids !== '') await engine.cli('rm', '-f', ...ids.split('\n'));
    await engine.cli('network', 'rm', 'own').catch(() => undefined);
  }
  await engine?.stop();
  if (scratch !== '') spawnSync('umount', ['-l', scratch]);
  if (scratch !== '') rmSync(scratch, { recursive: true, force: true });
}, 120_000);

/** A process whose name is that of an SSH server: the kernel takes it from the file, busybox the applet from the first argument. */
async function runSshd(): Promise<void> {
  const script = 'ln -s /bin/busybox /tmp/sshd && exec -a sleep /tmp/sshd 600';
  await engine.cli('run', '-d', '--name', 'sshd', image, 'sh', '-c', script);
}

async function runImageWithSecret(): Promise<void> {
  const { Id: id } = await engine.docker
    .createContainer({ name: 'maker', Image: image, Cmd: ['true'] })
    .then((made) => made.inspect());
  await engine.cli('commit', '--change', `ENV API_TOKEN=${token}`, id, 'anchorwatch-test/baked:1');
  await engine.cli('rm', id);
  await engine.cli('run', '-d', '--name', 'baked', 'anchorwatch-test/baked:1', 'sleep', '600');
  await engine.cli('tag', 'anchorwatch-test/baked:1', 'anchorwatch-test/moving:latest');
}

async function findings(query: string): Promise<readonly Finding[]> {
  const items: Finding[] = [];
  let next: string | undefined = '';
  while (next !== undefined) {
    const page: { items: readonly Finding[]; next?: string } = await product.get(
      `/api/v1/posture?limit=500&${query}${next === '' ? '' : `&after=${next}`}`,
    );
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

async function resultsOf(container: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(
    (await findings(`result=all&container=${container}`)).map(({ check, result }) => [check, result]),
  );
}

describe('checks of containers', () => {
  for (const [name, kind] of Object.entries(kinds))
    test(`${name} is told apart`, async () => {
      const results = await resultsOf(name);
      const expected = Object.fromEntries([
        ...kind.fails.map((check) => [check, 'fail'] as const),
        ...(kind.warns ?? []).map((check) => [check, 'warn'] as const),
        ...kind.passes.map((check) => [check, 'pass'] as const),
      ]);
      expect(Object.fromEntries(Object.keys(expected).map((check) => [check, results[check]]))).toEqual(expected);
    });

  test('the socket of the engine, an SSH server and a secret in an image are found', async () => {
    expect((await resultsOf('boss'))['engine-socket']).toBe('fail');
    expect((await resultsOf('sshd'))['sshd']).toBe('fail');
    expect((await resultsOf('sharing'))['mount-propagation']).toBe('fail');
    const baked = await resultsOf('baked');
    expect([baked['secrets-image'], baked['secrets-environment']]).toEqual(['fail', 'pass']);
  });

  test('how an image is named, and whether it is still the one', async () => {
    const [pinned, moved] = [await resultsOf('pinned'), await resultsOf('moved')];
    expect([pinned['image-pinned'], pinned['image-current']]).toEqual(['pass', 'pass']);
    expect([moved['image-pinned'], moved['image-current']]).toEqual(['fail', 'warn']);
  });

  test('every check of a container says something of each container', async () => {
    const checks = loadPractices()
      .checks.filter(({ of }) => of === 'container')
      .map(({ id }) => id);
    expect(Object.keys(await resultsOf('plain')).toSorted()).toEqual(checks.toSorted());
  });

  test('every check of a container is told apart on this engine', async () => {
    // A module of the kernel that this machine may not have, what is a matter of the agent alone, what is executed below, and images.test.ts.
    const elsewhere = new Set(['apparmor', 'selinux', 'kernel-apparmor', 'watched', 'exec-privileged', 'exec-root']);
    for (const what of ['origin', 'drift', 'learned', 'signed', 'scanned', 'vulnerable'])
      elsewhere.add(`image-${what}`);
    if (!oomKillMayBeOff) elsewhere.add('oom-kill');
    const of = Map.groupBy(
      (await findings('result=all')).filter(({ container }) => container !== undefined),
      ({ check }) => check,
    );
    const same = [...of].filter(([check, all]) => {
      const results = new Set(all.map(({ result }) => result));
      return !elsewhere.has(check) && !(results.has('pass') && (results.has('fail') || results.has('warn')));
    });
    expect(same.map(([check, all]) => `${check}: ${[...new Set(all.map(({ result }) => result))].join()}`)).toEqual([]);
  });

  test('no secret is told, logged or stored', async () => {
    const all = JSON.stringify(await findings('result=all'));
    const store = ['collector.db', 'collector.db-wal']
      .map((file) => readFileSync(join(product.state, file), 'latin1'))
      .join('');
    for (const secret of [token, password])
      for (const text of [all, product.log(), store]) expect(text).not.toContain(secret);
    const [found] = await findings('container=secrets&practice=secrets-environment');
    expect(found?.evidence).toEqual([
      { field: 'Config.Env DB_PASSWORD', value: `value of a name that says secret, ${password.length} characters` },
    ]);
  });
});

describe('checks of the node', () => {
  test('every check of a node says something, and what is known of this engine', async () => {
    const checks = loadPractices()
      .checks.filter(({ of }) => of === 'node')
      .map(({ id }) => id);
    const node = (await findings('result=all')).filter(
      ({ container, workload }) => container === undefined && workload === undefined,
    );
    expect(node.map(({ check }) => check).toSorted()).toEqual(checks.toSorted());
    const results = Object.fromEntries(node.map(({ check, result }) => [check, result]));
    expect(results).toMatchObject({
      ...{ swarm: 'pass', 'user-namespaces': 'fail', rootless: 'warn', 'live-restore': 'warn', 'engine-tcp': 'pass' },
      ...{ 'insecure-registries': 'pass', 'engine-seccomp': 'pass', experimental: 'pass', 'userland-proxy': 'warn' },
    });
  });
});

describe('what is done with findings', () => {
  const cli = async (...args: readonly string[]): Promise<{ readonly out: string; readonly status: number }> => {
    const bin = new URL('../../bin/anchorwatch.mjs', import.meta.url).pathname;
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        bin,
        'posture',
        '--state',
        product.state,
        ...args,
      ]);
      return { out: stdout, status: 0 };
    } catch (error) {
      const { stdout, code } = error as { stdout: string; code: number };
      return { out: stdout, status: code };
    }
  };

  test('--fail-on is met by what counts, and not by what is excused', async () => {
    expect((await cli('--container', 'hard', '--fail-on', 'warning')).status).toBe(0);
    expect((await cli('--container', 'nobody', '--fail-on', 'notice')).status).toBe(1);
    expect((await cli('--container', 'rights', '--fail-on', 'critical')).status).toBe(3);
    const spaces = await cli('--container', 'spaces', '--practice', 'host-pid', '--fail-on', 'critical');
    expect(spaces.status).toBe(0);
    expect(spaces.out).toContain('excepted until 2999-01-01');
    const expired = await cli('--container', 'spaces', '--practice', 'host-ipc', '--fail-on', 'warning');
    expect(expired.status).toBe(3);
    expect(expired.out).toContain('EXPIRED 2020-01-01');
  }, 60_000);

  test('metrics count what is not excused, by practice', async () => {
    const metrics = await product.metrics();
    const critical = (await findings('result=fail,warn&excepted=false&severity=critical')).length;
    const counted = [
      ...metrics.matchAll(/^anchorwatch_posture_findings\{practice="\w+",severity="critical"\} (\d+)$/gm),
    ];
    expect(counted).toHaveLength(30);
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(critical);
    expect(metrics).toMatch(/^anchorwatch_posture_exceptions\{state="expired"\} 1$/m);
  });

  test('what breaks while a container runs is an alert, a message of the feed, and a change', async () => {
    const told: { type: string; container?: { name: string }; changes: { check: string; result: string }[] }[] = [];
    const feed = new WebSocket(`${product.url.replace(/^http/, 'ws')}/feed?kind=posture`);
    feed.addEventListener('message', ({ data }) => told.push(JSON.parse(String(data)) as (typeof told)[number]));
    await new Promise((resolve) => {
      feed.addEventListener('open', resolve);
    });
    await engine.cli('update', '--pids-limit', '-1', 'hard');
    // It is refused where the machine gives no more rights than it has; that it was asked for is what counts.
    await engine.cli('exec', '--privileged', 'hard', 'true').catch(() => undefined);
    await engine.cli('exec', '--user', '0', 'hard', 'sleep', '1');
    const alertOf = (key: string) => product.alerts.find((one) => one.dimension === 'posture' && one.key === key);
    const tells = (check: string): boolean => told.some(({ changes }) => changes.some((one) => one.check === check));
    await waitFor(
      'alerts and messages',
      () =>
        ['pids-limit', 'exec-privileged'].every((check) => alertOf(check) !== undefined && tells(check)) &&
        tells('exec-root'),
      30_000,
    );
    feed.close();
    expect(alertOf('exec-privileged')).toMatchObject({
      severity: 'critical',
      container: { name: 'hard' },
      rules: ['posture-broken'],
    });
    expect(alertOf('pids-limit')).toMatchObject({ severity: 'warning', rules: ['posture-weakened'] });
    const { items } = await product.get<{ items: { check: string; was: string; result: string }[] }>(
      '/api/v1/posture/changes?container=hard',
    );
    expect(items).toEqual(
      expect.arrayContaining([expect.objectContaining({ check: 'pids-limit', was: 'pass', result: 'fail' })]),
    );
  }, 60_000);

  test('a root file system that was mounted anew is a disagreement of engine and kernel', async () => {
    const { State: state } = await engine.docker.getContainer('fixed').inspect();
    await promisify(execFile)('nsenter', [
      '-t',
      String(state.Pid),
      '-m',
      '-p',
      '/bin/mount',
      '-o',
      'remount,bind,rw',
      '/',
    ]);
    // The next look is within a minute; what the engine tells of the container is looked at now.
    await engine.cli('rename', 'fixed', 'mended');
    await waitFor('the alert', () => product.alerts.some(({ key }) => key === 'kernel-root-filesystem'), 30_000);
    const found = await waitFor(
      'the finding',
      async () => (await findings('container=mended&practice=kernel-root-filesystem'))[0],
      10_000,
    );
    expect(found).toMatchObject({ result: 'fail', severity: 'critical' });
    expect(found.evidence).toEqual([
      { field: 'HostConfig.ReadonlyRootfs', value: 'true' },
      { field: '/proc/PID/mountinfo /', value: 'rw' },
    ]);
  }, 60_000);

  test('limits and mounts that somebody changed behind the back of the engine', async () => {
    const { State: state } = await engine.docker.getContainer('hard').inspect();
    const pid = String(state.Pid);
    const mounts = cgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
    const { unified, legacy } = cgroupPlaces(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), mounts);
    const memory = legacy.get('memory');
    if (memory === undefined) writeFileSync(`${unified ?? ''}/memory.max`, 'max');
    else {
      if (existsSync(`${memory}/memory.memsw.limit_in_bytes`))
        writeFileSync(`${memory}/memory.memsw.limit_in_bytes`, '-1');
      writeFileSync(`${memory}/memory.limit_in_bytes`, '-1');
    }
    await promisify(execFile)('nsenter', ['-t', pid, '-m', '/bin/mount', '-o', 'bind', '/etc', '/srv']);
    await engine.cli('rename', 'hard', 'harder');
    await waitFor(
      'the alerts',
      () => ['kernel-memory-limit', 'memory-limit'].every((check) => product.alerts.some(({ key }) => key === check)),
      30_000,
    );
    const found = await waitFor(
      'the finding',
      async () => (await findings('container=harder&practice=kernel-memory-limit'))[0],
      10_000,
    );
    expect(found).toMatchObject({ result: 'fail' });
    expect(found.evidence[0]).toEqual({ field: 'HostConfig.Memory', value: String(64 << 20) });
  }, 60_000);

  test('a container that ended has no findings', async () => {
    await engine.cli('rm', '-f', 'served');
    await waitFor(
      'its findings to be gone',
      async () => (await findings('result=all&container=served')).length === 0,
      20_000,
    );
  }, 30_000);
});
