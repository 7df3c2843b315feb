/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Strict mode, loaded only when asked for: every system call of containers, by its number, those of the 32-bit ABI (int 0x80) too, which
 * system call tracepoints miss. Costs every system call of the node.
 */
#include "lib/record.h"

#define IA32_OPEN 5
#define IA32_CREAT 8
#define IA32_OPENAT 295
#define IA32_OPENAT2 437

/* From a container's first process on, as everything else that it does: user space would come after the first calls of its program. */
static __always_inline struct aw_syscalls *calls_of(u64 container)
{
	struct aw_syscalls *calls = bpf_map_lookup_elem(&syscalls, &container), *none;
	u32 first = 0;

	if (calls)
		return calls;
	none = bpf_map_lookup_elem(&no_syscalls, &first);
	if (!none)
		return 0;
	bpf_map_update_elem(&syscalls, &container, none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&syscalls, &container);
}

SEC("raw_tp/sys_exit")
int on_any_call(struct bpf_raw_tracepoint_args *context)
{
	struct aw_watched *w = watched_current();
	struct task_struct *task = bpf_get_current_task_btf();
	struct call c = { .number = AW_CALL_SYSCALL, .text = AW_CALL_NOTHING };
	struct aw_syscalls *calls;
	u32 compat = 0;
	u64 bit, number;

	if (!w)
		return 0;
	calls = calls_of(w->container);
	if (!calls)
		return 0;
	number = call_number((void *)context->args[0]);
	if (number >= AW_SYSCALLS_MAX)
		return 0;
	compat = calls_compat(task);
	if (calls->sample != w->sample) {
		calls->sample = w->sample;
		__builtin_memset(calls->seen, 0, sizeof(calls->seen));
	}
	if (!compat)
		__sync_fetch_and_add(&calls->counts[number & (AW_SYSCALLS_MAX - 1)], 1);
	bit = 1ULL << (number & 63);
	u64 *seen = &calls->seen[(compat * (AW_SYSCALLS_MAX / 64) + (number >> 6)) & (AW_SYSCALLS_MAX / 32 - 1)];

	if (*seen & bit || is_set_up())
		return 0;
	c.detail = number | (u64)compat << 16;
	if (tell_call(w, &c, 0))
		__sync_fetch_and_or(seen, bit);
	return 0;
}

/* The files of 32-bit calls. A program of its own: together with the above it is too much for the verifiers of old kernels. */
SEC("raw_tp/sys_exit")
int on_compat_open(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 number;

	if (!calls_compat(task))
		return 0;
	number = call_number((void *)context->args[0]);
	if (number != IA32_OPEN && number != IA32_CREAT && number != IA32_OPENAT && number != IA32_OPENAT2)
		return 0;
	return take_open(context->args[1]);
}
