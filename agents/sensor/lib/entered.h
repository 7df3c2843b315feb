/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes that are in a container's namespaces, but not in its cgroup: they came by setns(2), or left the cgroup. */
#ifndef ANCHORWATCH_ENTERED_H
#define ANCHORWATCH_ENTERED_H

#include "filter.h"

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

#endif
