import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { unifiedMount } from '../identity/cgroup.ts';
import { Containers } from '../identity/containers.ts';
import type { Kubernetes, KubernetesOptions } from '../identity/kubernetes/kubernetes.ts';
import { systemClock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import type { HookState } from '../model/node.ts';
import { procfsHooks } from '../sensor/procfs-hooks.ts';
import { Sensor } from '../sensor/sensor.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it; empty when it is in order. */
  readonly remedy: string;
  /** Without it the agent cannot run; otherwise it sees less. */
  readonly needed: boolean;
}

export interface Diagnosis {
  readonly kernel: string;
  readonly checks: readonly Check[];
  readonly hooks: readonly HookState[];
  /** There is no kernel sensor, or none is wanted: `hooks` says what polling sees. */
  readonly polled: boolean;
}

/** Tries what the agent needs: loads and attaches the sensor for a moment (watching nothing), and asks the engine. */
export async function diagnose(options: {
  readonly dockerHost: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly kubernetesPeers?: KubernetesOptions['peers'];
  readonly nodeName: string;
  readonly sensor: 'auto' | 'bpf' | 'procfs';
}): Promise<Diagnosis> {
  const log = createLogger({ level: 'silent' });
  const root = process.getuid?.() === 0;
  const btf = existsSync('/sys/kernel/btf/vmlinux');
  const cgroup2 = unifiedMount(readFileSync('/proc/self/mountinfo', 'latin1'));
  const sensorNeeded = options.sensor === 'bpf';
  const checks: Check[] = [
    check('privileges', root, root ? 'root' : 'not root', 'run as root'),
    check(
      'BTF',
      btf,
      btf ? '/sys/kernel/btf/vmlinux' : 'missing',
      'use a kernel with CONFIG_DEBUG_INFO_BTF',
      sensorNeeded,
    ),
    check(
      'cgroup v2 tree',
      cgroup2 !== undefined,
      cgroup2 ?? 'not mounted',
      'mount -t cgroup2 none /sys/fs/cgroup/unified (or boot with systemd.unified_cgroup_hierarchy=1)',
      sensorNeeded,
    ),
  ];
  let hooks: readonly HookState[] = [];
  let sensor: Sensor | undefined;
  const nothing = (): void => undefined;
  if (options.sensor === 'procfs') hooks = procfsHooks('not wanted: --sensor procfs');
  else
    try {
      sensor = new Sensor({ log, listener: { event: nothing, cgroupMade: nothing, cgroupRemoved: nothing } });
      await sensor.start();
      ({ hooks } = sensor);
      checks.push(check('kernel sensor', true, 'loads and attaches', ''));
    } catch (error) {
      hooks = procfsHooks('no kernel sensor');
      checks.push(
        check(
          'kernel sensor',
          false,
          errorText(error),
          'see the lines above; without it /proc is polled',
          sensorNeeded,
        ),
      );
    }
  await sensor?.stop();
  const containers = new Containers({
    dockerHost: options.dockerHost,
    kubernetes: { kubeconfig: options.kubeconfig, nodeName: options.nodeName, peers: options.kubernetesPeers },
    log,
    clock: systemClock,
    listener: { started: nothing, stopped: nothing, lifecycle: nothing },
  });
  const engine = await containers.start();
  const running = containers.running();
  const { kubernetes } = containers;
  if (kubernetes !== undefined) checks.push(kubernetesCheck(kubernetes, options.nodeName));
  const unseen = running.filter(({ cgroupId }) => cgroupId === undefined);
  containers.stop();
  checks.push(
    check(
      'container engine',
      engine || kubernetes !== undefined,
      engine
        ? `${containers.address}, ${running.length} running`
        : kubernetes === undefined
          ? `none answers at ${containers.address}`
          : `none answers, and none is needed: ${running.length} containers of pods run`,
      'start Docker or Podman, or name it with --docker-host',
    ),
  );
  checks.push(
    check(
      'containers',
      unseen.length === 0,
      unseen.length === 0
        ? 'their processes and cgroups are found'
        : `the cgroups of ${unseen.length} are not found, among them ${unseen[0]?.name ?? ''}`,
      'in a container, run in the PID and cgroup namespaces of the node (pid: host, cgroup: host)',
    ),
  );
  return { kernel: release(), checks, hooks, polled: hooks.some(({ hook }) => hook.startsWith('procfs.')) };
}

/** What is known of pods, and from where; the agent runs without the API. */
function kubernetesCheck({ api, podCount, peers, trouble }: Kubernetes, nodeName: string): Check {
  const without =
    'pods are named by the runtime’s own files where these can be read, else by pod uid and container id only; service accounts, labels, probes, peers by name, changes of pods and the digests of images are not known';
  const details = {
    current: `${podCount} pods of the node ${nodeName}, ${peers.size} addresses with names`,
    away: `the API does not answer (${trouble}): ${without}`,
    off: `no API is asked: ${without}`,
  };
  const remedy =
    api === 'off'
      ? 'run the agent as a pod with a service account, or give --kubeconfig FILE (docs/kubernetes.md)'
      : 'check server, credentials and role (docs/kubernetes.md)';
  const isNodeWrong = api === 'current' && podCount === 0;
  if (isNodeWrong)
    return check(
      'Kubernetes',
      false,
      `the API knows no pods of the node ${nodeName}`,
      'name the node as the cluster does, with --node-name',
      false,
    );
  return check('Kubernetes', api === 'current', details[api], remedy, false);
}

function check(name: string, ok: boolean, detail: string, remedy: string, needed = true): Check {
  return { name, ok, detail, remedy: ok ? '' : remedy, needed };
}
