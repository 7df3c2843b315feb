import { escapeBytes } from '../lib/escape.ts';
import { maskText } from '../lib/mask.ts';
import { parseSocketTable } from '../lib/socket-table.ts';

/** A socket of a network namespace, with the processes of the container that have it open. */
export interface Socket {
  readonly protocol: 'tcp' | 'udp' | 'unix';
  readonly state: string;
  /** `10.0.0.2:443`, `[::1]:53`; of Unix sockets the path, empty where it has none. */
  readonly local: string;
  /** Empty where it is not connected, and of Unix sockets. */
  readonly remote: string;
  /** `0`: no process has it open any more. */
  readonly inode: string;
}

/** By number, include/net/tcp_states.h. */
const tcpStates = [
  ...['', 'established', 'syn-sent', 'syn-received', 'fin-wait-1', 'fin-wait-2', 'time-wait', 'closed', 'close-wait'],
  ...['last-ack', 'listen', 'closing', 'syn-received'],
] as const;
/** By number, include/uapi/linux/net.h. */
const unixStates = ['free', 'unconnected', 'connecting', 'connected', 'disconnecting'] as const;

/** Files of /proc/PID/net that are read, and how. */
export const socketTables: readonly {
  readonly file: string;
  readonly parse: (bytes: Buffer) => readonly Socket[];
}[] = [
  { file: 'tcp', parse: (bytes) => inet(bytes, 'tcp', 2) },
  { file: 'tcp6', parse: (bytes) => inet(bytes, 'tcp', 10) },
  { file: 'udp', parse: (bytes) => inet(bytes, 'udp', 2) },
  { file: 'udp6', parse: (bytes) => inet(bytes, 'udp', 10) },
  { file: 'unix', parse: unix },
];

function inet(bytes: Buffer, protocol: 'tcp' | 'udp', family: 2 | 10): readonly Socket[] {
  return parseSocketTable(bytes.toString('latin1'), protocol, family).map((row) => ({
    protocol,
    // UDP sockets are connected (1) or not (7).
    state: protocol === 'udp' ? (row.state === 1 ? 'connected' : 'unconnected') : (tcpStates[row.state] ?? 'unknown'),
    local: endpoint(row.address, row.port),
    remote: row.remotePort === 0 ? '' : endpoint(row.remoteAddress, row.remotePort),
    inode: row.inode,
  }));
}

function endpoint(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Lines of another form are skipped; abstract names begin with `@`. Pure. */
function unix(bytes: Buffer): readonly Socket[] {
  const out: Socket[] = [];
  for (const line of bytes.toString('latin1').split('\n')) {
    const [, flags = '', stateHex = '', inode = '', path = ''] =
      /^[\da-f]+: [\da-f]{8} [\da-f]{8} ([\da-f]{8}) [\da-f]{4} ([\da-f]{2}) +(\d+)(?: (.*))?$/i.exec(line) ?? [];
    if (inode === '') continue;
    // __SO_ACCEPTCON of include/linux/net.h
    const listening = (Number.parseInt(flags, 16) & 0x1_00_00) !== 0;
    const state = listening ? 'listen' : (unixStates[Number.parseInt(stateHex, 16)] ?? 'unknown');
    const local = maskText(escapeBytes(Buffer.from(path, 'latin1')));
    out.push({ protocol: 'unix', state, local, remote: '', inode });
  }
  return out;
}
