/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets that io_uring binds, makes to listen or accepts, when that is completed. A program of its own beside that of opens: what the two call
 * takes more stack together than kernels before 6.13 give.
 */
#include "lib/entered.h"

#define IORING_OP_ACCEPT 13
#define IORING_OP_BIND 56
#define IORING_OP_LISTEN 57

SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_io_uring_socket, void *ring, void *request)
{
	struct io_kiocb *req = request;
	u8 opcode = LOAD(req, opcode);
	struct file *file;
	struct sock *sk;

	if (opcode != IORING_OP_ACCEPT && opcode != IORING_OP_BIND && opcode != IORING_OP_LISTEN)
		return 0;
	/* What came into a table of the ring has no descriptor: the result is 0, or a place in that table. */
	if (opcode == IORING_OP_ACCEPT)
		return LOAD(req, cqe.res) < 0 || LOAD((struct io_accept *)request, file_slot) ? 0 : tell_accepted(LOAD(req, cqe.res));
	file = LOAD(req, file);
	if (LOAD(req, cqe.res) || !file)
		return 0;
	sk = sock_of_file(file);
	if (!sk)
		return 0;
	if (opcode == IORING_OP_BIND)
		return tell_bound(number_of(sk));
	return config.tcp_by_cgroup && watched_or_entered() ? tell_listening(sk) : 0;
}
