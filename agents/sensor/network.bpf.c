/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Network: TCP by its state changes (outbound connections, refused ones too, and listening sockets, whatever the system call), UDP by
 * connect, bind, and datagrams to an address of their own.
 */
#include "lib/record.h"

/* An address in network order; IPv4 in the first four bytes. */
struct endpoint {
	u8 address[16];
	u16 family;
	u16 port; /* host order */
	u16 protocol;
};

static __always_inline int tell_endpoint(struct aw_watched *w, struct endpoint *e, u32 kind, u32 hook, bool lineage)
{
	struct aw_task *state;
	struct scratch *s;
	u64 words[3] = {}, hash;

	if ((e->family != AF_INET && e->family != AF_INET6) || !e->port)
		return 0;
	/* ::ffff:a.b.c.d is a.b.c.d */
	if (e->family == AF_INET6 && !*(u64 *)e->address && *(u32 *)(e->address + 8) == 0xffff0000) {
		__builtin_memcpy(e->address, e->address + 12, 4);
		__builtin_memset(e->address + 4, 0, 12);
		e->family = AF_INET;
	}
	words[0] = (u64)e->protocol | (u64)e->port << 16;
	if (kind == AW_KIND_NET_OUT) {
		if (w->flags & AW_WATCHED_PORT && known_as(w, hash_words(AW_HASH_NET_OUT_PORT, words, 1), kind))
			return 0;
		words[0] |= (u64)e->family << 32;
		__builtin_memcpy(&words[1], e->address, 16);
		hash = hash_words(AW_HASH_NET_OUT, words, 3);
	} else {
		hash = hash_words(AW_HASH_NET_LISTEN, words, 1);
	}
	enum decision decision = decide(w, hash, kind);

	if (decision == DECIDED_KNOWN || decision == DECIDED_REPEATED)
		return 0;
	state = lineage ? task_state(bpf_get_current_task_btf()) : 0;
	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	if (!within_rate(w, hook))
		return 0;
	s = take_scratch(hook);
	if (!s)
		return 0;
	struct aw_record *r = &s->record;
	u32 at = 0;

	begin_record_of(r, w, kind, hook, hash, lineage);
	r->flags |= decision == DECIDED_JUDGED ? AW_FLAG_JUDGED : 0;
	r->protocol = e->protocol;
	r->family = e->family;
	r->port = e->port;
	__builtin_memcpy(r->address, e->address, 16);
	append_args(s, &at);
	append_exe(s, &at);
	append_cwd(s, &at);
	if (send_record(s, &activity_ring, at))
		mark_told(w, hash, hook);
	give_scratch(s);
	return 0;
}

static __always_inline int on_endpoint(struct sock *sk, u32 kind, u32 hook, u16 protocol)
{
	struct aw_watched *w = watched_current();
	struct endpoint e = { .protocol = protocol };

	if (!w)
		return 0;
	e.family = LOAD(sk, __sk_common.skc_family);
	if (kind == AW_KIND_NET_OUT) {
		e.port = __builtin_bswap16(LOAD(sk, __sk_common.skc_dport));
		if (e.family == AF_INET)
			bpf_core_read(e.address, 4, &sk->__sk_common.skc_daddr);
		else if (e.family == AF_INET6)
			bpf_core_read(e.address, 16, &sk->__sk_common.skc_v6_daddr);
	} else {
		e.port = LOAD(sk, __sk_common.skc_num);
		if (e.family == AF_INET)
			bpf_core_read(e.address, 4, &sk->__sk_common.skc_rcv_saddr);
		else if (e.family == AF_INET6)
			bpf_core_read(e.address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	}
	return tell_endpoint(w, &e, kind, hook, true);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_sock_state, struct sock *sk, int old_state, int new_state)
{
	if (new_state != TCP_SYN_SENT && new_state != TCP_LISTEN)
		return 0;
	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	return new_state == TCP_SYN_SENT ? on_endpoint(sk, AW_KIND_NET_OUT, AW_HOOK_CONNECT, IPPROTO_TCP) :
					   on_endpoint(sk, AW_KIND_NET_LISTEN, AW_HOOK_LISTEN, IPPROTO_TCP);
}

/* The socket behind a descriptor of the current task; null if it is something else. */
static __always_inline struct sock *sock_of(int descriptor)
{
	struct file *file = file_of(descriptor);
	struct socket *socket;

	if (!file || !S_ISSOCK(LOAD(file, f_inode, i_mode)))
		return 0;
	socket = LOAD(file, private_data);
	return LOAD(socket, sk);
}

/* UDP, when connect or bind returns. A task that has its saved registers changed names another of its own sockets at best. */
static __always_inline int on_datagram(struct trace_event_raw_sys_exit *context, u32 kind, u32 hook)
{
	struct sock *sk;

	if (context->ret || !watched_current())
		return 0;
	sk = sock_of(argument_of(0));
	if (!sk || LOAD(sk, sk_protocol) != IPPROTO_UDP)
		return 0;
	/* A port that the kernel chose is the local end of a client. */
	if (kind == AW_KIND_NET_LISTEN && !(BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK))
		return 0;
	return on_endpoint(sk, kind, hook, IPPROTO_UDP);
}

SEC("tracepoint/syscalls/sys_exit_connect")
int on_exit_connect(struct trace_event_raw_sys_exit *context)
{
	return on_datagram(context, AW_KIND_NET_OUT, AW_HOOK_CONNECT);
}

SEC("tracepoint/syscalls/sys_exit_bind")
int on_exit_bind(struct trace_event_raw_sys_exit *context)
{
	return on_datagram(context, AW_KIND_NET_LISTEN, AW_HOOK_LISTEN);
}

/*
 * Datagrams to an address that the socket is not connected to. Called for these alone, so that send(2) on a connection costs nothing.
 * Answers 1: let it pass.
 */
SEC("cgroup/sendmsg4")
int on_sendmsg4(struct bpf_sock_addr *context)
{
	struct aw_watched *w = watched_current();
	struct endpoint e = { .family = AF_INET, .protocol = IPPROTO_UDP };
	u32 address = context->user_ip4;

	if (!w || context->protocol != IPPROTO_UDP)
		return 1;
	__builtin_memcpy(e.address, &address, 4);
	e.port = __builtin_bswap16(context->user_port);
	tell_endpoint(w, &e, AW_KIND_NET_OUT, AW_HOOK_CONNECT, CGROUP_LINEAGE);
	return 1;
}

SEC("cgroup/sendmsg6")
int on_sendmsg6(struct bpf_sock_addr *context)
{
	struct aw_watched *w = watched_current();
	struct endpoint e = { .family = AF_INET6, .protocol = IPPROTO_UDP };
	u32 words[4];

	if (!w || context->protocol != IPPROTO_UDP)
		return 1;
	words[0] = context->user_ip6[0];
	words[1] = context->user_ip6[1];
	words[2] = context->user_ip6[2];
	words[3] = context->user_ip6[3];
	__builtin_memcpy(e.address, words, 16);
	e.port = __builtin_bswap16(context->user_port);
	tell_endpoint(w, &e, AW_KIND_NET_OUT, AW_HOOK_CONNECT, CGROUP_LINEAGE);
	return 1;
}
