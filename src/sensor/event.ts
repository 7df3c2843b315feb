import { getSystemErrorName } from 'node:util';
import { appletBegun } from '../model/applet.ts';
import { callDetail, killsInside, textCounts } from '../model/call.ts';
import type { Ancestor, Event, ExecEvent, KernelKey, Process } from '../model/event.ts';
import { callName, changeName } from './call-cookie.ts';
import { questionType } from './dns.ts';
import { foldDigits } from './key-hash.ts';
import type { SensorRecord } from './decode.ts';
import { flags } from './layout.ts';
import { escapeBytes, escapedBytes, plainPath } from '../lib/escape.ts';
import { fromDirectory } from '../lib/paths.ts';

/** What conversion needs to know besides the record. */
export interface EventContext {
  /** Path of a program by its hash; empty when it is not known. */
  readonly programPath: (program: bigint) => string;
  /** Milliseconds since the epoch at CLOCK_MONOTONIC zero. */
  readonly monotonicOriginMs: number;
  /** Of the node, as `process.arch` has it: system calls have other numbers on each. */
  readonly arch: string;
}

/** The event that a record tells of; undefined for records about cgroups. Pure. */
export function eventOf(
  record: SensorRecord,
  { programPath, monotonicOriginMs, arch }: EventContext,
): Event | undefined {
  const exe = record.exe === '' ? programPath(record.program) : record.exe;
  const process: Process = {
    pid: record.pid,
    startTimeNs: record.startTimeNs.toString(),
    comm: record.comm,
    exe,
    args: record.args,
    uid: record.uid,
    gid: record.gid,
    cwd: record.cwd,
    ...(record.execution === 0n ? {} : { execution: record.execution.toString() }),
    ...(record.parentExecution === 0n ? {} : { parentExecution: record.parentExecution.toString() }),
    ancestors: ancestorsOf(record, programPath),
  };
  const parentExe = record.parentProgram === 0n ? '' : programPath(record.parentProgram);
  const kernelKey = kernelKeyOf(record, exe, parentExe);
  const base = {
    timeMs: monotonicOriginMs + Number(record.timeNs) / 1e6,
    cgroupId: record.cgroupId.toString(),
    source: 'kernel' as const,
    process,
    ...(kernelKey === undefined ? {} : { kernelKey }),
    ...(record.flags & flags.judged ? { judged: true } : {}),
    ...(record.flags & flags.captured ? { captured: true } : {}),
  };
  const other = record.port === 0 ? '' : endpointText(record.address, record.port);
  switch (record.kind) {
    case 'exec':
      return {
        ...base,
        kind: 'exec',
        path: record.path,
        origin: record.origin,
        script: fromDirectory(record.script, record.cwd),
        parentExe,
        fromRuntime: (record.flags & flags.from_runtime) !== 0,
        ...(record.flags & flags.socket_stdio ? { socketStdio: other } : {}),
        ...(record.flags & flags.compat ? { compat: true } : {}),
        ...(record.flags & flags.entered ? { entered: record.starter } : {}),
      };
    case 'exit':
      return { ...base, kind: 'exit', exitCode: (record.mode >> 8) & 0xff, signal: record.mode & 0x7f };
    case 'file_read':
    case 'file_write': {
      const refused = (record.flags & flags.refused) !== 0;
      return {
        ...base,
        kind: 'file',
        access: record.kind === 'file_read' ? 'read' : 'write',
        created: (record.flags & flags.created) !== 0,
        path: refused ? plainPath(record.path) : record.path,
        ...(refused ? { error: errorName(record.result) } : {}),
        ...(record.flags & flags.others ? { ofOther: true } : {}),
        fileType: record.fileType,
        origin: record.origin,
      };
    }
    case 'net_out':
      return { ...base, kind: 'connect', protocol: record.protocol, address: record.address, port: record.port };
    case 'net_listen':
      return { ...base, kind: 'listen', protocol: record.protocol, address: record.address, port: record.port };
    case 'net_in':
      return {
        ...base,
        kind: 'accept',
        ...{ protocol: record.protocol, address: record.address, peer: record.peer, port: record.port },
      };
    case 'dns_question': {
      const type = questionType(Number(record.detail));
      return { ...base, kind: 'dns', name: record.path, type, resolver: record.address };
    }
    case 'dns_answer': {
      const { process: _, kernelKey: __, ...rest } = base;
      return { ...rest, kind: 'dns-answer', name: record.path, addresses: record.addresses, resolver: record.address };
    }
    case 'change': {
      const change = changeName(record.call);
      if (change === undefined) return undefined;
      const error = record.flags & flags.refused ? errorName(record.result) : '';
      const special = (record.flags & flags.special) !== 0;
      const path = plainPath(record.path);
      return {
        ...base,
        kind: 'change',
        change,
        path,
        other: record.script,
        mode: Number(record.detail),
        special,
        error,
      };
    }
    case 'call': {
      const call = callName(record.call);
      if (call === undefined) return undefined;
      const error = record.flags & flags.refused ? errorName(record.result) : '';
      const detail = callDetail(call, Number(record.detail), arch);
      const applet = call === 'prctl' ? appletBegun(exe, record.args, record.path) : undefined;
      if (applet !== undefined) return appletEvent(base, applet);
      // Of an execution the path is as it was asked for.
      const text = call.startsWith('execve') ? plainPath(record.path) : record.path || other || parentExe;
      return { ...base, kind: 'call', call, detail, error, text };
    }
    default:
      return undefined;
  }
}

/** An applet that a shell of busybox runs in a fork of its own: an execution in all but the system call. Its arguments are in no memory that could be read. */
function appletEvent(base: Omit<ExecEvent, 'kind' | ExecFacts>, applet: string): ExecEvent {
  const { exe } = base.process;
  return {
    ...{ ...base, process: { ...base.process, args: [applet] } },
    ...{ kind: 'exec', path: exe, origin: 'image', script: '', parentExe: exe, fromRuntime: false },
  };
}

type ExecFacts = 'path' | 'origin' | 'script' | 'parentExe' | 'fromRuntime';

/** Of a process from outside nothing is known above its parent. */
function ancestorsOf(
  { ancestors, starter, parentPid }: SensorRecord,
  programPath: EventContext['programPath'],
): readonly Ancestor[] {
  if (ancestors.length === 0 && starter !== '') return [{ pid: parentPid, exe: starter }];
  return ancestors.map(({ pid, program }) => ({ pid, exe: programPath(program) }));
}

/** Undefined when the record does not hold all that the kernel hashed: such a key is not found again after a restart. */
function kernelKeyOf(record: SensorRecord, exe: string, parentExe: string): KernelKey | undefined {
  if (record.flags & flags.path_truncated) return undefined;
  const { path, protocol, address, port, origin, shape } = record;
  switch (record.kind) {
    case 'exec':
      if (record.flags & flags.bad_shape || (record.parentProgram !== 0n && parentExe === '')) return undefined;
      return {
        ...{ kind: 'exec', path, origin, parent: parentExe, shape },
        ...(record.flags & flags.socket_stdio ? { socketStdio: true } : {}),
        ...(record.flags & flags.compat ? { compat: true } : {}),
        ...(record.flags & flags.entered ? { entered: true } : {}),
      };
    case 'file_read':
    case 'file_write': {
      const refused = (record.flags & flags.refused) !== 0;
      const others = (record.flags & flags.others) !== 0;
      if (others && exe === '' && record.program !== 0n) return undefined;
      return {
        ...{ kind: record.kind === 'file_read' ? 'file.read' : 'file.write', path },
        ...(refused ? { refused } : {}),
        ...(others ? { reader: record.program === 0n ? '' : exe } : {}),
      };
    }
    case 'net_out':
      return { kind: 'net.out', protocol, address, port };
    case 'net_listen':
      return { kind: 'net.listen', protocol, port };
    case 'net_in':
      return { kind: 'net.in', protocol: record.protocol, port, peer: record.peer };
    case 'dns_question':
      return { kind: 'dns', name: path, type: questionType(Number(record.detail)) };
    case 'change': {
      const change = changeName(record.call);
      const [special, refused] = [flags.special, flags.refused].map((flag) => (record.flags & flag) !== 0);
      return change === undefined
        ? undefined
        : { kind: 'change', change, special: special === true, refused: refused === true, path };
    }
    case 'call': {
      const call = callName(record.call);
      const refused = (record.flags & flags.refused) !== 0;
      if (call === undefined) return undefined;
      const related = call === 'kill' && killsInside(Number(record.detail));
      // Of programs that are known by their hashes alone the key is not found again.
      if (related && ((exe === '' && record.program !== 0n) || (parentExe === '' && record.parentProgram !== 0n)))
        return undefined;
      const keyed = textCounts(call) || (call === 'mmap' && path !== '');
      return {
        ...{ kind: 'call', call, detail: Number(record.detail), refused },
        ...(origin === 'unknown' ? {} : { origin }),
        ...(keyed ? { text: escapeBytes(foldDigits(escapedBytes(path))) } : {}),
        ...(related ? { sender: record.program === 0n ? '' : exe, target: parentExe } : {}),
      };
    }
    default:
      return undefined;
  }
}

function endpointText(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** `EPERM` for -1, as libuv has it; `E<number>` for what it does not know. */
function errorName(result: bigint): string {
  try {
    return getSystemErrorName(Number(result));
  } catch {
    return `E${-result}`;
  }
}
