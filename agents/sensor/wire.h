/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The wire between the sensor's BPF programs and user space: fixed widths, explicit padding, little-endian.
 * Numbers are never reused. src/sensor/layout.ts mirrors this file; a test compares it with the object's BTF.
 */
#ifndef ANCHORWATCH_WIRE_H
#define ANCHORWATCH_WIRE_H

#define AW_WIRE_VERSION 3

#define AW_PATH_MAX 4096
#define AW_ARGS_MAX 1024
#define AW_SHAPE_MAX 512
#define AW_ANCESTORS_MAX 8
#define AW_DATA_MAX (4 * AW_PATH_MAX)

enum aw_kind {
	AW_KIND_EXEC = 1,
	AW_KIND_EXIT = 2,
	AW_KIND_FILE_READ = 3,
	AW_KIND_FILE_WRITE = 4,
	AW_KIND_NET_OUT = 5,
	AW_KIND_NET_LISTEN = 6,
	AW_KIND_CGROUP_MAKE = 7,
	AW_KIND_CGROUP_REMOVE = 8,
	AW_KIND_CALL = 9,
	AW_KIND_CHANGE = 10,
	AW_KIND_NET_IN = 11,
	AW_KIND_DNS_QUESTION = 12,
	AW_KIND_DNS_ANSWER = 13,
	AW_KIND_COUNT = 14,
};

/* What a keyed hash was made of: mixed into the hash key, so that equal bytes of two types never collide. */
enum aw_hash_type {
	AW_HASH_PROGRAM = 1,
	AW_HASH_EXEC = 2,
	AW_HASH_SHAPE = 3,
	AW_HASH_FILE_READ = 4,
	AW_HASH_FILE_WRITE = 5,
	AW_HASH_FILE_READ_FOLDED = 6,
	AW_HASH_FILE_WRITE_FOLDED = 7,
	AW_HASH_FILE_READ_DIRECTORY = 8,
	AW_HASH_FILE_WRITE_DIRECTORY = 9,
	AW_HASH_NET_OUT = 10,
	AW_HASH_NET_OUT_PORT = 11,
	AW_HASH_NET_LISTEN = 12,
	AW_HASH_FILE_RECENT = 13,
	AW_HASH_CALL = 14,
	AW_HASH_CALL_TEXT = 15,
	AW_HASH_NET_IN = 16,
	AW_HASH_DNS = 17,
	AW_HASH_DNS_PARENT = 18,
	AW_HASH_DNS_ANSWER = 19,
	AW_HASH_FILE_READ_REFUSED = 20,
	AW_HASH_FILE_WRITE_REFUSED = 21,
	AW_HASH_ENDPOINT_RECENT = 22,
	AW_HASH_PROC_READER = 23,
	AW_HASH_KILL = 24,
	/* and from here on, for each change, set-id mode or not, refused or not: the path, folded, its directory */
	AW_HASH_CHANGE = 32,
};

#define AW_HASH_CHANGE_FORMS 4

enum aw_hook {
	AW_HOOK_EXEC = 0,
	AW_HOOK_FORK = 1,
	AW_HOOK_EXIT = 2,
	AW_HOOK_OPEN = 3,
	AW_HOOK_CONNECT = 4,
	AW_HOOK_LISTEN = 5,
	AW_HOOK_CGROUP = 6,
	AW_HOOK_CALL = 7,
	AW_HOOK_CHANGE = 8,
	AW_HOOK_ACCEPT = 9,
	AW_HOOK_DNS = 10,
	AW_HOOK_PROCESS = 11, /* marks of processes, for the history alone */
	AW_HOOK_COUNT = 12,
};

/* Why something was lost or shortened. */
enum aw_loss {
	AW_LOSS_RING_FULL = 0,
	AW_LOSS_SCRATCH_BUSY = 1,
	AW_LOSS_RATE_LIMITED = 2,
	AW_LOSS_KNOWN_FULL = 3,
	AW_LOSS_PATH_TOO_LONG = 4,
	AW_LOSS_UNREADABLE = 5,
	AW_LOSS_STORAGE_FULL = 6,
	AW_LOSS_CAPTURE_LIMITED = 7,
	AW_LOSS_COUNT = 8,
};

enum aw_origin {
	AW_ORIGIN_UNKNOWN = 0,
	AW_ORIGIN_IMAGE = 1,
	AW_ORIGIN_WRITTEN = 2,
	AW_ORIGIN_TMPFS = 3,
	AW_ORIGIN_MOUNT = 4,
	AW_ORIGIN_MEMFD = 5,
	AW_ORIGIN_DELETED = 6,
};

#define AW_FLAG_JUDGED 0x1 /* the key was judged before */
#define AW_FLAG_FROM_RUNTIME 0x2 /* exec: the process came into the container from outside */
#define AW_FLAG_CREATED 0x4 /* file: made by this open */
#define AW_FLAG_PATH_TRUNCATED 0x8
#define AW_FLAG_ARGS_TRUNCATED 0x10
#define AW_FLAG_SHAPED 0x20 /* exec: the key holds the shape of the arguments */
#define AW_FLAG_PROVISIONAL 0x40 /* user space has not confirmed the container yet */
#define AW_FLAG_BAD_SHAPE 0x80 /* exec: the arguments could not be read */
#define AW_FLAG_REFUSED 0x100 /* call, change: it failed; file: it was not opened, the path is as it was asked for */
#define AW_FLAG_SPECIAL 0x200 /* change: a set-id mode, a time that was not the present one */
#define AW_FLAG_CAPTURED 0x400 /* known or told before; told because the container is being captured */
#define AW_FLAG_SOCKET_STDIO 0x800 /* exec: standard input is a network socket */
#define AW_FLAG_COMPAT 0x1000 /* exec: a program of the 32-bit ABI */
#define AW_FLAG_ENTERED 0x2000 /* exec: in the container's namespaces, but not in its cgroup; exe is its parent's */
#define AW_FLAG_OTHERS 0x4000 /* file: what /proc tells of another process; the key holds the program that opened it */

/*
 * Cookie of a change: its number (bits 0-15), which argument is the directory (16-23), the path (24-31), the mode (32-39) and the other
 * path (40-47); AW_CHANGE_POINTER: the mode is a pointer, of which only counts whether there is one.
 * Cookie of an open: the same, where its flags stand for the mode; AW_CHANGE_POINTER: in the structure that it points to.
 * Cookie of a rare call: its number (bits 0-7), AW_CALL_* (8-15), which argument is its detail (16-23) and which a text (24-31), the
 * bits of the detail that count (32-63).
 */
#define AW_CHANGE_POINTER (1ULL << 48)
#define AW_CALL_NOTHING 0xff
#define AW_CALL_ONLY_DETAIL 0x1 /* told only when a bit of the detail that counts is set */
#define AW_CALL_SOCKET 0x2 /* told only of raw and packet sockets and of odd families; the detail is the family */
#define AW_CALL_STDIO 0x4 /* told only when standard input, output or error becomes a network socket; the detail is its family */
#define AW_CALL_NAME 0x8 /* told only when the process names itself; its name, digits folded, is part of the key */
#define AW_CALL_FORBIDDEN 0x10 /* told only when it was forbidden; the text is a path below the directory that the detail's argument is, and, digits folded, part of the key */

/* Numbers of the calls that are told by hooks of their own; those of the others begin at AW_CALL_FIRST. */
enum aw_call {
	AW_CALL_CAPABILITY = 1, /* detail: the capability */
	AW_CALL_KILL = 2, /* detail: the signal, AW_KILL_* << 8; inside the container both programs are part of the key, the target's is parent_program */
	AW_CALL_MMAP = 3, /* detail: AW_MMAP_*; of a file its path is the text and part of the key, and its origin */
	AW_CALL_CGROUP_LEAVE = 4,
	AW_CALL_IO_URING = 5, /* detail: the operation */
	AW_CALL_SYSCALL = 6, /* strict mode; detail: the system call's number, 1 << 16 for one of the 32-bit ABI */
	AW_CALL_FIRST = 16,
};
#define AW_KILL_OUTSIDE 1 /* the target is in no container or in another one */
#define AW_KILL_UNRELATED 2 /* neither the sender's descendant nor its ancestor */
#define AW_KILL_ANCESTOR 3
#define AW_KILL_CHILD 4 /* a descendant that runs a program of its own, and a signal that ends or stops */
#define AW_MMAP_FILE 1
#define AW_MMAP_ANONYMOUS 2
#define AW_MMAP_WRITABLE 3 /* anonymous memory that can be written and executed */

/* Who reached a listening port. */
#define AW_PEER_LOOPBACK 1
#define AW_PEER_PRIVATE 2
#define AW_PEER_PUBLIC 3

struct aw_ancestor {
	__u32 pid;
	__u32 reserved;
	__u64 start_time_ns;
	__u64 program; /* AW_HASH_PROGRAM of its executable's path; 0: not known */
	__u64 execution;
};

/*
 * Followed by path, args, exe, cwd and script, in this order, without terminators. Of a change, script is the other path; of a DNS
 * question, path is the name as it was sent, lower-case; of an answer, script is the message.
 */
struct aw_record {
	__u16 version;
	__u8 kind;
	__u8 hook;
	__u32 size_bytes; /* header and data */
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 cgroup_id; /* of the container */
	__u64 workload; /* as the watched map had it */
	__u64 key; /* feature key in the known map; 0: none */
	__u64 program; /* of the process: AW_HASH_PROGRAM, after the exec for an exec */
	__u64 parent_program; /* exec: what the process ran before; 0: the runtime or unknown; kill: what its target runs */
	__u64 start_time_ns; /* CLOCK_BOOTTIME, of the process */
	__u64 execution; /* of the process's program: unique until the node's next start; 0: older than the sensor */
	__u64 parent_execution; /* what started that execution */
	__u32 pid;
	__u32 tid;
	__u32 parent_pid;
	__u32 uid;
	__u32 gid;
	__u32 flags;
	__u8 comm[16];
	__u8 origin;
	__u8 protocol; /* net: IPPROTO_TCP, IPPROTO_UDP */
	__u8 ancestors_count;
	__u8 peer; /* net in: AW_PEER_* */
	__u16 family; /* net, DNS: AF_INET, AF_INET6 */
	__u16 port; /* net, DNS: host order; the peer's, of net in the local one */
	__u32 mode; /* file: i_mode; exit: exit_code as the kernel keeps it */
	__u16 path_bytes;
	__u16 args_bytes;
	__u16 exe_bytes;
	__u16 cwd_bytes;
	__u16 script_bytes;
	__u16 call; /* call, change: its number, from the cookie */
	__u8 address[16]; /* net, DNS: the peer's; network order, IPv4 in the first four bytes */
	__u64 detail; /* call: the argument that counts, masked; change: the mode */
	__s64 result; /* call, change, file that was refused: what it returned */
	struct aw_ancestor ancestors[AW_ANCESTORS_MAX];
};

#define AW_LAST_ENDPOINTS 6

/*
 * That a program which is told of in no record was started or ended, for the history alone: in a ring of their own, all of this size.
 */
enum aw_mark_kind {
	AW_MARK_START = 1,
	AW_MARK_END = 2,
	AW_MARK_LIFE = 3, /* both: it ended before its start was told */
};
struct aw_mark {
	__u16 version;
	__u8 kind; /* enum aw_mark_kind */
	__u8 flags; /* AW_MARK_* */
	__u32 pid;
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 cgroup_id; /* of the container */
	__u64 program; /* AW_HASH_PROGRAM */
	__u64 execution;
	__u64 other; /* start, life: the execution that started it; end: how long it ran, nanoseconds */
	__u32 detail; /* start: the parent's pid; end, life: exit_code as the kernel keeps it */
	__u32 uid;
	__u32 parent; /* life: the parent's pid */
	__u32 ran_us; /* life: how long it ran; 0xffffffff: longer than that */
};
#define AW_MARK_KNOWN 0x1 /* start, life: known to the workload; else told before in this sample */

/* Value of the `watched` map, keyed by cgroup id (u64). */
struct aw_watched {
	__u64 container; /* cgroup id of the container itself; differs from the key for cgroups made inside it */
	__u64 workload;
	__u32 sample; /* number of the container's present sample */
	__u8 stratum; /* 0 startup, 1 steady */
	__u8 flags; /* AW_WATCHED_* */
	__u16 reserved;
	__u64 window; /* rate limit: second that `records` counts in */
	__u32 records;
	__u32 capture_tokens;
	__u64 capture_time_ns; /* up to when tokens were given */
	__u64 capabilities[2]; /* used in this sample: granted, denied */
	__u64 last[AW_LAST_ENDPOINTS * 2]; /* endpoints recognised in this sample: the endpoint, the epoch and the container */
	__u32 marks; /* in that second */
	__u32 reserved2;
};
#define AW_LAST_OUT 4 /* a power of two, and so is the rest */

#define AW_WATCHED_PROVISIONAL 0x1
#define AW_WATCHED_FOLDED 0x2 /* the workload has digit-folded keys */
#define AW_WATCHED_DIRECTORY 0x4 /* the workload has directory keys */
#define AW_WATCHED_PORT 0x8 /* the workload has any-address keys */
#define AW_WATCHED_CAPTURE 0x10 /* everything is told, as far as the tokens reach */
#define AW_WATCHED_PARENT 0x20 /* the workload has keys of DNS domains */

/* Key and value of the `known` map: the workload's features. */
struct aw_feature_key {
	__u64 workload;
	__u64 hash;
};
enum aw_state {
	AW_STATE_PENDING = 1,
	AW_STATE_KNOWN = 2,
	AW_STATE_JUDGED = 3,
};
struct aw_feature {
	__u32 state;
	__u32 incidence[2]; /* samples in which it was seen, by stratum; only grows */
	__u32 reserved;
};

/* State of a task in a container (task storage). User space seeds it for processes older than the sensor. */
struct aw_task {
	__u64 program;
	__u32 flags;
	__u32 reserved;
	__u64 container; /* cgroup id */
	__u64 execution;
	__u64 parent_execution;
};
#define AW_TASK_RUNTIME 0x1 /* came from outside, has not executed anything in the container yet */
#define AW_TASK_REPORTED 0x2 /* a record told of its execution */
#define AW_TASK_MARKED 0x4 /* a mark did, or should have */
#define AW_TASK_ENTERED 0x8 /* executed something in a container's mounts from outside of its cgroup, or was started by what did */

/* Written once by user space before the programs are attached; `epoch` later. */
struct aw_config {
	__u64 hash_key[2];
	__u32 epoch; /* raised when a key stopped being known */
	__u32 records_per_second; /* of one container, file and net hooks; 0: no limit */
	__u32 captured_per_second; /* of one container */
	__u32 tcp_by_cgroup; /* connections are told by cgroup hooks, not by changes of state */
	__u32 socket_call; /* number of socket(2), when raw sockets are told where they are allowed; 0: they are not */
	__u32 marks_per_second; /* of one container; 0: none are told */
};

/* Key of the map `container_losses`, whose value is a count. */
struct aw_container_loss {
	__u64 container;
	__u32 hook;
	__u32 loss;
};

#define AW_SYSCALLS_MAX 512

/* Value of the map `syscalls`, keyed by the container's cgroup id (u64): strict mode. */
struct aw_syscalls {
	__u64 seen[AW_SYSCALLS_MAX / 32]; /* in this sample: a bit for each, the 32-bit ABI's after the others */
	__u64 counts[AW_SYSCALLS_MAX];
	__u32 sample;
	__u32 reserved;
};

/* Value of the map `counts`, keyed by the container's cgroup id (u64): what it did since it is watched, known or not. */
#define AW_DESCRIPTORS_MANY 1024
#define AW_DESCRIPTORS_REFUSED 512
struct aw_counts {
	__u64 execs;
	__u64 connects; /* over TCP, answered or not */
	__u64 questions; /* of DNS */
	__u64 kills; /* signals that end or stop another program of the container */
	__u64 creates; /* files made by opening them */
	__u64 descriptors; /* given beyond the first AW_DESCRIPTORS_MANY of a process; AW_DESCRIPTORS_REFUSED for each that was refused because there are no more */
};

/* Value of the per-CPU `stats` map. */
struct aw_stats {
	__u64 known[AW_KIND_COUNT];
	__u64 emitted[AW_KIND_COUNT];
	__u64 repeated[AW_KIND_COUNT]; /* pending or judged, told before in this sample */
	__u64 missed[AW_KIND_COUNT]; /* first level missed: the path was walked */
	__u64 lost[AW_HOOK_COUNT * AW_LOSS_COUNT];
};

#endif
