/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files, when an open returns: the descriptor's struct file cannot be changed by user space any more. Not seen here: opens through
 * io_uring, failed opens, and 32-bit int 0x80 calls.
 */
#include "lib/record.h"

static __always_inline struct file *file_of(long descriptor)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file **table, *file = 0;

	table = BPF_CORE_READ(task, files, fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), table + descriptor);
	return file;
}

/* Does a pattern of the workload cover the path in the scratch? Leaves the pattern's hash in *hash. */
static __always_inline bool known_as_pattern(struct aw_watched *w, struct scratch *s, bool write, u32 kind, u64 *hash)
{
	if (w->flags & AW_WATCHED_FOLDED) {
		u32 bytes = fold_text(s, s->text_start, s->text_bytes, 0);

		*hash = hash_text(s, AW_PATH_MAX, bytes, write ? AW_HASH_FILE_WRITE_FOLDED : AW_HASH_FILE_READ_FOLDED);
		if (known_as(w, *hash, kind))
			return true;
	}
	if (w->flags & AW_WATCHED_DIRECTORY) {
		u32 bytes = directory_bytes(s);

		*hash = hash_text(s, s->text_start, bytes, write ? AW_HASH_FILE_WRITE_DIRECTORY : AW_HASH_FILE_READ_DIRECTORY);
		if (bytes && known_as(w, *hash, kind))
			return true;
	}
	return false;
}

/* Second level, by path. Out of line: the first level decides almost always. */
static __noinline int open_missed(struct aw_watched *w, struct file *file, struct file_key *mark_key, u32 mode, u32 i_mode)
{
	bool write = mode & FMODE_WRITE;
	u32 kind = write ? AW_KIND_FILE_WRITE : AW_KIND_FILE_READ;
	struct aw_task *state = task_state(bpf_get_current_task_btf());
	struct scratch *s;

	/* The container runtime's own set-up, before the container's program runs. */
	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	s = take_scratch(AW_HOOK_OPEN);
	if (!s)
		return 0;
	COUNT(missed, kind);
	path_text(s, (u64)BPF_CORE_READ(file, f_path.dentry), (u64)BPF_CORE_READ(file, f_path.mnt), S_ISDIR(i_mode));

	u32 flags = s->text_flags;
	u64 hash = hash_text(s, s->text_start, s->text_bytes, write ? AW_HASH_FILE_WRITE : AW_HASH_FILE_READ);
	u64 pattern = hash;
	enum decision decision = decide(w, hash, kind);

	if (decision == DECIDED_NEW && known_as_pattern(w, s, write, kind, &pattern))
		decision = DECIDED_KNOWN;
	if (flags & AW_FLAG_PATH_TRUNCATED) {
		count_loss(AW_HOOK_OPEN, AW_LOSS_PATH_TOO_LONG);
		/* What was cut off is not known: never let it stand for the whole. */
		if (decision == DECIDED_KNOWN)
			decision = DECIDED_NEW;
	}
	bool settled = decision == DECIDED_KNOWN || decision == DECIDED_REPEATED;

	if (!settled && within_rate(w, AW_HOOK_OPEN)) {
		struct aw_record *r = &s->record;
		u32 at = 0;

		begin_record(r, w, kind, AW_HOOK_OPEN, hash);
		r->flags |= flags | (decision == DECIDED_JUDGED ? AW_FLAG_JUDGED : 0) |
			    (mode & FMODE_CREATED ? AW_FLAG_CREATED : 0);
		r->mode = i_mode;
		r->path_bytes = append_text(s, &at);
		append_args(s, &at);
		append_exe(s, &at);
		append_cwd(s, &at);
		if (send_record(s, &activity_ring, at)) {
			mark_told(w, hash, AW_HOOK_OPEN);
			settled = true;
		}
	}
	if (settled) {
		struct file_mark mark = {
			.hash = pattern,
			.sample = w->sample,
			.epoch = config.epoch,
			.told = decision != DECIDED_KNOWN,
		};

		bpf_map_update_elem(&files, mark_key, &mark, BPF_ANY);
	}
	give_scratch(s);
	return 0;
}

static __always_inline int on_open(long descriptor)
{
	struct aw_watched *w;
	struct file *file;

	if (descriptor < 0)
		return 0;
	w = watched_current();
	if (!w)
		return 0;
	file = file_of(descriptor);
	if (!file)
		return 0;
	u32 mode = BPF_CORE_READ(file, f_mode);
	if (mode & FMODE_PATH)
		return 0;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct file_key key = {
		.container = w->container,
		.inode = BPF_CORE_READ(inode, i_ino),
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.generation = BPF_CORE_READ(inode, i_generation),
		.name_hash = BPF_CORE_READ(dentry, d_name.hash),
		.access = mode & FMODE_WRITE,
	};
	u32 kind = mode & FMODE_WRITE ? AW_KIND_FILE_WRITE : AW_KIND_FILE_READ;
	struct file_mark *mark = bpf_map_lookup_elem(&files, &key);

	if (mark && mark->epoch == config.epoch) {
		if (mark->sample == w->sample) {
			if (mark->told)
				COUNT(repeated, kind);
			else
				COUNT(known, kind);
			return 0;
		}
		if (known_as(w, mark->hash, kind)) {
			mark->told = 0;
			mark->sample = w->sample;
			return 0;
		}
	}
	return open_missed(w, file, &key, mode, BPF_CORE_READ(inode, i_mode));
}

SEC("tracepoint/syscalls/sys_exit_open")
int on_exit_open(struct trace_event_raw_sys_exit *context)
{
	return on_open(context->ret);
}

SEC("tracepoint/syscalls/sys_exit_openat")
int on_exit_openat(struct trace_event_raw_sys_exit *context)
{
	return on_open(context->ret);
}

SEC("tracepoint/syscalls/sys_exit_openat2")
int on_exit_openat2(struct trace_event_raw_sys_exit *context)
{
	return on_open(context->ret);
}

SEC("tracepoint/syscalls/sys_exit_creat")
int on_exit_creat(struct trace_event_raw_sys_exit *context)
{
	return on_open(context->ret);
}
