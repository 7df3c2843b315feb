import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';
import { AnchorwatchError } from '../lib/errors.ts';

/** A C pointer, as koffi hands it out; null is C's NULL. */
export type Pointer = unknown;

/** What is used of libbpf.so.1 (https://libbpf.readthedocs.io/en/latest/api.html) and of libc. */
export interface Libbpf {
  openMemory(bytes: Uint8Array): Pointer;
  closeObject(object: Pointer): void;
  programs(object: Pointer): readonly { readonly program: Pointer; readonly name: string; readonly section: string }[];
  setAutoload(program: Pointer, load: boolean): void;
  /** Loads maps and programs; 0 or a negative errno. */
  load(object: Pointer): number;
  /** `load` in another thread; until it is done nothing else may be asked of the object. */
  loadAside(object: Pointer): Promise<number>;
  /** Gives the verifier a place to write; call before `load`. */
  setLogBuffer(program: Pointer, buffer: Uint8Array): void;
  /** Attaches by the program's section name; throws with the errno. */
  attach(program: Pointer): Pointer;
  /** Attaches to `tracepoint/syscalls/<name>` with a cookie that the program can read (kernel 5.15); throws with the errno. */
  attachCall(program: Pointer, name: string, cookie: bigint): Pointer;
  /** Attaches a program of a cgroup hook to a cgroup directory and all below it; throws with the errno. */
  attachCgroup(program: Pointer, directory: string): Pointer;
  /** Names of the programs that a cgroup directory has for connect(2), by IPv4 and IPv6; `?` for what cannot be looked at. */
  connectPrograms(directory: string): readonly string[];
  destroyLink(link: Pointer): void;
  mapFd(object: Pointer, name: string): number;
  /** Bytes of one value of a map: what a lookup writes, for each CPU where there is one value for each. */
  mapValueBytes(object: Pointer, name: string): number;
  setMaxEntries(object: Pointer, name: string, entries: number): void;
  update(fd: number, key: Uint8Array, value: Uint8Array, flags: number): number;
  lookup(fd: number, key: Uint8Array, value: Uint8Array): number;
  remove(fd: number, key: Uint8Array): number;
  /** One batch; `next` holds the place to go on from. Answers [result, number of entries]. */
  lookupBatch(
    fd: number,
    position: Uint8Array | null,
    next: Uint8Array,
    keys: Uint8Array,
    values: Uint8Array,
    entries: number,
  ): [number, number];
  /** `lookupBatch` in another thread; the buffers are its own until it is done. */
  lookupBatchAside(...batch: Parameters<Libbpf['lookupBatch']>): Promise<[number, number]>;
  /** As `lookupBatch`, and takes the entries out of the map (a hash). */
  takeBatch(...batch: Parameters<Libbpf['lookupBatch']>): [number, number];
  /** Writes entries one after the other, new ones too, up to the first that cannot be written. Answers how many were. */
  updateBatch(fd: number, keys: Uint8Array, values: Uint8Array, entries: number): number;
  /** Takes entries out one after the other, up to the first that is not there. Answers how many were. */
  removeBatch(fd: number, keys: Uint8Array, entries: number): number;
  possibleCpus(): number;
  /** False when maps of a type (enum bpf_map_type) cannot be made here, for whatever reason. */
  hasMapType(type: number): boolean;
  /** False when the kernel has a helper (enum bpf_func_id) not, or not for programs of system call tracepoints. */
  hasHelper(helper: number): boolean;
  /** Memory of a map, shared with the kernel. */
  map(fd: number, offsetBytes: number, lengthBytes: number, writable: boolean): ArrayBuffer;
  /** A descriptor of the process (pidfd_open(2)), negative when it is gone. */
  pidfdOpen(pid: number): number;
  closeFd(fd: number): void;
}

const tracepointPrograms = 5;
/** BPF_CGROUP_INET4_CONNECT and BPF_CGROUP_INET6_CONNECT of enum bpf_attach_type. */
const connectTypes = [10, 11] as const;
const queriedMax = 64;
/** struct bpf_prog_info, up to the end of the name. */
const infoBytes = 80;
const infoNameAt = 64;
export const updateAny = 0;
export const updateOnlyNew = 1;
export const updateOnlyExisting = 2;
export const errnoNoEntry = 2;

const pidfdOpenNumber = 434;
const protRead = 1;
const protWrite = 2;
const mapShared = 1;

/**
 * Loads libbpf.so.1 into the process.
 * @throws AnchorwatchError `sensor.libbpf` when the library is not installed.
 */
export function openLibbpf(): Libbpf {
  let lib: ReturnType<typeof koffi.load>;
  try {
    lib = koffi.load('libbpf.so.1');
  } catch (cause) {
    throw new AnchorwatchError(
      'sensor.libbpf',
      'libbpf.so.1 is not installed (Debian and Ubuntu: apt-get install libbpf1)',
      {
        cause,
      },
    );
  }
  const libc = koffi.load('libc.so.6');
  const f = {
    openMem: lib.func('void *bpf_object__open_mem(const void *buffer, size_t size, const void *options)'),
    close: lib.func('void bpf_object__close(void *object)'),
    next: lib.func('void *bpf_object__next_program(void *object, void *previous)'),
    name: lib.func('const char *bpf_program__name(void *program)'),
    section: lib.func('const char *bpf_program__section_name(void *program)'),
    autoload: lib.func('int bpf_program__set_autoload(void *program, bool autoload)'),
    logBuffer: lib.func('int bpf_program__set_log_buf(void *program, void *buffer, size_t size)'),
    load: lib.func('int bpf_object__load(void *object)'),
    attach: lib.func('void *bpf_program__attach(void *program)'),
    attachTracepoint: lib.func(
      'void *bpf_program__attach_tracepoint_opts(void *program, const char *category, const char *name, const void *options)',
    ),
    attachCgroup: lib.func('void *bpf_program__attach_cgroup(void *program, int cgroup)'),
    queryCgroup: lib.func(
      'int bpf_prog_query(int cgroup, int type, uint32_t flags, void *attachFlags, void *ids, _Inout_ uint32_t *count)',
    ),
    programFd: lib.func('int bpf_prog_get_fd_by_id(uint32_t id)'),
    programInfo: lib.func('int bpf_obj_get_info_by_fd(int fd, void *info, _Inout_ uint32_t *size)'),
    destroy: lib.func('int bpf_link__destroy(void *link)'),
    findMap: lib.func('void *bpf_object__find_map_by_name(void *object, const char *name)'),
    mapFd: lib.func('int bpf_map__fd(void *map)'),
    valueSize: lib.func('uint32_t bpf_map__value_size(void *map)'),
    maxEntries: lib.func('int bpf_map__set_max_entries(void *map, uint32_t entries)'),
    update: lib.func('int bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)'),
    lookup: lib.func('int bpf_map_lookup_elem(int fd, const void *key, void *value)'),
    remove: lib.func('int bpf_map_delete_elem(int fd, const void *key)'),
    batch: lib.func(
      'int bpf_map_lookup_batch(int fd, void *position, void *next, void *keys, void *values, _Inout_ uint32_t *count, const void *options)',
    ),
    takes: lib.func(
      'int bpf_map_lookup_and_delete_batch(int fd, void *position, void *next, void *keys, void *values, _Inout_ uint32_t *count, const void *options)',
    ),
    updates: lib.func(
      'int bpf_map_update_batch(int fd, const void *keys, const void *values, _Inout_ uint32_t *count, const void *options)',
    ),
    removals: lib.func(
      'int bpf_map_delete_batch(int fd, const void *keys, _Inout_ uint32_t *count, const void *options)',
    ),
    cpus: lib.func('int libbpf_num_possible_cpus()'),
    probeMap: lib.func('int libbpf_probe_bpf_map_type(int type, const void *options)'),
    probeHelper: lib.func('int libbpf_probe_bpf_helper(int program_type, int helper, const void *options)'),
    print: lib.func('void *libbpf_set_print(void *print)'),
    mmap: libc.func('void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)'),
    syscall: libc.func('long syscall(long number, ...)'),
    closeFd: libc.func('int close(int fd)'),
  };
  // Its texts go to stderr past the log; what matters is in the errno and the verifier's log.
  f.print(null);
  const mapNamed = (object: Pointer, name: string): Pointer => {
    const map: Pointer = f.findMap(object, name);
    if (map === null) throw new AnchorwatchError('sensor.object', `the sensor object has no map ${name}`);
    return map;
  };
  const nameOf = (id: number): string => {
    const fd = Number(f.programFd(id));
    if (fd < 0) return '?';
    const info = Buffer.alloc(infoBytes);
    const result = Number(f.programInfo(fd, info, [infoBytes]));
    f.closeFd(fd);
    return result === 0 ? info.toString('latin1', infoNameAt, infoBytes).replace(/\0.*$/s, '') : '?';
  };

  return {
    openMemory(bytes) {
      const object: Pointer = f.openMem(bytes, bytes.length, null);
      if (object === null)
        throw new AnchorwatchError('sensor.object', `the sensor object cannot be opened (errno ${koffi.errno()})`);
      return object;
    },
    closeObject: (object) => void f.close(object),
    programs(object) {
      const out: { program: Pointer; name: string; section: string }[] = [];
      for (let program: Pointer = f.next(object, null); program !== null; program = f.next(object, program))
        out.push({ program, name: String(f.name(program)), section: String(f.section(program)) });
      return out;
    },
    setAutoload: (program, load) => void f.autoload(program, load),
    load: (object) => Number(f.load(object)),
    loadAside: (object) => aside(f.load, object),
    setLogBuffer: (program, buffer) => void f.logBuffer(program, buffer, buffer.length),
    attach(program) {
      const link: Pointer = f.attach(program);
      if (link === null) throw new AnchorwatchError('sensor.attach', `errno ${koffi.errno()}`);
      return link;
    },
    attachCall(program, name, cookie) {
      // struct bpf_tracepoint_opts: its size, the cookie.
      const options = Buffer.alloc(16);
      options.writeBigUInt64LE(16n, 0);
      options.writeBigUInt64LE(cookie, 8);
      const link: Pointer = f.attachTracepoint(program, 'syscalls', name, options);
      if (link === null) throw new AnchorwatchError('sensor.attach', `errno ${koffi.errno()}`);
      return link;
    },
    attachCgroup(program, directory) {
      const fd = openSync(directory, 'r');
      try {
        const link: Pointer = f.attachCgroup(program, fd);
        if (link === null) throw new AnchorwatchError('sensor.attach', `errno ${koffi.errno()}`);
        return link;
      } finally {
        closeSync(fd);
      }
    },
    connectPrograms(directory) {
      const cgroup = openSync(directory, 'r');
      try {
        return connectTypes.flatMap((type) => {
          const ids = Buffer.alloc(4 * queriedMax);
          const count = [queriedMax];
          if (Number(f.queryCgroup(cgroup, type, 0, null, ids, count)) !== 0) return ['?'];
          return Array.from({ length: count[0] ?? 0 }, (_, i) => nameOf(ids.readUInt32LE(i * 4)));
        });
      } finally {
        closeSync(cgroup);
      }
    },
    destroyLink: (link) => void f.destroy(link),
    mapFd: (object, name) => Number(f.mapFd(mapNamed(object, name))),
    mapValueBytes: (object, name) => Number(f.valueSize(mapNamed(object, name))),
    setMaxEntries: (object, name, entries) => void f.maxEntries(mapNamed(object, name), entries),
    update: (fd, key, value, flags) => Number(f.update(fd, key, value, flags)),
    lookup: (fd, key, value) => Number(f.lookup(fd, key, value)),
    remove: (fd, key) => Number(f.remove(fd, key)),
    lookupBatch(fd, position, next, keys, values, entries) {
      const count = [entries];
      const result = Number(f.batch(fd, position, next, keys, values, count, null));
      return [result, count[0] ?? 0];
    },
    takeBatch(fd, position, next, keys, values, entries) {
      const count = [entries];
      const result = Number(f.takes(fd, position, next, keys, values, count, null));
      return [result, count[0] ?? 0];
    },
    async lookupBatchAside(fd, position, next, keys, values, entries) {
      const count = [entries];
      const result = await aside(f.batch, fd, position, next, keys, values, count, null);
      return [result, count[0] ?? 0];
    },
    updateBatch(fd, keys, values, entries) {
      const count = [entries];
      f.updates(fd, keys, values, count, null);
      return count[0] ?? 0;
    },
    removeBatch(fd, keys, entries) {
      const count = [entries];
      f.removals(fd, keys, count, null);
      return count[0] ?? 0;
    },
    possibleCpus: () => Number(f.cpus()),
    hasMapType: (type) => Number(f.probeMap(type, null)) === 1,
    hasHelper: (helper) => Number(f.probeHelper(tracepointPrograms, helper, null)) !== 0,
    map(fd, offsetBytes, lengthBytes, writable) {
      const pointer: Pointer = f.mmap(
        null,
        lengthBytes,
        writable ? protRead | protWrite : protRead,
        mapShared,
        fd,
        offsetBytes,
      );
      if (pointer === null || koffi.address(pointer) === 0xffffffffffffffffn)
        throw new AnchorwatchError('sensor.ring', `the ring cannot be mapped (errno ${koffi.errno()})`);
      return koffi.view(pointer, lengthBytes);
    },
    pidfdOpen: (pid) => Number(f.syscall(pidfdOpenNumber, 'int', pid, 'unsigned int', 0)),
    closeFd: (fd) => void f.closeFd(fd),
  };
}

/** Calls a function of C in a thread of the pool. */
function aside(called: { async: (...values: unknown[]) => unknown }, ...values: unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    called.async(...values, (error: Error | null, result: unknown) => {
      if (error === null) resolve(Number(result));
      else reject(error);
    });
  });
}
