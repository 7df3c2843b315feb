/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types, as far as the sensor reads them. Offsets come from the running kernel's BTF (CO-RE), so only names and
 * types of the members matter here, not their order.
 */
#ifndef ANCHORWATCH_KERNEL_H
#define ANCHORWATCH_KERNEL_H

#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef _Bool bool;
#define true 1
#define false 0

#define __ksym __attribute__((section(".ksyms")))

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};
/* Only asked for: kernels that have it (6.4) have bpf_rdonly_cast (6.2) for certain. */
struct bpf_iter_num {
	u64 __opaque[1];
};
struct qstr {
	u32 hash;
	u32 len;
	const unsigned char *name;
};
struct super_block {
	u32 s_dev;
	unsigned long s_magic;
};
struct inode {
	u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	u32 i_generation;
};
struct proc_inode {
	struct pid *pid;
	struct inode vfs_inode;
};
struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};
enum ovl_inode_flag {
	OVL_UPPERDATA = 3,
};
struct ovl_inode {
	unsigned long flags;
	struct inode vfs_inode;
	struct dentry *__upperdentry;
};
struct vfsmount {
	struct dentry *mnt_root;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct file {
	unsigned int f_mode;
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
};
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};
struct files_struct {
	struct fdtable *fdt;
};
struct fs_struct {
	struct path pwd;
};
struct mm_struct {
	struct file *exe_file;
	unsigned long arg_start;
	unsigned long arg_end;
};
struct kernfs_node {
	u64 id;
};
struct cgroup_root {
	int hierarchy_id;
};
struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};
struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};
struct css_set {
	struct cgroup *dfl_cgrp;
};
struct ns_common {
	unsigned int inum;
};
struct mnt_namespace {
	struct ns_common ns;
};
struct pid_namespace {
	struct ns_common ns;
};
struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
};
/* x86 */
struct thread_info {
	unsigned long flags;
	u32 status;
};
struct task_struct {
	struct thread_info thread_info;
	int pid;
	int tgid;
	u64 start_boottime;
	int exit_code;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct css_set *cgroups;
	struct nsproxy *nsproxy;
	struct cred *cred;
	struct cred *real_cred;
	char comm[16];
};
struct kernel_siginfo {
	int si_code;
};
struct io_cqe {
	s32 res;
};
struct io_kiocb {
	struct file *file;
	u8 opcode;
	struct io_cqe cqe;
};
struct filename {
	const char *name;
};
struct open_how {
	u64 flags;
};
/* What an operation keeps of what it was asked for stands at the beginning of its request. */
struct io_open {
	int dfd;
	u32 file_slot;
	struct filename *filename;
	struct open_how how;
};
struct io_accept {
	u32 file_slot;
};
typedef struct {
	u32 val;
} kuid_t;
typedef struct {
	u32 val;
} kgid_t;
struct cred {
	kuid_t uid;
	kgid_t gid;
};
struct user_namespace;
struct sk_buff {
	unsigned char *head;
	unsigned char *data;
	unsigned int len;
	u16 transport_header;
	u16 network_header;
	__be16 protocol;
};
struct linux_binprm {
	struct file *file;
	const char *filename;
	const char *interp;
};
struct in6_addr {
	union {
		u8 u6_addr8[16];
	} in6_u;
};
struct sock_common {
	u16 skc_family;
	volatile unsigned char skc_state;
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	u16 skc_num;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	u16 sk_protocol;
	u8 sk_userlocks : 4;
};
struct socket {
	struct sock *sk;
};
/* Context of tracepoint/syscalls/sys_exit_*. */
struct trace_event_raw_sys_exit {
	long ret;
};
/* Saved user registers, by architecture. */
struct pt_regs___x86 {
	unsigned long r10;
	unsigned long r8;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
};
struct pt_regs___arm64 {
	u64 regs[31];
	u64 orig_x0;
	s32 syscallno;
};

#pragma clang attribute pop

#define S_IFMT 00170000
#define S_IFSOCK 0140000
#define S_IFDIR 0040000
#define S_ISSOCK(m) (((m)&S_IFMT) == S_IFSOCK)
#define S_ISDIR(m) (((m)&S_IFMT) == S_IFDIR)
#define FMODE_WRITE 0x2
#define FMODE_PATH 0x4000
#define FMODE_CREATED 0x100000
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define TMPFS_MAGIC 0x01021994
#define PROC_SUPER_MAGIC 0x9fa0
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_CAN 29
#define AF_TIPC 30
#define AF_BLUETOOTH 31
#define AF_ALG 38
#define AF_VSOCK 40
#define NETLINK_XFRM 6
#define NETLINK_NETFILTER 12
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_MPTCP 262
#define SOCK_BINDPORT_LOCK 8
#define TCP_SYN_SENT 2
#define TCP_LISTEN 10
#define E2BIG 7
#define EPERM 1
#define EACCES 13
#define ENFILE 23
#define EMFILE 24
#define EROFS 30
#define AT_FDCWD -100
#define O_ACCMODE 03
#define O_TRUNC 01000
#define O_PATH 010000000
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define MAP_ANONYMOUS 0x20
#define PR_SET_NAME 15
#define CAP_NET_RAW 13
#define SYS_SOCKET_X86 41
#define SYS_SOCKET_ARM64 198
/* x86: thread_info.flags of a program of the 32-bit ABI, thread_info.status of a 32-bit call */
#define TIF_ADDR32 29
#define TS_COMPAT 0x2

#endif
