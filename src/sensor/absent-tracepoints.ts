import { readFileSync } from 'node:fs';

/** The reason for a hook that an older kernel has no place for. */
export const noSuchTracepoint = 'this kernel has no such tracepoint';

/** Where the kernel tells of its types, those of its tracepoints among them. */
const typesPath = '/sys/kernel/btf/vmlinux';

/**
 * Programs for tracepoints that the kernel's types know nothing of, with the reason. Found here, and not by loading: a load that fails is followed by one of
 * each program alone, which takes four times as long as all of them together.
 * @param types in the kernel's own form (BTF); undefined: nothing is found
 */
export function absentOf(
  programs: readonly { readonly name: string; readonly section: string }[],
  types: Buffer | undefined,
): Map<string, string> {
  const absent = new Map<string, string>();
  for (const { name, section } of programs) {
    const [family, tracepoint = ''] = section.split('/');
    if (family !== 'tp_btf' || types === undefined) continue;
    if (!types.includes(`\0btf_trace_${tracepoint}\0`, 0, 'latin1')) absent.set(name, noSuchTracepoint);
  }
  return absent;
}

/** What the kernel says of its types; undefined where it does not. */
export function kernelTypes(): Buffer | undefined {
  try {
    return readFileSync(typesPath);
  } catch {
    // libbpf looks elsewhere, too, and says so if it finds none.
    return undefined;
  }
}
