import { maskText } from '../lib/mask.ts';
import type { FileOrigin, FileType, PeerKind } from '../model/event.ts';
import { callName, changeName } from './call-cookie.ts';
import { decodeAnswer, dottedName } from './dns.ts';
import { foldDigits } from './key-hash.ts';
import {
  ancestor,
  dataMaxBytes,
  flags,
  hooks,
  kinds,
  origins,
  peers,
  record,
  shapeMaxBytes,
  wireVersion,
  ancestorsMax,
} from './layout.ts';
import type { Member } from './layout.ts';
import { addressText } from '../lib/address-text.ts';
import { splitArguments } from '../lib/command-line.ts';
import { escapeBytes } from '../lib/escape.ts';

export type RecordKind = Exclude<keyof typeof kinds, 'count'>;

/** An ancestor as the kernel tells it: the program is a hash that user space may know the path of. */
export interface AncestorRecord {
  readonly pid: number;
  readonly startTimeNs: bigint;
  readonly program: bigint;
  readonly execution: bigint;
}

/** A record with its texts decoded (see `escapeBytes`) and secrets masked. */
export interface SensorRecord {
  readonly kind: RecordKind;
  readonly hook: string;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly timeNs: bigint;
  readonly cgroupId: bigint;
  readonly workload: bigint;
  readonly key: bigint;
  readonly program: bigint;
  readonly parentProgram: bigint;
  readonly startTimeNs: bigint;
  readonly execution: bigint;
  readonly parentExecution: bigint;
  readonly pid: number;
  readonly parentPid: number;
  readonly uid: number;
  readonly gid: number;
  readonly flags: number;
  readonly comm: string;
  readonly origin: FileOrigin;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly address: string;
  /** Accepted connection: who connects. */
  readonly peer: PeerKind;
  /** DNS answer: what the name was answered by; else empty. */
  readonly addresses: readonly string[];
  /** File: its type; exit: unused. */
  readonly fileType: FileType;
  /** File: i_mode; exit: exit_code as the kernel keeps it (signal in the low seven bits). */
  readonly mode: number;
  readonly path: string;
  readonly args: readonly string[];
  readonly exe: string;
  /** Exec from outside of the container's cgroup: path of the parent's program; else empty. */
  readonly starter: string;
  readonly cwd: string;
  readonly script: string;
  /** Digit-folded arguments of an interpreter, secrets masked; empty for other programs. */
  readonly shape: string;
  readonly ancestors: readonly AncestorRecord[];
  /** Call: its number (see `callNumbers`), the argument that counts, and what it returned; else 0. */
  readonly call: number;
  readonly detail: bigint;
  readonly result: bigint;
}

/** Why bytes are not a record. */
export const decodeFailures = [
  'too-short',
  'wrong-version',
  'wrong-size',
  'unknown-kind',
  'wrong-lengths',
  'unknown-value',
  'wrong-message',
] as const;
export type DecodeFailure = (typeof decodeFailures)[number];

export type Decoded = { readonly record: SensorRecord } | { readonly failure: DecodeFailure };

const { count: _count, ...recordKinds } = kinds;
const kindNames = names<RecordKind>(recordKinds);
const hookNames = names<string>(hooks);
const peerNames = names<PeerKind>(peers);
const originNames = names<FileOrigin>(origins);
const fileTypes: ReadonlyMap<number, FileType> = new Map([
  [0o100000, 'regular'],
  [0o040000, 'directory'],
  [0o020000, 'character'],
  [0o060000, 'block'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
]);

/** Decodes one record of agents/sensor/wire.h. Pure; never throws, whatever the bytes are. */
export function decodeRecord(bytes: Uint8Array): Decoded {
  if (bytes.length < record.sizeBytes) return { failure: 'too-short' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const m = record.members;
  const u8 = ([at]: Member): number => view.getUint8(at);
  const u16 = ([at]: Member): number => view.getUint16(at, true);
  const u32 = ([at]: Member): number => view.getUint32(at, true);
  const u64 = ([at]: Member): bigint => view.getBigUint64(at, true);

  if (u16(m.version) !== wireVersion) return { failure: 'wrong-version' };
  const sizeBytes = u32(m.size_bytes);
  if (sizeBytes !== bytes.length || sizeBytes > record.sizeBytes + dataMaxBytes) return { failure: 'wrong-size' };
  const kind = kindNames.get(u8(m.kind));
  if (kind === undefined) return { failure: 'unknown-kind' };
  const lengths = [
    u16(m.path_bytes),
    u16(m.args_bytes),
    u16(m.exe_bytes),
    u16(m.cwd_bytes),
    u16(m.script_bytes),
  ] as const;
  if (lengths.reduce<number>((sum, length) => sum + length, record.sizeBytes) !== sizeBytes)
    return { failure: 'wrong-lengths' };
  const hook = hookNames.get(u8(m.hook));
  const origin = originNames.get(u8(m.origin));
  const ancestorCount = u8(m.ancestors_count);
  if (hook === undefined || hook === 'count' || origin === undefined || ancestorCount > ancestorsMax)
    return { failure: 'unknown-value' };
  if (kind === 'call' && callName(u16(m.call)) === undefined) return { failure: 'unknown-value' };
  if (kind === 'change' && changeName(u16(m.call)) === undefined) return { failure: 'unknown-value' };
  const peer = peerNames.get(u8(m.peer)) ?? 'public';
  const protocol = u8(m.protocol) === 17 ? 'udp' : 'tcp';

  let at = record.sizeBytes;
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  const pathBytes = take(lengths[0]);
  const args = take(lengths[1]);
  const exe = textOf(take(lengths[2]));
  const cwd = textOf(take(lengths[3]));
  const scriptBytes = take(lengths[4]);
  const answer = kind === 'dns_answer' ? decodeAnswer(scriptBytes) : undefined;
  if (kind === 'dns_answer' && answer === undefined) return { failure: 'wrong-message' };
  const name = kind === 'dns_question' ? dottedName(pathBytes) : answer?.name;
  if (kind === 'dns_question' && (name === undefined || name === '')) return { failure: 'wrong-message' };
  const path = name ?? escapeBytes(pathBytes);
  const flagBits = u32(m.flags);
  const [commAt, commBytes] = m.comm;
  const [addressAt, addressSize] = m.address;
  return {
    record: {
      kind,
      hook,
      timeNs: u64(m.time_ns),
      cgroupId: u64(m.cgroup_id),
      workload: u64(m.workload),
      key: u64(m.key),
      program: u64(m.program),
      parentProgram: u64(m.parent_program),
      startTimeNs: u64(m.start_time_ns),
      execution: u64(m.execution),
      parentExecution: u64(m.parent_execution),
      pid: u32(m.pid),
      parentPid: u32(m.parent_pid),
      uid: u32(m.uid),
      gid: u32(m.gid),
      flags: flagBits,
      comm: textOf(untilZero(bytes.subarray(commAt, commAt + commBytes))),
      origin,
      protocol,
      port: u16(m.port),
      address: addressText(u16(m.family), bytes.subarray(addressAt, addressAt + addressSize)),
      peer,
      addresses: answer?.addresses.map((bytes_) => addressText(bytes_.length === 4 ? 2 : 10, bytes_)) ?? [],
      fileType: fileTypes.get(u32(m.mode) & 0o170000) ?? 'other',
      mode: u32(m.mode),
      path,
      args: decodeArguments(args),
      exe: kind === 'exec' ? path : exe,
      starter: kind === 'exec' ? exe : '',
      cwd,
      script: answer === undefined ? escapeBytes(scriptBytes) : '',
      shape: flagBits & flags.shaped ? maskText(escapeBytes(foldDigits(args.subarray(0, shapeMaxBytes)))) : '',
      ancestors: decodeAncestors(view, ancestorCount),
      call: u16(m.call),
      detail: u64(m.detail),
      result: view.getBigInt64(m.result[0], true),
    },
  };
}

function decodeAncestors(view: DataView, count: number): readonly AncestorRecord[] {
  const out: AncestorRecord[] = [];
  for (let i = 0; i < count; i++) {
    const base = record.members.ancestors[0] + i * ancestor.sizeBytes;
    out.push({
      pid: view.getUint32(base + ancestor.members.pid[0], true),
      startTimeNs: view.getBigUint64(base + ancestor.members.start_time_ns[0], true),
      program: view.getBigUint64(base + ancestor.members.program[0], true),
      execution: view.getBigUint64(base + ancestor.members.execution[0], true),
    });
  }
  return out;
}

/** What one process shows again with each record, by its bytes: masking costs more than all the rest. */
const texts: Recent<string> = recent(escapeBytes);
const argumentLists: Recent<readonly string[]> = recent(splitArguments);
const textOf = (bytes: Uint8Array): string => texts(bytes);

/** Zero-separated arguments, as they stand in memory and in /proc/PID/cmdline; masked. */
export function decodeArguments(bytes: Uint8Array): readonly string[] {
  return bytes.length === 0 ? [] : argumentLists(bytes);
}

type Recent<Value> = (bytes: Uint8Array) => Value;

const recentMax = 512;

/** `make`, remembering what it made of the last `recentMax` different bytes. */
function recent<Value>(make: (bytes: Uint8Array) => Value): Recent<Value> {
  const made = new Map<string, Value>();
  return (bytes) => {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(bytes);
    if (made.size >= recentMax) made.clear();
    made.set(key, value);
    return value;
  };
}

function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function names<Name extends string>(table: Readonly<Record<string, number>>): ReadonlyMap<number, Name> {
  return new Map(Object.entries(table).map(([name, number]) => [number, name as Name]));
}
