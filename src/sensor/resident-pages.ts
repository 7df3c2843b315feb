import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { releasableRanges } from './start-pages.ts';
import type { PageRange } from './start-pages.ts';

/** MADV_DONTNEED */
const adviceNotNeeded = 4;
/** userfaultfd(2) by architecture. */
const userfaultfdNumbers: Readonly<Record<string, number>> = { x64: 323, arm64: 282 };
/** O_CLOEXEC, O_NONBLOCK, UFFD_USER_MODE_ONLY */
const userfaultfdFlags = 0o2_000_000 | 0o4_000 | 1;
/** ioctl_userfaultfd(2): UFFDIO_API and UFFDIO_REGISTER. */
const apiRequest = 0xc0_18_aa_3f;
const registerRequest = 0xc0_20_aa_00;
const apiVersion = 0xaan;
/** Linux 6.7. With it the kernel itself settles every fault: nobody has to listen. */
const featureAsync = 1n << 15n;
const modeWriteProtect = 2n;

/**
 * Gives back what was taken and nothing needs any more: free memory of the heap of C (malloc_trim(3)), and pages of Node's own file, of which the
 * start, and now and then a rare piece of work, touches more than the rest of the run (`releasableRanges`). They come back one by one as they are needed, see
 * `singly`. Takes some 10 ms.
 */
export function releaseIdlePages(): void {
  release ??= releaseBy(koffi.load('libc.so.6'));
  release();
}

/** The start's own garbage is gone by then. */
const firstMs = 15_000;
const everyMs = 30_000;

/** Calls `releaseIdlePages` once the start is over, and every half minute from then on. @returns what ends that */
export function releaseNowAndThen(): () => void {
  let timer = setTimeout(() => {
    releaseIdlePages();
    timer = setInterval(releaseIdlePages, everyMs).unref();
  }, firstMs).unref();
  return () => clearTimeout(timer);
}

/** Made once: functions that are declared to koffi stay until the process ends. */
let release: (() => void) | undefined;

function releaseBy(libc: ReturnType<typeof koffi.load>): () => void {
  const advise = libc.func('int madvise(uintptr_t address, size_t length, int advice)');
  let trim: ((keepBytes: number) => unknown) | undefined;
  try {
    trim = libc.func('int malloc_trim(size_t keep)');
  } catch {
    // musl has none.
  }
  let watchedSingly = false;
  return () => {
    trim?.(0);
    const ranges = releasableRanges(readFileSync('/proc/self/smaps', 'latin1'));
    // What is watched stays so as long as it is mapped.
    if (!watchedSingly) singly(libc, ranges);
    watchedSingly = true;
    for (const { address, sizeBytes } of ranges) advise(address, sizeBytes, adviceNotNeeded);
  };
}

/**
 * Around a page of a file that is touched, the kernel maps up to 15 more, which nobody asked for: half of what is resident of Node's file. It does not
 * where faults are watched for write protection (`uffd_disable_fault_around` in the kernel's mm/memory.c). Nothing is ever protected, so that
 * nothing is told and nobody listens; the descriptor stays open until the process ends. Where the kernel is older than 6.7, or this is forbidden, all
 * stays as it was.
 */
function singly(libc: ReturnType<typeof koffi.load>, ranges: readonly PageRange[]): void {
  const number = userfaultfdNumbers[process.arch];
  if (number === undefined) return;
  const fd = Number(libc.func('long syscall(long number, ...)')(number, 'int', userfaultfdFlags));
  if (fd < 0) return;
  const control = libc.func('int ioctl(int fd, unsigned long request, void *argument)');
  // struct uffdio_api: version, features, ioctls.
  const api = Buffer.alloc(24);
  api.writeBigUInt64LE(apiVersion, 0);
  api.writeBigUInt64LE(featureAsync, 8);
  if (Number(control(fd, apiRequest, api)) !== 0) {
    libc.func('int close(int fd)')(fd);
    return;
  }
  for (const { address, sizeBytes } of ranges) {
    // struct uffdio_register: start, length, mode, ioctls.
    const range = Buffer.alloc(32);
    range.writeBigUInt64LE(address, 0);
    range.writeBigUInt64LE(BigInt(sizeBytes), 8);
    range.writeBigUInt64LE(modeWriteProtect, 16);
    control(fd, registerRequest, range);
  }
}
