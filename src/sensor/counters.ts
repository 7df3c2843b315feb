import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { ownText } from '../lib/own-text.ts';
import type { ContainerRates } from '../model/node.ts';

/** Where a container's figures are read from. */
export interface CounterSource {
  /** Path of the container's cgroup inside a hierarchy: `/docker/<id>`. */
  readonly cgroupPath: string;
  readonly pid: number;
  /** The container shares the node's network: its figures would be the node's. */
  readonly hostNetwork: boolean;
}

type Reader = (text: string) => Partial<ContainerRates>;

/** Figures that are cheap to read, and by which a container shows that something happens. */
const briefFiles = /\/(?:cpuacct\.usage|cpu\.stat|memory\.usage_in_bytes|memory\.current|pids\.current|sockstat)$/;
/** And this one where there are many sockets: whether something goes through them. */
const socketsMany = 256;
const manySocketsFile = /\/net\/snmp$/;

/** A figure of the kernel: 64 bits. */
const figure = /^\d{1,20}$/;

/** Controllers of cgroup v1 with their mount points, and the one of v2 as `unified` (/proc/self/mountinfo, cgroups(7)). Pure. */
export function hierarchies(mountinfo: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [type, , options = ''] = right.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    const mount = ownText(left.split(' ')[4] ?? '');
    if (type === 'cgroup2') out.set('unified', mount);
    if (type !== 'cgroup') continue;
    for (const option of options.split(',')) if (!out.has(option)) out.set(ownText(option), mount);
  }
  return out;
}

/** `key value` lines as a map: memory.stat, cpu.stat. Pure. */
export function parsePairs(text: string): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [key, value] = line.split(' ');
    if (key !== undefined && value !== undefined && figure.test(value)) out.set(key, Number(value));
  }
  return out;
}

/** blkio.throttle.io_service_bytes_recursive of cgroup v1: bytes over all devices. Pure. */
export function parseBlkio(text: string): { readonly read: number; readonly write: number } {
  let read = 0;
  let write = 0;
  for (const match of text.matchAll(/^\d+:\d+ (Read|Write) (\d{1,20})$/gm)) {
    if (match[1] === 'Read') read += Number(match[2]);
    else write += Number(match[2]);
  }
  return { read, write };
}

/** io.stat of cgroup v2: bytes over all devices. Pure. */
export function parseIoStat(text: string): { readonly read: number; readonly write: number } {
  let read = 0;
  let write = 0;
  for (const match of text.matchAll(/\b(rbytes|wbytes)=(\d{1,20})\b/g)) {
    if (match[1] === 'rbytes') read += Number(match[2]);
    else write += Number(match[2]);
  }
  return { read, write };
}

/** Bytes and packets, received and sent. */
export interface NetDev {
  readonly receive: number;
  readonly transmit: number;
  readonly receivePackets: number;
  readonly transmitPackets: number;
}

/** /proc/PID/net/dev: bytes and packets over all interfaces but the loopback; a line of another form is skipped. Pure. */
export function parseNetDev(text: string): NetDev {
  const sums = [0, 0, 0, 0];
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0 || line.slice(0, colon).trim() === 'lo') continue;
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    const figures = [columns[0], columns[8], columns[1], columns[9]];
    if (!figures.every((column) => column !== undefined && figure.test(column))) continue;
    for (const [index, column] of figures.entries()) sums[index] = (sums[index] ?? 0) + Number(column);
  }
  const [receive = 0, transmit = 0, receivePackets = 0, transmitPackets = 0] = sums;
  return { receive, transmit, receivePackets, transmitPackets };
}

/** /proc/PID/net/sockstat: the sockets of a network namespace, of all families. Pure. */
function socketsOf(sockstat: string): number | undefined {
  const used = /^sockets: used (\d{1,20})$/m.exec(sockstat)?.[1];
  return used === undefined ? undefined : Number(used);
}

/** `InSegs` of TCP in /proc/PID/net/snmp, the loopback's among them: a line of names, then one of values. Pure. */
function segmentsOf(snmp: string): number | undefined {
  const [names, values] = snmp.split('\n').filter((line) => line.startsWith('Tcp:'));
  const value = values?.split(' ')[names?.split(' ').indexOf('InSegs') ?? -1];
  return value !== undefined && figure.test(value) ? Number(value) : undefined;
}

const integer = (text: string): number | undefined => (/^\d{1,20}\s*$/.test(text) ? Number(text) : undefined);

/** Files and what they hold. Memory is without the page cache that can be dropped, as `docker stats` shows it. */
function readers(source: CounterSource, mounts: ReadonlyMap<string, string>): readonly [path: string, read: Reader][] {
  const v1 = (controller: string, file: string, read: Reader): [string, Reader][] => {
    const mount = mounts.get(controller);
    return mount === undefined ? [] : [[`${mount}${source.cgroupPath}/${file}`, read]];
  };
  const v2 = (file: string, read: Reader): [string, Reader][] => v1('unified', file, read);
  const of = (name: keyof ContainerRates, value: number | undefined): Partial<ContainerRates> =>
    value === undefined ? {} : { [name]: value };
  let inactive = 0;
  const inactiveOf =
    (key: string): Reader =>
    (text) => {
      inactive = parsePairs(text).get(key) ?? 0;
      return {};
    };
  const memory: Reader = (text) => {
    const used = integer(text);
    return of('memoryBytes', used === undefined ? undefined : Math.max(0, used - inactive));
  };
  const network: [string, Reader][] = source.hostNetwork
    ? []
    : [
        [
          `/proc/${source.pid}/net/dev`,
          (text) => {
            const { receive, transmit, receivePackets, transmitPackets } = parseNetDev(text);
            return {
              ...{ networkReceiveBytes: receive, networkTransmitBytes: transmit },
              ...{ networkReceivePackets: receivePackets, networkTransmitPackets: transmitPackets },
            };
          },
        ],
        [`/proc/${source.pid}/net/sockstat`, (text) => of('sockets', socketsOf(text))],
        [`/proc/${source.pid}/net/snmp`, (text) => of('segments', segmentsOf(text))],
      ];
  const blocks = (parse: (text: string) => { read: number; write: number }): Reader => {
    return (text) => {
      const { read, write } = parse(text);
      return { blockReadBytes: read, blockWriteBytes: write };
    };
  };
  return [
    ...v1('cpuacct', 'cpuacct.usage', (text) => {
      const ns = integer(text);
      return of('cpuSeconds', ns === undefined ? undefined : ns / 1e9);
    }),
    ...v1('memory', 'memory.stat', inactiveOf('total_inactive_file')),
    ...v1('memory', 'memory.usage_in_bytes', memory),
    ...v1('blkio', 'blkio.throttle.io_service_bytes_recursive', blocks(parseBlkio)),
    ...v1('pids', 'pids.current', (text) => of('pids', integer(text))),
    ...(mounts.has('cpuacct')
      ? []
      : v2('cpu.stat', (text) => {
          const usec = parsePairs(text).get('usage_usec');
          return of('cpuSeconds', usec === undefined ? undefined : usec / 1e6);
        })),
    ...(mounts.has('memory')
      ? []
      : [...v2('memory.stat', inactiveOf('inactive_file')), ...v2('memory.current', memory)]),
    ...(mounts.has('blkio') ? [] : v2('io.stat', blocks(parseIoStat))),
    ...(mounts.has('pids') ? [] : v2('pids.current', (text) => of('pids', integer(text)))),
    ...network,
  ];
}

const bufferBytes = 64 * 1024;
const buffer = Buffer.alloc(bufferBytes);

interface CounterFile {
  readonly fd: number;
  readonly read: Reader;
  readonly brief: boolean;
  /** Read only where there are many sockets. */
  readonly forMany: boolean;
}

/** The figures of one container: files are opened once and read again. A file that is missing leaves its figure out. */
export class Counters {
  readonly #files: readonly CounterFile[];

  constructor(
    source: CounterSource,
    mounts: ReadonlyMap<string, string> = hierarchies(readFileSync('/proc/self/mountinfo', 'latin1')),
  ) {
    this.#files = readers(source, mounts).flatMap(([path, read]) => {
      try {
        return [{ fd: openSync(path, 'r'), read, brief: briefFiles.test(path), forMany: manySocketsFile.test(path) }];
      } catch {
        return [];
      }
    });
  }

  /** @param brief CPU, processes, sockets and memory only, the latter less what of it was page cache at the last full reading */
  read(brief = false): ContainerRates {
    const rates: ContainerRates = {};
    for (const { fd, read, forMany, ...file } of this.#files) {
      if (forMany ? !((rates.sockets ?? 0) >= socketsMany) : brief && !file.brief) continue;
      try {
        const length = readSync(fd, buffer, 0, bufferBytes, 0);
        Object.assign(rates, read(buffer.toString('latin1', 0, length)));
      } catch {
        // The cgroup or the process is gone: the figure is absent, not zero.
      }
    }
    return rates;
  }

  close(): void {
    for (const { fd } of this.#files) closeSync(fd);
  }
}
