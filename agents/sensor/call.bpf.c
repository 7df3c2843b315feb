/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System calls that few workloads ever make (src/model/call.ts), when they return, refused ones too. One program serves all of them:
 * the cookie that it was attached with says which call it is and what of its arguments is told.
 */
#include "lib/record.h"

#define SOCK_RAW 3
#define SOCK_TYPE_MASK 0xf
#define AF_PACKET 17

/* Appends the text that an argument points to, at most 255 bytes. */
static __always_inline void append_argument(struct scratch *s, u32 *at, u32 index)
{
	long bytes = bpf_probe_read_user_str(s->data + (*at & (AW_DATA_MAX - 1)), 256, (void *)argument_of(index));

	if (bytes <= 1)
		return;
	s->record.path_bytes = (bytes - 1) & 255;
	*at += s->record.path_bytes;
}

SEC("tracepoint")
int on_exit_call(struct trace_event_raw_sys_exit *context)
{
	struct aw_watched *w = watched_current();
	u64 cookie, detail = 0, hash;
	struct aw_task *state;
	struct scratch *s;

	if (!w)
		return 0;
	state = task_state(bpf_get_current_task_btf());
	/* The container runtime's own set-up, before the container's program runs. */
	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	cookie = bpf_get_attach_cookie(context);
	u32 number = cookie & 0xffff, argument = cookie >> 16 & 0xff, text = cookie >> 24 & 0xff;
	long result = context->ret;
	bool refused = result < 0;

	if (argument == AW_CALL_SOCKET) {
		u32 type = argument_of(1) & SOCK_TYPE_MASK;

		detail = argument_of(0) & 0xffffffff;
		if (detail != AF_PACKET && (type != SOCK_RAW || (detail != AF_INET && detail != AF_INET6)))
			return 0;
	} else if (argument != AW_CALL_NOTHING) {
		detail = argument_of(argument) & cookie >> 32;
	}
	u64 words[2] = { number | (u64)refused << 16, detail };

	hash = hash_words(AW_HASH_CALL, words, 2);
	enum decision decision = decide(w, hash, AW_KIND_CALL);

	if (decision == DECIDED_KNOWN || decision == DECIDED_REPEATED || !within_rate(w, AW_HOOK_CALL))
		return 0;
	s = take_scratch(AW_HOOK_CALL);
	if (!s)
		return 0;
	struct aw_record *r = &s->record;
	u32 at = 0;

	begin_record(r, w, AW_KIND_CALL, AW_HOOK_CALL, hash);
	r->flags |= (decision == DECIDED_JUDGED ? AW_FLAG_JUDGED : 0) | (refused ? AW_FLAG_REFUSED : 0);
	r->call = number;
	r->detail = detail;
	r->result = result;
	if (text != AW_CALL_NOTHING)
		append_argument(s, &at, text);
	append_args(s, &at);
	append_exe(s, &at);
	append_cwd(s, &at);
	if (send_record(s, &process_ring, at))
		mark_told(w, hash, AW_HOOK_CALL);
	give_scratch(s);
	return 0;
}
