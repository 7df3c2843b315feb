import { closeSync, openSync, readSync } from 'node:fs';
import { crc32, zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';
import { damaged } from './record.ts';

/** What a frame holds: entries of many containers as they came, of one container, or where those stand in the file. */
export type FrameKind = 'mixed' | 'sorted' | 'index';
const frameKinds: readonly FrameKind[] = ['mixed', 'sorted', 'index'];

/** What stands before a frame's compressed payload. */
export interface FrameHead {
  readonly kind: FrameKind;
  /** Bytes of the payload in the file. */
  readonly sizeBytes: number;
  /** Bytes of the payload. */
  readonly rawBytes: number;
  readonly count: number;
  /** @see kindMask */
  readonly kinds: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** `AWH1`: changes when an older program could misread what follows. */
const magic = 0x31485741;
/** Bytes of a frame before its payload. */
export const headBytes = 48;
/** A payload that claims to be larger is damaged: entries are bounded, and so is what is put into a frame. */
const rawBytesMax: number = 64 << 20;
const leastChunkBytes = 1024;

/** The bytes of a frame. @param level Of zstd, up to 19; below 0: faster, and larger. */
export function encodeFrame(
  head: Pick<FrameHead, 'kind' | 'count' | 'kinds' | 'fromMs' | 'toMs'>,
  payload: Uint8Array,
  level: number,
): Buffer {
  const packed = zstdCompressSync(payload, {
    // Known beforehand, small payloads take little memory: a window, and a piece of output, of their size. The usual piece has 64 KiB, which a frame of
    // 2 KiB would hold as long as it lives.
    pledgedSrcSize: payload.length,
    chunkSize: Math.max(leastChunkBytes, payload.length >> 1),
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
  const out = Buffer.alloc(headBytes + packed.length);
  out.writeUInt32LE(magic, 0);
  out.writeUInt32LE(frameKinds.indexOf(head.kind), 4);
  out.writeUInt32LE(packed.length, 8);
  out.writeUInt32LE(payload.length, 12);
  out.writeUInt32LE(head.count, 16);
  out.writeUInt32LE(head.kinds >>> 0, 20);
  out.writeDoubleLE(head.fromMs, 24);
  out.writeDoubleLE(head.toMs, 32);
  packed.copy(out, headBytes);
  out.writeUInt32LE(checksum(out), 40);
  return out;
}

/** Over everything but itself. */
function checksum(frame: Uint8Array): number {
  return crc32(frame.subarray(44), crc32(frame.subarray(0, 40)));
}

/** The head at the beginning of these bytes; undefined: there is none. Pure. */
function decodeHead(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < headBytes || bytes.readUInt32LE(0) !== magic) return undefined;
  const kind = frameKinds[bytes.readUInt32LE(4)];
  const rawBytes = bytes.readUInt32LE(12);
  const [fromMs, toMs] = [bytes.readDoubleLE(24), bytes.readDoubleLE(32)];
  if (kind === undefined || rawBytes > rawBytesMax || Number.isNaN(fromMs) || Number.isNaN(toMs)) return undefined;
  return {
    ...{ kind, rawBytes, fromMs, toMs },
    sizeBytes: bytes.readUInt32LE(8),
    count: bytes.readUInt32LE(16),
    kinds: bytes.readUInt32LE(20),
  };
}

/** The payload of a whole frame. Throws `history.damaged`. Pure. */
export function decodeFrame(frame: Buffer): { readonly head: FrameHead; readonly payload: Buffer } {
  const head = decodeHead(frame);
  if (head === undefined) throw damaged('no frame begins here');
  if (frame.length !== headBytes + head.sizeBytes) throw damaged('a frame is cut off');
  if (frame.readUInt32LE(40) !== checksum(frame)) throw damaged('the checksum of a frame is wrong');
  let payload: Buffer;
  try {
    payload = zstdDecompressSync(frame.subarray(headBytes), {
      // A piece that is full would be followed by another one.
      chunkSize: head.rawBytes + leastChunkBytes,
      maxOutputLength: Math.max(1, head.rawBytes),
    });
  } catch (error) {
    throw damaged('a frame cannot be unpacked', error);
  }
  if (payload.length !== head.rawBytes) throw damaged('a frame has another length than it says');
  return { head, payload };
}

/** A frame and where it stands in its file. */
export interface Place {
  readonly offset: number;
  readonly head: FrameHead;
}

/**
 * The frames that stand one after the other at the beginning of a file, by their heads alone, up to the first that is cut off or none; `torn`: bytes
 * from there on. What is within a frame is checked when it is read. Throws what the file system throws.
 */
export function framesOf(
  path: string,
  sizeBytes: number,
): { readonly places: readonly Place[]; readonly torn: number } {
  const places: Place[] = [];
  const bytes = Buffer.alloc(headBytes);
  const fd = openSync(path, 'r');
  try {
    let offset = 0;
    while (offset + headBytes <= sizeBytes) {
      if (readSync(fd, bytes, 0, headBytes, offset) !== headBytes) break;
      const head = decodeHead(bytes);
      if (head === undefined || offset + headBytes + head.sizeBytes > sizeBytes) break;
      places.push({ offset, head });
      offset += headBytes + head.sizeBytes;
    }
    return { places, torn: sizeBytes - offset };
  } finally {
    closeSync(fd);
  }
}

/** A frame of an open file. Throws `history.damaged`, and what the file system throws. */
export function readFrame(fd: number, offset: number, sizeBytes: number): ReturnType<typeof decodeFrame> {
  const frame = Buffer.allocUnsafe(headBytes + sizeBytes);
  const read = readSync(fd, frame, 0, frame.length, offset);
  return decodeFrame(frame.subarray(0, read));
}
