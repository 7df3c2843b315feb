/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that are in a container's namespaces, but not in its cgroup: they came by setns(2), or left the cgroup. */
#ifndef ANCHORWATCH_ENTERED_H
#define ANCHORWATCH_ENTERED_H

#include "record.h"

/* The node's first pid namespace has this inode on every kernel (PROC_PID_INIT_INO). */
#define NODE_PID_NAMESPACE 0xEFFFFFFCU

/* The container whose mount or pid namespace the task is in. For tasks outside of every watched cgroup: those of the node cost one lookup. */
static __always_inline struct aw_watched *entered_container(struct task_struct *task)
{
	u32 inode = LOAD(task, nsproxy, mnt_ns, ns.inum);
	u64 *found = bpf_map_lookup_elem(&namespaces, &inode);
	u64 id;

	if (!found) {
		inode = LOAD(task, nsproxy, pid_ns_for_children, ns.inum);
		if (inode == NODE_PID_NAMESPACE)
			return 0;
		found = bpf_map_lookup_elem(&namespaces, &inode);
	}
	if (!found)
		return 0;
	/* Gone when the cgroup is: an inode that was given to another namespace since stands for nothing. */
	id = *found;
	return bpf_map_lookup_elem(&watched, &id);
}

/* How many tasks are marked (AW_TASK_ENTERED). While there are none, which is nearly always, a task of the node costs one load more. */
u32 entered_tasks;

/* Marks a task whose state this is, or takes the mark away. */
static __always_inline void mark_entered(struct aw_task *state, bool entered)
{
	if (entered == !!(state->flags & AW_TASK_ENTERED))
		return;
	state->flags ^= AW_TASK_ENTERED;
	__sync_fetch_and_add(&entered_tasks, entered ? 1 : -1);
}

/* Is the task in the mount namespace of a container? Only then is what it does to files done to the container's. */
static __always_inline u64 mounted_container(struct task_struct *task)
{
	u32 inode = LOAD(task, nsproxy, mnt_ns, ns.inum);
	u64 *found = bpf_map_lookup_elem(&namespaces, &inode);

	return found ? *found : 0;
}

/* The container that the current task has entered, and still is in; 0: none. Needs task storage. */
static __always_inline u64 entered_by_current(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	/* Threads have a mark of their own, so that one look is enough for a task of the node. */
	struct aw_task *state = bpf_task_storage_get(&tasks, task, 0, 0);

	return state && state->flags & AW_TASK_ENTERED ? mounted_container(task) : 0;
}

/* The same, looked at by the verifier once: not for hooks of cgroups, some of whose kernels refuse the whole program for it. */
__noinline u64 entered_current(void)
{
	return entered_by_current();
}

/* Whose the acts of the current task are: of the container of its cgroup, or of one that it executed something in from outside. */
static __always_inline struct aw_watched *watched_or_entered(void)
{
	struct aw_watched *w = watched_current();
	u64 id;

	if (w || !entered_tasks)
		return w;
	id = entered_current();
	return id ? bpf_map_lookup_elem(&watched, &id) : 0;
}

/* The same for a hook of a cgroup. */
static __always_inline struct aw_watched *watched_or_entered_by_cgroup(void)
{
	struct aw_watched *w = watched_current();
	u64 id;

	if (w || !CGROUP_LINEAGE || !entered_tasks)
		return w;
	id = entered_by_current();
	return id ? bpf_map_lookup_elem(&watched, &id) : 0;
}

#endif
