/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files changed by their names (src/model/change.ts), when the call returns: renamed, removed, linked, given another mode, owner or
 * time. The name is read from the task's memory, where another thread could have changed it meanwhile: unlike an open, these calls
 * leave nothing behind that says which file it was. One program serves all calls; its cookie says which one it is.
 */
#include "lib/entered.h"

#define S_ISETID 06000

SEC("tracepoint")
int on_exit_change(struct trace_event_raw_sys_exit *context)
{
	struct aw_watched *w = watched_or_entered();
	long result = context->ret;
	struct aw_task *state;
	struct scratch *s;
	u64 cookie, mode;

	if (!w)
		return 0;
	/* Of those that failed only what was forbidden is behaviour: to ask whether a name is there is not. */
	if (result < 0 && !forbidden(result))
		return 0;
	state = task_state(bpf_get_current_task_btf());
	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	s = take_scratch(w->container, AW_HOOK_CHANGE);
	if (!s)
		return 0;
	cookie = bpf_get_attach_cookie(context);
	u32 change = cookie & 0xff, mode_argument = cookie >> 32 & 0xff, other = cookie >> 40 & 0xff;

	mode = mode_argument == AW_CALL_NOTHING ? 0 : argument_of(mode_argument);
	/* A mode that lends the owner's identity, and a time that is made up, are other things than the rest. */
	bool special = cookie & AW_CHANGE_POINTER ? mode != 0 : mode & S_ISETID;
	u32 what = (change * 2 + special) * 2 + (result < 0);

	mode = cookie & AW_CHANGE_POINTER ? 0 : mode & 0xffff;

	if (!named_path(s, cookie >> 16 & 0xff, cookie >> 24 & 0xff)) {
		count_loss(w->container, AW_HOOK_CHANGE, AW_LOSS_UNREADABLE);
		give_scratch(s);
		return 0;
	}
	u32 flags = s->text_flags;
	u32 type = AW_HASH_CHANGE + what * AW_HASH_CHANGE_FORMS;
	u64 hash = hash_text(s, s->text_start, s->text_bytes, type), pattern;
	enum decision decision = decide(w, hash, AW_KIND_CHANGE);

	if (decision == DECIDED_NEW && known_as_pattern(w, s, type + 1, type + 2, AW_KIND_CHANGE, &pattern))
		decision = DECIDED_KNOWN;
	if (flags & AW_FLAG_PATH_TRUNCATED) {
		count_loss(w->container, AW_HOOK_CHANGE, AW_LOSS_PATH_TOO_LONG);
		if (decision == DECIDED_KNOWN)
			decision = DECIDED_NEW;
	}
	if (!silent(w, decision, AW_HOOK_CHANGE, &flags) && within_rate(w, AW_HOOK_CHANGE, flags)) {
		struct aw_record *r = &s->record;
		u32 at = 0;

		begin_record(s, w, AW_KIND_CHANGE, AW_HOOK_CHANGE, hash);
		r->flags |= flags | (result < 0 ? AW_FLAG_REFUSED : 0) | (special ? AW_FLAG_SPECIAL : 0);
		r->call = change;
		r->detail = mode;
		r->result = result;
		r->path_bytes = append_text(s, &at);
		at = append_process(s, at, PROCESS_WITH_EXE);
		if (other != AW_CALL_NOTHING) {
			long bytes = bpf_probe_read_user_str(s->data + (at & (AW_DATA_MAX - 1)), 1024,
							     (void *)argument_of(other));

			if (bytes > 1) {
				r->script_bytes = (bytes - 1) & 1023;
				at += r->script_bytes;
			}
		}
		if (send_record(s, &activity_ring, at) && !(flags & AW_FLAG_CAPTURED))
			mark_told(w, hash, AW_HOOK_CHANGE);
	}
	give_scratch(s);
	return 0;
}
