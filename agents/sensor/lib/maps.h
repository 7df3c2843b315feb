/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sensor's maps and its scratch memory. Sizes are defaults; user space may set others before loading. */
#ifndef ANCHORWATCH_MAPS_H
#define ANCHORWATCH_MAPS_H

#include <linux/bpf.h>
#include <linux/version.h>

#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../wire.h"

/*
 * Reads a chain of members: LOAD(file, f_inode, i_sb, s_dev). Where the kernel has bpf_rdonly_cast, as plain loads that the kernel
 * guards; before, by calls of bpf_probe_read_kernel, which cost several times as much.
 */
extern void *bpf_rdonly_cast(const void *pointer, u32 type) __ksym __attribute__((weak));
#ifdef AW_NO_CAST
#define CAN_CAST 0
#else
#define CAN_CAST bpf_core_type_exists(struct bpf_iter_num)
#endif
#define CAST(pointer)                                                                                                 \
	((typeof(pointer))bpf_rdonly_cast((const void *)(pointer), bpf_core_type_id_kernel(typeof(*(pointer)))))
#define LOAD(pointer, ...)                                                                                            \
	({                                                                                                            \
		typeof(___arrow((pointer), __VA_ARGS__)) loaded_;                                                       \
		if (CAN_CAST)                                                                                         \
			loaded_ = ___arrow(CAST(pointer), __VA_ARGS__);                                               \
		else                                                                                                  \
			loaded_ = BPF_CORE_READ((pointer), __VA_ARGS__);                                                \
		loaded_;                                                                                              \
	})

/*
 * Before 6.16 task storage is for tracing programs alone: what a hook of a cgroup tells there is without lineage. The verifier takes the
 * version for the constant that it is, and never comes to the calls.
 */
extern int LINUX_KERNEL_VERSION __kconfig;
#ifdef AW_NO_CAST
#define CGROUP_LINEAGE 0
#else
#define CGROUP_LINEAGE (LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 16, 0))
#endif

#define SCRATCH_SLOTS 4
#define TEXT_MAX (AW_PATH_MAX * 2)

struct aw_config config SEC(".data.config") = {};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct aw_watched);
} watched SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__type(key, struct aw_feature_key);
	__type(value, struct aw_feature);
} known SEC(".maps");

/* First level: a file that was recognised before, in this container. */
struct file_key {
	u64 container;
	u64 inode;
	u32 device;
	u32 generation;
	u32 name_hash;
	u32 access;
};
struct file_mark {
	u64 hash; /* of the feature in `known` */
	u32 sample;
	u32 epoch;
	u32 told; /* not known, but told in this sample */
	u32 reserved;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct file_key);
	__type(value, struct file_mark);
} files SEC(".maps");

/*
 * Before the first level: files and endpoints that were recognised in this sample, as keyed hashes of all that makes the mark (file and
 * access, or address and port; container, sample, epoch) in sets of one cache line. One word is written and read at once, so nothing can be torn, and what is
 * outdated matches nothing.
 */
#define RECENT_SETS 16384
#define RECENT_WAYS 8
struct recent {
	u64 words[RECENT_WAYS];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECENT_SETS);
	__type(key, u32);
	__type(value, struct recent);
} recent_marks SEC(".maps");

/* In which sample a container last showed a feature: incidence is counted once per container and sample. */
struct seen_key {
	u64 container;
	u64 hash;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 131072);
	__type(key, struct seen_key);
	__type(value, u32);
} seen SEC(".maps");

/* Names (digits and dots removed, 16 bytes) of interpreters and multi-call programs: what they run is part of the key. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, u8[16]);
	__type(value, u8);
} interpreters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct aw_task);
} tasks SEC(".maps");

/* Executions, exits and cgroups have a ring of their own: a flood of file names cannot push them out. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 2 << 20);
} process_ring SEC(".maps");

/* Marks of processes, for the history: nobody is woken for them, and what a storm of them has no room for pushes nothing else out. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 << 10);
} mark_ring SEC(".maps");

/*
 * Starts that were not told yet, by execution: most programs end before the reader fetches these, every five seconds, and are told by one mark
 * with their end. Who takes an entry out, the reader or the end, tells the start. One that finds no room is told at once.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct aw_mark);
} young_marks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} activity_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct aw_stats);
} stats SEC(".maps");

/* Losses by container, hook and reason, for as long as the container is watched. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct aw_container_loss);
	__type(value, u64);
} container_losses SEC(".maps");

/* User space makes the entry when it watches the container, and removes it: a container without one is not counted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct aw_counts);
} counts SEC(".maps");

/*
 * Mount and pid namespaces of containers, by inode, and whose they are: its cgroup id. User space makes the entries when it watches the
 * container, of namespaces that are not the node's, and removes them.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u32);
	__type(value, u64);
} namespaces SEC(".maps");

/* Made with the first call of a container, in strict mode; user space removes it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct aw_syscalls);
} syscalls SEC(".maps");

/* What a new value of `syscalls` is made of: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct aw_syscalls);
} no_syscalls SEC(".maps");

struct scratch {
	u32 busy;
	u32 text_start; /* where the path begins in `text` */
	u32 text_bytes;
	u32 text_flags;
	u32 tail_bytes; /* stand in `text` already, before AW_PATH_MAX: the path is written in front of them */
	/* Addresses of what walk_path walks: the verifier lets a function of its own take numbers only. */
	u64 dentry;
	u64 mnt;
	/*
	 * Loop state stands in map memory, not on the stack: the verifier would follow every constant value of it, and that of 6.1, which looks
	 * at one turn of a loop only, takes what is 0 in that turn for 0 in all of them and removes the code for anything else.
	 */
	u32 name_left; /* of the present label */
	u32 name_bytes;
	u32 name_state; /* 0: reading, 1: at its end, 2: none */
	u32 fold_out;
	u32 fold_in_digits;
	u32 answer_at;
	u32 answer_fresh; /* an address that was not told with this name */
	u32 answer_mark; /* the record was written: they are told now */
	u32 answer_bytes;
	/* Paths are built backwards from the end of the first half; the second half holds what is folded. */
	u8 text[TEXT_MAX + 512];
	struct aw_record record;
	u8 data[AW_DATA_MAX + AW_PATH_MAX];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

#endif
