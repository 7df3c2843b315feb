/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Network: TCP by its state changes (outbound connections, refused ones too, and listening sockets, whatever the system call), UDP by
 * connect and bind.
 */
#include "lib/record.h"

static __always_inline int on_endpoint(struct sock *sk, u32 kind, u32 hook, u16 protocol)
{
	struct aw_watched *w = watched_current();
	struct aw_task *state;
	struct scratch *s;
	u64 words[3] = {}, hash;
	u8 address[16] = {};
	u16 family, port;

	if (!w)
		return 0;
	family = LOAD(sk, __sk_common.skc_family);
	if (kind == AW_KIND_NET_OUT) {
		port = __builtin_bswap16(LOAD(sk, __sk_common.skc_dport));
		if (family == AF_INET)
			bpf_core_read(address, 4, &sk->__sk_common.skc_daddr);
		else if (family == AF_INET6)
			bpf_core_read(address, 16, &sk->__sk_common.skc_v6_daddr);
	} else {
		port = LOAD(sk, __sk_common.skc_num);
		if (family == AF_INET)
			bpf_core_read(address, 4, &sk->__sk_common.skc_rcv_saddr);
		else if (family == AF_INET6)
			bpf_core_read(address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	}
	if ((family != AF_INET && family != AF_INET6) || !port)
		return 0;
	/* ::ffff:a.b.c.d is a.b.c.d */
	if (family == AF_INET6 && !*(u64 *)address && *(u32 *)(address + 8) == 0xffff0000) {
		__builtin_memcpy(address, address + 12, 4);
		__builtin_memset(address + 4, 0, 12);
		family = AF_INET;
	}
	words[0] = (u64)protocol | (u64)port << 16;
	if (kind == AW_KIND_NET_OUT) {
		if (w->flags & AW_WATCHED_PORT && known_as(w, hash_words(AW_HASH_NET_OUT_PORT, words, 1), kind))
			return 0;
		words[0] |= (u64)family << 32;
		__builtin_memcpy(&words[1], address, 16);
		hash = hash_words(AW_HASH_NET_OUT, words, 3);
	} else {
		hash = hash_words(AW_HASH_NET_LISTEN, words, 1);
	}
	enum decision decision = decide(w, hash, kind);

	if (decision == DECIDED_KNOWN || decision == DECIDED_REPEATED)
		return 0;
	state = task_state(bpf_get_current_task_btf());
	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	if (!within_rate(w, hook))
		return 0;
	s = take_scratch(hook);
	if (!s)
		return 0;
	struct aw_record *r = &s->record;
	u32 at = 0;

	begin_record(r, w, kind, hook, hash);
	r->flags |= decision == DECIDED_JUDGED ? AW_FLAG_JUDGED : 0;
	r->protocol = protocol;
	r->family = family;
	r->port = port;
	__builtin_memcpy(r->address, address, 16);
	append_args(s, &at);
	append_exe(s, &at);
	append_cwd(s, &at);
	if (send_record(s, &activity_ring, at))
		mark_told(w, hash, hook);
	give_scratch(s);
	return 0;
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
