import type { OptionDefinition, Settings } from './settings.ts';
import {
  durationBetween,
  notYet,
  parseBoolean,
  parseCount,
  type Parsed,
  parseSize,
  parseText,
  urlOf,
} from './values.ts';

type CollectorKey =
  | 'snapshotMaxSize'
  | 'snapshotMaxCount'
  | 'nodeSilence'
  | 'nodeStopAlert'
  | 'allowUnauthenticated'
  | 'metricsOpen'
  | 'tlsCert'
  | 'tlsKey'
  | 'clientCa'
  | 'clientCrlFile'
  | 'store'
  | 'retention'
  | 'retentionSize'
  | 'auditRetention'
  | 'postureExceptions'
  | 'clusterInterval'
  | 'bus'
  | 'routes'
  | 'publicUrl';

function parseStore(text: string): Parsed<string> {
  if (/^postgres(?:ql)?:/.test(text)) return notYet('PostgreSQL', 'Use sqlite:PATH.')();
  if (/^sqlite:./.test(text)) return parseText(text.slice('sqlite:'.length));
  return { ok: false, problem: 'is not of the form sqlite:PATH, such as sqlite:/var/lib/anchorwatch/collector.db' };
}

/** The options of the collector's side: a part of the one table in options.ts. */
export const collectorOptions: { readonly [K in CollectorKey]: OptionDefinition<Settings[K]> } = {
  snapshotMaxSize: {
    name: 'snapshot-max-size',
    env: ['ANCHORWATCH_SNAPSHOT_MAX_SIZE'],
    placeholder: 'SIZE',
    fallback: '2GB',
    help: 'Of all snapshots that the collector keeps; the oldest make room.',
    commands: ['up', 'collector'],
    parse: parseSize,
  },
  snapshotMaxCount: {
    name: 'snapshot-max-count',
    env: ['ANCHORWATCH_SNAPSHOT_MAX_COUNT'],
    placeholder: 'NUMBER',
    fallback: '1000',
    help: 'Snapshots that the collector keeps; the oldest make room.',
    commands: ['up', 'collector'],
    parse: parseCount,
  },
  nodeSilence: {
    name: 'node-silence',
    env: ['ANCHORWATCH_NODE_SILENCE'],
    placeholder: 'DURATION',
    fallback: '30s',
    help: 'An agent that was not heard of for so long is an alert of the collector, unless it was stopped in order. 0s: never.',
    commands: ['up', 'collector'],
    parse: durationBetween('0s', '24h'),
  },
  nodeStopAlert: {
    name: 'node-stop-alert',
    env: ['ANCHORWATCH_NODE_STOP_ALERT'],
    placeholder: '',
    fallback: 'false',
    help: 'An agent that was stopped in order (SIGTERM) is an alert as well when it is not back in that time.',
    commands: ['up', 'collector'],
    parse: parseBoolean,
  },
  allowUnauthenticated: {
    name: 'allow-unauthenticated',
    env: ['ANCHORWATCH_ALLOW_UNAUTHENTICATED'],
    placeholder: '',
    fallback: 'false',
    help: 'Nobody has to say who they are, on whatever address and whatever tokens there are: only for a private network.',
    commands: ['up', 'collector'],
    parse: parseBoolean,
  },
  metricsOpen: {
    name: 'metrics-open',
    env: ['ANCHORWATCH_METRICS_OPEN'],
    placeholder: '',
    fallback: 'false',
    help: 'GET /metrics asks for no token.',
    commands: ['up', 'collector'],
    parse: parseBoolean,
  },
  tlsCert: {
    name: 'tls-cert',
    env: ['ANCHORWATCH_TLS_CERT'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'plain HTTP',
    help: 'Certificate of the collector in PEM, with those between it and the root: it speaks TLS (1.2 or newer). Read again on SIGHUP and within seconds of a change.',
    commands: ['up', 'collector'],
    parse: parseText,
  },
  tlsKey: {
    name: 'tls-key',
    env: ['ANCHORWATCH_TLS_KEY'],
    placeholder: 'FILE',
    fallback: undefined,
    help: 'Key of --tls-cert in PEM, without a password.',
    commands: ['up', 'collector'],
    parse: parseText,
  },
  clientCa: {
    name: 'client-ca',
    env: ['ANCHORWATCH_CLIENT_CA'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'agents show tokens',
    help: 'Certificates in PEM of who vouches for agents: they have to show a certificate then, whose common name (or only DNS name) is the name of their node.',
    commands: ['up', 'collector'],
    parse: parseText,
  },
  clientCrlFile: {
    name: 'client-crl-file',
    env: ['ANCHORWATCH_CLIENT_CRL_FILE'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'no certificate is revoked',
    help: 'Lists of revoked certificates (CRL) in PEM, one of each authority in --client-ca: agents whose certificate is in it are refused, and put out. Read again on SIGHUP and within seconds of a change; when a list ends, no certificate counts until there is a newer one.',
    commands: ['up', 'collector'],
    parse: parseText,
  },
  store: {
    name: 'store',
    env: ['ANCHORWATCH_STORE'],
    placeholder: 'URL',
    fallback: undefined,
    otherwise: 'sqlite:DIR/collector.db',
    help: 'Where the collector keeps alerts: sqlite:PATH. postgres:// is not available yet.',
    commands: ['up', 'collector', 'token', 'verify', 'backup'],
    parse: parseStore,
  },
  retention: {
    name: 'retention',
    env: ['ANCHORWATCH_RETENTION'],
    placeholder: 'DURATION',
    fallback: '90d',
    help: 'How long the collector keeps alerts, from when they were stored, and incidents that are over. What operators decided is kept.',
    commands: ['up', 'collector'],
    parse: durationBetween('1s', '3650d'),
  },
  retentionSize: {
    name: 'retention-size',
    env: ['ANCHORWATCH_RETENTION_SIZE'],
    placeholder: 'SIZE',
    fallback: '10GB',
    help: 'How large the file of the store may become; beyond it the oldest alerts are removed, whatever their age.',
    commands: ['up', 'collector'],
    parse: parseSize,
  },
  auditRetention: {
    name: 'audit-retention',
    env: ['ANCHORWATCH_AUDIT_RETENTION'],
    placeholder: 'DURATION',
    fallback: '400d',
    help: 'How long the collector keeps the audit trail: who changed what through the API. An anchor says what was removed, and verify checks the rest.',
    commands: ['up', 'collector'],
    parse: durationBetween('1d', '36500d'),
  },
  postureExceptions: {
    name: 'posture-exceptions',
    env: ['ANCHORWATCH_POSTURE_EXCEPTIONS'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'those that the API made alone',
    help: 'YAML with exceptions of practices: what does not count, who answers for it, why, and until when (docs/posture.md). Read again on SIGHUP.',
    commands: ['up', 'collector'],
    parse: parseText,
  },
  clusterInterval: {
    name: 'cluster-interval',
    env: ['ANCHORWATCH_CLUSTER_INTERVAL'],
    placeholder: 'DURATION',
    fallback: '5m',
    help: 'How often the Kubernetes cluster is read for the checks of practices (docs/posture.md). 0s: never.',
    commands: ['up', 'collector'],
    parse: durationBetween('0s', '24h'),
  },
  bus: {
    name: 'bus',
    env: ['ANCHORWATCH_BUS'],
    placeholder: 'URL',
    fallback: undefined,
    help: 'Message bus that several collectors share. Not available yet.',
    commands: ['collector'],
    parse: notYet('a message bus', 'Leave it out: one collector needs none.'),
  },
  routes: {
    name: 'routes',
    env: ['ANCHORWATCH_ROUTES'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'nobody is told of anything',
    help: 'YAML file that says which receivers (Slack, PagerDuty, …) are told of which alerts: docs/routing.md. Read again on SIGHUP and within seconds of a change; one with mistakes changes nothing.',
    commands: ['up', 'collector', 'notify'],
    parse: parseText,
  },
  publicUrl: {
    name: 'public-url',
    env: ['ANCHORWATCH_PUBLIC_URL'],
    placeholder: 'URL',
    fallback: undefined,
    otherwise: 'notifications have no links to the collector',
    help: 'Where people reach the collector, https://HOST[:PORT][/PATH]: links in notifications begin with it.',
    commands: ['up', 'collector', 'notify'],
    parse: urlOf(['https:', 'http:'], 'https://HOST'),
  },
};
