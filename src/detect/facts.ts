import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import { baseName, runningName } from '../model/program.ts';

/** What rules may know of the workload's profile. Plain values, so that judging stays a pure function. */
export interface ProfileFacts {
  /** Completed samples of the container's present stratum. */
  readonly samples: number;
  /** Since the workload was first seen. */
  readonly ageSeconds: number;
  /** The container is in its startup phase. */
  readonly startup: boolean;
  /** Coverage of the event's dimension, 0 to 1. */
  readonly coverage: number;
  /** Past startup, watched for a while, and the dimension does not keep showing new features. */
  readonly settled: boolean;
  /** Any program of the workload listens on a port. */
  readonly listens: boolean;
  /** The event's port occurs in the known `net.out` features. */
  readonly knowsPort: boolean;
  /** The event's port occurs in the known `net.listen` features. */
  readonly listensOnPort: boolean;
  /** exec: the program is known, whoever started it. */
  readonly knowsProgram: boolean;
  /** exec: the program that started it is known to listen. */
  readonly parentListens: boolean;
  /** exec: the program or script was written in this container since it started. */
  readonly writtenHere: boolean;
  /** What a process of the container's health check does, its command line being part of what the check is written to run. */
  readonly healthcheck: boolean;
}

/** The variables of rule conditions, with every key always present (docs/rules.md lists them). */
export interface Facts {
  readonly event: Readonly<Record<string, unknown>>;
  readonly process: Readonly<Record<string, unknown>>;
  readonly container: Readonly<Record<string, unknown>>;
  readonly profile: ProfileFacts;
}

const noEvent = {
  kind: '',
  path: '',
  name: '',
  access: '',
  created: false,
  origin: 'unknown',
  fileType: '',
  address: '',
  loopback: false,
  port: 0,
  protocol: '',
  args: [] as readonly string[],
  commandLine: '',
  script: '',
  parent: '',
  parentName: '',
  fromRuntime: false,
  action: '',
  detail: '',
  call: '',
  change: '',
  other: '',
  special: false,
  refused: false,
  text: '',
  socketStdio: false,
  compat: false,
  peer: '',
  type: '',
};

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Turns an event and its surroundings into the variables of rule conditions. Pure. */
export function factsOf(event: Event, container: Container, profile: ProfileFacts): Facts {
  const args = event.process?.args ?? [];
  const exe = event.process?.exe ?? '';
  return {
    event: { ...noEvent, kind: event.kind, ...eventFacts(event) },
    process: {
      exe,
      name: runningName(exe, args),
      args,
      commandLine: args.join(' '),
      uid: event.process?.uid ?? 0,
      ancestors: (event.process?.ancestors ?? []).map(({ exe: path }) => baseName(path)),
    },
    container: {
      name: container.name,
      image: container.image,
      privileged: container.privileged,
      kind: container.workload.kind,
      workload: container.workload.name,
      hostNamespaces: container.hostNamespaces,
    },
    profile,
  };
}

function eventFacts(event: Event): Partial<typeof noEvent> {
  switch (event.kind) {
    case 'exec': {
      const { path, origin, script, parentExe, fromRuntime } = event;
      const { args } = event.process;
      const name = runningName(path, args);
      const parentName = runningName(parentExe, []);
      return {
        path,
        name,
        origin,
        script,
        parent: parentExe,
        parentName,
        fromRuntime,
        args,
        commandLine: args.join(' '),
        socketStdio: event.socketStdio !== undefined,
        compat: event.compat === true,
      };
    }
    case 'file': {
      const { path, access, created, origin, fileType } = event;
      return { path, name: baseName(path), access, created, origin, fileType };
    }
    case 'connect': {
      const { address, port, protocol, name = '' } = event;
      return { address, port, protocol, name, loopback: isLoopback(address) };
    }
    case 'listen': {
      const { address, port, protocol } = event;
      return { address, port, protocol, loopback: isLoopback(address) };
    }
    case 'change': {
      const { change, path, other, special, error } = event;
      return { change, path, name: baseName(path), other, special, refused: error !== '' };
    }
    case 'call':
      return { call: event.call, detail: event.detail, refused: event.error !== '', text: event.text };
    case 'accept': {
      const { address, port, protocol, peer } = event;
      return { address, port, protocol, peer, loopback: peer === 'loopback' };
    }
    case 'dns':
      return { name: event.name, type: event.type, address: event.resolver };
    case 'lifecycle':
      return { action: event.action, detail: event.detail };
    case 'dns-answer':
    case 'exit':
      return {};
  }
}
