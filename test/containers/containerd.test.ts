import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainManifestsFile } from '../chart/plain.ts';
import { manifestsOf } from '../chart/render.ts';
import { auditEvent, eventList } from '../support/audit-events.ts';
import { makeEvent } from '../support/cluster-events.ts';
import { makePod } from '../support/pods.ts';
import { engineMissing } from '../support/requirements.ts';
import { paths, startStandInCluster, writeKubeconfig } from '../support/stand-in-cluster.ts';
import type { StandInCluster } from '../support/stand-in-cluster.ts';
import { waitFor } from '../support/wait.ts';
import { followAlerts, startCommand } from './product.ts';
import type { Command, SeenAlert } from './product.ts';

// A containerd of the test's own, with its state where k0s has it, and no Docker: containers as the CRI makes them, by containerd's own client.
const state = '/run/k0s/containerd';
const [busybox, containerdPath, ctr, runc] = ['/bin/busybox', '/usr/bin/containerd', '/usr/bin/ctr', '/usr/sbin/runc'];
const missing =
  engineMissing() ??
  [busybox, containerdPath, ctr, runc].flatMap((path) => (existsSync(path) ? [] : [`not installed: ${path}`]))[0] ??
  (existsSync('/run/k0s') ? 'k0s runs here' : undefined);
const podUid = '5a6b7c8d-3d4a-4c7e-9b1f-0a2b3c4d5e6f';
const parent = `/anchorwatch-test/kubepods/burstable/pod${podUid}`;

const pod = { namespace: 'shop', name: 'web-7d4b9c6f5d-x2x4z' };

const checkout = join(import.meta.dirname, '../..');
/** What containerd gives to a container that asks for nothing: all of it is dropped. */
const capabilitiesOfContainers = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
];

/** What the plain manifests say of the agent, as far as it is tried here. */
interface DaemonSet {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          {
            readonly securityContext: {
              readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
            };
            readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
          },
        ];
        readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

/** A specification of the OCI runtime, as far as it is changed here. */
interface OciSpec {
  readonly process: object;
  readonly linux: { readonly namespaces: readonly { readonly type: string }[] };
}

let folder: string;
let cluster: StandInCluster;
let containerd: ChildProcess | undefined;
let agent: Command | undefined;
const carriers: string[] = [];
let feed: Awaited<ReturnType<typeof followAlerts>> | undefined;

const socket = (): string => join(folder, 'containerd.sock');

beforeAll(async () => {
  if (missing !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'aw-containerd-'));
  const started = spawn(containerdPath, ['--root', join(folder, 'lib'), '--state', state, '--address', socket()], {
    stdio: 'ignore',
  });
  containerd = started;
  mkdirSync(join(folder, 'root/bin'), { recursive: true });
  for (const name of ['sh', 'cp']) copyFileSync(busybox, join(folder, 'root/bin', name));
  cluster = await startStandInCluster();
  cluster.put(paths.pods, makePod({ uid: podUid, containers: [{}, { name: 'worker' }, { name: 'proxy' }] }));
  await waitFor('containerd', () => existsSync(socket()));
  agent = await startCommand([
    ...['up', '--state', join(folder, 'state'), '--listen', '127.0.0.1:0', '--sensor', 'bpf'],
    ...['--kubeconfig', writeKubeconfig(folder, cluster.url), '--node-name', 'node-1'],
  ]);
  feed = await followAlerts(readFileSync(join(folder, 'state/listen'), 'utf8').trim());
});

afterAll(async () => {
  if (missing !== undefined) return;
  feed?.close();
  await agent?.kill('SIGTERM');
  await cluster.stop();
  // What keeps a container outlives containerd.
  for (const id of carriers) spawnSync(ctr, ['--address', socket(), '--namespace', 'k8s.io', 'task', 'rm', '-f', id]);
  const ended = new Promise((resolve) => containerd?.once('exit', resolve));
  containerd?.kill('SIGTERM');
  await ended;
  rmSync('/run/k0s', { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

test('containers that live for a tenth of a second, of which the API never tells, are named by what containerd wrote down', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const ids = Array.from({ length: 3 }, () => randomBytes(32).toString('hex'));
  for (const id of ids) {
    const annotations = Object.entries({
      ...{ 'container-type': 'container', 'container-name': 'worker', 'sandbox-name': 'web-7d4b9c6f5d-x2x4z' },
      ...{ 'sandbox-namespace': 'shop', 'sandbox-uid': podUid },
    }).flatMap(([name, value]) => ['--annotation', `io.kubernetes.cri.${name}=${value}`]);
    execFileSync(ctr, [
      ...['--address', socket(), '--namespace', 'k8s.io', 'run', '--rm', '--rootfs', '--cgroup', `${parent}/${id}`],
      ...['--mount', 'type=tmpfs,src=tmpfs,dst=/tmp,options=nosuid', ...annotations, join(folder, 'root'), id],
      ...['/bin/sh', '-c', '/bin/cp /bin/sh /tmp/echo; exec /tmp/echo'],
    ]);
  }
  const alerts = await waitFor('an alert of each', () => {
    const found =
      feed?.alerts.filter(({ container }) => ids.includes((container as { readonly id?: string }).id ?? '')) ?? [];
    return found.length >= ids.length && found;
  });
  expect(new Set(alerts.map(({ workload }) => workload.name))).toEqual(new Set(['shop/deployment/web/worker']));
});

/** Attack cases that busybox alone can perform, and the dimension and rule that tell of each at the first sight, in whatever runtime. */
const cases = [
  ['T1003.008-copy-shadow', 'file.read', 'credential-file'],
  ['T1003.008-shadow-through-link', 'file.write', 'link-to-secret'],
  ['T1018-loopback-sweep', 'syscall', 'echo-socket'],
  ['T1027-gzip-packed-script', 'exec', 'shell-reads-standard-input'],
  ['T1027.009-payload-in-script', 'exec', 'hidden-program'],
  ['T1036.006-space-after-name', 'exec', 'script-with-a-foreign-extension'],
  ['T1037.004-rc-local', 'file.write', 'service-file'],
  ['T1046-scanner-shape', 'exec', 'scanner'],
  ['T1048-nc-exfil', 'exec', 'netcat-within'],
  ['T1053.003-cron-daily', 'file.write', 'scheduled-task-file'],
  ['T1056.001-prompt-command-logger', 'file.write', 'shell-start-up-file'],
  ['T1059.004-telnetd', 'exec', 'remote-login-server'],
  ['T1068-unshare-user-and-mount', 'exec', 'isolation-tool'],
  ['T1068-user-namespace-attempt', 'privilege', 'mount-in-container'],
  ['T1070.003-history-cleared', 'file.write', 'log-tampering'],
  ['T1070.004-self-delete', 'exec', 'script-in-temporary-directory'],
  ['T1219-tunnel-tool-shape', 'exec', 'tunnel'],
  ['T1496.001-miner-shape', 'exec', 'miner'],
] as const;

test('attack cases in a pod give the alerts of their rules, named by the workload; the controls give none', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const root = join(folder, 'carrier');
  for (const path of ['bin', 'etc', 'tmp', 'case', 'var/log', 'root', 'proc', 'dev'])
    mkdirSync(join(root, path), { recursive: true });
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const name of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/shadow'), 'root:*:19000:0:99999:7:::\n');
  const id = randomBytes(32).toString('hex');
  carriers.push(id);
  const annotations = Object.entries({
    ...{ 'container-type': 'container', 'container-name': 'proxy', 'sandbox-name': 'web-7d4b9c6f5d-x2x4z' },
    ...{ 'sandbox-namespace': 'shop', 'sandbox-uid': podUid },
  }).flatMap(([name, value]) => ['--annotation', `io.kubernetes.cri.${name}=${value}`]);
  const loop =
    'while :; do [ -e /case/go ] && { rm /case/go; sh /case/case.sh >/dev/null 2>&1; echo $? >/case/done; }; sleep 0.1; done';
  execFileSync(ctr, [
    ...['--address', socket(), '--namespace', 'k8s.io', 'run', '--detach', '--rootfs', '--cgroup', `${parent}/${id}`],
    ...['--env', 'PATH=/bin', ...annotations, root, id, '/bin/sh', '-c', loop],
  ]);
  const ofPod = (): readonly SeenAlert[] =>
    feed?.alerts.filter(({ container }) => (container as { readonly id?: string }).id === id) ?? [];
  const perform = async (name: string): Promise<void> => {
    copyFileSync(join(checkout, 'test/cases', `${name}.sh`), join(root, 'case/case.sh'));
    rmSync(join(root, 'case/done'), { force: true });
    writeFileSync(join(root, 'case/go'), '');
    const status = await waitFor(
      name,
      () => {
        // The shell makes the file before it writes into it.
        const said = existsSync(join(root, 'case/done')) ? readFileSync(join(root, 'case/done'), 'utf8').trim() : '';
        return said === '' ? undefined : said;
      },
      30_000,
    );
    expect(`${name} ${status}`).toBe(`${name} 0`);
  };
  for (const name of ['T0000-control-null', 'T0000-control-scaffold']) await perform(name);
  for (const [index, [name, dimension, rule]] of cases.entries()) {
    await perform(name);
    const told = (): boolean =>
      ofPod().some((alert) => alert.dimension === dimension && alert.rules.some((one) => one === rule));
    await waitFor(`${rule} of ${name}`, told);
    // Alerts come in their order: what the controls gave would be here by now.
    if (index === 0) expect(ofPod().map(({ key }) => key)).toEqual(['/etc/shadow']);
  }
  expect(new Set(ofPod().map(({ workload, container }) => `${workload.name} ${container.name}`))).toEqual(
    new Set(['shop/deployment/web/proxy proxy']),
  );
});

test('who went into the pod by kubectl is named in the incident; what the cluster says of the pod is in its story', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const url = readFileSync(join(folder, 'state/listen'), 'utf8').trim();
  const [id = ''] = carriers;
  const ofPod = (): readonly (SeenAlert & { readonly incident?: string })[] =>
    feed?.alerts.filter(({ container }) => (container as { readonly id?: string }).id === id) ?? [];
  const enter = ['--address', socket(), '--namespace', 'k8s.io', 'task', 'exec', '--exec-id', 'session', id];
  execFileSync(ctr, [...enter, '/bin/sh', '-c', 'echo "* * * * * root /tmp/x" > /etc/crontab']);
  await waitFor('what the session did', () => ofPod().some(({ key }) => key === '/etc/crontab'));
  const now = new Date().toISOString();
  const exec = auditEvent(1, {
    ...{ stage: 'ResponseStarted', verb: 'get', responseStatus: { code: 101 }, user: { username: 'jane' } },
    ...{ userAgent: 'kubectl/v1.36.0 (linux/amd64)', requestReceivedTimestamp: now, stageTimestamp: now },
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-7d4b9c6f5d-x2x4z' },
    requestURI: '/api/v1/namespaces/shop/pods/web-7d4b9c6f5d-x2x4z/exec?command=sh&command=-c&container=proxy',
  });
  const body = JSON.stringify(eventList([exec]));
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/kubernetes/audit`, { method: 'POST', headers, body })).status).toBe(200);
  const session = await waitFor('the name of who went in', () => ofPod().find(({ key }) => key.startsWith('session:')));
  expect(session.title).toBe('jane with kubectl executed sh in shop/deployment/web/proxy');
  expect(session.incident).toBe(ofPod().find(({ key }) => key === '/etc/crontab')?.incident);
  cluster.put(paths.events, {
    ...makeEvent('event-1', 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
    involvedObject: { kind: 'Pod', ...pod, fieldPath: 'spec.containers{proxy}' },
    ...{ firstTimestamp: now, lastTimestamp: now },
  } as never);
  const story = await waitFor('both in the history', async () => {
    const answer = (await (
      await fetch(`${url}/api/v1/history?container=${id}&kind=lifecycle&since=${now}`)
    ).json()) as {
      readonly items: readonly { readonly action: string; readonly detail: string; readonly by?: string }[];
    };
    return answer.items.length >= 2 && answer.items.map(({ action, detail, by = '' }) => `${action} ${detail} ${by}`);
  });
  expect(new Set(story)).toEqual(new Set(['exec-create sh jane with kubectl', 'probe-failed liveness ']));
});

test('in a pod with users of its own root is told as what it is on the node, and as root of the container', async (context) => {
  if (missing !== undefined) context.skip(missing);
  const [root, id] = [join(folder, 'mapped'), randomBytes(32).toString('hex')];
  for (const path of ['bin', 'etc', 'proc', 'dev', 'sys']) mkdirSync(join(root, path), { recursive: true });
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const name of ['sh', 'cat', 'sleep', 'su']) symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/:/bin/sh\n');
  writeFileSync(join(root, 'etc/shadow'), 'root:*:19000:0:99999:7:::\n');
  execFileSync('/bin/chown', ['-R', '327680:327680', root]);
  // Root of the container is nobody in particular to the directories above.
  chmodSync(folder, 0o711);
  // ctr maps users of images only: the specification is written here, as the kubelet has containerd write it for `hostUsers: false`.
  execFileSync(runc, ['spec', '--bundle', folder]);
  const spec = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as OciSpec;
  const mapping = [{ containerID: 0, hostID: 327_680, size: 65_536 }];
  const { process: first, linux } = spec;
  const names = { 'container-type': 'container', 'container-name': 'nginx', 'sandbox-name': pod.name };
  const said = { ...names, 'sandbox-namespace': 'shop', 'sandbox-uid': podUid };
  const config = {
    ...{ ...spec, root: { path: root } },
    annotations: Object.fromEntries(Object.entries(said).map(([name, value]) => [`io.kubernetes.cri.${name}`, value])),
    process: {
      ...{ ...first, terminal: false, env: ['PATH=/bin'] },
      args: ['/bin/sh', '-c', 'cat /etc/shadow; su web -c "cat /etc/passwd"; sleep 1'],
      capabilities: Object.fromEntries(
        ['bounding', 'effective', 'permitted'].map((set) => [set, ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL']]),
      ),
    },
    linux: {
      ...{ ...linux, cgroupsPath: `${parent}/${id}`, uidMappings: mapping, gidMappings: mapping },
      namespaces: [...linux.namespaces, { type: 'user' }],
    },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  execFileSync(ctr, [
    ...['--address', socket(), '--namespace', 'k8s.io', 'run', '--rm', '--config', join(folder, 'config.json'), id],
  ]);
  const told = await waitFor('the alert', () =>
    feed?.alerts.find(
      ({ container, key }) => (container as { readonly id?: string }).id === id && key === '/etc/shadow',
    ),
  );
  expect(told.process).toMatchObject({ exe: '/bin/busybox', uid: 327_680, containerUid: 0 });
  const url = readFileSync(join(folder, 'state/listen'), 'utf8').trim();
  const story = await waitFor('the execution as another user', async () => {
    const answer = (await (await fetch(`${url}/api/v1/history?container=${id}&kind=exec&since=1h`)).json()) as {
      readonly items: readonly { readonly process: { readonly uid: number; readonly containerUid?: number } }[];
    };
    return answer.items.find(({ process }) => process.uid === 327_713);
  });
  expect(story.process.containerUid).toBe(33);
});

test('with the rights of the DaemonSet and containerd’s own seccomp profile every hook of the sensor works', (context) => {
  if (missing !== undefined) context.skip(missing);
  const manifests = manifestsOf(readFileSync(plainManifestsFile, 'utf8'));
  const { spec } = manifests.find(({ kind }) => kind === 'DaemonSet') as unknown as DaemonSet;
  const [container] = spec.template.spec.containers;
  const { add, drop } = container.securityContext.capabilities;
  expect(drop).toEqual(['ALL']);
  const hostPaths = new Map(spec.template.spec.volumes.map(({ name, hostPath }) => [name, hostPath?.path]));
  const mounted = container.volumeMounts.filter(({ name }) => hostPaths.get(name)?.startsWith('/sys/') === true);
  // The image: this machine's programs and this checkout.
  const image = join(folder, 'image');
  for (const path of ['usr', 'checkout', 'agent/state']) mkdirSync(join(image, path), { recursive: true });
  for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(image, name));
  const binds = [
    ...['/usr:/usr', `${checkout}:/checkout`],
    ...mounted.map(({ name, mountPath }) => `${hostPaths.get(name) ?? ''}:${mountPath}`),
  ].map((bind) => bind.split(':'));
  // No engine answers in there: doctor says so and ends with status 1.
  const { stdout, stderr } = spawnSync(
    ctr,
    [
      ...['--address', socket(), '--namespace', 'k8s.io', 'run', '--rm', '--rootfs', '--read-only', '--seccomp'],
      ...capabilitiesOfContainers.flatMap((name) => ['--cap-drop', `CAP_${name}`]),
      ...add.flatMap((name) => ['--cap-add', `CAP_${name}`]),
      ...binds.flatMap(([from, to]) => ['--mount', `type=bind,src=${from ?? ''},dst=${to ?? ''},options=rbind:ro`]),
      ...['/tmp', '/agent/state'].flatMap((path) => ['--mount', `type=tmpfs,src=tmpfs,dst=${path}`]),
      ...[image, 'anchorwatch-agent', realpathSync(process.execPath).replace(checkout, '/checkout')],
      ...['/checkout/src/cli/main.ts', 'doctor', '--json', '--state', '/agent/state', '--node-name', 'node-1'],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 24 },
  );
  const { hooks } = JSON.parse(stdout === '' ? stderr : stdout) as {
    readonly hooks: readonly { readonly hook: string; readonly state: string }[];
  };
  expect(hooks.length).toBeGreaterThan(50);
  expect(hooks.filter((hook) => hook.state !== 'attached')).toEqual([]);
});
