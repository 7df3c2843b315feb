/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DNS over UDP, port 53: questions as they leave, in the process that asks, and answers as they arrive at its socket, where no process
 * runs. RFC 1035. Not seen: DNS over TCP, TLS and HTTPS, and a resolver that listens elsewhere.
 */
#include "lib/record.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define DNS_PORT 53
/* 127.0.0.11, network order: Docker's resolver, whose port has been translated when the packet leaves */
#define DOCKER_RESOLVER 0x0b00007f
#define DNS_HEADER_BYTES 12
#define DNS_NAME_MAX 255
#define DNS_LABEL_MAX 63
#define DNS_MESSAGE_MAX 1024
#define DNS_ANSWERS_MAX 32
#define DNS_RESPONSE 0x80 /* first byte of the flags */
#define DNS_A 1
#define DNS_AAAA 28
#define DNS_HTTPS 65
#define UDP_HEADER_BYTES 8
#define UDP_SEGMENTS_MAX 128

/* Where the DNS message of a packet begins, and the other end; 0 if it is none. The resolver is at its destination when it is a question. */
static __always_inline u32 dns_message(struct __sk_buff *skb, u32 is_question, struct aw_record *r)
{
	u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end, *header;
	bool is_v6 = skb->protocol == __builtin_bswap16(ETH_P_IPV6);
	u32 port_at = is_question ? 2 : 0, address_at = is_question;
	u32 udp = 40;

	if (data + 20 > end)
		return 0;
	if (is_v6) {
		if (data[6] != IPPROTO_UDP)
			return 0;
	} else {
		if (skb->protocol != __builtin_bswap16(ETH_P_IP) || data[9] != IPPROTO_UDP)
			return 0;
		udp = (data[0] & 15) * 4;
	}
	header = data + udp;
	if (header + UDP_HEADER_BYTES > end)
		return 0;
	if ((header[port_at] || header[port_at + 1] != DNS_PORT) &&
	    (is_v6 || *(u32 *)(data + 12 + address_at * 4) != DOCKER_RESOLVER))
		return 0;
	if (r) {
		r->protocol = IPPROTO_UDP;
		r->port = DNS_PORT;
		r->family = is_v6 ? AF_INET6 : AF_INET;
		if (is_v6)
			bpf_skb_load_bytes(skb, 8 + address_at * 16, r->address, 16);
		else
			bpf_skb_load_bytes(skb, 12 + address_at * 4, r->address, 4);
	}
	return udp + UDP_HEADER_BYTES;
}

struct name {
	struct scratch *s;
};

/* Copies a name's byte, lower-case, from the data to the text. Lengths of labels are below the letters. */
static long name_step(u32 i, struct name *n)
{
	struct scratch *s = n->s;
	u8 c = s->data[(DNS_HEADER_BYTES + i) & (DNS_MESSAGE_MAX - 1)];

	if (s->name_left) {
		s->name_left--;
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
	} else if (!c) {
		s->name_state = 1;
		s->name_bytes = i;
		return 1;
	} else if (c > DNS_LABEL_MAX) {
		s->name_state = 2;
		return 1;
	} else {
		s->name_left = c;
	}
	s->text[i & (AW_PATH_MAX - 1)] = c;
	return 0;
}

/* Reads the message into the data and its question's name into the text, labels as sent; its bytes, 0 if there is no name. */
static __always_inline u32 read_message(struct __sk_buff *skb, u32 at, u32 bytes, struct scratch *s, u32 *message_bytes)
{
	u32 name_bytes;
	struct name n = { .s = s };

	if (bytes > DNS_MESSAGE_MAX - 1)
		bytes = DNS_MESSAGE_MAX - 1;
	bytes &= DNS_MESSAGE_MAX - 1;
	if (bytes <= DNS_HEADER_BYTES || bpf_skb_load_bytes(skb, at, s->data, bytes))
		return 0;
	s->name_left = 0;
	s->name_bytes = 0;
	s->name_state = 0;
	bpf_loop(DNS_NAME_MAX, name_step, &n, 0);
	name_bytes = s->name_bytes;
	if (s->name_state != 1 || name_bytes > DNS_NAME_MAX || DNS_HEADER_BYTES + name_bytes + 5 > bytes)
		return 0;
	s->text_start = 0;
	s->text_bytes = name_bytes;
	*message_bytes = bytes;
	return name_bytes;
}

/*
 * The container that a DNS message is of, with a scratch that holds the message and its name; null, and no scratch, when it is none.
 * `wanted`: DNS_RESPONSE or 0.
 */
static __always_inline struct aw_watched *take_message(struct __sk_buff *skb, u32 at, u32 message, u8 wanted, struct scratch **scratch,
						       u32 *name_bytes, u32 *message_bytes)
{
	struct aw_watched *w;
	struct scratch *s;
	u64 id;

	id = bpf_skb_cgroup_id(skb);
	w = bpf_map_lookup_elem(&watched, &id);
	if (!w)
		return 0;
	s = take_scratch(w->container, AW_HOOK_DNS);
	if (!s)
		return 0;
	*name_bytes = read_message(skb, at, message, s, message_bytes);
	if (!*name_bytes || (s->data[2] & DNS_RESPONSE) != wanted) {
		give_scratch(s);
		return 0;
	}
	*scratch = s;
	return w;
}

/* The question that stands at `at`, in `message` bytes. A function of its own: the verifier looks at it once, however many a packet has. */
__noinline int tell_question(struct __sk_buff *skb, u32 at, u32 message)
{
	u32 bytes = 0, message_bytes = 0, flags = 0, data_bytes = 0;
	struct scratch *s = 0;
	struct aw_watched *w = take_message(skb, at, message, 0, &s, &bytes, &message_bytes);
	u64 words[2];

	if (!w || !s)
		return 0;
	COUNT_DEED(w, questions);
	u32 type_at = DNS_HEADER_BYTES + bytes + 1;
	u32 type = s->data[type_at & (DNS_MESSAGE_MAX - 1)] << 8 | s->data[(type_at + 1) & (DNS_MESSAGE_MAX - 1)];

	/* A name that is looked up to be connected to is one behaviour, whatever the family of the address. */
	if (type == DNS_A || type == DNS_AAAA || type == DNS_HTTPS)
		type = 0;
	words[0] = hash_text(s, 0, bytes, AW_HASH_DNS);
	words[1] = type;
	u64 hash = hash_words(AW_HASH_DNS, words, 2);
	enum decision decision = decide(w, hash, AW_KIND_DNS_QUESTION);

	if (decision == DECIDED_NEW && w->flags & AW_WATCHED_PARENT) {
		u32 label = (s->text[0] & DNS_LABEL_MAX) + 1;

		if (bytes > label) {
			words[0] = hash_text(s, label, bytes - label, AW_HASH_DNS_PARENT);
			if (known_as(w, hash_words(AW_HASH_DNS_PARENT, words, 2), AW_KIND_DNS_QUESTION))
				decision = DECIDED_KNOWN;
		}
	}
	if (silent(w, decision, AW_HOOK_DNS, &flags) || !within_rate(w, AW_HOOK_DNS, flags))
		goto out;
	begin_record_of(bpf_get_current_task_btf(), &s->record, w, AW_KIND_DNS_QUESTION, AW_HOOK_DNS, hash, CGROUP_LINEAGE);
	dns_message(skb, 1, &s->record);
	s->record.flags |= flags;
	s->record.detail = type;
	s->record.path_bytes = append_text(s, &data_bytes);
	data_bytes = append_process(s, data_bytes, PROCESS_WITH_EXE);
	if (send_record(s, &activity_ring, data_bytes) && !(flags & AW_FLAG_CAPTURED))
		mark_told(w, hash, AW_HOOK_DNS);
out:
	give_scratch(s);
	return 0;
}

/*
 * Each message of a packet. With UDP_SEGMENT one call sends many datagrams, which come by as one packet here; with UDP_GRO they may come
 * in as one.
 */
static __always_inline int each_message(struct __sk_buff *skb, u32 is_question, int (*tell)(struct __sk_buff *, u32, u32))
{
	u32 at = dns_message(skb, is_question, 0), segment, length, rest;

	if (!at)
		return 1;
	length = skb->len;
	segment = skb->gso_size;
	for (u32 i = 0; i < UDP_SEGMENTS_MAX && at < length; i++) {
		rest = length - at;
		if (segment && segment < rest)
			rest = segment;
		tell(skb, at, rest);
		at += rest;
	}
	return 1;
}

SEC("cgroup_skb/egress")
int on_dns_question(struct __sk_buff *skb)
{
	return each_message(skb, 1, tell_question);
}

struct answers {
	struct scratch *s;
	u64 name;
	u64 container;
};

static long answer_step(u32 i, struct answers *a)
{
	u8 *data = a->s->data;
	u32 at = a->s->answer_at, type, bytes;
	u8 first = data[at & (DNS_MESSAGE_MAX - 1)];

	/* A name that is no reference to an earlier one is not skipped: what such a message holds is told each time. */
	if (first && (first & 0xc0) != 0xc0) {
		a->s->answer_fresh = 1;
		return 1;
	}
	at += first ? 2 : 1;
	if (at + 10 > a->s->answer_bytes)
		return 1;
	type = data[at & (DNS_MESSAGE_MAX - 1)] << 8 | data[(at + 1) & (DNS_MESSAGE_MAX - 1)];
	bytes = data[(at + 8) & (DNS_MESSAGE_MAX - 1)] << 8 | data[(at + 9) & (DNS_MESSAGE_MAX - 1)];
	at += 10;
	if (at + bytes > a->s->answer_bytes)
		return 1;
	a->s->answer_at = at + bytes;
	if ((type == DNS_A && bytes == 4) || (type == DNS_AAAA && bytes == 16)) {
		u64 words[3] = { a->name };
		struct seen_key key = { .container = a->container };

		bpf_probe_read_kernel(&words[1], bytes == 4 ? 4 : 16, data + (at & (DNS_MESSAGE_MAX - 1)));
		key.hash = hash_words(AW_HASH_DNS_ANSWER, words, 3);
		/* Told for as long as the container shows it: no sample has this number. */
		u32 told = ~0;

		if (a->s->answer_mark)
			bpf_map_update_elem(&seen, &key, &told, BPF_ANY);
		else if (!bpf_map_lookup_elem(&seen, &key))
			a->s->answer_fresh = 1;
	}
	return 0;
}

__noinline int tell_answer(struct __sk_buff *skb, u32 at, u32 message)
{
	u32 bytes = 0, message_bytes = 0, count;
	struct scratch *s = 0;
	struct aw_watched *w = take_message(skb, at, message, DNS_RESPONSE, &s, &bytes, &message_bytes);
	struct answers a = {};
	struct aw_record *r;

	if (!w || !s)
		return 0;
	count = s->data[6] << 8 | s->data[7];
	if (count > DNS_ANSWERS_MAX)
		count = DNS_ANSWERS_MAX;
	a.s = s;
	a.name = hash_text(s, 0, bytes, AW_HASH_DNS);
	a.container = w->container;
	s->answer_at = DNS_HEADER_BYTES + bytes + 5;
	s->answer_bytes = message_bytes;
	s->answer_fresh = 0;
	s->answer_mark = 0;
	bpf_loop(count, answer_step, &a, 0);
	if (!s->answer_fresh || !within_rate(w, AW_HOOK_DNS, 0))
		goto out;
	r = &s->record;
	__builtin_memset(r, 0, sizeof(*r));
	r->version = AW_WIRE_VERSION;
	r->kind = AW_KIND_DNS_ANSWER;
	r->hook = AW_HOOK_DNS;
	r->time_ns = bpf_ktime_get_ns();
	r->cgroup_id = w->container;
	r->workload = w->workload;
	r->flags = w->flags & AW_WATCHED_PROVISIONAL ? AW_FLAG_PROVISIONAL : 0;
	dns_message(skb, 0, r);
	r->script_bytes = message_bytes;
	if (send_record(s, &activity_ring, message_bytes)) {
		s->answer_mark = 1;
		s->answer_at = DNS_HEADER_BYTES + bytes + 5;
		bpf_loop(count, answer_step, &a, 0);
	}
out:
	give_scratch(s);
	return 0;
}

SEC("cgroup_skb/ingress")
int on_dns_answer(struct __sk_buff *skb)
{
	return each_message(skb, 0, tell_answer);
}
