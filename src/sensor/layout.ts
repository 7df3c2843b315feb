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

export const wireVersion = 2;

/** `struct aw_record`: followed by path, arguments, executable, working directory and script, without terminators. */
export const record = {
  sizeBytes: 352,
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
    pid: [64, 4],
    tid: [68, 4],
    parent_pid: [72, 4],
    uid: [76, 4],
    gid: [80, 4],
    flags: [84, 4],
    comm: [88, 16],
    origin: [104, 1],
    protocol: [105, 1],
    ancestors_count: [106, 1],
    reserved: [107, 1],
    family: [108, 2],
    port: [110, 2],
    mode: [112, 4],
    path_bytes: [116, 2],
    args_bytes: [118, 2],
    exe_bytes: [120, 2],
    cwd_bytes: [122, 2],
    script_bytes: [124, 2],
    call: [126, 2],
    address: [128, 16],
    detail: [144, 8],
    result: [152, 8],
    ancestors: [160, 192],
  },
} as const;

/** `struct aw_ancestor`. */
export const ancestor = {
  sizeBytes: 24,
  members: { pid: [0, 4], reserved: [4, 4], start_time_ns: [8, 8], program: [16, 8] },
} as const;

/** `struct aw_watched`, value of the map `watched`; its key is the cgroup id, 8 bytes. */
export const watched = {
  sizeBytes: 40,
  members: {
    container: [0, 8],
    workload: [8, 8],
    sample: [16, 4],
    stratum: [20, 1],
    flags: [21, 1],
    reserved: [22, 2],
    window: [24, 8],
    records: [32, 4],
    reserved2: [36, 4],
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
export const task = { sizeBytes: 16, members: { program: [0, 8], flags: [8, 4], reserved: [12, 4] } } as const;

/** `struct aw_config`, the section `.data.config`. */
export const config = {
  sizeBytes: 24,
  members: { hash_key: [0, 16], epoch: [16, 4], records_per_second: [20, 4] },
} as const;

/** `struct aw_stats`, value of the per-CPU map `stats`. */
export const stats = {
  sizeBytes: 856,
  members: { known: [0, 88], emitted: [88, 88], repeated: [176, 88], missed: [264, 88], lost: [352, 504] },
} as const;

/** All structs of the wire by their C names. */
export const structs: Readonly<Record<string, StructLayout>> = {
  aw_record: record,
  aw_ancestor: ancestor,
  aw_watched: watched,
  aw_feature_key: featureKey,
  aw_feature: feature,
  aw_task: task,
  aw_config: config,
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
  count: 11,
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
  count: 9,
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
  count: 7,
} as const;

/** `enum aw_origin`. */
export const origins = { unknown: 0, image: 1, written: 2, tmpfs: 3, mount: 4, memfd: 5, deleted: 6 } as const;

/** `enum aw_state`: of a key in the map `known`. */
export const states = { pending: 1, known: 2, judged: 3 } as const;

/** All enums of the wire by the prefix of their C names (`AW_KIND_` and so on). */
export const enums: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  aw_kind: kinds,
  aw_hash_type: hashTypes,
  aw_hook: hooks,
  aw_loss: losses,
  aw_origin: origins,
  aw_state: states,
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
} as const;

/** `AW_WATCHED_*`. */
export const watchedFlags = { provisional: 0x1, folded: 0x2, directory: 0x4, port: 0x8 } as const;

/** `AW_SHAPE_MAX`: how much of the arguments goes into the key of an interpreter's execution. */
export const shapeMaxBytes = 512;
export const ancestorsMax = 8;
/** `AW_HASH_CHANGE_FORMS`: hash types of one change. */
export const changeForms = 4;
/** `AW_CHANGE_POINTER` */
export const changePointer: bigint = 1n << 48n;
/** `AW_CALL_*`: in a rare call's cookie, no argument; and the family of a raw socket. */
export const callArguments = { nothing: 0xff, socket: 0xfe } as const;
export const dataMaxBytes = 16384;
