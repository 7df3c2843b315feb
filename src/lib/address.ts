import { isIP } from 'node:net';

/** An address as it is counted by: IPv4 as it is, of IPv6 the network of 64 bits, all addresses of which belong to whoever has one. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const bare = address.split('%')[0] ?? '';
  if (isIP(bare) !== 6) return address;
  const [head = '', tail] = bare.split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** True for addresses that only this machine has. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIP(network(address)) === 4 && network(address).startsWith('127.'));
}
