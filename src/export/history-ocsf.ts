import type { HistoryContainer, HistoryEntry } from '../model/history.ts';
import type { Process } from '../model/event.ts';
import {
  ancestorOf,
  classification,
  connectionOf,
  containerOf,
  deviceOf,
  endpointOf,
  fileOf,
  metadataOf,
  processOf,
  severityOf,
} from './ocsf.ts';
import type { OcsfObject } from './ocsf.ts';

/** What was done to a file by its name, as an activity of File System Activity. */
const changes = {
  ...{ rename: 5, unlink: 4, link: 1, symlink: 1, mknod: 1 },
  ...{ chmod: 7, chown: 7, truncate: 3, times: 6 },
} as const;

/** By the type of a file (`FileType`). */
const fileTypes: Readonly<Record<string, OcsfObject>> = {
  regular: { type_id: 1, type: 'Regular File' },
  directory: { type_id: 2, type: 'Folder' },
  character: { type_id: 3, type: 'Character Device' },
  block: { type_id: 4, type: 'Block Device' },
  socket: { type_id: 5, type: 'Local Socket' },
  fifo: { type_id: 6, type: 'Named Pipe' },
};
const unknownType: OcsfObject = { type_id: 0, type: 'Unknown' };

/**
 * An entry of the history as an event of the schema: programs as Process Activity, files as File System Activity, connections as Network Activity,
 * names as DNS Activity, rare system calls as Kernel Activity, alerts as Detection Finding; what is none of these (life of containers, counts of
 * known behaviour, rates, losses) as Base Event with everything in `unmapped`. @param version Of this program. Pure.
 */
export function historyToOcsf(entry: HistoryEntry, version: string): OcsfObject {
  const { time, node, container } = entry;
  return {
    time: Date.parse(time),
    ...(entry.kind === 'alert' ? severityOf(entry.severity) : { severity_id: 1, severity: 'Informational' }),
    message: `${entry.kind} ${subjectOf(entry)}`,
    metadata: metadataOf(version, {
      ...{ event_code: entry.kind, sequence: entry.seq, uid: `${node}-${entry.seq}` },
      ...(entry.kind === 'alert' && entry.incident !== undefined ? { correlation_uid: entry.incident } : {}),
    }),
    device: deviceOf(node),
    ...deedOf(entry, container),
  };
}

/** What an entry is about, in a word or a line: a path, a peer, a name, a title. Pure. */
function subjectOf(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'exec':
      return entry.path;
    case 'exit':
    case 'start':
    case 'end':
      return entry.process.exe;
    case 'file':
    case 'change':
      return entry.path;
    case 'connect':
    case 'listen':
    case 'accept':
      return `${entry.address.includes(':') ? `[${entry.address}]` : entry.address}:${entry.port}/${entry.protocol}`;
    case 'dns':
    case 'dns-answer':
      return entry.name;
    case 'call':
      return [entry.call, entry.detail].filter((part) => part !== '').join(' ');
    case 'lifecycle':
      return [entry.action, entry.detail].filter((part) => part !== '').join(':');
    case 'container':
      return entry.action;
    case 'known':
      return `behaviour of ${entry.workload.name}, ${entry.counts.length} kinds`;
    case 'rates':
      return `${entry.spanMs} ms`;
    case 'alert':
      return entry.title;
    case 'loss':
      return `${entry.hook} ${entry.reason}`;
  }
}

function deedOf(entry: HistoryEntry, container: HistoryContainer | undefined): OcsfObject {
  switch (entry.kind) {
    case 'exec':
      return {
        ...classification('process', 1),
        ...succeeded(''),
        actor: actorOf(entry.process, container),
        process: processOf(entry.process, container),
        unmapped: {
          ...{ origin: entry.origin, from_runtime: entry.fromRuntime },
          ...(entry.script === '' ? {} : { script: entry.script }),
          ...(entry.socketStdio === undefined ? {} : { socket_stdio: entry.socketStdio }),
          ...(entry.entered === undefined ? {} : { entered_by: entry.entered }),
        },
      };
    case 'exit':
      return {
        ...classification('process', 2),
        // Who ended it is not known: it is its own actor, as the schema has it.
        actor: { process: processOf(entry.process, container) },
        process: processOf(entry.process, container),
        exit_code: entry.exitCode,
        ...(entry.signal === 0 ? {} : { unmapped: { signal: entry.signal } }),
      };
    case 'start':
      return {
        ...classification('process', 1),
        ...succeeded(''),
        actor: actorOf(entry.process, container),
        process: processOf(entry.process, container),
        unmapped: { known: entry.known },
      };
    case 'end':
      return {
        ...classification('process', 2),
        actor: { process: processOf(entry.process, container) },
        process: processOf(entry.process, container),
        exit_code: entry.exitCode,
        unmapped: { duration_ms: entry.durationMs, ...(entry.signal === 0 ? {} : { signal: entry.signal }) },
      };
    case 'file':
      return {
        ...classification('file', entry.access === 'read' ? 2 : entry.created ? 1 : 3),
        ...succeeded(''),
        actor: { process: processOf(entry.process, container) },
        file: fileOf(entry.path, fileTypes[entry.fileType] ?? unknownType),
        unmapped: { origin: entry.origin },
      };
    case 'change': {
      const renamed = entry.change === 'rename' && entry.other !== '';
      return {
        ...classification('file', changes[entry.change]),
        ...succeeded(entry.error),
        actor: { process: processOf(entry.process, container) },
        // Of a rename `path` is the new name.
        file: fileOf(renamed ? entry.other : entry.path, unknownType),
        ...(renamed ? { file_result: fileOf(entry.path, unknownType) } : {}),
        unmapped: { change: entry.change, other: entry.other, mode: entry.mode.toString(8), special: entry.special },
      };
    }
    case 'connect':
      return {
        ...classification('network', 1),
        actor: { process: processOf(entry.process, container) },
        src_endpoint: ownEnd(container),
        dst_endpoint: {
          ...endpointOf(entry.address, entry.port),
          ...(entry.name === undefined ? {} : { hostname: entry.name }),
        },
        connection_info: connectionOf(entry.protocol, 2),
      };
    case 'accept':
      return {
        ...classification('network', 1),
        actor: { process: processOf(entry.process, container) },
        // The peer's own port is not known.
        src_endpoint: { ip: entry.address },
        dst_endpoint: { ...ownEnd(container), port: entry.port },
        connection_info: connectionOf(entry.protocol, entry.peer === 'loopback' ? 4 : 1),
      };
    case 'listen':
      return {
        ...classification('network', 7),
        actor: { process: processOf(entry.process, container) },
        dst_endpoint: { ...ownEnd(container), ...endpointOf(entry.address, entry.port) },
        connection_info: connectionOf(entry.protocol, 1),
      };
    case 'dns':
      return {
        ...classification('dns', 1),
        actor: { process: processOf(entry.process, container) },
        query: { hostname: entry.name, ...(entry.type === '' ? {} : { type: entry.type }) },
        src_endpoint: ownEnd(container),
        dst_endpoint: { ip: entry.resolver },
      };
    case 'dns-answer':
      return {
        ...classification('dns', 2),
        query: { hostname: entry.name },
        answers: entry.addresses.map((rdata) => ({ rdata, type: rdata.includes(':') ? 'AAAA' : 'A' })),
        src_endpoint: ownEnd(container),
        dst_endpoint: { ip: entry.resolver },
      };
    case 'call':
      return {
        ...classification('kernel', 4),
        ...succeeded(entry.error),
        actor: { process: processOf(entry.process, container) },
        kernel: { name: entry.call, type_id: 2, type: 'System Call' },
        unmapped: { detail: entry.detail, text: entry.text },
      };
    case 'alert':
      return {
        ...classification('finding', 1),
        is_alert: entry.severity !== 'notice',
        finding_info: { uid: entry.alert, title: entry.title, types: [entry.dimension] },
        ...(container === undefined
          ? {}
          : { resources: [{ type: 'Container', uid: container.id, name: container.name }] }),
        unmapped: { key: entry.key, ...(entry.pid === undefined ? {} : { pid: entry.pid }) },
      };
    default: {
      const { time: _, node: __, container: ___, ...rest } = entry;
      return {
        ...classification('base', 99, entry.kind),
        unmapped: { ...rest, ...(container === undefined ? {} : { container: containerOf(container) }) },
      };
    }
  }
}

/** A program is started by its parent; what the container runtime starts has none inside of the container. */
function actorOf(process: Pick<Process, 'ancestors'>, container: HistoryContainer | undefined): OcsfObject {
  const [parent] = process.ancestors;
  if (parent === undefined) return { app_name: 'container runtime' };
  return {
    process: { ...ancestorOf(parent), ...(container === undefined ? {} : { container: containerOf(container) }) },
  };
}

/** The container's own end of a connection: its addresses are not told. */
function ownEnd(container: HistoryContainer | undefined): OcsfObject {
  return container === undefined ? { name: 'node' } : { uid: container.id, name: container.name };
}

function succeeded(error: string): OcsfObject {
  return error === '' ? { status_id: 1, status: 'Success' } : { status_id: 2, status: 'Failure', status_detail: error };
}

/** How an answer about the history ended, of one node: an event of its own, so that nobody takes what is missing for nothing. Pure. */
export function historyEndToOcsf(
  { node, outcome, reason }: { readonly node: string; readonly outcome: string; readonly reason?: string },
  timeMs: number,
  version: string,
): OcsfObject {
  return {
    ...classification('base', 99, 'history-end'),
    ...{ time: timeMs, severity_id: 1, severity: 'Informational', message: `history of ${node}: ${outcome}` },
    metadata: metadataOf(version, { event_code: 'history-end' }),
    device: deviceOf(node),
    unmapped: { outcome, ...(reason === undefined ? {} : { reason }) },
  };
}
