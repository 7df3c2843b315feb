/** Names of a process's environment. Values are not looked at beyond their first byte, and never kept. */
export interface EnvironmentNames {
  readonly names: readonly string[];
  /** Entries that are no `NAME=value` with a usual name: what stands there may be anything, also a secret. */
  readonly unusual: number;
}

const usualName = /^[A-Za-z_][\w.%()-]{0,127}$/;

/** Reads /proc/PID/environ. @param max Names at most; the others count as unusual. Pure. */
export function environmentNames(bytes: Buffer, max: number): EnvironmentNames {
  const names = new Set<string>();
  let unusual = 0;
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0, from);
    const entry = bytes.subarray(from, end < 0 ? bytes.length : end);
    from += entry.length + 1;
    const equals = entry.indexOf(0x3d);
    const name = equals > 0 && equals <= 128 ? entry.toString('latin1', 0, equals) : '';
    if (usualName.test(name) && (names.size < max || names.has(name))) names.add(name);
    else if (entry.length > 0) unusual++;
  }
  return { names: [...names], unusual };
}
