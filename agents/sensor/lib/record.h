/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records: what is told to user space about something new. */
#ifndef ANCHORWATCH_RECORD_H
#define ANCHORWATCH_RECORD_H

#include "filter.h"

static __always_inline struct aw_task *task_state(struct task_struct *task)
{
	struct aw_task *state = bpf_task_storage_get(&tasks, task, 0, 0);

	if (!state) {
		struct task_struct *leader = task->group_leader;

		if (leader)
			state = bpf_task_storage_get(&tasks, leader, 0, 0);
	}
	return state;
}

/*
 * Of `task`, which the verifier knows to be a task: the current one, or one that a hook was given. `lineage`: may the program read task
 * storage?
 */
static __always_inline void begin_record_of(struct task_struct *task, struct aw_record *r, struct aw_watched *w, u32 kind, u32 hook,
					    u64 key, bool lineage)
{
	struct aw_task *state = lineage ? task_state(task) : 0;

	__builtin_memset(r, 0, sizeof(*r));
	r->version = AW_WIRE_VERSION;
	r->kind = kind;
	r->hook = hook;
	r->time_ns = bpf_ktime_get_ns();
	r->cgroup_id = w->container;
	r->workload = w->workload;
	r->key = key;
	r->pid = task->tgid;
	r->tid = task->pid;
	r->uid = LOAD(task, cred, uid.val);
	r->gid = LOAD(task, cred, gid.val);
	r->start_time_ns = LOAD(task, group_leader, start_boottime);
	if (state) {
		r->program = state->program;
		r->execution = state->execution;
		r->parent_execution = state->parent_execution;
	}
	if (w->flags & AW_WATCHED_PROVISIONAL)
		r->flags |= AW_FLAG_PROVISIONAL;
	bpf_core_read(r->comm, sizeof(r->comm), &task->comm);

	struct task_struct *parent = task->real_parent;
	r->parent_pid = parent->tgid;
	if (!lineage)
		return;
	for (u32 i = 0; i < AW_ANCESTORS_MAX; i++) {
		struct aw_task *up = bpf_task_storage_get(&tasks, parent, 0, 0);

		if (!up)
			break;
		r->ancestors[i].pid = parent->tgid;
		r->ancestors[i].start_time_ns = parent->start_boottime;
		r->ancestors[i].program = up->program;
		r->ancestors[i].execution = up->execution;
		r->ancestors_count = i + 1;
		parent = parent->real_parent;
	}
}

/*
 * Of the current task, by programs that may read task storage. A function of its own, as append_process: the verifier looks at it once,
 * and not on each way that leads to it. It searches the kernel's types by name for each pointer that it can trust: what loads the
 * programs takes a third of the time so.
 */
__noinline int begin_record(struct scratch *s, struct aw_watched *w, u32 kind, u32 hook, u64 key)
{
	if (!s || !w)
		return 0;
	begin_record_of(bpf_get_current_task_btf(), &s->record, w, kind, hook, key, true);
	return 0;
}

/* Appends the text that path_text left in the scratch; returns its length. */
static __always_inline u16 append_text(struct scratch *s, u32 *at)
{
	u32 bytes = s->text_bytes, start = s->text_start & (AW_PATH_MAX - 1);

	if (bytes > AW_PATH_MAX - 1)
		bytes = AW_PATH_MAX - 1;
	bpf_probe_read_kernel(s->data + (*at & (AW_DATA_MAX - 1)), bytes & (AW_PATH_MAX - 1), s->text + start);
	*at += bytes;
	return bytes;
}

/* Appends the process's arguments as they stand in its memory. */
static __always_inline void append_args(struct scratch *s, u32 *at)
{
	struct mm_struct *mm = LOAD(bpf_get_current_task_btf(), mm);

	if (!mm)
		return;
	u64 begin = LOAD(mm, arg_start), end = LOAD(mm, arg_end);
	u64 bytes = end - begin;

	if (end <= begin)
		return;
	if (bytes > AW_ARGS_MAX - 1) {
		bytes = AW_ARGS_MAX - 1;
		s->record.flags |= AW_FLAG_ARGS_TRUNCATED;
	}
	if (bpf_probe_read_user(s->data + (*at & (AW_DATA_MAX - 1)), bytes & (AW_ARGS_MAX - 1), (void *)begin)) {
		count_loss(s->record.cgroup_id, s->record.hook, AW_LOSS_UNREADABLE);
		return;
	}
	s->record.args_bytes = bytes;
	*at += bytes;
}

static __always_inline void append_exe(struct scratch *s, struct mm_struct *mm, u32 *at)
{

	if (!mm || !LOAD(mm, exe_file))
		return;
	path_text(s, LOAD(mm, exe_file, f_path.dentry), LOAD(mm, exe_file, f_path.mnt), 0);
	s->record.exe_bytes = append_text(s, at);
}

static __always_inline void append_cwd(struct scratch *s, u32 *at)
{
	struct fs_struct *fs = LOAD(bpf_get_current_task_btf(), fs);

	if (!fs)
		return;
	path_text(s, LOAD(fs, pwd.dentry), LOAD(fs, pwd.mnt), 0);
	s->record.cwd_bytes = append_text(s, at);
}

enum process_part { PROCESS_WITHOUT_EXE, PROCESS_WITH_EXE, PROCESS_WITH_STARTER };

/*
 * Appends what a record tells of the current process: arguments, executable (its own or its parent's), working directory. Answers how
 * long the data is then.
 */
__noinline u32 append_process(struct scratch *s, u32 at, u32 part)
{
	if (!s)
		return at;
	append_args(s, &at);
	if (part == PROCESS_WITH_EXE)
		append_exe(s, LOAD(bpf_get_current_task_btf(), mm), &at);
	else if (part == PROCESS_WITH_STARTER)
		append_exe(s, LOAD(bpf_get_current_task_btf(), real_parent, mm), &at);
	append_cwd(s, &at);
	return at;
}

/* A deleted file of a tmpfs whose path, in the scratch, is a memfd's name is one. */
static __always_inline u8 memfd_or(struct scratch *s, u8 origin)
{
	u32 at = (s->text_start + 1) & (AW_PATH_MAX - 1);

	return origin == AW_ORIGIN_DELETED && s->text[at] == 'm' && s->text[at + 1] == 'e' && s->text[at + 2] == 'm' &&
			       s->text[at + 3] == 'f' && s->text[at + 4] == 'd' && s->text[at + 5] == ':' ?
		       AW_ORIGIN_MEMFD :
		       origin;
}

/* Where a file came from; memfd_or tells memfds from other deleted files. */
static __always_inline u8 origin_of(struct file *file)
{
	struct inode *inode = LOAD(file, f_inode);
	u64 magic = LOAD(inode, i_sb, s_magic);

	if (!LOAD(inode, i_nlink))
		return AW_ORIGIN_DELETED;
	if (magic == OVERLAYFS_SUPER_MAGIC) {
		void *upper = 0;

		if (bpf_core_type_exists(struct ovl_inode)) {
			struct ovl_inode *ovl = (void *)inode - bpf_core_field_offset(struct ovl_inode, vfs_inode);

			/* Not LOAD: overlayfs is a module as a rule, and types of modules cannot be cast to. */
			upper = BPF_CORE_READ(ovl, __upperdentry);
			/* With metacopy a change of mode or owner alone makes an upper file, whose content is still the image's. */
			if (upper && bpf_core_enum_value_exists(enum ovl_inode_flag, OVL_UPPERDATA) &&
			    !(BPF_CORE_READ(ovl, flags) >> bpf_core_enum_value(enum ovl_inode_flag, OVL_UPPERDATA) & 1))
				upper = 0;
		} else {
			/* overlayfs as a module without BTF: the upper dentry follows the inode. */
			bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
		}
		return upper ? AW_ORIGIN_WRITTEN : AW_ORIGIN_IMAGE;
	}
	return magic == TMPFS_MAGIC ? AW_ORIGIN_TMPFS : AW_ORIGIN_MOUNT;
}

/* The other end of a connection. */
static __always_inline void tell_peer(struct aw_record *r, struct sock *sk)
{
	r->family = LOAD(sk, __sk_common.skc_family);
	r->port = __builtin_bswap16(LOAD(sk, __sk_common.skc_dport));
	if (r->family == AF_INET)
		bpf_core_read(r->address, 4, &sk->__sk_common.skc_daddr);
	else if (r->family == AF_INET6)
		bpf_core_read(r->address, 16, &sk->__sk_common.skc_v6_daddr);
}

/* Of calls that failed only what was forbidden is behaviour: to ask whether a name is there is not. */
static __always_inline bool forbidden(long result)
{
	return result == -EPERM || result == -EACCES || result == -EROFS;
}

/*
 * Makes a path in the scratch of the name of `length` bytes that stands in its data, behind the directory of that descriptor when it is
 * relative. False when it cannot be told.
 */
static __always_inline bool path_of_name(struct scratch *s, int descriptor, u32 length)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file;

	if (length) {
		bpf_probe_read_kernel(s->text + ((AW_PATH_MAX - length) & (AW_PATH_MAX - 1)), length, s->data);
		if (s->data[0] == '/') {
			s->text_start = AW_PATH_MAX - length;
			s->text_bytes = length;
			s->text_flags = 0;
			return true;
		}
	}
	s->tail_bytes = length;
	if (descriptor == AT_FDCWD) {
		struct fs_struct *fs = task->fs;

		if (!fs || !length)
			return false;
		path_text(s, LOAD(fs, pwd.dentry), LOAD(fs, pwd.mnt), 0);
	} else {
		file = file_of(descriptor);
		if (!file)
			return false;
		path_text(s, LOAD(file, f_path.dentry), LOAD(file, f_path.mnt), 0);
	}
	s->tail_bytes = 0;
	return true;
}

/*
 * Puts the path that a call was given into the scratch: the name as it stands in the task's memory, behind its directory when it is
 * relative. `directory`, `path`: which arguments. False when it cannot be told.
 */
static __always_inline bool named_path(struct scratch *s, u32 directory, u32 path)
{
	int descriptor = directory == AW_CALL_NOTHING ? AT_FDCWD : (int)argument_of(directory);
	u64 name = path == AW_CALL_NOTHING ? 0 : argument_of(path);
	u32 length = 0;

	if (name) {
		long bytes = bpf_probe_read_user_str(s->data, AW_PATH_MAX, (void *)name);

		if (bytes < 0)
			return false;
		length = (bytes - 1) & (AW_PATH_MAX - 1);
	}
	return path_of_name(s, descriptor, length);
}

enum pattern { NO_PATTERN, FOLDED_PATTERN, DIRECTORY_PATTERN };

/* Which pattern of the workload covers the path in the scratch? Leaves its hash in *hash. */
static __always_inline enum pattern known_as_pattern(struct aw_watched *w, struct scratch *s, u32 folded_type, u32 directory_type, u32 kind,
					     u64 *hash)
{
	if (w->flags & AW_WATCHED_FOLDED) {
		u32 bytes = fold_text(s, s->text_start, s->text_bytes, 0);

		*hash = hash_text(s, AW_PATH_MAX, bytes, folded_type);
		if (known_as(w, *hash, kind))
			return FOLDED_PATTERN;
	}
	if (w->flags & AW_WATCHED_DIRECTORY) {
		u32 bytes = directory_bytes(s);

		*hash = hash_text(s, s->text_start, bytes, directory_type);
		if (bytes && known_as(w, *hash, kind))
			return DIRECTORY_PATTERN;
	}
	return NO_PATTERN;
}

/* Writes the record; true when it is in the ring. */
static __always_inline bool send_record(struct scratch *s, void *ring, u32 data_bytes)
{
	u32 size = sizeof(struct aw_record) + data_bytes;
	u32 kind = s->record.kind;
	struct aw_stats *st;

	if (size > sizeof(struct aw_record) + AW_DATA_MAX)
		size = sizeof(struct aw_record) + AW_DATA_MAX;
	s->record.size_bytes = size;
	if (bpf_ringbuf_output(ring, &s->record, size, 0)) {
		count_loss(s->record.kind == AW_KIND_CGROUP_MAKE || s->record.kind == AW_KIND_CGROUP_REMOVE ? 0 : s->record.cgroup_id,
			   s->record.hook, AW_LOSS_RING_FULL);
		return false;
	}
	st = own_stats();
	/* Verifiers of 6.1 forget the bound of what is checked before a call: it is checked again behind this. */
	asm volatile("" : "+r"(kind));
	if (st && kind < AW_KIND_COUNT)
		st->emitted[kind]++;
	return true;
}

#endif
