import { pass, saw, unknown } from '../checks/judged.ts';
import type { Judged } from '../checks/judged.ts';
import type { ClusterPod, ClusterReading } from './reading.ts';

export type ClusterCheck = (reading: ClusterReading) => Judged;
type Component = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd';

/** The flags of one instance of a component: `--name=value`, `--name value`, or `--name` alone, which is true. The last one counts. Pure. */
export function flagsOf(command: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const [index, word] of command.entries()) {
    const [, name, value] = /^--?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    const following = command[index + 1];
    flags.set(name, value ?? (following === undefined || following.startsWith('-') ? 'true' : following));
  }
  return flags;
}

interface Instance {
  readonly pod: ClusterPod;
  readonly flags: ReadonlyMap<string, string>;
}

/** What runs of a component as static pods of kube-system: where the control plane is somebody else’s there is none, and nothing can be said. */
function instancesOf({ pods }: ClusterReading, component: Component): readonly Instance[] | Judged {
  if (!pods.ok) return unknown(pods.why);
  const instances = pods.value
    .filter(({ namespace, isStatic }) => namespace === 'kube-system' && isStatic)
    .flatMap((pod): readonly Instance[] => {
      const container = pod.containers.find(
        ({ name, command }) => name === component || command[0]?.split('/').at(-1) === component,
      );
      // An image's own command is not seen: where the pod says none, neither are its flags.
      return container === undefined || container.command.length === 0
        ? []
        : [{ pod, flags: flagsOf(container.command) }];
    });
  return instances.length === 0 ? unknown(`no static pod of kube-system shows the flags of ${component}`) : instances;
}

type Verdict = readonly [result: 'pass' | 'warn' | 'fail', note: string, flags: readonly string[]];
const grades = ['pass', 'warn', 'fail'] as const;

/** The worst of what is said of all instances of some components, with the flags that it is said of. */
function ofFlags(
  components: readonly Component[],
  decide: (flags: Instance['flags'], of: Component) => Verdict,
): ClusterCheck {
  return (reading) => {
    let worst: Judged | undefined;
    let unseen: Judged | undefined;
    for (const component of components) {
      const instances = instancesOf(reading, component);
      if ('result' in instances) {
        unseen = instances;
        continue;
      }
      for (const { pod, flags } of instances) {
        const [result, note, named] = decide(flags, component);
        const evidence = named.map((flag) => saw(`${pod.name} --${flag}`, flags.get(flag) ?? 'not set'));
        if (worst === undefined || rank(result) > rank(worst.result)) worst = { result, note, evidence };
      }
    }
    // What is good of one says nothing of those that were not seen.
    if (worst === undefined || (worst.result === 'pass' && unseen !== undefined))
      return unseen ?? unknown('nothing was seen');
    return worst;
  };
}

const rank = (result: Judged['result']): number => grades.findIndex((one) => one === result);
const words = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter((word) => word !== '');
const isSet = (text: string | undefined): boolean => text !== undefined && text !== '';

export const apiAnonymousFlag: ClusterCheck = ofFlags(['kube-apiserver'], (flags) => {
  if (flags.get('anonymous-auth') === 'false')
    return ['pass', 'requests without a name are refused', ['anonymous-auth']];
  if (isSet(flags.get('authentication-config')))
    return [
      'warn',
      'a file says who may come without a name: it cannot be seen',
      ['anonymous-auth', 'authentication-config'],
    ];
  return ['warn', 'requests without a name are let in as system:anonymous', ['anonymous-auth']];
});

export const apiAuthorization: ClusterCheck = ofFlags(['kube-apiserver'], (flags) => {
  const modes = words(flags.get('authorization-mode'));
  const bad = modes.filter((mode) => mode === 'AlwaysAllow' || mode === 'ABAC');
  if (bad.length > 0) return ['fail', `${bad.join(' and ')} is among its modes`, ['authorization-mode']];
  if (modes.length === 0 && isSet(flags.get('authorization-config')))
    return ['warn', 'a file says how: it cannot be seen', ['authorization-config']];
  if (modes.length === 0)
    return [
      'fail',
      'everybody may do everything: AlwaysAllow is what it does when it is not told',
      ['authorization-mode'],
    ];
  if (!modes.includes('RBAC')) return ['fail', 'RBAC is not among its modes', ['authorization-mode']];
  return modes.includes('Node')
    ? ['pass', 'RBAC and Node', ['authorization-mode']]
    : [
        'warn',
        'Node is not among its modes: kubelets may do what their role lets them, for all nodes',
        ['authorization-mode'],
      ];
});

export const apiTokenFile: ClusterCheck = ofFlags(['kube-apiserver'], (flags) =>
  isSet(flags.get('token-auth-file'))
    ? ['fail', 'tokens stand in a file, and end never', ['token-auth-file']]
    : ['pass', 'there is no file of tokens', ['token-auth-file']],
);

export const apiAdmission: ClusterCheck = ofFlags(['kube-apiserver'], (flags) => {
  const [on, off] = [words(flags.get('enable-admission-plugins')), words(flags.get('disable-admission-plugins'))];
  const named = ['enable-admission-plugins', 'disable-admission-plugins'];
  if (on.includes('AlwaysAdmit')) return ['fail', 'AlwaysAdmit is on', named];
  if (!on.includes('NodeRestriction'))
    return ['fail', 'NodeRestriction is not on: a kubelet may change other nodes and their pods', named];
  const missing = ['ServiceAccount', 'NamespaceLifecycle', 'PodSecurity'].filter((plugin) => off.includes(plugin));
  return missing.length > 0
    ? ['fail', `${missing.join(', ')} is switched off`, named]
    : ['pass', 'NodeRestriction is on, and nothing of the usual off', named];
});

const apiAuditFlags: ClusterCheck = ofFlags(['kube-apiserver'], (flags) => {
  const named = ['audit-policy-file', 'audit-log-path', 'audit-webhook-config-file'];
  const goes = isSet(flags.get('audit-log-path')) || isSet(flags.get('audit-webhook-config-file'));
  if (!goes || !isSet(flags.get('audit-policy-file'))) return ['fail', 'who asked what is written down nowhere', named];
  const kept = ['audit-log-maxage', 'audit-log-maxbackup', 'audit-log-maxsize'];
  const least = [30, 10, 100];
  const short = kept.filter((flag, index) => Number(flags.get(flag) ?? 0) < (least[index] ?? 0));
  return isSet(flags.get('audit-log-path')) && !isSet(flags.get('audit-webhook-config-file')) && short.length > 0
    ? ['warn', 'the log is kept for less than 30 days, 10 files of 100 MB', [...named, ...short]]
    : ['pass', 'requests are written down', named];
});

/** Whether there is an audit log: by the flags, else because it comes to us. */
export const apiAudit: ClusterCheck = (reading) => {
  const { auditedMs, nowMs } = reading;
  const judged = apiAuditFlags(reading);
  const isFresh = auditedMs !== undefined && nowMs - auditedMs < 3_600_000;
  if (!isFresh || judged.result === 'pass') return judged;
  const heard = saw('POST /kubernetes/audit', new Date(auditedMs).toISOString());
  return pass('it is on: batches of it come to this collector', heard, ...judged.evidence);
};

export const apiEncryption: ClusterCheck = ofFlags(['kube-apiserver'], (flags) =>
  isSet(flags.get('encryption-provider-config'))
    ? [
        'pass',
        'a file says how secrets are encrypted; which provider it names cannot be seen',
        ['encryption-provider-config'],
      ]
    : ['fail', 'secrets stand in etcd as they are', ['encryption-provider-config']],
);

export const apiEtcdTls: ClusterCheck = ofFlags(['kube-apiserver'], (flags) => {
  const named = ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile', 'etcd-servers'];
  const missing = named.slice(0, 3).filter((flag) => !isSet(flags.get(flag)));
  if (words(flags.get('etcd-servers')).some((server) => server.startsWith('http:')))
    return ['fail', 'it speaks to etcd without TLS', named];
  return missing.length > 0
    ? ['fail', `etcd and it do not prove each other who they are: --${missing.join(', --')}`, named]
    : ['pass', 'both prove who they are', named];
});

export const apiKubeletTls: ClusterCheck = ofFlags(['kube-apiserver'], (flags) => {
  const named = ['kubelet-client-certificate', 'kubelet-client-key', 'kubelet-certificate-authority'];
  if (!isSet(flags.get('kubelet-client-certificate')) || !isSet(flags.get('kubelet-client-key')))
    return ['fail', 'it shows kubelets no certificate', named];
  return isSet(flags.get('kubelet-certificate-authority'))
    ? ['pass', 'both prove who they are', named]
    : ['warn', 'whoever answers in a kubelet’s place is believed', named];
});

export const controlPlaneProfiling: ClusterCheck = ofFlags(
  ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  (flags, of) =>
    flags.get('profiling') === 'false'
      ? ['pass', 'it is off', ['profiling']]
      : ['warn', `${of} shows its inside to whoever may ask for it`, ['profiling']],
);

const isLocal = (address: string | undefined): boolean =>
  address === '127.0.0.1' || address === '::1' || address === 'localhost';

export const controlPlanePorts: ClusterCheck = ofFlags(
  ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  (flags, of) => {
    const port = flags.get('insecure-port');
    if (isSet(flags.get('insecure-bind-address')) || (of === 'kube-apiserver' && port !== undefined && port !== '0'))
      return ['fail', `${of} listens without TLS`, ['insecure-port', 'insecure-bind-address']];
    if (of === 'kube-apiserver') return ['pass', 'it has no port without TLS', ['insecure-port']];
    return isLocal(flags.get('bind-address'))
      ? ['pass', 'they listen on their own node only', ['bind-address']]
      : ['warn', `${of} listens on every address of its node`, ['bind-address']];
  },
);

const etcdAuth = (side: 'client' | 'peer'): ClusterCheck =>
  ofFlags(['etcd'], (flags) => {
    const at = side === 'peer' ? 'peer-' : '';
    const [auth, auto] = [`${at}client-cert-auth`, side === 'peer' ? 'peer-auto-tls' : 'auto-tls'];
    const files = [`${at}cert-file`, `${at}key-file`];
    const named = [auth, auto, ...files];
    if (files.some((flag) => !isSet(flags.get(flag)))) {
      // One that is alone has no peers.
      const alone = side === 'peer' && words(flags.get('initial-cluster')).length <= 1;
      return [alone ? 'warn' : 'fail', 'it speaks without a certificate', named];
    }
    if (flags.get(auto) === 'true') return ['fail', 'it signs its certificates itself', named];
    return flags.get(auth) === 'true'
      ? ['pass', 'who asks has to show a certificate', named]
      : ['fail', 'who asks has to show nothing', named];
  });

export const etcdClients: ClusterCheck = etcdAuth('client');
export const etcdPeers: ClusterCheck = etcdAuth('peer');
