const blockBytes = 512;
/** Longest name that fits without the extensions of the format. */
const nameBytesMax = 100;

/**
 * Header of a regular file in a tar archive (POSIX.1-1988 `ustar`), owned by root and readable by its owner.
 * @param name ASCII, at most 100 characters: the names in a snapshot are this program's own. @param mtimeMs Milliseconds since the epoch.
 * @throws RangeError for a name or size that the format has no room for
 */
export function tarHeader(name: string, sizeBytes: number, mtimeMs: number): Buffer {
  if (name.length > nameBytesMax || !/^[\x21-\x7e]+$/.test(name))
    throw new RangeError(`no name for an archive: ${name}`);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes >= 8 ** 11)
    throw new RangeError(`no size for an archive: ${String(sizeBytes)}`);
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0, 'latin1');
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(sizeBytes, 124, 11);
  octal(Math.max(0, Math.floor(mtimeMs / 1000)), 136, 11);
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  // The sum is made as if its own field were blank.
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** What follows a file's bytes up to the next block. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

/** What an archive ends with. */
export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);
