import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { plainManifests, plainManifestsFile } from '../chart/plain.ts';
import { type Manifest, manifestsOf, Renderer, rendererMissing, type Values } from '../chart/render.ts';

const root = join(import.meta.dirname, '../..');
const missing = rendererMissing();
let renderer: Renderer;

/** Every way that the chart can be used in. */
const uses: Readonly<Record<string, Values>> = {
  defaults: {},
  'secrets of one’s own': {
    tls: { mode: 'secret', secretName: 'mine' },
    tokens: { existingSecret: 'tokens' },
    image: { repository: 'registry.example/anchorwatch', digest: `sha256:${'a'.repeat(64)}` },
    imagePullSecrets: [{ name: 'pull' }],
  },
  everything: {
    tls: { mode: 'certManager', issuerRef: { name: 'ca', kind: 'ClusterIssuer' } },
    agent: {
      rules: { 'own.yaml': 'rules: []\n' },
      options: { 'history-size': '2GB', 'history-age': '3d' },
      podAnnotations: { a: 'b' },
      podLabels: { team: 'sre' },
      nodeSelector: { disk: 'ssd' },
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    },
    collector: {
      routes: 'receivers: {}\nroute: {}\n',
      receiverSecret: 'receivers',
      priorityClassName: 'system-cluster-critical',
      tolerations: [{ key: 'infra', operator: 'Exists' }],
      service: { annotations: { a: 'b' }, type: 'LoadBalancer' },
      persistence: { storageClassName: 'fast' },
    },
    networkPolicy: { auditWebhook: [{ ipBlock: { cidr: '10.0.0.0/28' } }] },
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  },
  'no TLS, no extras': {
    tls: { mode: 'off' },
    networkPolicy: { enabled: false },
    collector: { podDisruptionBudget: { enabled: false } },
    serviceMonitor: { enabled: true },
    agent: { appArmor: 'unset', priorityClassName: '', tolerations: [] },
  },
};

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly resources: { readonly limits?: Readonly<Record<string, string>>; readonly requests?: object };
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly hostPID?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostIPC?: boolean;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: { readonly runAsNonRoot?: boolean; readonly seccompProfile?: { readonly type: string } };
  readonly volumes: readonly {
    readonly name: string;
    readonly hostPath?: { readonly path: string };
    readonly secret?: { readonly secretName: string; readonly defaultMode?: number };
    readonly configMap?: { readonly name: string };
  }[];
}

const podOf = ({ spec }: Manifest): PodSpec => (spec as { template: { spec: PodSpec } }).template.spec;
const named = (manifests: readonly Manifest[], kind: string, name?: string): Manifest => {
  const found = manifests.find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  if (found === undefined) throw new Error(`there is no ${kind} ${name ?? ''}`);
  return found;
};

beforeAll(() => {
  if (missing === undefined) renderer = new Renderer();
}, 120_000);
afterAll(() => {
  if (missing === undefined) renderer.close();
});
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

test('the plain manifests are what the chart gives: npm run manifests', () => {
  expect(readFileSync(plainManifestsFile, 'utf8')).toBe(plainManifests(renderer));
});

test('a value that the chart does not know, or of a wrong kind, is refused', () => {
  expect(renderer.problems({})).toEqual([]);
  expect(renderer.problems({ agents: {} })).toEqual([' must NOT have additional properties']);
  expect(renderer.problems({ agent: { capabilities: 'SYS_ADMIN' } })).toEqual(['/agent/capabilities must be array']);
  expect(renderer.problems({ image: { tag: 'latest' } })).toEqual(['/image/tag must NOT be valid']);
  expect(renderer.problems({ tls: { mode: 'secret' } }).join()).toContain('/tls/secretName must NOT have fewer than 1');
  expect(renderer.problems({ collector: { options: { Retention: '1d' } } }).join()).toContain('/collector/options');
});

/** Where an object's type is declared in the package kubernetes-models; undefined for those of custom resources. */
function moduleOf({ apiVersion, kind }: Manifest): string | undefined {
  if (!/^(?:v1$|apps\/|policy\/|batch\/|[\w.]+\.k8s\.io\/)/.test(apiVersion)) return undefined;
  return `kubernetes-models/${apiVersion}/${kind}`;
}

test('every object is as the API of Kubernetes has it: values by its schemas, and no field that it does not know', async () => {
  const all = Object.values(uses).flatMap((values) => renderer.manifests(values));
  const checked = new Set<string>();
  const source: string[] = [];
  for (const manifest of all) {
    const module = moduleOf(manifest);
    if (module === undefined) continue;
    checked.add(manifest.kind);
    const models = (await import(module)) as Readonly<Record<string, new (data: object) => { validate(): void }>>;
    const Model = models[manifest.kind];
    if (Model === undefined) throw new Error(`${module} has no ${manifest.kind}`);
    expect(() => {
      new Model(manifest).validate();
    }, `${manifest.kind} ${manifest.metadata.name}`).not.toThrow();
    source.push(
      `const object${String(source.length)}: import('${module}').I${manifest.kind} = ${JSON.stringify(manifest, undefined, 1)};`,
    );
  }
  expect([...checked].toSorted()).toEqual([
    ...['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'DaemonSet', 'NetworkPolicy', 'PodDisruptionBudget'],
    ...['Secret', 'Service', 'ServiceAccount', 'StatefulSet'],
  ]);
  // The schemas let fields pass that they do not know; literals of TypeScript do not.
  const folder = join(root, 'node_modules/.cache/anchorwatch-chart');
  const check = (text: string): string => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'manifests.ts'), text);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
    try {
      execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, join(folder, 'manifests.ts')], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
      return '';
    } catch (error) {
      return (error as { readonly stdout: string }).stdout;
    }
  };
  try {
    expect(check(source.join('\n'))).toBe('');
    const [first = ''] = source;
    expect(check(first.replace('"metadata"', '"metdata"'))).toContain('metdata');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);

describe('what hangs together', () => {
  test.each(Object.entries(uses))('%s: every secret, map, account and port that is named is there', (_, values) => {
    const manifests = renderer.manifests(values);
    const outside = new Set([
      'mine',
      'tokens',
      'receivers',
      'pull',
      ...(values['tls'] === undefined ? [] : ['anchorwatch-tls']),
    ]);
    for (const manifest of [named(manifests, 'DaemonSet'), named(manifests, 'StatefulSet')]) {
      const pod = podOf(manifest);
      for (const { secret, configMap } of pod.volumes) {
        if (secret !== undefined && !outside.has(secret.secretName)) named(manifests, 'Secret', secret.secretName);
        if (configMap !== undefined) named(manifests, 'ConfigMap', configMap.name);
      }
      const volumes = pod.volumes.map(({ name }) => name).concat(['state']);
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])])
        for (const { name } of container.volumeMounts) expect(volumes).toContain(name);
    }
    expect(new Set(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size).toBe(manifests.length);
  });

  test('agents find the collector under a name that its certificate has, and its own policy lets them in', () => {
    const manifests = renderer.manifests({}, 'eu', 'monitoring');
    const [agent] = podOf(named(manifests, 'DaemonSet')).containers;
    const host = 'eu-anchorwatch-collector.monitoring.svc';
    expect(agent?.args).toContain(`--collector=wss://${host}:7080`);
    const { data } = named(manifests, 'Secret', 'eu-anchorwatch-tls');
    const certificate = Buffer.from(data?.['tls.crt'] ?? '', 'base64').toString();
    const text = execFileSync('openssl', ['x509', '-noout', '-ext', 'subjectAltName'], {
      input: certificate,
    }).toString();
    expect(text).toContain(`DNS:${host},`);
    const policy = named(manifests, 'NetworkPolicy', 'eu-anchorwatch-collector').spec as {
      readonly ingress: readonly [
        { readonly from: readonly [{ readonly podSelector: { readonly matchLabels: object } }] },
      ];
    };
    const { spec } = named(manifests, 'DaemonSet') as { spec: { selector: { matchLabels: object } } };
    expect(policy.ingress[0].from[0].podSelector.matchLabels).toEqual(spec.selector.matchLabels);
  });

  test('the options of both are such as the program takes', async () => {
    const manifests = renderer.manifests(uses['everything']);
    const { resolveSettings } = await import('../../src/config/resolve.ts');
    const write = (name: string, map: string): string => {
      const file = join(root, `node_modules/.cache/${name}.yaml`);
      mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
      writeFileSync(file, named(manifests, 'ConfigMap', map).data?.['anchorwatch.yaml'] ?? '');
      return file;
    };
    const agentFile = write('chart-agent', 'anchorwatch-agent');
    const agent = resolveSettings('agent', { flags: { config: agentFile, collector: 'wss://a:1' }, env: {} });
    expect(agent.settings.historySize).toBe(2e9);
    const collectorFile = write('chart-collector', 'anchorwatch-collector');
    expect(() => resolveSettings('collector', { flags: { config: collectorFile }, env: {} })).not.toThrow();
    rmSync(agentFile);
    rmSync(collectorFile);
  });
});

describe('our own practices', () => {
  test('no container is privileged, escalates, writes its root or goes without limits; all capabilities are dropped', () => {
    for (const values of Object.values(uses)) {
      const manifests = renderer.manifests(values);
      for (const manifest of [named(manifests, 'DaemonSet'), named(manifests, 'StatefulSet')]) {
        const pod = podOf(manifest);
        expect([pod.hostNetwork, pod.hostIPC]).toEqual([undefined, undefined]);
        expect(pod.securityContext.seccompProfile).toEqual({ type: 'RuntimeDefault' });
        for (const { securityContext, resources, image } of [...pod.containers, ...(pod.initContainers ?? [])]) {
          expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
          expect(securityContext.privileged ?? false).toBe(false);
          expect(securityContext.capabilities?.drop).toEqual(['ALL']);
          expect(Object.keys(resources.limits ?? {}).toSorted()).toEqual(['cpu', 'memory']);
          expect(image).not.toMatch(/:latest$|^[^:@]+$/);
        }
        for (const container of pod.containers) {
          expect(container.livenessProbe).toBeDefined();
          expect(container.readinessProbe).toBeDefined();
        }
      }
    }
  });

  test('the collector runs at the level "restricted": no root, no host path; it lists seven kinds of objects, follows Events and watches three for the names of peers, or has no token at all', () => {
    const manifests = renderer.manifests();
    const pod = podOf(named(manifests, 'StatefulSet'));
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    expect([pod.hostPID, pod.automountServiceAccountToken]).toEqual([undefined, true]);
    const watch = (resources: readonly string[]): readonly object[] => [
      { apiGroups: [''], resources, verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ];
    const lists = [
      { apiGroups: [''], resources: ['nodes', 'namespaces', 'pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['events'], verbs: ['list', 'watch'] },
    ];
    const others = [
      { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['list'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
        verbs: ['list'],
      },
    ];
    const reading = [...lists, ...watch(['services', 'pods']), ...others];
    expect(named(manifests, 'ClusterRole', 'anchorwatch-collector')).toMatchObject({ rules: reading });
    for (const [peers, watched] of [
      ['none', []],
      ['services', watch(['services'])],
    ] as const) {
      const fewer = renderer.manifests({ collector: { options: { 'kubernetes-peers': peers } } });
      const rules = [...lists, ...watched, ...others];
      expect(named(fewer, 'ClusterRole', 'anchorwatch-collector')).toMatchObject({ rules });
    }
    const kubelets = renderer.manifests({ collector: { cluster: { kubelets: true } } });
    expect(named(kubelets, 'ClusterRole', 'anchorwatch-collector')).toMatchObject({
      rules: [...reading, { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }],
    });
    const without = renderer.manifests({ collector: { cluster: { enabled: false } } });
    expect(podOf(named(without, 'StatefulSet')).automountServiceAccountToken).toBe(false);
    expect(without.filter(({ kind }) => kind === 'ClusterRole')).toHaveLength(1);
    expect(pod.volumes.filter(({ hostPath }) => hostPath !== undefined)).toEqual([]);
    expect(pod.containers.map(({ securityContext }) => securityContext.capabilities?.add)).toEqual([undefined]);
  });

  test('the agent has five capabilities, three folders of its node (of which it writes one), and reads objects of three kinds', () => {
    const manifests = renderer.manifests();
    const pod = podOf(named(manifests, 'DaemonSet'));
    const [agent] = pod.containers;
    expect(agent?.securityContext.capabilities?.add).toEqual([
      ...['BPF', 'PERFMON', 'NET_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'],
    ]);
    const hostPaths = pod.volumes.filter(({ hostPath }) => hostPath !== undefined);
    expect(hostPaths.map(({ hostPath }) => hostPath?.path)).toEqual([
      ...['/var/lib/anchorwatch', '/sys/fs/cgroup', '/sys/kernel/tracing'],
    ]);
    const writable = agent?.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name);
    expect(writable).toEqual(['state', 'tmp']);
    const { rules } = named(manifests, 'ClusterRole', 'anchorwatch-agent') as unknown as {
      readonly rules: readonly unknown[];
    };
    expect(rules).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]);
  });

  test('no secret stands in the plain manifests', () => {
    const manifests = manifestsOf(plainManifests(renderer));
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(manifests[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'anchorwatch' } });
    expect(parse(readFileSync(join(root, 'agents/kubernetes/chart/Chart.yaml'), 'utf8'))).toMatchObject({
      version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    });
  });
});
