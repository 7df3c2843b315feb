/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes: fork carries a task's state on, exec makes the feature, exit tells the end of what was reported. */
#include "lib/entered.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct aw_task *from = bpf_task_storage_get(&tasks, parent, 0, 0);
	struct aw_task *to;

	if (!from && parent->group_leader)
		from = bpf_task_storage_get(&tasks, parent->group_leader, 0, 0);
	if (!from) {
		u64 id = cgroup_of(child);

		/* Nothing is known of the parent: outside of every container, unless it is older than the sensor. */
		if (!bpf_map_lookup_elem(&watched, &id) || watched_current())
			return 0;
	}
	to = bpf_task_storage_get(&tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!to) {
		count_loss(from ? from->container : 0, AW_HOOK_FORK, AW_LOSS_STORAGE_FULL);
		return 0;
	}
	to->flags = AW_TASK_RUNTIME;
	if (from) {
		to->program = from->program;
		to->flags &= from->flags;
		to->container = from->container;
		to->execution = from->execution;
		to->parent_execution = from->parent_execution;
		mark_entered(to, from->flags & AW_TASK_ENTERED);
	}
	return 0;
}

/* "python3.11" and "python3" are one interpreter: digits and dots do not count. */
static __always_inline bool is_interpreter(struct scratch *s)
{
	u32 directory = directory_bytes(s), bytes = s->text_bytes;
	u32 length;

	if (bytes <= directory || bytes - directory > 32)
		return false;
	length = fold_text(s, s->text_start + directory, bytes - directory, 1);
	if (!length || length > 15)
		return false;
	u64 *name = (u64 *)(s->text + AW_PATH_MAX);
	u32 low = length < 8 ? length : 8, high = length - low;
	u64 key[2] = {
		low == 8 ? name[0] : name[0] & ((1ULL << (low * 8)) - 1),
		high ? name[1] & ((1ULL << (high * 8)) - 1) : 0,
	};
	return bpf_map_lookup_elem(&interpreters, key);
}

/* Hash of the digit-folded arguments, which are read into the second half of the text. */
static __always_inline u64 shape_of_args(struct scratch *s, u32 *flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mm_struct *mm = task->mm;

	*flags |= AW_FLAG_SHAPED;
	if (!mm)
		return 0;
	u64 begin = mm->arg_start, bytes = mm->arg_end - begin;

	if (bytes > AW_SHAPE_MAX)
		bytes = AW_SHAPE_MAX;
	if (bpf_probe_read_user(s->text + AW_PATH_MAX, bytes & (AW_SHAPE_MAX * 2 - 1), (void *)begin)) {
		*flags |= AW_FLAG_BAD_SHAPE;
		return 0;
	}
	u32 folded = fold_text(s, AW_PATH_MAX, bytes, 0);
	return hash_text(s, AW_PATH_MAX, folded, AW_HASH_SHAPE);
}

/*
 * The sealed copy of itself that the container runtime executes, often when it is in the container's cgroup already: a file in no mount
 * that the process could name (a memfd or a detached mount), while the process still has its parent's view of the file system. In the
 * container's own view it would be the container's doing, as in CVE-2019-5736.
 */
static __always_inline bool is_sealed_copy(struct task_struct *task, struct file *file)
{
	struct mount *mount = mount_of(LOAD(file, f_path.mnt));
	struct task_struct *parent = LOAD(task, real_parent);
	struct mnt_namespace *view = LOAD(task, nsproxy, mnt_ns);

	return LOAD(mount, mnt_ns) != view && LOAD(parent, nsproxy, mnt_ns) == view;
}

/* What else distinguishes an execution: network sockets as standard input, the 32-bit ABI of x86. */
static __always_inline u32 marks_of(struct task_struct *task)
{
	struct sock *sk = sock_of(0);
	u32 flags = 0;

	if (sk) {
		u16 family = LOAD(sk, __sk_common.skc_family);

		if (family == AF_INET || family == AF_INET6)
			flags |= AW_FLAG_SOCKET_STDIO;
	}
	if (bpf_core_field_exists(task->thread_info.status) && task->thread_info.flags >> TIF_ADDR32 & 1)
		flags |= AW_FLAG_COMPAT;
	return flags;
}

/* Unique until the node's next start: no CPU begins two executions within a microsecond. */
static __always_inline u64 new_execution(void)
{
	return (bpf_ktime_get_boot_ns() & ~1023ULL) | (bpf_get_smp_processor_id() & 1023);
}

/* Tells the history of a process. Nobody is woken: the reader comes by. */
static __always_inline void send_mark(struct aw_watched *w, struct aw_mark *mark)
{
	u32 reason;

	begin_second(w, mark->time_ns >> 30);
	if (__sync_fetch_and_add(&w->marks, 1) >= config.marks_per_second)
		reason = AW_LOSS_RATE_LIMITED;
	else if (bpf_ringbuf_output(&mark_ring, mark, sizeof(*mark), BPF_RB_NO_WAKEUP))
		reason = AW_LOSS_RING_FULL;
	else
		return;
	count_loss(w->container, AW_HOOK_PROCESS, reason);
	if (mark->kind == AW_MARK_LIFE)
		count_loss(w->container, AW_HOOK_PROCESS, reason);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct aw_watched *w = watched_current();
	struct aw_task *state, *before;
	struct scratch *s;
	u32 flags = 0;

	if (!w) {
		w = entered_container(task);
		if (!w)
			return 0;
		flags = AW_FLAG_ENTERED;
	}
	/* A thread that executes becomes the leader: what it ran before stands with the leader of then. */
	before = task_state(task);
	u64 parent_program = before ? before->program : 0;
	u64 parent_execution = before ? before->execution : 0;

	if (!flags && before && before->flags & AW_TASK_RUNTIME) {
		/* Still the runtime's set-up: the container's program comes later. */
		if (is_sealed_copy(task, bprm->file))
			return 0;
		flags = AW_FLAG_FROM_RUNTIME;
		parent_program = 0;
	}
	if (!(flags & AW_FLAG_ENTERED))
		COUNT_DEED(w, execs);
	s = take_scratch(w->container, AW_HOOK_EXEC);
	if (!s)
		return 0;
	struct file *file = bprm->file;
	path_text(s, LOAD(file, f_path.dentry), LOAD(file, f_path.mnt), 0);
	flags |= s->text_flags | marks_of(task);
	if (flags & AW_FLAG_PATH_TRUNCATED)
		count_loss(w->container, AW_HOOK_EXEC, AW_LOSS_PATH_TOO_LONG);
	u64 program = hash_text(s, s->text_start, s->text_bytes, AW_HASH_PROGRAM);
	u8 origin = memfd_or(s, origin_of(file));
	u64 shape = is_interpreter(s) ? shape_of_args(s, &flags) : 0;
	u64 words[4] = {
		program,
		parent_program,
		origin | (flags & (AW_FLAG_PATH_TRUNCATED | AW_FLAG_SOCKET_STDIO | AW_FLAG_COMPAT | AW_FLAG_ENTERED)) << 8,
		shape,
	};
	u64 key = hash_words(AW_HASH_EXEC, words, 4);

	state = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (state) {
		state->program = program;
		mark_entered(state, flags & AW_FLAG_ENTERED && mounted_container(task));
		state->flags &= AW_TASK_ENTERED;
		/* A process of the node belongs to no container: it leaves none when it is moved, and may be signalled as any other. */
		state->container = flags & AW_FLAG_ENTERED ? 0 : w->container;
		state->parent_execution = parent_execution;
		state->execution = new_execution();
	} else {
		count_loss(w->container, AW_HOOK_EXEC, AW_LOSS_STORAGE_FULL);
	}

	enum decision decision = decide(w, key, AW_KIND_EXEC);
	if (!silent(w, decision, AW_HOOK_EXEC, &flags)) {
		struct aw_record *r = &s->record;
		u32 at = 0;

		begin_record(s, w, AW_KIND_EXEC, AW_HOOK_EXEC, key);
		r->flags |= flags;
		r->program = program;
		r->parent_program = parent_program;
		r->origin = origin;
		if (flags & AW_FLAG_SOCKET_STDIO) {
			struct sock *sk = sock_of(0);

			if (sk)
				tell_peer(r, sk);
		}
		r->path_bytes = append_text(s, &at);
		at = append_process(s, at, flags & AW_FLAG_ENTERED ? PROCESS_WITH_STARTER : PROCESS_WITHOUT_EXE);
		if (bprm->filename != bprm->interp) {
			long n = bpf_probe_read_kernel_str(s->data + (at & (AW_DATA_MAX - 1)), 256, bprm->filename);

			if (n > 1) {
				r->script_bytes = (n - 1) & 255;
				at += r->script_bytes;
			}
		}
		if (send_record(s, &process_ring, at)) {
			if (!(flags & AW_FLAG_CAPTURED))
				mark_told(w, key, AW_HOOK_EXEC);
			if (state)
				state->flags |= AW_TASK_REPORTED;
		}
	} else if (state && config.marks_per_second) {
		struct aw_mark mark = {
			.version = AW_WIRE_VERSION,
			.kind = AW_MARK_START,
			.flags = decision == DECIDED_KNOWN ? AW_MARK_KNOWN : 0,
			.pid = task->tgid,
			.time_ns = bpf_ktime_get_ns(),
			.cgroup_id = w->container,
			.program = program,
			.execution = state->execution,
			.other = parent_execution,
			.detail = LOAD(task, real_parent, tgid),
			.uid = LOAD(task, cred, uid.val),
		};

		if (bpf_map_update_elem(&young_marks, &mark.execution, &mark, BPF_NOEXIST))
			send_mark(w, &mark);
		/* Also of one that was lost: its end says when it began. */
		state->flags |= AW_TASK_MARKED;
	} else if (config.marks_per_second) {
		/* Neither its start nor its end can be told. */
		count_loss(w->container, AW_HOOK_PROCESS, AW_LOSS_STORAGE_FULL);
		count_loss(w->container, AW_HOOK_PROCESS, AW_LOSS_STORAGE_FULL);
	}
	give_scratch(s);
	return 0;
}

/* The end of what a mark told of, or should have; with its start, where that was not told yet. */
static __always_inline void mark_end(struct task_struct *task, struct aw_task *state, struct aw_watched *w)
{
	u64 execution = state->execution, ran_ns = bpf_ktime_get_boot_ns() - execution, ran_us = ran_ns / 1000;
	struct aw_mark *start = bpf_map_lookup_elem(&young_marks, &execution);
	struct aw_mark mark = {
		.version = AW_WIRE_VERSION,
		.kind = AW_MARK_END,
		.pid = task->tgid,
		.time_ns = bpf_ktime_get_ns(),
		.cgroup_id = w->container,
		.program = state->program,
		.execution = execution,
		.other = ran_ns,
		.detail = task->exit_code,
		.uid = LOAD(task, cred, uid.val),
	};

	if (start) {
		u64 other = start->other;
		u32 parent = start->detail;
		u8 flags = start->flags;

		/* Else the reader has just taken it. */
		if (!bpf_map_delete_elem(&young_marks, &execution)) {
			mark.kind = AW_MARK_LIFE;
			mark.flags = flags;
			mark.other = other;
			mark.parent = parent;
			mark.ran_us = ran_us < ~0U ? ran_us : ~0U;
		}
	}
	send_mark(w, &mark);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct aw_task *state;
	struct aw_watched *w;
	struct scratch *s;

	if (task->pid != task->tgid && !entered_tasks)
		return 0;
	state = bpf_task_storage_get(&tasks, task, 0, 0);
	if (state)
		mark_entered(state, false);
	if (task->pid != task->tgid)
		return 0;
	if (!state || !(state->flags & (AW_TASK_REPORTED | AW_TASK_MARKED)))
		return 0;
	w = watched_current();
	if (!w)
		w = entered_container(task);
	if (!w)
		return 0;
	if (state->flags & AW_TASK_MARKED) {
		mark_end(task, state, w);
		return 0;
	}
	s = take_scratch(w->container, AW_HOOK_EXIT);
	if (!s)
		return 0;
	begin_record(s, w, AW_KIND_EXIT, AW_HOOK_EXIT, 0);
	s->record.mode = task->exit_code;
	send_record(s, &process_ring, 0);
	give_scratch(s);
	return 0;
}
