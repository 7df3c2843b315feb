import { z } from 'zod';
import { fileChanges } from '../model/change.ts';
import type { FileChange } from '../model/change.ts';
import type { ApiRequest } from '../model/api-request.ts';
import { workloadKinds } from '../model/container.ts';
import type { Container, WorkloadKind } from '../model/container.ts';
import type { Event, FileOrigin, FileType, PeerKind, Process } from '../model/event.ts';
import { apiFactsOf, factsOf, sliceFactsOf } from './facts.ts';
import type { Facts, ProfileFacts } from './facts.ts';

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** See `exampleSchema`. `exec read write` are paths, `connect listen` endpoints, `accept` a local port, `from` whom, `dns` a name and the type of the question (`a.example TXT`), `call` a system call, `change` a change and its path (`chmod /tmp/x`), `slice` a dimension of slices (`rate.cpu`, `posture`) with `name`, `value`, `usual`, `heldSeconds` and `burst`, `by` the program that did it, `api` a request to the Kubernetes API (`list secrets shop`: verb, resource with subresource or path, namespace) with `user`, `as`, `userAgent`, `code` and `refusedLately`. */
export interface Example extends Optional<{
  exec: string;
  read: string;
  write: string;
  connect: string;
  listen: string;
  lifecycle: string;
  call: string;
  change: string;
  dns: string;
  accept: string;
  slice: string;
  api: string;
  user: string;
  as: string;
  userAgent: string;
  code: number;
  refusedLately: number;
  value: number;
  usual: number;
  heldSeconds: number;
  burst: boolean;
  from: PeerKind;
  text: string;
  name: string;
  socketStdio: boolean;
  compat: boolean;
  /** read: what /proc tells of another process. */
  ofOther: boolean;
  /** Path of the program that started it from outside of the container. */
  entered: string;
  special: boolean;
  /** The mode of a change, octal. */
  mode: string;
  other: string;
  detail: string;
  refused: boolean;
  args: readonly string[];
  parent: string;
  script: string;
  origin: FileOrigin;
  created: boolean;
  type: FileType;
  by: string;
  ancestors: readonly string[];
  /** Below a program that was started from outside, as `docker exec` does. */
  session: boolean;
  uid: number;
  hostUid: number;
  container: Optional<{ name: string; image: string; privileged: boolean; kind: WorkloadKind }>;
  profile: Optional<ProfileFacts>;
}> {}

/** An event as a rule's example describes it: one of the first keys says what happened, the rest is what differs from the ordinary. */
export const exampleSchema: z.ZodType<Example> = z.strictObject({
  exec: z.string().optional(),
  read: z.string().optional(),
  write: z.string().optional(),
  connect: z.string().optional(),
  listen: z.string().optional(),
  lifecycle: z.string().optional(),
  call: z.string().optional(),
  change: z.string().optional(),
  dns: z.string().optional(),
  accept: z.string().optional(),
  slice: z.string().optional(),
  api: z.string().optional(),
  user: z.string().optional(),
  as: z.string().optional(),
  userAgent: z.string().optional(),
  code: z.number().optional(),
  refusedLately: z.number().optional(),
  value: z.number().optional(),
  usual: z.number().optional(),
  heldSeconds: z.number().optional(),
  burst: z.boolean().optional(),
  from: z.enum(['loopback', 'private', 'public']).optional(),
  text: z.string().optional(),
  name: z.string().optional(),
  socketStdio: z.boolean().optional(),
  compat: z.boolean().optional(),
  ofOther: z.boolean().optional(),
  entered: z.string().optional(),
  special: z.boolean().optional(),
  mode: z
    .string()
    .regex(/^[0-7]{3,6}$/)
    .optional(),
  other: z.string().optional(),
  detail: z.string().optional(),
  refused: z.boolean().optional(),
  args: z.array(z.string()).optional(),
  parent: z.string().optional(),
  script: z.string().optional(),
  origin: z.enum(['image', 'written', 'tmpfs', 'mount', 'memfd', 'deleted', 'unknown']).optional(),
  created: z.boolean().optional(),
  type: z.enum(['regular', 'directory', 'character', 'block', 'fifo', 'socket', 'other']).optional(),
  by: z.string().optional(),
  ancestors: z.array(z.string()).optional(),
  session: z.boolean().optional(),
  uid: z.number().optional(),
  hostUid: z.number().optional(),
  container: z
    .strictObject({
      name: z.string().optional(),
      image: z.string().optional(),
      privileged: z.boolean().optional(),
      kind: z.enum(workloadKinds).optional(),
    })
    .optional(),
  profile: z
    .strictObject({
      samples: z.number().optional(),
      ageSeconds: z.number().optional(),
      startup: z.boolean().optional(),
      coverage: z.number().optional(),
      settled: z.boolean().optional(),
      listens: z.boolean().optional(),
      knowsPort: z.boolean().optional(),
      listensOnPort: z.boolean().optional(),
      knowsProgram: z.boolean().optional(),
      parentListens: z.boolean().optional(),
      writtenHere: z.boolean().optional(),
      ownFile: z.boolean().optional(),
      healthcheck: z.boolean().optional(),
      news: z.number().optional(),
    })
    .optional(),
});

/** An ordinary workload that has been watched for ten minutes. */
const ordinary: ProfileFacts = {
  samples: 10,
  ageSeconds: 600,
  startup: false,
  coverage: 0.99,
  settled: true,
  listens: true,
  knowsPort: false,
  listensOnPort: false,
  knowsProgram: false,
  parentListens: false,
  writtenHere: false,
  ownFile: false,
  healthcheck: false,
  news: 1,
};

/** `10.0.0.1:443/tcp` in parts; the protocol may be left out. */
export function parseEndpoint(text: string): { address: string; port: number; protocol: 'tcp' | 'udp' } {
  const match = /^(?:\[?([^\]]*?)\]?:)?(\d+)(?:\/(tcp|udp))?$/.exec(text);
  if (match === null) throw new Error(`not an endpoint (address:port/protocol): ${text}`);
  return { address: match[1] ?? '0.0.0.0', port: Number(match[2]), protocol: match[3] === 'udp' ? 'udp' : 'tcp' };
}

/** Turns an example into the variables of a condition. Throws when it names no event or a bad endpoint. */
export function describedFacts(example: Example): Facts {
  const profile: Record<string, unknown> = { ...ordinary, ...example.profile };
  const container: Container = {
    id: '0'.repeat(64),
    name: example.container?.name ?? 'web-1',
    image: example.container?.image ?? 'nginx:1.27',
    digest: '',
    workload: { id: 'web', name: 'web', kind: example.container?.kind ?? 'image' },
    cgroupId: '1',
    pid: example.session === true ? 1 : 0,
    startedAtMs: 0,
    labels: {},
    mounts: [],
    privileged: example.container?.privileged ?? false,
    hostNamespaces: [],
  };
  const known = profile as unknown as ProfileFacts;
  if (example.api !== undefined) return apiFactsOf(describedRequest(example), example.refusedLately ?? 0, known);
  if (example.slice === undefined) return factsOf(describedEvent(example), container, known);
  const { slice: dimension, name = dimension, value = 0, usual = 0, heldSeconds = 180, burst = false } = example;
  return sliceFactsOf({ name, value, usual, heldSeconds, burst }, container, known);
}

/** The request to the Kubernetes API that an example describes. */
function describedRequest(example: Example): ApiRequest {
  const [verb = '', target = '', namespace = ''] = (example.api ?? '').split(' ');
  const isPath = target.startsWith('/');
  const [resource = '', subresource = ''] = isPath ? [] : target.split('/');
  return {
    stage: 'ResponseComplete',
    ...{ auditId: '1', timeMs: 0, verb, resource, subresource, namespace, name: '' },
    path: isPath ? target : '',
    user: example.user ?? 'system:serviceaccount:shop:web',
    impersonated: example.as ?? '',
    address: '10.0.0.9',
    userAgent: example.userAgent ?? 'kubectl/v1.36.0',
    code: example.code ?? (example.refused === true ? 403 : 200),
  };
}

/** The event that an example describes, if it is not of a slice. Throws as `describedFacts` does. */
export function describedEvent(example: Example): Event {
  const exe = example.by ?? example.exec ?? '/usr/sbin/nginx';
  const process: Process = {
    pid: 10,
    startTimeNs: '1',
    comm: '',
    exe,
    args: example.args ?? [exe],
    uid: example.hostUid ?? example.uid ?? 0,
    ...(example.hostUid === undefined ? {} : { containerUid: example.uid ?? 0 }),
    gid: 0,
    cwd: '/',
    ancestors: (example.ancestors ?? []).map((path, index) => ({ pid: index + 2, exe: path })),
  };
  const base = { timeMs: 0, cgroupId: '1', source: 'kernel' as const, process };
  const origin = example.origin ?? 'image';
  if (example.exec !== undefined) {
    const parent = example.parent ?? '/bin/sh';
    const fromRuntime = parent === 'runtime';
    const parentExe = fromRuntime ? '' : parent;
    return {
      ...{ ...base, kind: 'exec', path: example.exec, origin, script: example.script ?? '', parentExe, fromRuntime },
      ...(example.socketStdio === true ? { socketStdio: '10.0.0.9:4444' } : {}),
      ...(example.compat === true ? { compat: true } : {}),
      ...(example.entered === undefined ? {} : { entered: example.entered }),
    };
  }
  const path = example.read ?? example.write;
  if (path !== undefined) {
    const access = example.read === undefined ? 'write' : 'read';
    return {
      ...base,
      kind: 'file',
      access,
      created: example.created ?? false,
      path,
      fileType: example.type ?? 'regular',
      origin,
      ...(example.refused === true ? { error: 'EACCES' } : {}),
      ...(example.ofOther === true ? { ofOther: true } : {}),
    };
  }
  if (example.connect !== undefined) {
    const { name } = example;
    return { ...base, kind: 'connect', ...parseEndpoint(example.connect), ...(name === undefined ? {} : { name }) };
  }
  if (example.accept !== undefined) {
    const { port, address } = parseEndpoint(example.accept);
    return { ...base, kind: 'accept', protocol: 'tcp', address, port, peer: example.from ?? 'private' };
  }
  if (example.dns !== undefined) {
    const [name = '', type = ''] = example.dns.split(' ');
    return { ...base, kind: 'dns', name, type, resolver: '127.0.0.11' };
  }
  if (example.listen !== undefined) return { ...base, kind: 'listen', ...parseEndpoint(example.listen) };
  if (example.change !== undefined) {
    const [change = '', changed = ''] = example.change.split(' ');
    const { other = '', special = false, refused = false } = example;
    const mode = Number.parseInt(example.mode ?? '0', 8);
    if (!isChange(change)) throw new Error(`not a change and a path: ${example.change}`);
    return { ...base, kind: 'change', change, path: changed, other, mode, special, error: refused ? 'EPERM' : '' };
  }
  if (example.call !== undefined) {
    const { call, detail = '', refused = false, text = '' } = example;
    return { ...base, kind: 'call', call, detail, error: refused ? 'EPERM' : '', text };
  }
  if (example.lifecycle !== undefined) {
    const [action = '', ...detail] = example.lifecycle.split(':');
    return {
      ...{ timeMs: 0, cgroupId: '1', source: 'engine', kind: 'lifecycle', containerId: '' },
      action,
      detail: detail.join(':'),
    } as Event;
  }
  throw new Error(
    `an example needs exec, read, write, connect, listen, accept, dns, change, call, lifecycle, api or slice: ${JSON.stringify(example)}`,
  );
}

function isChange(text: string): text is FileChange {
  return fileChanges.some((change) => change === text);
}
