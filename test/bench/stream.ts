import type { Container } from '../../src/model/container.ts';
import type { Event, KernelKey, Process } from '../../src/model/event.ts';
import { makeContainer } from '../support/containers.ts';

const programs = ['/usr/sbin/nginx', '/usr/bin/python3.11', '/usr/lib/postgresql/15/bin/postgres', '/usr/bin/node'];
const syllables = ['ba', 'co', 'du', 'fe', 'gi', 'ha', 'jo', 'ku', 'le', 'mi', 'na', 'po', 'ru', 'se', 'ti', 'va'];

/** A word that looks like a name: another one for every number, without digits, which are learned as a pattern. */
export function wordOf(number: number): string {
  let word = '';
  for (let rest = number + 257; rest > 0; rest >>= 4) word += syllables[rest & 15] ?? '';
  return word;
}

/** Container `number` of a node, of a workload of its own. */
export function containerOf(number: number): Container {
  const name = `shop/${wordOf(number)}`;
  return makeContainer({
    ...{
      id: number.toString(16).padStart(64, 'c'),
      name: `${wordOf(number)}-1`,
      image: `registry/${wordOf(number)}:1`,
    },
    ...{ workload: { id: `w${number}`, name, kind: 'compose' }, cgroupId: String(1000 + number) },
  });
}

function processOf(number: number): Process {
  const exe = programs[number % programs.length] ?? '';
  const args = [exe, '--config', '/etc/service/main.conf', '--worker', String(number % 7)];
  return {
    ...{ pid: 1000 + (number % 50), startTimeNs: String(7_000_000 + number), comm: exe.slice(-15), exe, args },
    ...{ uid: 33, gid: 33, cwd: '/srv', execution: String(number), parentExecution: '1' },
    ancestors: [
      { pid: 10, exe },
      { pid: 1, exe: '/sbin/docker-init' },
    ],
  };
}

/** Something that a service does, as the kernel tells it: three of five are files, the rest programs, connections and names. */
export function eventOf(container: Container, number: number, timeMs: number): Event {
  const base = { timeMs, cgroupId: container.cgroupId ?? '', source: 'kernel', process: processOf(number) } as const;
  const key = <Key extends KernelKey>(kernelKey: Key): { readonly kernelKey: Key } => ({ kernelKey });
  const word = wordOf(number);
  switch (number % 5) {
    case 0: {
      const path = `/usr/bin/${word}`;
      const parentExe = base.process.exe;
      return {
        ...{ ...base, kind: 'exec', path, origin: 'image', script: '', parentExe, fromRuntime: false },
        ...{ ...key({ kind: 'exec', path, origin: 'image', parent: parentExe, shape: '' }) },
        process: { ...base.process, exe: path, args: [path, '-v'] },
      };
    }
    case 1: {
      const [address, port] = [`10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`, 5432] as const;
      return {
        ...{ ...base, kind: 'connect', protocol: 'tcp', address, port },
        ...key({ kind: 'net.out', protocol: 'tcp', address, port }),
      };
    }
    default: {
      const access = number % 5 === 2 ? 'write' : 'read';
      const path = `/srv/${wordOf(number >> 4)}/${word}.conf`;
      return {
        ...{ ...base, kind: 'file', access, created: false, path, fileType: 'regular', origin: 'image' },
        ...key({ kind: `file.${access}`, path }),
      };
    }
  }
}
