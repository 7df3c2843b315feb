/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Container-relative paths from dentries and mounts: nothing that user space could change in between. */
#ifndef ANCHORWATCH_PATH_H
#define ANCHORWATCH_PATH_H

#include "hash.h"

static __always_inline s64 call_number(void *regs)
{
	if (bpf_core_field_exists(((struct pt_regs___x86 *)0)->orig_ax))
		return LOAD((struct pt_regs___x86 *)regs, orig_ax);
	if (bpf_core_field_exists(((struct pt_regs___arm64 *)0)->syscallno))
		return LOAD((struct pt_regs___arm64 *)regs, syscallno);
	return -1;
}

/* Is the task in a system call of the 32-bit ABI? */
static __always_inline bool calls_compat(struct task_struct *task)
{
	return bpf_core_field_exists(task->thread_info.status) && task->thread_info.status & TS_COMPAT;
}

/* An address as a number, which is all that the verifier lets a function of its own take. */
static __always_inline u64 number_of(const void *pointer)
{
	u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

/* The file behind a descriptor of the current task; null if there is none. */
static __always_inline struct file *file_of(int descriptor)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = LOAD(task, files, fdt);

	if (descriptor < 0 || (u32)descriptor >= LOAD(table, max_fds))
		return 0;
	/* A table's entry is a pointer, and so is the first member of a list_head: a type that can be cast to. */
	struct list_head *entry = (struct list_head *)(LOAD(table, fd) + descriptor);

	return (struct file *)LOAD(entry, next);
}

/* The socket behind a file; null if it is something else. */
static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket *socket;

	if (!S_ISSOCK(LOAD(file, f_inode, i_mode)))
		return 0;
	socket = LOAD(file, private_data);
	return LOAD(socket, sk);
}

/* The socket behind a descriptor of the current task; null if it is something else. */
static __always_inline struct sock *sock_of(int descriptor)
{
	struct file *file = file_of(descriptor);

	return file ? sock_of_file(file) : 0;
}

/*
 * An argument of the system call that returns, as the task's saved registers still have it: a hook at entry would cost every system
 * call of the node. Only a debugger can change what is saved there.
 */
static __always_inline u64 argument_of(u32 index)
{
	void *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

	if (bpf_core_field_exists(((struct pt_regs___x86 *)0)->di)) {
		struct pt_regs___x86 *x86 = regs;

		switch (index) {
		case 0:
			return LOAD(x86, di);
		case 1:
			return LOAD(x86, si);
		case 2:
			return LOAD(x86, dx);
		case 3:
			return LOAD(x86, r10);
		default:
			return LOAD(x86, r8);
		}
	}
	if (bpf_core_field_exists(((struct pt_regs___arm64 *)0)->orig_x0)) {
		struct pt_regs___arm64 *arm64 = regs;

		switch (index) {
		case 0:
			return LOAD(arm64, orig_x0);
		case 1:
			return LOAD(arm64, regs[1]);
		case 2:
			return LOAD(arm64, regs[2]);
		case 3:
			return LOAD(arm64, regs[3]);
		default:
			return LOAD(arm64, regs[4]);
		}
	}
	return 0;
}

struct walk {
	struct scratch *s;
	struct dentry *dentry;
	struct mount *mount;
	u32 flags;
	u32 done;
	u32 proc;
};

/* More components than this do not fit into AW_PATH_MAX. */
#define WALK_STEPS (AW_PATH_MAX / 2)

static __always_inline struct mount *mount_of(const struct vfsmount *mnt)
{
	return (struct mount *)((char *)mnt - bpf_core_field_offset(struct mount, mnt));
}

static long walk_step(u32 step, struct walk *w)
{
	struct dentry *dentry = w->dentry;
	struct mount *mount = w->mount;
	struct dentry *parent = LOAD(dentry, d_parent);
	struct dentry *root = LOAD(mount, mnt.mnt_root);
	u32 length, start;
	struct qstr name;

	if (dentry == root) {
		struct mount *up = LOAD(mount, mnt_parent);

		if (up == mount || !up) {
			w->done = 1;
			return 1;
		}
		w->dentry = LOAD(mount, mnt_mountpoint);
		w->mount = up;
		w->proc = 0;
		return 0;
	}
	bpf_core_read(&name, sizeof(name), &dentry->d_name);
	length = name.len & 255;
	u32 end = w->s->text_start;
	if (end < length + 2 || end > AW_PATH_MAX) {
		w->flags |= AW_FLAG_PATH_TRUNCATED;
		return 1;
	}
	start = (end - length) & (AW_PATH_MAX - 1);
	bpf_probe_read_kernel(w->s->text + start, length, name.name);
	/* Other processes' directories are one feature; 1 stays: it is the container's or the node's first process. */
	u8 first = w->s->text[start];
	if (w->proc && first >= '0' && first <= '9' && !(length == 1 && first == '1')) {
		start = (end - 5) & (AW_PATH_MAX - 1);
		w->s->text[start] = '<';
		w->s->text[start + 1] = 'p';
		w->s->text[start + 2] = 'i';
		w->s->text[start + 3] = 'd';
		w->s->text[start + 4] = '>';
	}
	start = (start - 1) & (AW_PATH_MAX - 1);
	w->s->text[start] = '/';
	w->s->text_start = start;
	/* A root that is not the mount's stands in no tree: a memfd, whose name is all that there is. */
	w->done = dentry == parent;
	w->dentry = parent;
	return w->done;
}

/*
 * Writes the path of (s->dentry, s->mnt), seen from the root of its mount namespace, so that chroot cannot disguise it, into s->text,
 * ending at AW_PATH_MAX. Directories end with '/'. The start, length and flags are left in *s.
 */
__noinline int walk_path(struct scratch *s, u32 directory)
{
	struct dentry *dentry;
	struct walk w = {};

	if (!s)
		return 0;
	dentry = (struct dentry *)s->dentry;
	w.s = s;
	w.dentry = dentry;
	w.mount = mount_of((struct vfsmount *)s->mnt);
	s->text_start = AW_PATH_MAX - (s->tail_bytes & (AW_PATH_MAX - 1));
	w.proc = LOAD(dentry, d_inode, i_sb, s_magic) == PROC_SUPER_MAGIC;
	if (directory || s->tail_bytes) {
		s->text_start = (s->text_start - 1) & (AW_PATH_MAX - 1);
		s->text[s->text_start] = '/';
	}
	bpf_loop(WALK_STEPS, walk_step, &w, 0);
	if (!w.done)
		w.flags |= AW_FLAG_PATH_TRUNCATED;
	if (s->text_start >= AW_PATH_MAX) {
		s->text_start = AW_PATH_MAX - 1;
		s->text[AW_PATH_MAX - 1] = '/';
	}
	s->text_bytes = AW_PATH_MAX - s->text_start;
	s->text_flags = w.flags;
	return 0;
}

static __always_inline void path_text(struct scratch *s, const struct dentry *dentry, const struct vfsmount *mnt, u32 directory)
{
	s->dentry = (u64)dentry;
	s->mnt = (u64)mnt;
	walk_path(s, directory);
}

struct fold {
	struct scratch *s;
	u32 from;
	u32 drop; /* leave digits and dots out */
};

static long fold_step(u32 i, struct fold *f)
{
	struct scratch *s = f->s;
	u8 c = s->text[(f->from + i) & (TEXT_MAX - 1)];
	u32 digit = c >= '0' && c <= '9';
	u32 out = s->fold_out;

	if (f->drop ? digit || c == '.' : digit && s->fold_in_digits)
		return 0;
	s->fold_in_digits = digit;
	s->text[AW_PATH_MAX + (out & (AW_PATH_MAX - 1))] = digit ? '0' : c;
	s->fold_out = out + 1;
	return 0;
}

/*
 * Copies `bytes` of the text from `from` to AW_PATH_MAX on, each run of digits as one '0', or with `drop` without digits and dots; the
 * new length is returned.
 */
__noinline u32 fold_text(struct scratch *s, u32 from, u32 bytes, u32 drop)
{
	struct fold f = {};

	if (!s || bytes > AW_PATH_MAX)
		return 0;
	f.s = s;
	f.from = from;
	f.drop = drop;
	s->fold_out = 0;
	s->fold_in_digits = 0;
	bpf_loop(bytes, fold_step, &f, 0);
	return s->fold_out;
}

/* Length of the text up to and with its last '/' that is not the closing one; 0 if there is none. */
__noinline u32 directory_bytes(struct scratch *s)
{
	if (!s)
		return 0;
	u32 start = s->text_start, bytes = s->text_bytes;

	for (u32 i = 2; i < 257; i++) {
		if (i >= bytes)
			break;
		if (s->text[(start + bytes - i) & (TEXT_MAX - 1)] == '/')
			return bytes - i + 1;
	}
	return bytes > 1 ? 1 : 0;
}

#endif
