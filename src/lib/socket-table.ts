import { addressText } from './address-text.ts';

/** A socket as a table of /proc/PID/net shows it (proc(5)). */
export interface SocketRow {
  readonly protocol: 'tcp' | 'udp';
  /** Number of a TCP state (include/net/tcp_states.h); UDP uses the same. */
  readonly state: number;
  /** Its own end. */
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** `0`: no process has it open any more. */
  readonly inode: string;
}

/** Above this, UDP ports are the local ends of clients (net.ipv4.ip_local_port_range). */
const ephemeralPort = 32768;
const states = { established: 1, synSent: 2, finWait1: 4, unconnectedUdp: 7, closeWait: 8, listen: 10 } as const;
const goingOut: ReadonlySet<number> = new Set([states.established, states.synSent, states.finWait1, states.closeWait]);

/** What an IPv4 address begins with where it is written as an IPv6 address (RFC 4291 section 2.5.5.2). */
const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

/** The sockets in a table of /proc/net/{tcp,udp}[6]. Lines of another form are skipped. Pure. */
export function parseSocketTable(text: string, protocol: 'tcp' | 'udp', family: 2 | 10): readonly SocketRow[] {
  const out: SocketRow[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, localText = '', remoteText = '', stateText = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    const [local, remote] = [endOf(localText, family), endOf(remoteText, family)];
    if (local === undefined || remote === undefined || !/^[0-9A-F]{2}$/.test(stateText) || !/^\d+$/.test(inode))
      continue;
    out.push({
      ...{ protocol, state: Number.parseInt(stateText, 16), inode },
      ...{ address: local.address, port: local.port, remoteAddress: remote.address, remotePort: remote.port },
    });
  }
  return out;
}

/** TCP by its state; UDP when it is bound below the ports of clients and not connected. Pure. */
export function isListening({ protocol, state, port, remotePort, remoteAddress }: SocketRow): boolean {
  if (port === 0) return false;
  if (protocol === 'tcp') return state === states.listen;
  const connected = remotePort !== 0 || !/^[0.:]+$/.test(remoteAddress);
  return state === states.unconnectedUdp && port < ephemeralPort && !connected;
}

/**
 * A connection that was made from here: it is on its way, open or closing, somebody has it open, and nothing listens (or listened) at its own
 * port. Of a UDP socket, that it is connected. Pure.
 * @param listening Ports that the network namespace was seen to listen on, as `443/tcp`.
 */
export function isOutgoing(row: SocketRow, listening: ReadonlySet<string>): boolean {
  if (row.inode === '0' || row.remotePort === 0 || !goingOut.has(row.state)) return false;
  return !listening.has(`${row.port}/${row.protocol}`);
}

function endOf(text: string, family: 2 | 10): { readonly address: string; readonly port: number } | undefined {
  const match = /^([0-9A-F]+):([0-9A-F]{1,5})$/.exec(text);
  const [, hex = '', portHex = ''] = match ?? [];
  const port = Number.parseInt(portHex, 16);
  if (match === null || port > 65_535 || hex.length !== (family === 2 ? 8 : 32)) return undefined;
  // The kernel prints each 32-bit word in host order.
  const bytes = Buffer.from(hex, 'hex').swap32();
  const mapped = family === 10 && bytes.subarray(0, 12).equals(mappedPrefix);
  return { port, address: mapped ? addressText(2, bytes.subarray(12)) : addressText(family, bytes) };
}
