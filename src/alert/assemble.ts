import type { Alert, Finding, Severity } from '../model/alert.ts';
import type { FileChange } from '../model/change.ts';
import type { Container } from '../model/container.ts';
import type { Feature } from '../model/feature.ts';
import type { ConnectEvent, Event, ExecEvent, Process } from '../model/event.ts';
import { baseName, programKey } from '../model/program.ts';
import { maskArguments, maskText } from '../lib/mask.ts';
import { sessionDeed } from './session-title.ts';

export interface AssembleInput {
  readonly finding: Finding;
  readonly severity: Severity;
  /** When it happened, and the process that did it; a slice that ended has none. */
  readonly event: { readonly timeMs: number; readonly process?: Process | undefined };
  /** Who did what where, in one line: `titleOf`, `titleOfSlice`. */
  readonly title: string;
  readonly container: Container;
  readonly node: string;
  /** When the alert is raised, milliseconds since the epoch. */
  readonly nowMs: number;
  /** ULID. */
  readonly id: string;
  /** Id of the incident that the alert belongs to; none for a notice of a release. */
  readonly incident?: string;
  /** What the alert is raised for: features of the event that were not known. */
  readonly features: readonly Feature[];
}

const argsMax = 64;
const argumentLengthMax = 1024;

/** Makes a finding addressable: an alert as `model/alert.ts` has it. Pure. Arguments are masked once more, and bounded. */
export function assemble({
  finding,
  severity,
  event,
  title,
  container,
  node,
  nowMs,
  id,
  ...rest
}: AssembleInput): Alert {
  const time = new Date(event.timeMs).toISOString();
  const { feature, score, surprise, suspicion, detector, rules, techniques, practices, evidence } = finding;
  return {
    id,
    time,
    raisedAfterMs: Math.max(0, Math.round((nowMs - event.timeMs) * 1000) / 1000),
    ...{ severity, score, surprise, suspicion, detector, rules, techniques, practices, node, evidence },
    title,
    dimension: feature.dimension,
    key: printable(feature.key, 4096),
    workload: container.workload,
    container: {
      id: container.id,
      name: container.name,
      image: container.image,
      digest: container.digest,
      ...(container.pod === undefined ? {} : { pod: container.pod }),
      ...(container.namespace === undefined ? {} : { namespace: container.namespace }),
    },
    ...(event.process === undefined
      ? {}
      : {
          process: {
            pid: event.process.pid,
            exe: printable(event.process.exe, 4096),
            args: maskArguments(event.process.args.slice(0, argsMax)).map((text) => printable(text, argumentLengthMax)),
            uid: event.process.uid,
            ...(event.process.containerUid === undefined ? {} : { containerUid: event.process.containerUid }),
            cwd: printable(event.process.cwd, 4096),
            ancestors: event.process.ancestors.map(({ pid, exe }) => ({ pid, exe: printable(exe, 4096) })),
          },
        }),
    count: 1,
    lastTime: time,
    ...(rest.incident === undefined ? {} : { incident: rest.incident }),
    features: rest.features.map(({ dimension, key }) => ({ dimension, key })),
  };
}

/** Control characters, separators and halves of surrogate pairs as `\xHH` or `\uHHHH`, so that no text can forge lines or colours. */
export function printable(text: string, lengthMax: number): string {
  const safe = text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
      const code = character.charCodeAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    });
  return safe.length > lengthMax ? `${safe.slice(0, lengthMax - 1)}…` : safe;
}

/** "nginx started /bin/sh in shop/web": who did what where, in one line. */
export function titleOf(event: Event, container: Container): string {
  return placed(deedOf(event, container), container);
}

/** "CPU is 14 times its usual 3 %: 0.43 cores for 3 minutes in shop/web": what a detector says about slices, in one line. */
export function titleOfSlice(what: string, container: Container): string {
  return placed(what, container);
}

function placed(what: string, { workload }: Container): string {
  return `${printable(maskText(what), 240)} ${printable(`in ${workload.name}`, 120)}`;
}

function deedOf(event: Event, container: Container): string {
  const exe = event.process === undefined ? '' : programKey(event.process.exe, event.process.args);
  const name = exe === '' ? 'a process' : baseName(exe).replace(/^(?:busybox|toybox|coreutils) /, '');
  switch (event.kind) {
    case 'exec': {
      const script = event.script === '' ? '' : ` for ${event.script}`;
      const socket =
        event.socketStdio === undefined
          ? ''
          : ` with a network socket as its standard input${event.socketStdio === '' ? '' : ` (${event.socketStdio})`}`;
      const outside = event.entered === undefined ? '' : ', from outside of the container,';
      return `${starterOf(event)} started ${programKey(event.path, event.process.args)}${script}${socket}${outside}`;
    }
    case 'file': {
      if (event.error !== undefined)
        return `${name} tried to ${event.access === 'read' ? 'read' : 'write'} ${event.path}, refused (${event.error})`;
      return `${name} ${event.access === 'read' ? 'read' : event.created ? 'created' : 'wrote'} ${event.path}`;
    }
    case 'connect':
      return `${name} connected to ${peerKey(event)}${peerName(event)}`;
    case 'accept':
      return `${name} was reached on port ${event.port}/${event.protocol} from ${event.address} (${event.peer})`;
    case 'dns':
      return `${name} asked for ${event.type === '' ? '' : `${event.type} of `}${event.name}`;
    case 'dns-answer':
      return `${event.name} was answered`;
    case 'listen':
      return `${name} listens on port ${event.port}/${event.protocol}`;
    case 'change': {
      const { change, path, other, special, error } = event;
      const how = special ? (change === 'times' ? ' to another time' : ' to run as its owner') : '';
      const from = other === '' ? '' : ` (${change === 'rename' ? 'from' : 'to'} ${other})`;
      return `${name} ${deedsOfChange[change]} ${path}${how}${from}${error === '' ? '' : `, refused (${error})`}`;
    }
    case 'call': {
      const refused = event.error === '' ? '' : `, refused (${event.error})`;
      const deed = deedsOfCalls[event.call]?.(event.detail, event.text);
      return `${name} ${deed ?? `called ${[event.call, event.detail, event.text].filter((word) => word !== '').join(' ')}`}${refused}`;
    }
    case 'lifecycle':
      if (event.by !== undefined) return `${sessionDeed(event.action, event.detail, event.by)} (${container.name})`;
      return `${event.action.replaceAll('-', ' ')}${event.detail === '' ? '' : ` ${event.detail}`} (${container.name})`;
    case 'exit':
      return `${name} ended`;
  }
}

function starterOf({ entered, fromRuntime, parentExe }: ExecEvent): string {
  if (entered !== undefined) return baseName(parentExe || entered) || 'a process of the node';
  return fromRuntime || parentExe === '' ? 'the container runtime' : baseName(parentExe);
}

/** Who it is in the cluster, or the name that its address was given for. */
function peerName({ peer, name }: ConnectEvent): string {
  const known = peer?.name ?? name;
  return known === undefined ? '' : ` (${known})`;
}

function peerKey({ address, port, protocol }: ConnectEvent): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`;
}

const deedsOfCalls: Readonly<Record<string, (detail: string, text: string) => string>> = {
  capability: (detail) => `needed the capability ${detail}`,
  kill: (detail) => `sent ${detail.replace(' ', ' to a process that is ')}`,
  mmap: (detail, text) => (text === '' ? `mapped ${detail} memory` : `mapped code of ${text}`),
  mprotect: () => 'made memory executable',
  syscall: (detail) => `made the system call ${detail}`,
  prctl: (_, text) => `named itself ${text}`,
  execve: (_, text) => `tried to execute ${text}`,
  execveat: (_, text) => `tried to execute ${text}`,
  dup2: (_, text) => socketDeed(text),
  dup3: (_, text) => socketDeed(text),
  'cgroup-leave': () => 'left the cgroup of its container',
};

/** A socket that is not connected has no peer. */
function socketDeed(peer: string): string {
  return `made a socket${peer === '' ? '' : ` to ${peer}`} its standard input or output`;
}

const deedsOfChange: Readonly<Record<FileChange, string>> = {
  rename: 'renamed a file to',
  unlink: 'removed',
  link: 'made the hard link',
  symlink: 'made the symbolic link',
  chmod: 'changed the mode of',
  chown: 'changed the owner of',
  truncate: 'truncated',
  times: 'set the times of',
  mknod: 'made the node',
};
