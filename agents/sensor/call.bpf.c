/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System calls that few workloads ever make (src/model/call.ts), when they return, refused ones too. One program serves all of them:
 * the cookie that it was attached with says which call it is and what of its arguments is told. Below it, what has hooks of its own.
 */
#include "lib/entered.h"

#define SOCK_RAW 3
#define SOCK_TYPE_MASK 0xf
#define AF_PACKET 17
/* Codes of signals that a process sends, siginfo(7). */
#define SI_USER 0
#define SI_QUEUE -1
#define SI_TKILL -6

/* Appends the text that an argument points to, at most 255 bytes. */
static __always_inline void append_argument(struct scratch *s, u32 *at, u32 index)
{
	long bytes = bpf_probe_read_user_str(s->data + (*at & (AW_DATA_MAX - 1)), 256, (void *)argument_of(index));

	if (bytes <= 1)
		return;
	s->record.path_bytes = (bytes - 1) & 255;
	*at += s->record.path_bytes;
}

/* What is told of a call. */
struct call {
	u64 detail;
	long result;
	u64 hash;
	u32 number;
	u32 flags;
	u32 text; /* which argument is a text that is told, AW_CALL_NOTHING: none */
	u8 origin;
	struct sock *sk; /* whose other end is told */
	u64 subject; /* what else is part of the key where no text is */
	u64 target_program;
};

/*
 * Tells of a call of the current task. With `s`, the text in that scratch, digits folded, is part of the key; it is given back here.
 * Without it one is taken only when there is something to tell. True when nothing more is to be told of it in this sample: it is known, or
 * its record was written; false when that was lost.
 */
static __always_inline bool tell_call(struct aw_watched *w, struct call *c, struct scratch *s)
{
	u64 words[3] = { c->number | (u64)(c->result < 0) << 16 | (u64)c->origin << 24, c->detail, c->subject };
	u32 at = 0;

	if (s)
		words[2] = hash_text(s, AW_PATH_MAX, fold_text(s, s->text_start, s->text_bytes, 0), AW_HASH_CALL_TEXT);
	c->hash = hash_words(AW_HASH_CALL, words, 3);
	bool settled = silent(w, decide(w, c->hash, AW_KIND_CALL), AW_HOOK_CALL, &c->flags);
	bool with_text = s;

	if (settled || !within_rate(w, AW_HOOK_CALL, c->flags)) {
		if (s)
			give_scratch(s);
		return settled;
	}
	if (!s)
		s = take_scratch(w->container, AW_HOOK_CALL);
	if (!s)
		return false;
	struct aw_record *r = &s->record;

	begin_record(s, w, AW_KIND_CALL, AW_HOOK_CALL, c->hash);
	r->flags |= c->flags | (c->result < 0 ? AW_FLAG_REFUSED : 0);
	r->call = c->number;
	r->detail = c->detail;
	r->result = c->result;
	r->origin = c->origin;
	r->parent_program = c->target_program;
	if (c->sk)
		tell_peer(r, c->sk);
	if (with_text)
		r->path_bytes = append_text(s, &at);
	else if (c->text != AW_CALL_NOTHING)
		append_argument(s, &at, c->text);
	at = append_process(s, at, PROCESS_WITH_EXE);
	settled = send_record(s, &process_ring, at);
	if (settled && !(c->flags & AW_FLAG_CAPTURED))
		mark_told(w, c->hash, AW_HOOK_CALL);
	give_scratch(s);
	return settled;
}

/* Is what the current task does the container runtime's set-up, before the container's program runs? */
static __always_inline bool is_set_up(void)
{
	struct aw_task *state = task_state(bpf_get_current_task_btf());

	return state && state->flags & AW_TASK_RUNTIME;
}

/* Puts the name of the current task where tell_call takes its text from. */
static __always_inline void name_text(struct scratch *s)
{
	u32 length = 0;

	bpf_get_current_comm(s->text, 16);
	for (; length < 15; length++)
		if (!s->text[length])
			break;
	s->text_bytes = length;
	s->text_start = 0;
}

/* Is it a socket of an odd family that a call of socket(2) with these arguments makes? */
static __always_inline bool makes_odd(u64 family, u64 protocol)
{
	return family < 0x10000 && is_odd(family, protocol);
}

/* Is it a raw or packet socket that a call of socket(2) with these arguments makes? */
static __always_inline bool is_raw(u64 family, u64 type)
{
	return family == AF_PACKET || ((type & SOCK_TYPE_MASK) == SOCK_RAW && (family == AF_INET || family == AF_INET6));
}

SEC("tracepoint")
int on_exit_call(struct trace_event_raw_sys_exit *context)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = 0;
	struct call c = {};
	struct aw_watched *w;
	u64 cookie = bpf_get_attach_cookie(context);
	u32 what = cookie >> 8 & 0xff, argument = cookie >> 16 & 0xff;

	c.number = cookie & 0xff;
	c.text = cookie >> 24 & 0xff;
	c.result = context->ret;
	/* What the arguments alone decide first: some of these calls are made all the time. */
	if (what & AW_CALL_SOCKET) {
		c.detail = argument_of(0) & 0xffffffff;
		if (!is_raw(c.detail, argument_of(1)) && !makes_odd(c.detail, argument_of(2)))
			return 0;
	} else if (what & AW_CALL_STDIO) {
		if (c.result < 0 || c.result > 2)
			return 0;
	} else if (what & AW_CALL_NAME) {
		/* Threads name themselves all the time; what ps shows is the name of the first one. */
		if (argument_of(0) != PR_SET_NAME || c.result || task->pid != task->tgid)
			return 0;
	} else if (what & AW_CALL_FORBIDDEN) {
		/* The others look for a program along a path. */
		if (!forbidden(c.result))
			return 0;
	} else if (argument != AW_CALL_NOTHING) {
		c.detail = argument_of(argument) & cookie >> 32;
		if (what & AW_CALL_ONLY_DETAIL && !c.detail)
			return 0;
	}
	w = watched_or_entered();
	if (!w || is_set_up())
		return 0;
	if (what & AW_CALL_STDIO) {
		struct sock *sk = sock_of(c.result);

		if (!sk)
			return 0;
		c.result = 0;
		c.sk = sk;
		c.detail = LOAD(sk, __sk_common.skc_family);
		if (c.detail != AF_INET && c.detail != AF_INET6)
			return 0;
	} else if (what & AW_CALL_NAME) {
		s = take_scratch(w->container, AW_HOOK_CALL);
		if (!s)
			return 0;
		name_text(s);
	} else if (what & AW_CALL_FORBIDDEN) {
		s = take_scratch(w->container, AW_HOOK_CALL);
		if (!s)
			return 0;
		if (!named_path(s, argument, c.text)) {
			count_loss(w->container, AW_HOOK_CALL, AW_LOSS_UNREADABLE);
			give_scratch(s);
			return 0;
		}
		if (s->text_flags & AW_FLAG_PATH_TRUNCATED)
			count_loss(w->container, AW_HOOK_CALL, AW_LOSS_PATH_TOO_LONG);
		c.flags = s->text_flags;
	}
	tell_call(w, &c, s);
	return 0;
}

/* Memory that can be executed, or was to be: of a file that is not the image's, or of none. */
SEC("tracepoint/syscalls/sys_exit_mmap")
int on_exit_mmap(struct trace_event_raw_sys_exit *context)
{
	u64 protection = argument_of(2);
	struct call c = { .number = AW_CALL_MMAP, .text = AW_CALL_NOTHING };
	struct aw_watched *w;
	struct scratch *s;
	struct file *file;

	if (!(protection & PROT_EXEC))
		return 0;
	w = watched_or_entered();
	if (!w || is_set_up())
		return 0;
	/* The address may be as high as a negative number's. A file system without execution forbids it. */
	if (context->ret < 0 && context->ret > -4096) {
		if (!forbidden(context->ret))
			return 0;
		c.result = context->ret;
	}
	if (argument_of(3) & MAP_ANONYMOUS) {
		c.detail = protection & PROT_WRITE ? AW_MMAP_WRITABLE : AW_MMAP_ANONYMOUS;
		tell_call(w, &c, 0);
		return 0;
	}
	file = file_of(argument_of(4));
	if (!file)
		return 0;
	c.detail = AW_MMAP_FILE;
	c.origin = origin_of(file);
	if (c.origin == AW_ORIGIN_IMAGE || c.origin == AW_ORIGIN_MOUNT)
		return 0;
	s = take_scratch(w->container, AW_HOOK_CALL);
	if (!s)
		return 0;
	path_text(s, LOAD(file, f_path.dentry), LOAD(file, f_path.mnt), 0);
	if (s->text_flags & AW_FLAG_PATH_TRUNCATED)
		count_loss(w->container, AW_HOOK_CALL, AW_LOSS_PATH_TOO_LONG);
	c.flags = s->text_flags;
	c.origin = memfd_or(s, c.origin);
	tell_call(w, &c, s);
	return 0;
}

/* Signals that end or stop a process that does not expect them: HUP, INT, QUIT, ABRT, KILL, TERM, STOP. */
#define ENDING_SIGNALS (1U << 1 | 1U << 2 | 1U << 3 | 1U << 6 | 1U << 9 | 1U << 15 | 1U << 19)

static __always_inline bool is_within(struct task_struct *task, struct aw_watched *w)
{
	u64 id = cgroup_of(task);
	struct aw_watched *other = bpf_map_lookup_elem(&watched, &id);

	return other && other->container == w->container;
}

/*
 * Signals that a process of a container sends to what it neither is nor was started by, and to programs below it that it ends or stops.
 * A worker that was forked and executed nothing is its master's own, and not told.
 */
SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int signal, struct kernel_siginfo *info, struct task_struct *target)
{
	struct task_struct *task = bpf_get_current_task_btf(), *up;
	struct call c = { .number = AW_CALL_KILL, .text = AW_CALL_NOTHING };
	struct aw_task *mine, *theirs;
	struct aw_watched *w;
	bool ends = signal > 0 && signal < 32 && ENDING_SIGNALS >> (signal & 31) & 1;
	u32 relation = 0;
	int code;

	/* Pointers below 2 stand for the kernel. */
	if ((u64)info < 2 || target->tgid == task->tgid)
		return 0;
	w = watched_current();
	if (!w || is_set_up())
		return 0;
	/* All other codes are the kernel's: a timer of anybody's, as timeout(1) has one, goes off in whatever process is running. */
	code = LOAD(info, si_code);
	if (code != SI_USER && code != SI_QUEUE && code != SI_TKILL)
		return 0;
	if (!is_within(target, w)) {
		relation = AW_KILL_OUTSIDE;
	} else {
		int self = task->tgid, wanted = target->tgid;

		relation = AW_KILL_UNRELATED;
		up = target;
		for (u32 i = 0; i < AW_ANCESTORS_MAX; i++) {
			up = up->real_parent;
			if (up->tgid == self)
				relation = AW_KILL_CHILD;
		}
		if (relation == AW_KILL_CHILD && !ends)
			return 0;
		mine = task_state(task);
		theirs = task_state(target);
		if (relation == AW_KILL_CHILD && (!mine || !theirs || mine->execution == theirs->execution))
			return 0;
		up = task;
		for (u32 i = 0; i < AW_ANCESTORS_MAX; i++) {
			up = up->real_parent;
			if (up->tgid == wanted)
				relation = AW_KILL_ANCESTOR;
		}
		u64 programs[2] = { mine ? mine->program : 0, theirs ? theirs->program : 0 };

		c.target_program = programs[1];
		c.subject = hash_words(AW_HASH_KILL, programs, 2);
		/* The first process of a container ends the others when the container is stopped. */
		if (ends && (relation != AW_KILL_CHILD || is_within(task->real_parent, w)))
			COUNT_DEED(w, kills);
	}
	c.detail = (u32)signal | relation << 8;
	tell_call(w, &c, 0);
	return 0;
}

/*
 * Raw and packet sockets, where their making is allowed or refused: a hook at the end of every socket(2) costs each connection more than
 * any other part of the sensor.
 */
static __noinline int take_raw_socket(struct aw_watched *w, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call c = { .text = AW_CALL_NOTHING };
	s64 number = call_number((void *)bpf_task_pt_regs(task));
	bool x86 = bpf_core_field_exists(((struct pt_regs___x86 *)0)->orig_ax);

	if (!w || number != (x86 ? SYS_SOCKET_X86 : SYS_SOCKET_ARM64) || calls_compat(task))
		return 0;
	c.detail = argument_of(0) & 0xffffffff;
	if (!config.socket_call || !is_raw(c.detail, argument_of(1)) || is_set_up())
		return 0;
	c.number = config.socket_call;
	c.result = result;
	tell_call(w, &c, 0);
	return 0;
}

/* A socket of an odd family, where it is bound: told as the making of it. */
static __noinline int take_odd_socket(struct aw_watched *w, u32 family)
{
	struct call c = { .text = AW_CALL_NOTHING, .detail = family, .number = config.socket_call };

	if (w && c.number && !is_set_up())
		tell_call(w, &c, 0);
	return 0;
}

/* Capabilities that the kernel asked for, granted and denied ones; each once for each container and sample. */
SEC("tp_btf/cap_capable")
int BPF_PROG(on_capability, const struct cred *cred, struct user_namespace *target, const struct user_namespace *granting, int capability,
	     int result)
{
	struct aw_watched *w = watched_or_entered();
	struct task_struct *task;
	struct call c = { .number = AW_CALL_CAPABILITY, .text = AW_CALL_NOTHING };
	u64 bit = 1ULL << (capability & 63);
	u32 denied = result < 0;

	if (!w)
		return 0;
	if (capability == CAP_NET_RAW)
		take_raw_socket(w, result);
	if (w->capabilities[denied & 1] & bit)
		return 0;
	if (is_set_up())
		return 0;
	/*
	 * Overlayfs works with the credentials of who mounted it (override_creds), which is the engine: what it may in its own work directory,
	 * at every file that is copied up or removed, says nothing of the container.
	 */
	task = bpf_get_current_task_btf();
	if (!denied && LOAD(task, cred) != LOAD(task, real_cred))
		return 0;
	c.detail = (u32)capability;
	c.result = result;
	if (tell_call(w, &c, 0))
		__sync_fetch_and_or(&w->capabilities[denied & 1], bit);
	return 0;
}

/* Operations of io_uring: what is done through it passes the system calls by. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(on_io_uring, struct io_kiocb *req)
{
	struct call c = { .number = AW_CALL_IO_URING, .text = AW_CALL_NOTHING };
	struct aw_watched *w = watched_or_entered();

	if (!w || is_set_up())
		return 0;
	c.detail = LOAD(req, opcode);
	tell_call(w, &c, 0);
	if (c.detail == IORING_OP_OPENAT || c.detail == IORING_OP_OPENAT2)
		take_ring_open(number_of(req));
	return 0;
}
