import { fail, pass, saw, unknown, warn } from '../checks/judged.ts';
import type { Judged } from '../checks/judged.ts';
import type { BindingSubject, ClusterReading, RoleBinding, RoleRule } from './reading.ts';

/** A verdict with who it is of, so that one who comes later is told from those that were there. */
export interface RbacJudged extends Judged {
  readonly offenders: readonly string[];
}
type RbacCheck = (reading: ClusterReading) => RbacJudged;

interface Granted {
  readonly binding: RoleBinding;
  readonly rules: readonly RoleRule[];
}

const shownMax = 30;

/** Parts of the control plane, and who has all rights by what it is: the ways of the cluster itself, which is no finding. */
function isOfCluster({ kind, name, namespace }: BindingSubject): boolean {
  if (kind === 'Group') return /^(?:system:masters|system:nodes|system:bootstrappers(?::.*)?|kubeadm:.*)$/.test(name);
  if (kind === 'User')
    return /^system:(?:kube-(?:controller-manager|scheduler|proxy|apiserver)|node:.*|apiserver|volume-scheduler)$/.test(
      name,
    );
  // Its controllers have accounts that Kubernetes itself binds to roles of the same name.
  return namespace === 'kube-system' && controllers.has(name);
}
const controllers: ReadonlySet<string> = new Set([
  ...['attachdetach-controller', 'certificate-controller', 'clusterrole-aggregation-controller', 'cronjob-controller'],
  ...['daemon-set-controller', 'deployment-controller', 'disruption-controller', 'endpoint-controller'],
  ...[
    'endpointslice-controller',
    'endpointslicemirroring-controller',
    'ephemeral-volume-controller',
    'expand-controller',
  ],
  ...['generic-garbage-collector', 'horizontal-pod-autoscaler', 'job-controller', 'namespace-controller'],
  ...['legacy-service-account-token-cleaner', 'node-controller', 'persistent-volume-binder', 'pod-garbage-collector'],
  ...['pv-protection-controller', 'pvc-protection-controller', 'replicaset-controller', 'replication-controller'],
  ...['resourcequota-controller', 'resource-claim-controller', 'root-ca-cert-publisher', 'route-controller'],
  ...['selinux-warning-controller', 'service-account-controller', 'service-cidrs-controller', 'service-controller'],
  ...['statefulset-controller', 'token-cleaner', 'bootstrap-signer', 'ttl-after-finished-controller', 'ttl-controller'],
  ...['validatingadmissionpolicy-status-controller', 'volumeattributesclass-protection-controller'],
]);

const subjectText = ({ kind, name, namespace }: BindingSubject): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
const bindingText = ({ namespace, name }: RoleBinding): string =>
  namespace === '' ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;

/** All bindings with what they grant; what is bound to a role that is not there grants nothing. */
function grantsOf(reading: ClusterReading): readonly Granted[] | Judged {
  const { clusterRoles, roles, clusterRoleBindings, roleBindings } = reading;
  for (const read of [clusterRoles, roles, clusterRoleBindings, roleBindings]) if (!read.ok) return unknown(read.why);
  if (!clusterRoles.ok || !roles.ok || !clusterRoleBindings.ok || !roleBindings.ok) return unknown('');
  const rules = new Map(
    [...clusterRoles.value, ...roles.value].map((role) => [`${role.namespace}/${role.name}`, role.rules]),
  );
  return [...clusterRoleBindings.value, ...roleBindings.value].map((binding) => ({
    binding,
    rules: rules.get(`${binding.roleKind === 'Role' ? binding.namespace : ''}/${binding.roleName}`) ?? [],
  }));
}

interface Offence {
  readonly who: string;
  readonly through: string;
}

function judgedBy(
  offences: readonly Offence[],
  grave: boolean,
  good: string,
  bad: (count: number) => string,
): RbacJudged {
  const evidence = offences.slice(0, shownMax).map(({ who, through }) => saw(through, who));
  const more = offences.length - shownMax;
  if (more > 0) evidence.push(saw('and', `${String(more)} more`));
  const offenders = offences.map(({ who, through }) => `${through}: ${who}`);
  if (offences.length === 0) return { ...pass(good), offenders };
  return { ...(grave ? fail : warn)(bad(offences.length), ...evidence), offenders };
}

const matches = (have: readonly string[], wanted: readonly string[]): boolean =>
  have.includes('*') || wanted.some((one) => have.includes(one));
/** `pods/exec` is granted by `pods/exec`, `*`, and all `exec`. */
const hasResource = (have: readonly string[], wanted: readonly string[]): boolean =>
  matches(have, wanted) || wanted.some((one) => one.includes('/') && have.includes(`*/${one.split('/')[1] ?? ''}`));

interface Right {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Everybody beside the cluster's own parts who has a right; those who have all rights are told by other checks. */
function holders(right: readonly Right[], grave: boolean, what: string): RbacCheck {
  return (reading) => {
    const grants = grantsOf(reading);
    if ('result' in grants) return { ...grants, offenders: [] };
    const offences = grants
      .filter(
        ({ binding, rules }) =>
          binding.roleName !== 'cluster-admin' &&
          rules.some(
            (rule) =>
              rule.names.length === 0 &&
              right.some(
                ({ groups, resources, verbs }) =>
                  matches(rule.groups, groups) && hasResource(rule.resources, resources) && matches(rule.verbs, verbs),
              ),
          ),
      )
      .flatMap(({ binding }) => offencesOf(binding));
    return judgedBy(
      offences,
      grave,
      `nobody beside the cluster’s own parts ${what}`,
      (count) => `${String(count)} who ${what}`,
    );
  };
}

function offencesOf(binding: RoleBinding): readonly Offence[] {
  const through = `${bindingText(binding)} → ${binding.roleName}`;
  return binding.subjects.filter((one) => !isOfCluster(one)).map((one) => ({ who: subjectText(one), through }));
}

export const clusterAdmin: RbacCheck = (reading) => {
  const { clusterRoleBindings, roleBindings } = reading;
  if (!clusterRoleBindings.ok) return { ...unknown(clusterRoleBindings.why), offenders: [] };
  if (!roleBindings.ok) return { ...unknown(roleBindings.why), offenders: [] };
  const offences = [...clusterRoleBindings.value, ...roleBindings.value]
    .filter(({ roleKind, roleName }) => roleKind === 'ClusterRole' && roleName === 'cluster-admin')
    .flatMap(offencesOf);
  return judgedBy(
    offences,
    true,
    'only the cluster’s own administrators are',
    (count) => `${String(count)} are bound to cluster-admin`,
  );
};

export const wildcards: RbacCheck = (reading) => {
  const grants = grantsOf(reading);
  if ('result' in grants) return { ...grants, offenders: [] };
  const offences = grants
    .filter(({ binding, rules }) => binding.roleName !== 'cluster-admin' && rules.some(isWild))
    .flatMap(({ binding }) => offencesOf(binding));
  return judgedBy(
    offences,
    true,
    'no role that is bound grants everything',
    (count) => `${String(count)} have roles that grant every verb on every resource`,
  );
};

const isWild = ({ resources, verbs }: RoleRule): boolean => verbs.includes('*') && resources.includes('*');

export const secretReaders: RbacCheck = holders(
  [{ groups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
  false,
  'may read all secrets there are, or all of a namespace',
);
export const podMakers: RbacCheck = holders(
  [{ groups: [''], resources: ['pods'], verbs: ['create'] }],
  false,
  'may make pods, and so run as any service account of the namespace',
);
export const podExec: RbacCheck = holders(
  [
    {
      groups: [''],
      resources: ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'],
      verbs: ['create', 'get', 'update', 'patch'],
    },
  ],
  false,
  'may execute what they like in pods',
);
export const escalation: RbacCheck = holders(
  [
    {
      groups: ['rbac.authorization.k8s.io'],
      resources: ['roles', 'clusterroles'],
      verbs: ['escalate', 'bind'],
    },
    {
      groups: ['', 'authentication.k8s.io'],
      resources: ['users', 'groups', 'serviceaccounts', 'uids'],
      verbs: ['impersonate'],
    },
  ],
  true,
  'may take more rights than they have (escalate, bind, impersonate)',
);
export const nodeProxy: RbacCheck = holders(
  [{ groups: [''], resources: ['nodes/proxy'], verbs: ['get', 'create'] }],
  false,
  'may ask kubelets for anything (nodes/proxy)',
);
export const tokenMakers: RbacCheck = holders(
  [{ groups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }],
  false,
  'may make tokens of service accounts',
);
export const webhookWriters: RbacCheck = holders(
  [
    {
      groups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      verbs: ['create', 'update', 'patch'],
    },
  ],
  false,
  'may put themselves between everybody and the API (webhooks)',
);
export const signers: RbacCheck = holders(
  [{ groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update', 'patch'] }],
  false,
  'may approve certificates',
);
export const volumeMakers: RbacCheck = holders(
  [{ groups: [''], resources: ['persistentvolumes'], verbs: ['create'] }],
  false,
  'may make volumes, of paths of nodes too',
);

/** What Kubernetes and kubeadm bind to everybody at first; nothing else should be. */
const usual: Readonly<Record<string, readonly string[]>> = {
  'system:anonymous': ['kubeadm:bootstrap-signer-clusterinfo'],
  'system:unauthenticated': ['system:public-info-viewer'],
  'system:authenticated': ['system:basic-user', 'system:discovery', 'system:public-info-viewer'],
  'system:serviceaccounts': ['system:service-account-issuer-discovery'],
};

function everybody(names: readonly string[], good: string, bad: string): RbacCheck {
  return (reading) => {
    const { clusterRoleBindings, roleBindings } = reading;
    if (!clusterRoleBindings.ok) return { ...unknown(clusterRoleBindings.why), offenders: [] };
    if (!roleBindings.ok) return { ...unknown(roleBindings.why), offenders: [] };
    const offences = [...clusterRoleBindings.value, ...roleBindings.value].flatMap((binding) =>
      binding.subjects
        .filter(({ name }) => names.includes(name) && usual[name]?.includes(binding.roleName) !== true)
        .map((one) => ({ who: subjectText(one), through: `${bindingText(binding)} → ${binding.roleName}` })),
    );
    return judgedBy(offences, true, good, (count) => `${String(count)} bindings ${bad}`);
  };
}

export const boundAnonymous: RbacCheck = everybody(
  ['system:anonymous', 'system:unauthenticated'],
  'who shows nothing has no more than at first',
  'are of those who show nothing',
);
export const boundEverybody: RbacCheck = everybody(
  ['system:authenticated', 'system:serviceaccounts'],
  'everybody has no more than at first',
  'are of everybody, or of every service account',
);

/** Default service accounts that were given rights: whatever pod names none runs as it. */
export const boundDefault: RbacCheck = (reading) => {
  const { clusterRoleBindings, roleBindings } = reading;
  if (!clusterRoleBindings.ok) return { ...unknown(clusterRoleBindings.why), offenders: [] };
  if (!roleBindings.ok) return { ...unknown(roleBindings.why), offenders: [] };
  const offences = [...clusterRoleBindings.value, ...roleBindings.value].flatMap((binding) =>
    binding.subjects
      .filter(({ kind, name }) => kind === 'ServiceAccount' && name === 'default')
      .map((one) => ({ who: subjectText(one), through: `${bindingText(binding)} → ${binding.roleName}` })),
  );
  return judgedBy(
    offences,
    true,
    'no default service account has rights',
    (count) => `${String(count)} bindings are of default service accounts`,
  );
};
