/**
 * The wire of agents/sensor/wire.h for TypeScript: where each member stands and how wide it is. test/kernel/wire.test.ts compares every
 * entry with the BTF of the compiled object, in both directions.
 */

/** Offset and width of a member, in bytes. */
export type Member = readonly [offset: number, sizeBytes: number];

export interface StructLayout {
  readonly sizeBytes: number;
  readonly members: Readonly<Record<string, Member>>;
}

export const wireVersion = 3;

/** `struct aw_record`: followed by path, arguments, executable, working directory and script, without terminators. */
export const record = {
  sizeBytes: 432,
  members: {
    version: [0, 2],
    kind: [2, 1],
    hook: [3, 1],
    size_bytes: [4, 4],
    time_ns: [8, 8],
    cgroup_id: [16, 8],
    workload: [24, 8],
    key: [32, 8],
    program: [40, 8],
    parent_program: [48, 8],
    start_time_ns: [56, 8],
    execution: [64, 8],
    parent_execution: [72, 8],
    pid: [80, 4],
    tid: [84, 4],
    parent_pid: [88, 4],
    uid: [92, 4],
    gid: [96, 4],
    flags: [100, 4],
    comm: [104, 16],
    origin: [120, 1],
    protocol: [121, 1],
    ancestors_count: [122, 1],
    peer: [123, 1],
    family: [124, 2],
    port: [126, 2],
    mode: [128, 4],
    path_bytes: [132, 2],
    args_bytes: [134, 2],
    exe_bytes: [136, 2],
    cwd_bytes: [138, 2],
    script_bytes: [140, 2],
    call: [142, 2],
    address: [144, 16],
    detail: [160, 8],
    result: [168, 8],
    ancestors: [176, 256],
  },
} as const;

/** `struct aw_ancestor`. */
export const ancestor = {
  sizeBytes: 32,
  members: { pid: [0, 4], reserved: [4, 4], start_time_ns: [8, 8], program: [16, 8], execution: [24, 8] },
} as const;

/** `struct aw_mark`: every record of the ring `mark_ring`. */
export const mark = {
  sizeBytes: 64,
  members: {
    version: [0, 2],
    kind: [2, 1],
    flags: [3, 1],
    pid: [4, 4],
    time_ns: [8, 8],
    cgroup_id: [16, 8],
    program: [24, 8],
    execution: [32, 8],
    other: [40, 8],
    detail: [48, 4],
    uid: [52, 4],
    parent: [56, 4],
    ran_us: [60, 4],
  },
} as const;

/** `struct aw_watched`, value of the map `watched`; its key is the cgroup id, 8 bytes. */
export const watched = {
  sizeBytes: 168,
  members: {
    container: [0, 8],
    workload: [8, 8],
    sample: [16, 4],
    stratum: [20, 1],
    flags: [21, 1],
    reserved: [22, 2],
    window: [24, 8],
    records: [32, 4],
    capture_tokens: [36, 4],
    capture_time_ns: [40, 8],
    capabilities: [48, 16],
    last: [64, 96],
    marks: [160, 4],
    reserved2: [164, 4],
  },
} as const;

/** `struct aw_feature_key`, key of the map `known`. */
export const featureKey = { sizeBytes: 16, members: { workload: [0, 8], hash: [8, 8] } } as const;

/** `struct aw_feature`, value of the map `known`. */
export const feature = {
  sizeBytes: 16,
  members: { state: [0, 4], incidence: [4, 8], reserved: [12, 4] },
} as const;

/** `struct aw_task`, value of the task storage `tasks`. */
export const task = {
  sizeBytes: 40,
  members: {
    program: [0, 8],
    flags: [8, 4],
    reserved: [12, 4],
    container: [16, 8],
    execution: [24, 8],
    parent_execution: [32, 8],
  },
} as const;

/** `struct aw_config`, the section `.data.config`. */
export const config = {
  sizeBytes: 40,
  members: {
    hash_key: [0, 16],
    epoch: [16, 4],
    records_per_second: [20, 4],
    captured_per_second: [24, 4],
    tcp_by_cgroup: [28, 4],
    socket_call: [32, 4],
    marks_per_second: [36, 4],
  },
} as const;

/** `struct aw_container_loss`, key of the map `container_losses`. */
export const containerLoss = { sizeBytes: 16, members: { container: [0, 8], hook: [8, 4], loss: [12, 4] } } as const;

/** `struct aw_counts`, value of the map `counts`; its key is the cgroup id, 8 bytes. */
export const counts = {
  sizeBytes: 48,
  members: {
    execs: [0, 8],
    connects: [8, 8],
    questions: [16, 8],
    kills: [24, 8],
    creates: [32, 8],
    descriptors: [40, 8],
  },
} as const;

/** `struct aw_stats`, value of the per-CPU map `stats`. */
export const stats = {
  sizeBytes: 1216,
  members: { known: [0, 112], emitted: [112, 112], repeated: [224, 112], missed: [336, 112], lost: [448, 768] },
} as const;

/** `struct aw_syscalls`, value of the map `syscalls`. */
export const syscalls = {
  sizeBytes: 4232,
  members: { seen: [0, 128], counts: [128, 4096], sample: [4224, 4], reserved: [4228, 4] },
} as const;

/** All structs of the wire by their C names. */
export const structs: Readonly<Record<string, StructLayout>> = {
  aw_record: record,
  aw_ancestor: ancestor,
  aw_mark: mark,
  aw_watched: watched,
  aw_feature_key: featureKey,
  aw_feature: feature,
  aw_task: task,
  aw_config: config,
  aw_container_loss: containerLoss,
  aw_syscalls: syscalls,
  aw_counts: counts,
  aw_stats: stats,
};

/** `enum aw_kind`; `count` is their number. */
export const kinds = {
  exec: 1,
  exit: 2,
  file_read: 3,
  file_write: 4,
  net_out: 5,
  net_listen: 6,
  cgroup_make: 7,
  cgroup_remove: 8,
  call: 9,
  change: 10,
  net_in: 11,
  dns_question: 12,
  dns_answer: 13,
  count: 14,
} as const;

/** `enum aw_hash_type`: what a hash was made of. */
export const hashTypes = {
  program: 1,
  exec: 2,
  shape: 3,
  file_read: 4,
  file_write: 5,
  file_read_folded: 6,
  file_write_folded: 7,
  file_read_directory: 8,
  file_write_directory: 9,
  net_out: 10,
  net_out_port: 11,
  net_listen: 12,
  file_recent: 13,
  call: 14,
  call_text: 15,
  net_in: 16,
  dns: 17,
  dns_parent: 18,
  dns_answer: 19,
  file_read_refused: 20,
  file_write_refused: 21,
  endpoint_recent: 22,
  proc_reader: 23,
  kill: 24,
  change: 32,
} as const;

/** `enum aw_hook`. */
export const hooks = {
  exec: 0,
  fork: 1,
  exit: 2,
  open: 3,
  connect: 4,
  listen: 5,
  cgroup: 6,
  call: 7,
  change: 8,
  accept: 9,
  dns: 10,
  process: 11,
  count: 12,
} as const;

/** `enum aw_loss`. */
export const losses = {
  ring_full: 0,
  scratch_busy: 1,
  rate_limited: 2,
  known_full: 3,
  path_too_long: 4,
  unreadable: 5,
  storage_full: 6,
  capture_limited: 7,
  count: 8,
} as const;

/** `enum aw_origin`. */
export const origins = { unknown: 0, image: 1, written: 2, tmpfs: 3, mount: 4, memfd: 5, deleted: 6 } as const;

/** `enum aw_state`: of a key in the map `known`. */
export const states = { pending: 1, known: 2, judged: 3 } as const;

/** `enum aw_call`: calls that hooks of their own tell; those of the table `rareCalls` begin at `first`. */
export const calls = { capability: 1, kill: 2, mmap: 3, cgroup_leave: 4, io_uring: 5, syscall: 6, first: 16 } as const;

/** `enum aw_mark_kind` */
export const markKinds = { start: 1, end: 2, life: 3 } as const;

/** `AW_MARK_KNOWN`: the start of what is known to the workload. */
export const markKnown = 0x1;

/** `AW_PEER_*` of an accepted connection. */
export const peers = { loopback: 1, private: 2, public: 3 } as const;

/** All enums of the wire by the prefix of their C names (`AW_KIND_` and so on). */
export const enums: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  aw_kind: kinds,
  aw_hash_type: hashTypes,
  aw_hook: hooks,
  aw_loss: losses,
  aw_origin: origins,
  aw_state: states,
  aw_call: calls,
  aw_mark_kind: markKinds,
};

/** `AW_FLAG_*` of a record. */
export const flags = {
  judged: 0x1,
  from_runtime: 0x2,
  created: 0x4,
  path_truncated: 0x8,
  args_truncated: 0x10,
  shaped: 0x20,
  provisional: 0x40,
  bad_shape: 0x80,
  refused: 0x100,
  special: 0x200,
  captured: 0x400,
  socket_stdio: 0x800,
  compat: 0x1000,
  entered: 0x2000,
  others: 0x4000,
} as const;

/** `AW_WATCHED_*`. */
export const watchedFlags = {
  provisional: 0x1,
  folded: 0x2,
  directory: 0x4,
  port: 0x8,
  capture: 0x10,
  parent: 0x20,
} as const;

/** `AW_SHAPE_MAX`: how much of the arguments goes into the key of an interpreter's execution. */
export const shapeMaxBytes = 512;
export const ancestorsMax = 8;
/** `AW_HASH_CHANGE_FORMS`: hash types of one change. */
export const changeForms = 4;
/** `AW_CHANGE_POINTER` */
export const changePointer: bigint = 1n << 48n;
/** `AW_CALL_NOTHING`: in a cookie, no argument. */
export const noArgument = 0xff;
/** `AW_CALL_*`: what else a rare call's cookie says. */
export const callMarks = { only_detail: 0x1, socket: 0x2, stdio: 0x4, name: 0x8, forbidden: 0x10 } as const;
export const dataMaxBytes = 16384;
