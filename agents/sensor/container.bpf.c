/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers come and go: a new cgroup that is named like one is watched from its first process on. */
#include "lib/record.h"

/* The unified hierarchy is always the first one. */
#define UNIFIED_HIERARCHY 0

/* Does the path in the scratch (from `start`) end with 64 hex digits, with or without ".scope"? */
__noinline int named_like_container(struct scratch *s, u32 bytes)
{
	if (!s)
		return 0;
	if (bytes > 6 && s->text[(bytes - 6) & (AW_PATH_MAX - 1)] == '.' && s->text[(bytes - 1) & (AW_PATH_MAX - 1)] == 'e')
		bytes -= 6;
	if (bytes < 65)
		return 0;
	for (u32 i = 1; i <= 64; i++) {
		u8 c = s->text[(bytes - i) & (AW_PATH_MAX - 1)];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return 0;
	}
	return 1;
}

static __always_inline int tell_cgroup(struct scratch *s, u64 id, const char *path, u32 kind, u64 container, u64 workload)
{
	struct aw_record *r = &s->record;
	long bytes;

	__builtin_memset(r, 0, sizeof(*r));
	bytes = bpf_probe_read_kernel_str(s->data, AW_PATH_MAX, path);
	r->version = AW_WIRE_VERSION;
	r->kind = kind;
	r->hook = AW_HOOK_CGROUP;
	r->time_ns = bpf_ktime_get_ns();
	r->cgroup_id = id;
	r->workload = container;
	r->key = 0;
	r->path_bytes = bytes > 1 ? (bytes - 1) & (AW_PATH_MAX - 1) : 0;
	return send_record(s, &process_ring, r->path_bytes);
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	struct aw_watched *above, fresh = {};
	struct scratch *s;
	u64 id, parent;
	long bytes;

	if (LOAD(cgroup, root, hierarchy_id) != UNIFIED_HIERARCHY)
		return 0;
	id = LOAD(cgroup, kn, id);
	parent = LOAD(cgroup, self.parent, cgroup, kn, id);
	s = take_scratch(0, AW_HOOK_CGROUP);
	if (!s)
		return 0;
	above = bpf_map_lookup_elem(&watched, &parent);
	if (above) {
		/* Made inside a container: what runs there is the container. */
		fresh = *above;
		fresh.records = 0;
		if (bpf_map_update_elem(&watched, &id, &fresh, BPF_ANY))
			count_loss(above->container, AW_HOOK_CGROUP, AW_LOSS_KNOWN_FULL);
		tell_cgroup(s, id, path, AW_KIND_CGROUP_MAKE, above->container, above->workload);
	} else {
		bytes = bpf_probe_read_kernel_str(s->text, AW_PATH_MAX, path);
		if (bytes > 1 && named_like_container(s, bytes - 1)) {
			fresh.container = id;
			fresh.workload = id;
			fresh.sample = 1;
			fresh.flags = AW_WATCHED_PROVISIONAL;
			if (bpf_map_update_elem(&watched, &id, &fresh, BPF_NOEXIST))
				count_loss(0, AW_HOOK_CGROUP, AW_LOSS_KNOWN_FULL);
			tell_cgroup(s, id, path, AW_KIND_CGROUP_MAKE, id, 0);
		}
	}
	give_scratch(s);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(on_cgroup_rmdir, struct cgroup *cgroup, const char *path)
{
	struct scratch *s;
	u64 id;

	if (LOAD(cgroup, root, hierarchy_id) != UNIFIED_HIERARCHY)
		return 0;
	id = LOAD(cgroup, kn, id);
	if (bpf_map_delete_elem(&watched, &id))
		return 0;
	s = take_scratch(0, AW_HOOK_CGROUP);
	if (!s)
		return 0;
	tell_cgroup(s, id, path, AW_KIND_CGROUP_REMOVE, 0, 0);
	give_scratch(s);
	return 0;
}

/* A process of a container that is moved out of it: nothing that it does from then on would be the container's. */
static __always_inline void tell_leave(struct task_struct *task, u64 container)
{
	u64 words[3] = { AW_CALL_CGROUP_LEAVE };
	struct aw_watched *w = bpf_map_lookup_elem(&watched, &container);
	struct scratch *s;
	u32 flags = 0, at = 0;
	u64 hash;

	if (!w)
		return;
	hash = hash_words(AW_HASH_CALL, words, 3);
	if (silent(w, decide(w, hash, AW_KIND_CALL), AW_HOOK_CGROUP, &flags))
		return;
	s = take_scratch(container, AW_HOOK_CGROUP);
	if (!s)
		return;
	begin_record_of(task, &s->record, w, AW_KIND_CALL, AW_HOOK_CGROUP, hash, true);
	s->record.flags |= flags;
	s->record.call = AW_CALL_CGROUP_LEAVE;
	if (task->mm && task->mm->exe_file) {
		struct mm_struct *mm = task->mm;

		path_text(s, LOAD(mm, exe_file, f_path.dentry), LOAD(mm, exe_file, f_path.mnt), 0);
		s->record.exe_bytes = append_text(s, &at);
	}
	if (send_record(s, &process_ring, at) && !(flags & AW_FLAG_CAPTURED))
		mark_told(w, hash, AW_HOOK_CGROUP);
	give_scratch(s);
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_cgroup_attach, struct cgroup *to, const char *path, struct task_struct *task, bool threadgroup)
{
	struct aw_watched *w;
	struct aw_task *state;
	u64 id = LOAD(to, kn, id);

	if (LOAD(to, root, hierarchy_id) != UNIFIED_HIERARCHY)
		return 0;
	w = bpf_map_lookup_elem(&watched, &id);
	state = bpf_task_storage_get(&tasks, task, 0, 0);
	if (state && !(state->flags & AW_TASK_RUNTIME) && state->container && (!w || w->container != state->container)) {
		tell_leave(task, state->container);
		state->container = w ? w->container : 0;
	}
	if (!w)
		return 0;
	if (state) {
		state->container = w->container;
		return 0;
	}
	/* The runtime moves a process of its own into the container: nothing that it does before its first execution is the container's. */
	state = bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state) {
		count_loss(w->container, AW_HOOK_CGROUP, AW_LOSS_STORAGE_FULL);
		return 0;
	}
	state->program = 0;
	state->flags = AW_TASK_RUNTIME;
	state->container = w->container;
	return 0;
}
