import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

/** A file for an archive: its bytes, or where they are. */
export type ArchiveEntry =
  | { readonly name: string; readonly bytes: Buffer }
  | { readonly name: string; readonly path: string; readonly sizeBytes: number };

/** Writes a gzipped tar of these files, in their order; answers its size and SHA-256 (hex). Rejects with what the system says. */
export async function writeArchive(
  path: string,
  entries: readonly ArchiveEntry[],
  mtimeMs: number,
): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await pipeline(
    Readable.from(tarOf(entries, mtimeMs), { objectMode: false }),
    createGzip({ level: 6 }),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }),
  );
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function* tarOf(entries: readonly ArchiveEntry[], mtimeMs: number): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    const sizeBytes = 'bytes' in entry ? entry.bytes.length : entry.sizeBytes;
    yield tarHeader(entry.name, sizeBytes, mtimeMs);
    if ('bytes' in entry) {
      if (sizeBytes > 0) yield entry.bytes;
    } else yield* createReadStream(entry.path) as AsyncIterable<Buffer>;
    if (sizeBytes % 512 > 0) yield tarPadding(sizeBytes);
  }
  yield tarEnd;
}
