import { logLevels } from '../lib/log.ts';
import { sensorChoices, syscallSets } from './settings.ts';
import type { CommandName, OptionDefinition, Settings } from './settings.ts';
import { parseBudget, parseThresholds } from './thresholds.ts';
import {
  durationBetween,
  notYet,
  oneOf,
  parseBoolean,
  type Parsed,
  parseListen,
  parsePaths,
  parseSize,
  parseText,
  urlOf,
} from './values.ts';

const every: readonly CommandName[] = [
  'up',
  'agent',
  'collector',
  'doctor',
  'alerts',
  'incidents',
  'workloads',
  'history',
  'profile',
];
const watching: readonly CommandName[] = ['up', 'agent'];

function parseStore(text: string): Parsed<string> {
  if (/^postgres(?:ql)?:/.test(text)) return notYet('PostgreSQL', 'Use sqlite:PATH.')();
  if (/^sqlite:./.test(text)) return parseText(text.slice('sqlite:'.length));
  return { ok: false, problem: 'is not of the form sqlite:PATH, such as sqlite:/var/lib/anchorwatch/collector.db' };
}

const parseDockerHost = urlOf(['unix:', 'tcp:', 'http:', 'https:'], 'unix:///var/run/docker.sock or tcp://HOST:PORT');

/** The one table of options: flags, environment variables, file keys and docs/reference/options.md are made from it. */
export const options: { readonly [K in keyof Settings]: OptionDefinition<Settings[K]> } = {
  config: {
    name: 'config',
    env: ['ANCHORWATCH_CONFIG'],
    placeholder: 'FILE',
    fallback: undefined,
    help: 'YAML file with any of these options, by their names: "slice: 30s". Flags and environment variables win over it.',
    commands: [...every, 'rules', 'record', 'replay'],
    parse: parseText,
  },
  state: {
    name: 'state',
    env: ['ANCHORWATCH_STATE'],
    placeholder: 'DIR',
    fallback: undefined,
    otherwise: '/var/lib/anchorwatch, or ./.anchorwatch when that is not writable',
    help: 'Where profiles, waiting alerts, the store, tokens and the address in use are kept.',
    commands: every,
    parse: parseText,
  },
  logLevel: {
    name: 'log-level',
    env: ['ANCHORWATCH_LOG_LEVEL'],
    placeholder: 'LEVEL',
    fallback: 'info',
    help: `How much is logged to standard error, as JSON lines: ${logLevels.join(', ')}.`,
    commands: [...every, 'record'],
    parse: oneOf(logLevels),
  },
  listen: {
    name: 'listen',
    env: ['ANCHORWATCH_LISTEN'],
    placeholder: 'HOST:PORT',
    fallback: '127.0.0.1:7080',
    help: 'Address of the collector: API, metrics and feed. Port 0 picks a free one. Commands that ask a collector use the address in DIR/listen when this is not given.',
    commands: ['up', 'collector', 'alerts', 'incidents', 'workloads', 'history', 'profile'],
    parse: parseListen,
  },
  dockerHost: {
    name: 'docker-host',
    env: ['ANCHORWATCH_DOCKER_HOST', 'DOCKER_HOST'],
    placeholder: 'URL',
    fallback: undefined,
    otherwise: 'the usual sockets of Docker and Podman',
    help: 'Container engine to watch: unix:///path/to/socket or tcp://HOST:PORT.',
    commands: [...watching, 'doctor', 'record'],
    parse: (text) => (/^unix:\/\/\/./.test(text) ? parseText(text) : parseDockerHost(text)),
  },
  kubeconfig: {
    name: 'kubeconfig',
    env: ['ANCHORWATCH_KUBECONFIG'],
    placeholder: 'FILE',
    fallback: undefined,
    help: 'Kubernetes cluster to ask about pods. Not available yet.',
    commands: [...watching, 'doctor'],
    parse: notYet('Kubernetes', 'Leave it out to watch this machine’s container engine.'),
  },
  nodeName: {
    name: 'node-name',
    env: ['ANCHORWATCH_NODE_NAME'],
    placeholder: 'NAME',
    fallback: undefined,
    otherwise: "the machine's host name",
    help: 'Name of this node in alerts and metrics.',
    commands: [...watching, 'record'],
    parse: parseText,
  },
  sensor: {
    name: 'sensor',
    env: ['ANCHORWATCH_SENSOR'],
    placeholder: 'WHICH',
    fallback: 'auto',
    help: 'Where events are from: bpf, the kernel sensor, without which the agent does not start; procfs, /proc polled about once a second, which sees no files, system calls and short-lived things; auto, the kernel sensor where it works.',
    commands: [...watching, 'doctor', 'record'],
    parse: oneOf(sensorChoices),
  },
  slice: {
    name: 'slice',
    env: ['ANCHORWATCH_SLICE'],
    placeholder: 'DURATION',
    fallback: '60s',
    help: 'The unit in which evidence is counted: one container during one slice is one sample.',
    commands: [...watching, 'record'],
    parse: durationBetween('1s', '1h'),
  },
  startup: {
    name: 'startup',
    env: ['ANCHORWATCH_STARTUP'],
    placeholder: 'DURATION',
    fallback: '60s',
    help: "How long a container's start lasts. What happens in it is learned apart: a restart must not look like an attack.",
    commands: [...watching, 'record'],
    parse: durationBetween('1s', '1h'),
  },
  halfLife: {
    name: 'half-life',
    env: ['ANCHORWATCH_HALF_LIFE'],
    placeholder: 'DURATION',
    fallback: '30d',
    help: 'After this time what was learned counts half. What was seen once is forgotten after 4.3 half-lives; what an alert was raised for is not.',
    commands: watching,
    parse: durationBetween('1d', '3650d'),
  },
  capture: {
    name: 'capture',
    env: ['ANCHORWATCH_CAPTURE'],
    placeholder: 'DURATION',
    fallback: '5m',
    help: 'How long everything that a container does is recorded after its last alert, what is known too. 0s: never; what is new is recorded in any case.',
    commands: watching,
    parse: durationBetween('0s', '24h'),
  },
  historySize: {
    name: 'history-size',
    env: ['ANCHORWATCH_HISTORY_SIZE'],
    placeholder: 'SIZE',
    fallback: '1GB',
    help: 'How large the history of this node may become on disk, in DIR/history. The oldest makes room.',
    commands: watching,
    parse: parseSize,
  },
  historyAge: {
    name: 'history-age',
    env: ['ANCHORWATCH_HISTORY_AGE'],
    placeholder: 'DURATION',
    fallback: '7d',
    help: 'How long the history of this node is kept.',
    commands: watching,
    parse: durationBetween('1h', '3650d'),
  },
  alertBudget: {
    name: 'alert-budget',
    env: ['ANCHORWATCH_ALERT_BUDGET'],
    placeholder: 'NUMBER',
    fallback: '1',
    help: 'False alerts a day that are acceptable on a node. Thresholds of the noisiest dimensions are raised until the expectation fits; what is known to be bad is told all the same. unlimited: never raised.',
    commands: [...watching, 'replay'],
    parse: parseBudget,
  },
  thresholds: {
    name: 'thresholds',
    env: ['ANCHORWATCH_THRESHOLDS'],
    placeholder: 'JSON',
    fallback: undefined,
    otherwise: 'warning 3, critical 5',
    help: 'Scores from which something is an alert, for all or by workload, namespace or dimension: in the file a list of mappings with warning, critical, workload, namespace, dimension; the most particular one counts.',
    commands: [...watching, 'replay'],
    parse: parseThresholds,
    list: 'mappings',
  },
  incidentQuiet: {
    name: 'incident-quiet',
    env: ['ANCHORWATCH_INCIDENT_QUIET'],
    placeholder: 'DURATION',
    fallback: '15m',
    help: 'An incident is over when nothing came for it for so long. Agents and collector should agree.',
    commands: [...watching, 'collector', 'replay'],
    parse: durationBetween('1s', '24h'),
  },
  syscalls: {
    name: 'syscalls',
    env: ['ANCHORWATCH_SYSCALLS'],
    placeholder: 'SET',
    fallback: 'rare',
    help: 'Which system calls are told of by name: rare ones (mount, ptrace, bpf and their like), or all, with those of 32-bit programs, which pass by every other hook; all are counted too, and their mix is compared with what the workload makes otherwise (`syscall.mix`). All of them cost each system call of the node some 40 ns.',
    commands: [...watching, 'record'],
    parse: oneOf(syscallSets),
  },
  rules: {
    name: 'rules',
    env: ['ANCHORWATCH_RULES'],
    placeholder: 'PATH',
    fallback: undefined,
    otherwise: 'the shipped rules alone',
    help: 'File, or directory of *.yaml, with suspicion rules of your own: they add rules to ours, override or disable some, and lengthen lists. May be given several times; the environment variable takes several with ":" between them, the file a list. Read again on SIGHUP.',
    commands: [...watching, 'rules', 'record', 'replay'],
    parse: parsePaths,
    list: 'paths',
  },
  record: {
    name: 'record',
    env: ['ANCHORWATCH_RECORD'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'nothing is recorded',
    help: 'File in which all that the agent judges is recorded beside its work, for "anchorwatch replay". Must not be there yet: else nothing is recorded, which is logged.',
    commands: watching,
    parse: parseText,
  },
  recordMaxSize: {
    name: 'record-max-size',
    env: ['ANCHORWATCH_RECORD_MAX_SIZE'],
    placeholder: 'SIZE',
    fallback: '256MB',
    help: 'Size of its file at which a recording ends.',
    commands: [...watching, 'record'],
    parse: parseSize,
  },
  collector: {
    name: 'collector',
    env: ['ANCHORWATCH_COLLECTOR'],
    placeholder: 'URL',
    fallback: undefined,
    help: 'Collector that alerts are sent to: ws://HOST:PORT or wss://HOST:PORT.',
    commands: ['agent'],
    parse: urlOf(['ws:', 'wss:'], 'ws://HOST:PORT or wss://HOST:PORT'),
  },
  allowUnauthenticated: {
    name: 'allow-unauthenticated',
    env: ['ANCHORWATCH_ALLOW_UNAUTHENTICATED'],
    placeholder: '',
    fallback: 'false',
    help: 'Listen on an address that others can reach, although API, metrics and feed ask for no password: only for a private network.',
    commands: ['up', 'collector'],
    parse: parseBoolean,
  },
  tokenFile: {
    name: 'token-file',
    env: ['ANCHORWATCH_TOKEN_FILE'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'DIR/agent-token, made at the first start; the command agent has no default',
    help: 'File with the token that agents show to the collector. Readable by its owner only.',
    commands: ['up', 'agent', 'collector'],
    parse: parseText,
  },
  store: {
    name: 'store',
    env: ['ANCHORWATCH_STORE'],
    placeholder: 'URL',
    fallback: undefined,
    otherwise: 'sqlite:DIR/collector.db',
    help: 'Where the collector keeps alerts: sqlite:PATH. postgres:// is not available yet.',
    commands: ['up', 'collector'],
    parse: parseStore,
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
};

/** A definition without the type of its value, with its key in {@link Settings}. */
export interface ListedOption extends OptionDefinition<unknown> {
  readonly key: keyof Settings;
}

/** The table as a list, in its order; only the options of one command when it is given. */
export function listOptions(command?: CommandName): ListedOption[] {
  const all = (Object.keys(options) as (keyof Settings)[]).map((key): ListedOption => ({ key, ...options[key] }));
  return command === undefined ? all : all.filter((option) => option.commands.includes(command));
}
