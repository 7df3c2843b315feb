import { openLibbpf } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';
import { loadPrograms, loadProgramsAside } from './programs.ts';
import type { LoadedPrograms } from './programs.ts';
import { mountTracefs } from './tracefs.ts';

/** The sensor's part in the kernel: loaded, nothing attached. */
export interface LoadedSensor {
  readonly libbpf: Libbpf;
  readonly programs: LoadedPrograms;
}

export interface LoadingOptions {
  /** Strict mode: every system call of containers by its number, the 32-bit ABI's too. Costs every system call of the node. */
  readonly allSyscalls?: boolean;
  /** Sockets of odd families are told when they are made, refused ones too; else where they are bound. Costs every socket(2) of the node. */
  readonly everySocket?: boolean;
  /** Entries of the kernel's map of known features. */
  readonly knownEntries?: number;
}

/** @throws AnchorwatchError `sensor.libbpf`, `sensor.object`, `sensor.kernel`, `sensor.load` */
export function loadSensor(options: LoadingOptions): LoadedSensor {
  const [libbpf, ...how] = prepared(options);
  return { libbpf, programs: loadPrograms(libbpf, ...how) };
}

/** The same in another thread: the verifier takes half a second, in which the process can do something else. Rejects as `loadSensor` throws. */
export async function loadSensorAside(options: LoadingOptions): Promise<LoadedSensor> {
  const [libbpf, ...how] = prepared(options);
  return { libbpf, programs: await loadProgramsAside(libbpf, ...how) };
}

function prepared({
  allSyscalls = false,
  everySocket = false,
  knownEntries,
}: LoadingOptions): [Libbpf, Readonly<Record<string, number>>, ReadonlySet<string>, boolean] {
  const libbpf = openLibbpf();
  mountTracefs();
  const sizes = knownEntries === undefined ? {} : { known: knownEntries };
  return [libbpf, sizes, new Set(allSyscalls ? [] : ['on_any_call', 'on_compat_open']), everySocket];
}
