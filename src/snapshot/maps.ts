import { escapeBytes } from '../lib/escape.ts';

/** A file whose code a process has mapped. */
export interface MappedFile {
  readonly path: string;
  /** Has no name any more. */
  readonly deleted: boolean;
  /** `major:minor`, hex. */
  readonly device: string;
  readonly inode: string;
}

export interface CodeMaps {
  /** Mapped as code: the program, its libraries, whatever else; each once. */
  readonly files: readonly MappedFile[];
  /** Regions of code without a file: what was made or unpacked at run time. The kernel's own (`[vdso]`) do not count. */
  readonly anonymousCode: number;
  /** Regions that are writable and code at once. */
  readonly writableCode: number;
}

const line = /^[\da-f]+-[\da-f]+ ([r-])([w-])([x-])[ps] [\da-f]+ ([\da-f]+:[\da-f]+) (\d+) *(.*)$/;

/** Reads a text of /proc/PID/maps (proc(5)). Lines of another form, as a cut one, are skipped. Pure. */
export function parseMaps(bytes: Buffer): CodeMaps {
  const files = new Map<string, MappedFile>();
  let anonymousCode = 0;
  let writableCode = 0;
  for (const text of bytes.toString('latin1').split('\n')) {
    const [, , write, execute, device = '', inode = '', name = ''] = line.exec(text) ?? [];
    if (execute !== 'x') continue;
    if (write === 'w') writableCode++;
    if (inode === '0') {
      if (!name.startsWith('[v')) anonymousCode++;
      continue;
    }
    // The kernel writes a line feed of a name as \012, and nothing else so.
    const whole = Buffer.from(name.replaceAll(String.raw`\012`, '\n'), 'latin1');
    const path = escapeBytes(whole);
    const deleted = path.endsWith(' (deleted)');
    files.set(`${device} ${inode}`, { path: deleted ? path.slice(0, -10) : path, deleted, device, inode });
  }
  return { files: [...files.values()], anonymousCode, writableCode };
}
