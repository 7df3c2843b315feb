/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Network. Connections out, by TCP, refused ones too, and the peers of UDP: hooks of cgroups at connect and at datagrams to an address of
 * their own, whatever the system call. Listening sockets and accepted connections: when the call returns. Where a hook of a cgroup cannot
 * see the lineage, or another program may change where a connection goes, TCP is told by its changes of state instead, all of which
 * that hook costs: six a connection.
 */
#include "lib/entered.h"

/* An address in network order; IPv4 in the first four bytes. */
struct endpoint {
	u8 address[16] __attribute__((aligned(8)));
	u16 family;
	u16 port; /* host order */
	u16 protocol;
};

/* Is the address one of loopback, of private use or of the public? */
static __always_inline u8 peer_of(const struct endpoint *e)
{
	u8 a = e->address[0], b = e->address[1];

	if (e->family == AF_INET)
		return a == 127 ? AW_PEER_LOOPBACK :
		       a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168) || (a == 169 && b == 254) ||
				       (a == 100 && (b & 0xc0) == 64) ?
				  AW_PEER_PRIVATE :
				  AW_PEER_PUBLIC;
	if (!*(u64 *)e->address && *(u64 *)(e->address + 8) == 1ULL << 56)
		return AW_PEER_LOOPBACK;
	return (a & 0xfe) == 0xfc || (a == 0xfe && (b & 0xc0) == 0x80) ? AW_PEER_PRIVATE : AW_PEER_PUBLIC;
}

/* The word that stands for an endpoint in a container's present sample; of one that is reached, or that reaches, only what its key holds. */
static __always_inline u64 recent_endpoint(struct aw_watched *w, const struct endpoint *e, u32 kind, u8 peer)
{
	u64 words[5] = {
		w->container,
		(u64)w->sample << 32 | config.epoch,
		(u64)e->protocol | (u64)e->port << 16 | (u64)e->family << 32 | (u64)kind << 48 | (u64)peer << 56,
	};

	if (kind == AW_KIND_NET_OUT)
		__builtin_memcpy(&words[3], e->address, 16);
	return hash_words(AW_HASH_ENDPOINT_RECENT, words, 5);
}

/*
 * The place of an endpoint among the last ones that its container showed, and what stands there when it was recognised in this sample
 * (user space clears all when another begins). Compared as a whole, so that nothing needs to be hashed; null for what does not fit into a
 * word. Two CPUs may write one place at once: what is mixed then names an endpoint that one of them recognised.
 */
static __always_inline u64 *last_slot(struct aw_watched *w, const struct endpoint *e, u32 kind, u8 peer, u64 word[2])
{
	u32 place;

	word[0] = (u64)e->port << 32 | (u64)(e->protocol & 0xff) << 48 | (u64)kind << 56;
	word[1] = config.epoch | w->container << 32;
	if (kind == AW_KIND_NET_OUT && e->family == AF_INET) {
		u32 address = *(u32 *)e->address;

		word[0] |= address;
		place = (address >> 24 ^ address >> 16 ^ e->port) & (AW_LAST_OUT - 1);
	} else if (kind == AW_KIND_NET_IN) {
		word[0] |= peer;
		place = AW_LAST_OUT + (e->port & (AW_LAST_ENDPOINTS - AW_LAST_OUT - 1));
	} else {
		return 0;
	}
	return &w->last[place * 2];
}

static __always_inline bool is_last(const u64 *slot, const u64 word[2])
{
	return slot && slot[0] == word[0] && slot[1] == word[1];
}

static __always_inline void keep_last(u64 *slot, const u64 word[2])
{
	if (!slot)
		return;
	slot[0] = word[0];
	slot[1] = word[1];
}

/* Programs of cgroups may have to do without task storage. */
enum hooked { HOOKED_TRACEPOINT, HOOKED_CGROUP };

static __always_inline int tell_endpoint(struct aw_watched *w, struct endpoint *e, u32 kind, u32 hook, enum hooked hooked)
{
	struct aw_task *state;
	struct scratch *s;
	u64 words[3] = {}, last_word[2], hash, word, *slot, *last;
	u8 peer;
	bool found;

	if ((e->family != AF_INET && e->family != AF_INET6) || !e->port)
		return 0;
	/* ::ffff:a.b.c.d is a.b.c.d */
	if (e->family == AF_INET6 && !*(u64 *)e->address && *(u32 *)(e->address + 8) == 0xffff0000) {
		__builtin_memcpy(e->address, e->address + 12, 4);
		__builtin_memset(e->address + 4, 0, 12);
		e->family = AF_INET;
	}
	peer = kind == AW_KIND_NET_IN ? peer_of(e) : 0;
	last = last_slot(w, e, kind, peer, last_word);
	/* Of a container that is captured everything is told. */
	if (is_last(last, last_word) && !(w->flags & AW_WATCHED_CAPTURE)) {
		COUNT(known, kind);
		return 0;
	}
	word = recent_endpoint(w, e, kind, peer);
	slot = recent_slot(word, &found);
	if (found && !(w->flags & AW_WATCHED_CAPTURE)) {
		keep_last(last, last_word);
		COUNT(known, kind);
		return 0;
	}
	words[0] = (u64)e->protocol | (u64)e->port << 16;
	if (kind == AW_KIND_NET_OUT) {
		if (w->flags & AW_WATCHED_PORT && known_as(w, hash_words(AW_HASH_NET_OUT_PORT, words, 1), kind)) {
			if (slot)
				*slot = word;
			keep_last(last, last_word);
			return 0;
		}
		words[0] |= (u64)e->family << 32;
		__builtin_memcpy(&words[1], e->address, 16);
		hash = hash_words(AW_HASH_NET_OUT, words, 3);
	} else if (kind == AW_KIND_NET_IN) {
		words[0] |= (u64)peer << 32;
		hash = hash_words(AW_HASH_NET_IN, words, 1);
	} else {
		hash = hash_words(AW_HASH_NET_LISTEN, words, 1);
	}
	u32 flags = 0;
	enum decision decision = decide(w, hash, kind);

	if (decision == DECIDED_KNOWN) {
		keep_last(last, last_word);
		if (slot)
			*slot = word;
	}
	if (silent(w, decision, hook, &flags))
		return 0;
	state = hooked == HOOKED_TRACEPOINT || CGROUP_LINEAGE ? task_state(bpf_get_current_task_btf()) : 0;
	if (state && state->flags & AW_TASK_RUNTIME)
		return 0;
	if (!within_rate(w, hook, flags))
		return 0;
	s = take_scratch(w->container, hook);
	if (!s)
		return 0;
	struct aw_record *r = &s->record;
	u32 at = 0;

	if (hooked == HOOKED_TRACEPOINT)
		begin_record(s, w, kind, hook, hash);
	else
		begin_record_of(bpf_get_current_task_btf(), r, w, kind, hook, hash, CGROUP_LINEAGE);
	r->flags |= flags;
	r->protocol = e->protocol;
	r->peer = peer;
	r->family = e->family;
	r->port = e->port;
	__builtin_memcpy(r->address, e->address, 16);
	at = append_process(s, at, PROCESS_WITH_EXE);
	if (send_record(s, &activity_ring, at) && !(flags & AW_FLAG_CAPTURED))
		mark_told(w, hash, hook);
	give_scratch(s);
	return 0;
}

static __always_inline int on_endpoint(struct sock *sk, u32 kind, u32 hook, u16 protocol)
{
	struct aw_watched *w = watched_or_entered();
	struct endpoint e = { .protocol = protocol };

	if (!w)
		return 0;
	e.family = LOAD(sk, __sk_common.skc_family);
	if (kind == AW_KIND_NET_OUT) {
		COUNT_DEED(w, connects);
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
	return tell_endpoint(w, &e, kind, hook, HOOKED_TRACEPOINT);
}

/* A socket listens now; that of MPTCP stands for those of TCP below it. */
static __always_inline int tell_listening(struct sock *sk)
{
	u16 protocol = LOAD(sk, sk_protocol);

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_MPTCP)
		return 0;
	return on_endpoint(sk, AW_KIND_NET_LISTEN, AW_HOOK_LISTEN, IPPROTO_TCP);
}

SEC("tracepoint/syscalls/sys_exit_listen")
int on_exit_listen(struct trace_event_raw_sys_exit *context)
{
	struct sock *sk;

	if (context->ret || !watched_or_entered())
		return 0;
	sk = sock_of(argument_of(0));
	return sk ? tell_listening(sk) : 0;
}

/* Attached only where the hooks above and the cgroup's for connect(2) cannot take its place. */
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

/*
 * Families that services have no use for and that lead into rarely used parts of the kernel: its cryptography, the hypervisor, cluster and
 * vehicle buses; of netlink, the rules of the firewall and of IPsec. The C library binds netlink's routes whenever it resolves a name.
 */
static __always_inline bool is_odd(u16 family, u16 protocol)
{
	return family == AF_ALG || family == AF_VSOCK || family == AF_TIPC || family == AF_CAN || family == AF_BLUETOOTH ||
	       (family == AF_NETLINK && (protocol == NETLINK_NETFILTER || protocol == NETLINK_XFRM));
}

static __noinline int take_odd_socket(struct aw_watched *w, u32 family);

__noinline int tell_bound(u64 socket)
{
	struct aw_watched *w = watched_or_entered();
	struct sock *sk = (struct sock *)socket;

	if (!w || !sk)
		return 0;
	if (is_odd(LOAD(sk, __sk_common.skc_family), LOAD(sk, sk_protocol)))
		return take_odd_socket(w, LOAD(sk, __sk_common.skc_family));
	if (LOAD(sk, sk_protocol) != IPPROTO_UDP)
		return 0;
	/* A port that the kernel chose is the local end of a client. */
	if (!(BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK))
		return 0;
	return on_endpoint(sk, AW_KIND_NET_LISTEN, AW_HOOK_LISTEN, IPPROTO_UDP);
}

/* UDP, and sockets of odd families, when bind returns. A task that has its saved registers changed names another of its own sockets at best. */
SEC("tracepoint/syscalls/sys_exit_bind")
int on_exit_bind(struct trace_event_raw_sys_exit *context)
{
	if (context->ret || !watched_or_entered())
		return 0;
	return tell_bound(number_of(sock_of(argument_of(0))));
}

/* A connection that was accepted as this descriptor: who reaches which port, by the kind of address. */
__noinline int tell_accepted(u32 descriptor)
{
	struct endpoint e = { .protocol = IPPROTO_TCP };
	struct aw_watched *w = watched_or_entered();
	struct sock *sk;

	if (!w)
		return 0;
	if (descriptor >= AW_DESCRIPTORS_MANY)
		COUNT_DEED(w, descriptors);
	sk = sock_of(descriptor);
	if (!sk)
		return 0;
	e.family = LOAD(sk, __sk_common.skc_family);
	e.port = LOAD(sk, __sk_common.skc_num);
	if (e.family == AF_INET)
		*(u32 *)e.address = LOAD(sk, __sk_common.skc_daddr);
	else if (e.family == AF_INET6)
		bpf_core_read(e.address, 16, &sk->__sk_common.skc_v6_daddr);
	return tell_endpoint(w, &e, AW_KIND_NET_IN, AW_HOOK_ACCEPT, HOOKED_TRACEPOINT);
}

/* By accept(2) or accept4(2). */
SEC("tracepoint")
int on_exit_accept(struct trace_event_raw_sys_exit *context)
{
	if (used_up(context->ret))
		return count_used_up();
	return context->ret < 0 ? 0 : tell_accepted(context->ret);
}

/* Lower end of the ports that the kernel gives to clients (net.ipv4.ip_local_port_range, by default). */
#define CLIENT_PORTS_FROM 32768

/*
 * Where a socket is connected to, or a datagram goes. A client's port that UDP writes to from a port below those is an answer: that
 * somebody is served counts then, as for a connection that is accepted, and not the port, which is another each time.
 */
static __always_inline void tell_destination(struct bpf_sock_addr *context, struct aw_watched *w, struct endpoint *e)
{
	u32 kind = AW_KIND_NET_OUT, hook = AW_HOOK_CONNECT;

	e->port = __builtin_bswap16(context->user_port);
	if (e->protocol == IPPROTO_TCP) {
		COUNT_DEED(w, connects);
	} else {
		struct bpf_sock *sk = context->sk;
		u32 local = sk ? sk->src_port : 0;

		if (local && local < CLIENT_PORTS_FROM && e->port >= CLIENT_PORTS_FROM) {
			e->port = local;
			kind = AW_KIND_NET_IN;
			hook = AW_HOOK_ACCEPT;
		}
	}
	tell_endpoint(w, e, kind, hook, HOOKED_CGROUP);
}

static __always_inline void tell_destination4(struct bpf_sock_addr *context)
{
	struct aw_watched *w = watched_or_entered_by_cgroup();
	struct endpoint e = { .family = AF_INET, .protocol = context->protocol };
	u32 address = context->user_ip4;

	if (!w)
		return;
	__builtin_memcpy(e.address, &address, 4);
	tell_destination(context, w, &e);
}

static __always_inline void tell_destination6(struct bpf_sock_addr *context)
{
	struct aw_watched *w = watched_or_entered_by_cgroup();
	struct endpoint e = { .family = AF_INET6, .protocol = context->protocol };
	u32 words[4];

	if (!w)
		return;
	words[0] = context->user_ip6[0];
	words[1] = context->user_ip6[1];
	words[2] = context->user_ip6[2];
	words[3] = context->user_ip6[3];
	__builtin_memcpy(e.address, words, 16);
	tell_destination(context, w, &e);
}

static __always_inline bool tells_connect(struct bpf_sock_addr *context)
{
	return context->protocol == IPPROTO_UDP || (context->protocol == IPPROTO_TCP && config.tcp_by_cgroup);
}

/* Called for every connect(2); all answer 1: let it pass. */
SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *context)
{
	if (tells_connect(context))
		tell_destination4(context);
	return 1;
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *context)
{
	if (tells_connect(context))
		tell_destination6(context);
	return 1;
}

/* Datagrams to an address that the socket is not connected to: called for these alone, so that send(2) on a connection costs nothing. */
SEC("cgroup/sendmsg4")
int on_sendmsg4(struct bpf_sock_addr *context)
{
	if (context->protocol == IPPROTO_UDP)
		tell_destination4(context);
	return 1;
}

SEC("cgroup/sendmsg6")
int on_sendmsg6(struct bpf_sock_addr *context)
{
	if (context->protocol == IPPROTO_UDP)
		tell_destination6(context);
	return 1;
}
