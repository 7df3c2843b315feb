import { fail, pass, saw, unknown, warn } from '../checks/judged.ts';
import type { Judged } from '../checks/judged.ts';
import type { ClusterCheck } from './control-plane.ts';
import type { ClusterNamespace, ClusterReading, KubeletSettings } from './reading.ts';
import { kubeletSkewMax, recordedOn, releases } from './releases.ts';

/** `v1.33.4-eks-abc` is [33, 4]; undefined: no version of 1.x. Pure. */
function versionParts(text: string): readonly [minor: number, patch: number] | undefined {
  const [, minor, patch] = /^v?1\.(\d{1,4})\.(\d{1,4})/.exec(text) ?? [];
  return minor === undefined ? undefined : [Number(minor), Number(patch)];
}

export const versionSupported: ClusterCheck = ({ version, nowMs }) => {
  if (!version.ok) return unknown(version.why);
  const evidence = saw('GET /version gitVersion', version.value);
  const [minor, patch] = versionParts(version.value) ?? [undefined, 0];
  if (minor === undefined) return unknown(`${version.value} is no version that is understood`);
  const first = releases[0];
  if (first !== undefined && minor < first.minor) return fail('its release has been out of support for long', evidence);
  const known = releases.find((one) => one.minor === minor);
  if (known === undefined)
    return unknown(`1.${String(minor)} is newer than the table of releases, which is of ${recordedOn}`);
  const end = saw('end of life', new Date(known.endMs).toISOString().slice(0, 10));
  if (nowMs >= known.endMs) return fail('its release is out of support', evidence, end);
  if (patch < known.patch)
    return warn(`1.${String(minor)}.${String(known.patch)} was out by ${recordedOn}`, evidence, end);
  return known.endMs - nowMs < 60 * 86_400_000
    ? warn('its release is out of support in less than 60 days', evidence, end)
    : pass('its release is supported', evidence, end);
};

export const kubeletSkew: ClusterCheck = ({ version, nodes }) => {
  if (!version.ok) return unknown(version.why);
  if (!nodes.ok) return unknown(nodes.why);
  const server = versionParts(version.value);
  if (server === undefined) return unknown(`${version.value} is no version that is understood`);
  const told = nodes.value.map((node) => ({ ...node, parts: versionParts(node.kubeletVersion) }));
  const apart = (minor: number): number => server[0] - minor;
  const wrong = told.filter(
    ({ parts }) => parts !== undefined && (apart(parts[0]) < 0 || apart(parts[0]) > kubeletSkewMax),
  );
  const shown = (some: typeof told): Judged['evidence'] =>
    some.slice(0, 20).map(({ name, kubeletVersion }) => saw(`node ${name} kubeletVersion`, kubeletVersion));
  const api = saw('GET /version gitVersion', version.value);
  if (wrong.length > 0)
    return fail(
      `${String(wrong.length)} kubelets are newer than the API server, or more than ${String(kubeletSkewMax)} minors behind`,
      api,
      ...shown(wrong),
    );
  const unsaid = told.filter(({ parts }) => parts === undefined);
  if (unsaid.length > 0)
    return unknown(`the version of ${String(unsaid.length)} kubelets is not understood: ${unsaid[0]?.name ?? ''}`);
  const behind = told.filter(({ parts }) => parts !== undefined && apart(parts[0]) > 1);
  return behind.length > 0
    ? warn(`${String(behind.length)} kubelets are two minors behind or more`, api, ...shown(behind))
    : pass('kubelets are as new as the API server, or one minor behind', api);
};

/** Tried, not read: the API was asked by somebody who shows nothing. */
export const anonymousAccess: ClusterCheck = ({ anonymous }) => {
  if (!anonymous.ok) return unknown(anonymous.why);
  const evidence = anonymous.value.map(({ path, status }) => saw(`GET ${path} without a name`, status));
  const open = anonymous.value.filter(({ status }) => status >= 200 && status < 300);
  if (open.some(({ path }) => path.startsWith('/api/v1/')))
    return fail('who shows nothing is shown what runs', ...evidence);
  if (open.length > 0) return warn('who shows nothing is shown which APIs there are', ...evidence);
  return anonymous.value.every(({ status }) => status === 401 || status === 403)
    ? pass('who shows nothing is refused', ...evidence)
    : unknown(`it answered ${anonymous.value.map(({ status }) => String(status)).join(', ')}, which says nothing`);
};

/** What could not be looked at, of what the reading consists of. */
export const clusterReadable: ClusterCheck = (reading) => {
  const { version, nodes, namespaces, pods, networkPolicies, clusterRoles, roles, clusterRoleBindings, roleBindings } =
    reading;
  const all = [
    version,
    nodes,
    namespaces,
    pods,
    networkPolicies,
    clusterRoles,
    roles,
    clusterRoleBindings,
    roleBindings,
  ];
  const whys = all.flatMap((read) => (read.ok ? [] : [read.why]));
  return whys.length > 0 ? unknown(whys.join('; ').slice(0, 1000)) : pass('everything that the checks read was read');
};

export type KubeletCheck = (settings: KubeletSettings) => Judged;

export const kubeletAnonymous: KubeletCheck = ({ anonymous }) => {
  if (anonymous === undefined) return unknown('its configuration does not say');
  const evidence = saw('/configz authentication.anonymous.enabled', anonymous);
  return anonymous ? fail('who shows nothing is let in', evidence) : pass('who shows nothing is refused', evidence);
};

export const kubeletAuthorization: KubeletCheck = ({ authorization }) => {
  if (authorization === undefined) return unknown('its configuration does not say');
  const evidence = saw('/configz authorization.mode', authorization);
  return authorization === 'Webhook'
    ? pass('the API server is asked', evidence)
    : fail('everybody who is let in may do everything', evidence);
};

export const kubeletClientCa: KubeletCheck = ({ clientCa }) =>
  clientCa === undefined || clientCa === ''
    ? fail(
        'no authority is named whose certificates it takes',
        saw('/configz authentication.x509.clientCAFile', 'not set'),
      )
    : pass('certificates of its authority only', saw('/configz authentication.x509.clientCAFile', clientCa));

export const kubeletReadOnlyPort: KubeletCheck = ({ readOnlyPort }) =>
  readOnlyPort === undefined || readOnlyPort === 0
    ? pass('it is closed', saw('/configz readOnlyPort', readOnlyPort ?? 0))
    : fail('whoever reaches it reads all pods of the node', saw('/configz readOnlyPort', readOnlyPort));

export type NamespaceCheck = (reading: ClusterReading, namespace: ClusterNamespace) => Judged;

export const namespacePolicies: NamespaceCheck = ({ networkPolicies, pods }, { name }) => {
  if (!networkPolicies.ok) return unknown(networkPolicies.why);
  if (!pods.ok) return unknown(pods.why);
  const running = pods.value.filter((pod) => pod.namespace === name && !pod.hostNetwork && isThere(pod.phase));
  const own = networkPolicies.value.filter(({ namespace }) => namespace === name);
  const evidence = [
    saw('pods', running.length),
    saw(
      'NetworkPolicy',
      own.map((policy) => policy.name),
    ),
  ];
  if (running.length === 0) return pass('no pod with an address of its own runs there', ...evidence);
  if (own.length === 0) return fail('every pod reaches its pods, and they reach everything', ...evidence);
  const whole = own.filter(({ ofAllPods }) => ofAllPods);
  const missing = ['Ingress', 'Egress'].filter((type) => !whole.some(({ types }) => types.includes(type)));
  return missing.length > 0
    ? warn(`no policy is of all its pods for ${missing.join(' and ')}: what none selects is open`, ...evidence)
    : pass('policies of all its pods are in force, both ways', ...evidence);
};

const isThere = (phase: string): boolean => phase !== 'Succeeded' && phase !== 'Failed';

export const namespacePodSecurity: NamespaceCheck = (_reading, { labels }) => {
  const key = 'pod-security.kubernetes.io/enforce';
  const level = labels[key];
  const evidence = saw(`metadata.labels ${key}`, level ?? 'not set');
  if (level === undefined)
    return fail(
      'nothing is enforced: the default of the cluster holds, which lets everything in where nobody changed it',
      evidence,
    );
  if (level === 'restricted' || level === 'baseline') return pass('a standard is enforced', evidence);
  return fail('privileged pods are let in', evidence);
};

export const namespaceDefault: NamespaceCheck = ({ pods }, { name }) => {
  if (name !== 'default') return pass('it has a name of its own');
  if (!pods.ok) return unknown(pods.why);
  const some = pods.value.filter((pod) => pod.namespace === name && isThere(pod.phase));
  const evidence = saw(
    'pods',
    some.slice(0, 10).map((pod) => pod.name),
  );
  return some.length > 0
    ? warn('pods run in the namespace that is nobody’s', evidence)
    : pass('nothing runs there', evidence);
};
