import { isRefused } from '../model/api-request.ts';
import type { ApiRequest } from '../model/api-request.ts';
import type { Container } from '../model/container.ts';
import { isOfSession } from '../model/session.ts';
import type { Event, FileType, Process } from '../model/event.ts';
import { baseName, interpreterOf, isMultiCall, runningName } from '../model/program.ts';

/** What rules may know of the workload's profile; `factDescriptions` says what each means. Plain values, so that judging stays a pure function. */
export interface ProfileFacts {
  readonly samples: number;
  readonly ageSeconds: number;
  readonly startup: boolean;
  readonly coverage: number;
  readonly settled: boolean;
  readonly listens: boolean;
  readonly knowsPort: boolean;
  readonly listensOnPort: boolean;
  readonly knowsProgram: boolean;
  readonly parentListens: boolean;
  readonly writtenHere: boolean;
  readonly ownFile: boolean;
  readonly healthcheck: boolean;
  readonly news: number;
}

interface ProcessFacts {
  readonly exe: string;
  readonly name: string;
  readonly applet: string;
  readonly args: readonly string[];
  readonly commandLine: string;
  readonly uid: number;
  readonly hostUid: number;
  readonly ancestors: readonly string[];
  readonly session: boolean;
}

interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly privileged: boolean;
  readonly kind: string;
  readonly workload: string;
  readonly hostNamespaces: readonly string[];
}

/** The variables of rule conditions, with every key always present; `factDescriptions` says what each means. */
export interface Facts {
  readonly event: Readonly<Record<string, unknown>>;
  readonly process: ProcessFacts;
  readonly container: ContainerFacts;
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
  ofOther: false,
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
  mode: '',
  writableByAll: false,
  refused: false,
  text: '',
  socketStdio: false,
  compat: false,
  entered: false,
  peer: '',
  type: '',
  value: 0,
  usual: 0,
  heldSeconds: 0,
  burst: false,
  user: '',
  verb: '',
  resource: '',
  subresource: '',
  namespace: '',
  userAgent: '',
  impersonated: '',
  code: 0,
  refusedLately: 0,
};

/** What rules may know of a slice that a detector speaks about; `factDescriptions` says what each means. */
export type SliceFacts = Partial<Pick<typeof noEvent, 'name' | 'value' | 'usual' | 'heldSeconds' | 'burst'>>;

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Turns an event and its surroundings into the variables of rule conditions. Pure. */
export function factsOf(event: Event, container: Container, profile: ProfileFacts): Facts {
  return {
    event: { ...noEvent, kind: event.kind, ...eventFacts(event) },
    process: processFacts(event.process, container),
    container: containerFacts(container),
    profile,
  };
}

/** Turns a request to the Kubernetes API into the variables of rule conditions. Pure. @param refusedLately of its user, within a minute */
export function apiFactsOf(request: ApiRequest, refusedLately: number, profile: ProfileFacts): Facts {
  const { user, impersonated, verb, resource, subresource, namespace, name, path, address, userAgent, code } = request;
  const told = { user, impersonated, verb, resource, subresource, namespace, name, path, address, userAgent, code };
  return {
    event: { ...noEvent, kind: 'api', ...told, refused: isRefused(request), refusedLately },
    process: processFacts(undefined, { pid: 0 }),
    container: { name: '', image: '', privileged: false, kind: 'kubernetes-user', workload: user, hostNamespaces: [] },
    profile,
  };
}

/** Turns what a detector says about a slice into the variables of rule conditions. Pure. */
export function sliceFactsOf(slice: SliceFacts, container: Container, profile: ProfileFacts): Facts {
  return {
    event: { ...noEvent, kind: 'slice', ...slice },
    process: processFacts(undefined, { pid: 0 }),
    container: containerFacts(container),
    profile,
  };
}

function processFacts(process: Process | undefined, container: Pick<Container, 'pid'>): ProcessFacts {
  const { exe = '', args = [], comm = '', uid = 0, containerUid, ancestors = [] } = process ?? {};
  const name = runningName(exe, args);
  return {
    exe,
    name,
    applet:
      isMultiCall(exe) && interpreterOf(name) === 'shell' && interpreterOf(comm) !== 'shell' && !isMultiCall(comm)
        ? comm
        : '',
    args,
    commandLine: args.join(' '),
    // Whoever has no name inside is somebody from outside.
    uid: containerUid ?? uid,
    hostUid: uid,
    ancestors: ancestors.map(({ exe: path }) => baseName(path)),
    session: process !== undefined && isOfSession(process, container),
  };
}

function containerFacts({ name, image, privileged, workload, hostNamespaces }: Container): ContainerFacts {
  return { name, image, privileged, kind: workload.kind, workload: workload.name, hostNamespaces };
}

/** Names of the facts of each variable. */
export interface FactNames {
  readonly event: keyof typeof noEvent;
  readonly process: keyof ProcessFacts;
  readonly container: keyof ContainerFacts;
  readonly profile: keyof ProfileFacts;
}

/** What mknod(2) makes, by the bits of its mode; none stands for a regular file. */
const fileTypes: Readonly<Record<number, FileType>> = {
  0: 'regular',
  0o010_000: 'fifo',
  0o020_000: 'character',
  0o060_000: 'block',
  0o100_000: 'regular',
  0o140_000: 'socket',
};

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
        entered: event.entered !== undefined,
      };
    }
    case 'file': {
      const { path, access, created, origin, fileType, error, ofOther = false } = event;
      return { path, name: baseName(path), access, created, origin, fileType, ofOther, refused: error !== undefined };
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
      const { change, path, other, special, error, mode } = event;
      const writableByAll = change === 'chmod' && (mode & 0o1002) === 0o2;
      const more = change === 'mknod' ? { fileType: fileTypes[mode & 0o170_000] ?? 'other' } : {};
      const bits = change === 'chmod' || change === 'mknod' ? (mode & 0o7777).toString(8) : '';
      const told = { change, path, name: baseName(path), other, special, writableByAll, mode: bits, ...more };
      return { ...told, refused: error !== '' };
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
