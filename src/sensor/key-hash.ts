import type { FileOrigin, KernelKey } from '../model/event.ts';
import { callNumber, changeNumber } from './call-cookie.ts';
import { questionTypeNumber, nameBytes } from './dns.ts';
import { changeForms, flags, hashTypes, origins, peers } from './layout.ts';
import { sipHash } from './sip-hash.ts';
import type { SipKey } from './sip-hash.ts';
import { escapedBytes } from '../lib/escape.ts';

const fileTypes = {
  'file.read': hashTypes.file_read,
  'file.write': hashTypes.file_write,
  'file.read.folded': hashTypes.file_read_folded,
  'file.write.folded': hashTypes.file_write_folded,
  'file.read.directory': hashTypes.file_read_directory,
  'file.write.directory': hashTypes.file_write_directory,
} as const;

const refusedTypes = {
  'file.read': hashTypes.file_read_refused,
  'file.write': hashTypes.file_write_refused,
} as const;

const protocolNumbers = { tcp: 6, udp: 17 } as const;

/** Number of a transport protocol (IANA). */
function protocolNumber(protocol: 'tcp' | 'udp'): number {
  return protocolNumbers[protocol];
}

/** Hash of a program by its path, 0 for none: what lineage and executions are keyed by. */
export function programHash(sip: SipKey, path: string): bigint {
  return path === '' ? 0n : sipHash(sip, hashTypes.program, escapedBytes(path));
}

function execFlags({ socketStdio, compat, entered }: Extract<KernelKey, { kind: 'exec' }>): number {
  return (
    (socketStdio === true ? flags.socket_stdio : 0) |
    (compat === true ? flags.compat : 0) |
    (entered === true ? flags.entered : 0)
  );
}

/** The key that the kernel's filter computes for the same behaviour (agents/sensor: on_exec, open_missed, open_refused, on_endpoint, on_exit_call, on_exit_change). */
export function keyHash(sip: SipKey, key: KernelKey): bigint {
  switch (key.kind) {
    case 'exec': {
      const shape = key.shape === '' ? 0n : sipHash(sip, hashTypes.shape, escapedBytes(key.shape));
      return hashWords(sip, hashTypes.exec, [
        programHash(sip, key.path),
        programHash(sip, key.parent),
        BigInt(originNumber(key.origin) | (execFlags(key) << 8)),
        shape,
      ]);
    }
    case 'net.out': {
      const address = addressBytes(key.address);
      const words = new Uint8Array(24);
      const view = new DataView(words.buffer);
      view.setUint16(0, protocolNumber(key.protocol), true);
      view.setUint16(2, key.port, true);
      view.setUint16(4, address.length === 4 ? 2 : 10, true);
      words.set(address, 8);
      return sipHash(sip, hashTypes.net_out, words);
    }
    case 'net.out.port':
      return hashWords(sip, hashTypes.net_out_port, [portWord(key.protocol, key.port)]);
    case 'net.listen':
      return hashWords(sip, hashTypes.net_listen, [portWord(key.protocol, key.port)]);
    case 'change':
    case 'change.folded':
    case 'change.directory': {
      const what = (changeNumber(key.change) * 2 + Number(key.special)) * 2 + Number(key.refused);
      const form = { change: 0, 'change.folded': 1, 'change.directory': 2 }[key.kind];
      return sipHash(sip, hashTypes.change + what * changeForms + form, escapedBytes(key.path));
    }
    case 'net.in':
      return hashWords(sip, hashTypes.net_in, [portWord(key.protocol, key.port) | (BigInt(peers[key.peer]) << 32n)]);
    case 'dns':
    case 'dns.parent': {
      const type = key.kind === 'dns' ? hashTypes.dns : hashTypes.dns_parent;
      const name = sipHash(sip, type, nameBytes(key.name));
      return hashWords(sip, type, [name, BigInt(questionTypeNumber(key.type))]);
    }
    case 'call':
      return hashWords(sip, hashTypes.call, [
        BigInt(callNumber(key.call)) |
          (key.refused ? 1n << 16n : 0n) |
          (BigInt(originNumber(key.origin ?? 'unknown')) << 24n),
        BigInt(key.detail),
        callSubject(sip, key),
      ]);
    case 'file.read':
    case 'file.write': {
      const type = (key.refused === true ? refusedTypes : fileTypes)[key.kind];
      const path = sipHash(sip, type, escapedBytes(key.path));
      return key.reader === undefined
        ? path
        : hashWords(sip, hashTypes.proc_reader, [path, programHash(sip, key.reader)]);
    }
    default:
      return sipHash(sip, fileTypes[key.kind], escapedBytes(key.path));
  }
}

/** What is part of a call's key besides its arguments: a text, or who signals whom. */
function callSubject(sip: SipKey, { text, sender, target }: Extract<KernelKey, { kind: 'call' }>): bigint {
  if (text !== undefined) return sipHash(sip, hashTypes.call_text, escapedBytes(text));
  if (sender === undefined) return 0n;
  return hashWords(sip, hashTypes.kill, [programHash(sip, sender), programHash(sip, target ?? '')]);
}

/** Network-order bytes of a textual address: 4 for IPv4, 16 for IPv6. */
export function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.'), Number);
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  for (const [i, group] of before.entries()) view.setUint16(i * 2, group);
  for (const [i, group] of after.entries()) view.setUint16(16 - (after.length - i) * 2, group);
  return out;
}

/** Digit runs as one `0`, as fold_text in agents/sensor/lib/path.h does. */
export function foldDigits(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let inDigits = false;
  for (const byte of bytes) {
    const digit = byte >= 0x30 && byte <= 0x39;
    if (digit && inDigits) continue;
    inDigits = digit;
    out[length++] = digit ? 0x30 : byte;
  }
  return out.subarray(0, length);
}

function originNumber(origin: FileOrigin): number {
  return origins[origin];
}

function portWord(protocol: 'tcp' | 'udp', port: number): bigint {
  return BigInt(protocolNumber(protocol)) | (BigInt(port) << 16n);
}

function hashWords(sip: SipKey, type: number, words: readonly bigint[]): bigint {
  const bytes = new Uint8Array(words.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setBigUint64(i * 8, word, true);
  return sipHash(sip, type, bytes);
}
