/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files, when an open returns: the descriptor's struct file cannot be changed by user space any more. Of opens that failed those that
 * were forbidden are told, by the name that was asked for. Not seen here: but in strict mode, 32-bit int 0x80 calls.
 */
#include "lib/entered.h"

/* The word that stands for a file and access in a container's present sample. */
static __always_inline u64 recent_word(struct aw_watched *w, const struct file_key *key)
{
	u64 words[5] = {
		key->inode,
		key->container,
		(u64)w->sample << 32 | config.epoch,
		(u64)key->name_hash << 32 | key->generation,
		(u64)key->device << 32 | key->access,
	};

	return hash_words(AW_HASH_FILE_RECENT, words, 5);
}

#define ACCESS_DIRECTORY 0x100

static __always_inline struct file_key key_of(struct aw_watched *w, struct inode *inode, u32 name_hash, u32 access)
{
	struct file_key key = {
		.container = w->container,
		.inode = LOAD(inode, i_ino),
		.device = LOAD(inode, i_sb, s_dev),
		.generation = LOAD(inode, i_generation),
		.name_hash = name_hash,
		.access = access,
	};

	return key;
}

/*
 * Files of /proc that tell what a process holds: environ, mem, maps, smaps, auxv, cmdline, pagemap. Who reads them of another process counts,
 * so that no mark of the first level may stand for them: it knows the file alone.
 */
enum proc_file { PROC_NONE, PROC_OWN, PROC_OTHERS };

static __always_inline bool is_telling(u64 name)
{
	return name == 0x6e6f7269766e65 || name == 0x6d656d || name == 0x7370616d || name == 0x7370616d73 || name == 0x76787561 ||
	       name == 0x656e696c646d63 || name == 0x70616d65676170;
}

static __always_inline enum proc_file proc_file_of(struct file *file)
{
	struct inode *inode = LOAD(file, f_inode);
	struct task_struct *task = bpf_get_current_task_btf();
	struct proc_inode *of;
	struct pid *pid;
	u64 name = 0;

	if (LOAD(inode, i_sb, s_magic) != PROC_SUPER_MAGIC)
		return PROC_NONE;
	if (bpf_probe_read_kernel_str(&name, sizeof(name), LOAD(file, f_path.dentry, d_name.name)) < 0 || !is_telling(name))
		return PROC_NONE;
	of = (struct proc_inode *)((char *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode));
	pid = LOAD(of, pid);
	/* Of /proc itself: /proc/cmdline is the node's. */
	if (!pid)
		return PROC_NONE;
	return pid == LOAD(task, thread_pid) || pid == LOAD(task, group_leader, thread_pid) ? PROC_OWN : PROC_OTHERS;
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
	enum proc_file proc = proc_file_of(file);
	/* The root of a mount has its parent elsewhere, and a captured file is told by its path. */
	bool with_mark = w->flags & AW_WATCHED_DIRECTORY && proc == PROC_NONE && !S_ISDIR(i_mode) && !(w->flags & AW_WATCHED_CAPTURE) &&
			 LOAD(file, f_path.dentry) != LOAD(file, f_path.mnt, mnt_root);
	struct file_key directory = {};

	if (with_mark) {
		/* Where everything is known, a new name needs no path. */
		directory = key_of(w, LOAD(file, f_path.dentry, d_parent, d_inode), 0, (mode & FMODE_WRITE) | ACCESS_DIRECTORY);
		struct file_mark *volatile_mark = bpf_map_lookup_elem(&files, &directory);

		if (volatile_mark && volatile_mark->epoch == config.epoch && known_as(w, volatile_mark->hash, kind))
			return 0;
	}
	s = take_scratch(w->container, AW_HOOK_OPEN);
	if (!s)
		return 0;
	COUNT(missed, kind);
	path_text(s, LOAD(file, f_path.dentry), LOAD(file, f_path.mnt), S_ISDIR(i_mode));

	u32 flags = s->text_flags;
	u64 hash = hash_text(s, s->text_start, s->text_bytes, write ? AW_HASH_FILE_WRITE : AW_HASH_FILE_READ);
	u64 pattern = hash;
	if (proc == PROC_OTHERS) {
		u64 words[2] = { hash, state ? state->program : 0 };

		hash = hash_words(AW_HASH_PROC_READER, words, 2);
		flags |= AW_FLAG_OTHERS;
	}
	enum decision decision = decide(w, hash, kind);
	enum pattern covered = NO_PATTERN;

	if (decision == DECIDED_NEW && proc != PROC_OTHERS)
		covered = known_as_pattern(w, s, write ? AW_HASH_FILE_WRITE_FOLDED : AW_HASH_FILE_READ_FOLDED,
					   write ? AW_HASH_FILE_WRITE_DIRECTORY : AW_HASH_FILE_READ_DIRECTORY, kind, &pattern);
	if (covered)
		decision = DECIDED_KNOWN;
	if (flags & AW_FLAG_PATH_TRUNCATED) {
		count_loss(w->container, AW_HOOK_OPEN, AW_LOSS_PATH_TOO_LONG);
		/* What was cut off is not known: never let it stand for the whole. */
		if (decision == DECIDED_KNOWN)
			decision = DECIDED_NEW;
	}
	bool settled = decision == DECIDED_KNOWN || decision == DECIDED_REPEATED;

	if (!silent(w, decision, AW_HOOK_OPEN, &flags) && within_rate(w, AW_HOOK_OPEN, flags)) {
		struct aw_record *r = &s->record;
		u32 at = 0;

		begin_record(s, w, kind, AW_HOOK_OPEN, hash);
		r->flags |= flags | (mode & FMODE_CREATED ? AW_FLAG_CREATED : 0);
		r->mode = i_mode;
		r->path_bytes = append_text(s, &at);
		at = append_process(s, at, PROCESS_WITH_EXE);
		if (send_record(s, &activity_ring, at) && !(flags & AW_FLAG_CAPTURED)) {
			mark_told(w, hash, AW_HOOK_OPEN);
			settled = true;
		}
	}
	if (settled && proc == PROC_NONE) {
		struct file_mark mark = {
			.hash = pattern,
			.sample = w->sample,
			.epoch = config.epoch,
			.told = decision != DECIDED_KNOWN,
		};

		/* One mark for all of a volatile directory: its files' own would push out those of others. */
		bpf_map_update_elem(&files, with_mark && covered == DIRECTORY_PATTERN && decision == DECIDED_KNOWN ? &directory : mark_key,
				    &mark, BPF_ANY);
	}
	give_scratch(s);
	return 0;
}

static __always_inline int take_open(long descriptor)
{
	struct aw_watched *w;
	struct file *file;
	u64 word, *slot;
	bool found;

	if (descriptor < 0)
		return 0;
	w = watched_or_entered();
	if (!w)
		return 0;
	if (descriptor >= AW_DESCRIPTORS_MANY)
		COUNT_DEED(w, descriptors);
	file = file_of(descriptor);
	if (!file)
		return 0;
	u32 mode = LOAD(file, f_mode);
	if (mode & FMODE_CREATED)
		COUNT_DEED(w, creates);
	if (mode & FMODE_PATH)
		return 0;
	struct inode *inode = LOAD(file, f_inode);
	struct file_key key = key_of(w, inode, LOAD(file, f_path.dentry, d_name.hash), mode & FMODE_WRITE);
	u32 kind = mode & FMODE_WRITE ? AW_KIND_FILE_WRITE : AW_KIND_FILE_READ;

	if (w->flags & AW_WATCHED_CAPTURE)
		return open_missed(w, file, &key, mode, LOAD(inode, i_mode));
	word = recent_word(w, &key);
	slot = recent_slot(word, &found);
	if (found) {
		COUNT(known, kind);
		return 0;
	}
	struct file_mark *mark = bpf_map_lookup_elem(&files, &key);

	if (mark && mark->epoch == config.epoch) {
		if (mark->sample == w->sample) {
			if (mark->told) {
				COUNT(repeated, kind);
			} else {
				COUNT(known, kind);
				if (slot)
					*slot = word;
			}
			return 0;
		}
		if (known_as(w, mark->hash, kind)) {
			mark->told = 0;
			mark->sample = w->sample;
			if (slot)
				*slot = word;
			return 0;
		}
	}
	return open_missed(w, file, &key, mode, LOAD(inode, i_mode));
}

/*
 * Opens through io_uring, when they are completed: by the task itself or by one of its workers, which share its descriptors. The operation is
 * told by on_io_uring (call.bpf.c), sockets by on_io_uring_socket (ring.bpf.c).
 */
#define IORING_OP_OPENAT 18
#define IORING_OP_OPENAT2 28

SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_io_uring_complete, void *ring, void *request)
{
	struct io_kiocb *req = request;
	u8 opcode = LOAD(req, opcode);

	/* What came into a table of the ring has no descriptor: the result is 0, or a place in that table. */
	if ((opcode != IORING_OP_OPENAT && opcode != IORING_OP_OPENAT2) || LOAD((struct io_open *)request, file_slot))
		return 0;
	return take_open(LOAD(req, cqe.res));
}

/*
 * An open into a table of the ring, which no descriptor leads to: told when it is asked for, by its name, which the kernel has copied by then;
 * links are not followed.
 */
__noinline int take_ring_open(u64 address)
{
	struct io_open *request = (struct io_open *)address;
	u64 open_flags = LOAD(request, how.flags), pattern;
	struct aw_watched *w = watched_or_entered();
	struct scratch *s;
	u32 at = 0;

	if (!w || !LOAD(request, file_slot) || open_flags & O_PATH)
		return 0;
	s = take_scratch(w->container, AW_HOOK_OPEN);
	if (!s)
		return 0;
	long bytes = bpf_probe_read_kernel_str(s->data, AW_PATH_MAX, LOAD(request, filename, name));
	u32 length = (bytes - 1) & (AW_PATH_MAX - 1);

	if (bytes <= 1 || !path_of_name(s, LOAD(request, dfd), length)) {
		count_loss(w->container, AW_HOOK_OPEN, AW_LOSS_UNREADABLE);
		give_scratch(s);
		return 0;
	}
	bool write = open_flags & (O_ACCMODE | O_TRUNC);
	u32 kind = write ? AW_KIND_FILE_WRITE : AW_KIND_FILE_READ;
	u32 flags = s->text_flags;
	u64 hash = hash_text(s, s->text_start, s->text_bytes, write ? AW_HASH_FILE_WRITE : AW_HASH_FILE_READ);
	enum decision decision = decide(w, hash, kind);

	if (decision == DECIDED_NEW && known_as_pattern(w, s, write ? AW_HASH_FILE_WRITE_FOLDED : AW_HASH_FILE_READ_FOLDED,
							write ? AW_HASH_FILE_WRITE_DIRECTORY : AW_HASH_FILE_READ_DIRECTORY, kind, &pattern))
		decision = DECIDED_KNOWN;
	if (flags & AW_FLAG_PATH_TRUNCATED) {
		count_loss(w->container, AW_HOOK_OPEN, AW_LOSS_PATH_TOO_LONG);
		if (decision == DECIDED_KNOWN)
			decision = DECIDED_NEW;
	}
	if (!silent(w, decision, AW_HOOK_OPEN, &flags) && within_rate(w, AW_HOOK_OPEN, flags)) {
		struct aw_record *r = &s->record;

		begin_record(s, w, kind, AW_HOOK_OPEN, hash);
		r->flags |= flags;
		r->path_bytes = append_text(s, &at);
		at = append_process(s, at, PROCESS_WITH_EXE);
		if (send_record(s, &activity_ring, at) && !(flags & AW_FLAG_CAPTURED))
			mark_told(w, hash, AW_HOOK_OPEN);
	}
	give_scratch(s);
	return 0;
}

/*
 * An open that was forbidden: its name as it stands in the task's memory, where another thread could have changed it meanwhile, and
 * links are not followed. Out of line: few are.
 */
static __noinline int open_refused(struct aw_watched *w, u64 cookie, long result)
{
	u32 flags_argument = cookie >> 32 & 0xff;
	u64 open_flags = flags_argument == AW_CALL_NOTHING ? 1 : argument_of(flags_argument);
	struct aw_task *state = task_state(bpf_get_current_task_btf());
	struct scratch *s;
	u32 at = 0;

	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	if (cookie & AW_CHANGE_POINTER && bpf_probe_read_user(&open_flags, sizeof(open_flags), (void *)open_flags))
		return 0;
	if (open_flags & O_PATH)
		return 0;
	s = take_scratch(w->container, AW_HOOK_OPEN);
	if (!s)
		return 0;
	if (!named_path(s, cookie >> 16 & 0xff, cookie >> 24 & 0xff)) {
		count_loss(w->container, AW_HOOK_OPEN, AW_LOSS_UNREADABLE);
		give_scratch(s);
		return 0;
	}
	bool write = open_flags & (O_ACCMODE | O_TRUNC);
	u32 kind = write ? AW_KIND_FILE_WRITE : AW_KIND_FILE_READ;
	u32 flags = s->text_flags;
	u64 hash = hash_text(s, s->text_start, s->text_bytes, write ? AW_HASH_FILE_WRITE_REFUSED : AW_HASH_FILE_READ_REFUSED);
	enum decision decision = decide(w, hash, kind);

	if (flags & AW_FLAG_PATH_TRUNCATED) {
		count_loss(w->container, AW_HOOK_OPEN, AW_LOSS_PATH_TOO_LONG);
		if (decision == DECIDED_KNOWN)
			decision = DECIDED_NEW;
	}
	if (!silent(w, decision, AW_HOOK_OPEN, &flags) && within_rate(w, AW_HOOK_OPEN, flags)) {
		struct aw_record *r = &s->record;

		begin_record(s, w, kind, AW_HOOK_OPEN, hash);
		r->flags |= flags | AW_FLAG_REFUSED;
		r->result = result;
		r->path_bytes = append_text(s, &at);
		at = append_process(s, at, PROCESS_WITH_EXE);
		if (send_record(s, &activity_ring, at) && !(flags & AW_FLAG_CAPTURED))
			mark_told(w, hash, AW_HOOK_OPEN);
	}
	give_scratch(s);
	return 0;
}

/* No descriptor is left, of the process or of the node. */
static __always_inline bool used_up(long result)
{
	return result == -EMFILE || result == -ENFILE;
}

static __noinline int count_used_up(void)
{
	struct aw_watched *w = watched_or_entered();

	if (w)
		COUNT_DEEDS(w, descriptors, AW_DESCRIPTORS_REFUSED);
	return 0;
}

/* Attached to calls that answer a descriptor, or 0, and that nothing else is told of: pipes and copies use descriptors up as files do. */
SEC("tracepoint")
int on_exit_descriptor(struct trace_event_raw_sys_exit *context)
{
	long result = context->ret;
	struct aw_watched *w;

	if (used_up(result))
		return count_used_up();
	if (result < AW_DESCRIPTORS_MANY)
		return 0;
	w = watched_or_entered();
	if (w)
		COUNT_DEED(w, descriptors);
	return 0;
}

/* Attached to each call that opens a file and answers its descriptor. */
SEC("tracepoint")
int on_exit_open(struct trace_event_raw_sys_exit *context)
{
	long result = context->ret;
	struct aw_watched *w;
	u64 cookie;

	if (result >= 0)
		return take_open(result);
	if (used_up(result))
		return count_used_up();
	if (!forbidden(result))
		return 0;
	w = watched_or_entered();
	cookie = bpf_get_attach_cookie(context);
	/* Without a path (a handle) it is a rare call, and told as such. */
	if (!w || (cookie >> 24 & 0xff) == AW_CALL_NOTHING)
		return 0;
	return open_refused(w, cookie, result);
}
