import { readHead } from '../../lib/proc-file.ts';

/** Of one process; a program with more mappings is looked at as far as that. */
const mapsMax = 4 << 20;

/**
 * Files that processes have mapped into their memory, the programs that they run among them, by path in their container. What was mapped and is mapped no more is
 * not among them.
 */
export function mappedFiles(pids: readonly string[], proc: string = '/proc'): ReadonlySet<string> {
  const found = new Set<string>();
  for (const pid of pids) {
    try {
      for (const path of pathsOf(readHead(`${proc}/${pid}/maps`, mapsMax).bytes.toString('utf8'))) found.add(path);
    } catch {
      // It ended.
    }
  }
  return found;
}

/** Paths in `/proc/PID/maps` (proc_pid_maps(5)): of files alone, without those that are deleted. Pure. */
export function pathsOf(maps: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of maps.split('\n')) {
    const path = /^[\da-f]+-[\da-f]+ \S+ \S+ \S+ \d+ +(\/.+)$/.exec(line)?.[1];
    if (path === undefined || path.endsWith(' (deleted)') || path.startsWith('/dev/') || path.startsWith('/memfd:'))
      continue;
    // The kernel writes a line feed in a name as \012.
    found.add(path.replaceAll('\\012', '\n'));
  }
  return found;
}
