/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012) with a random key for each run, so that nobody who
 * may choose names can find one that collides with a known one. src/sensor/sip-hash.ts computes the same.
 */
#ifndef ANCHORWATCH_HASH_H
#define ANCHORWATCH_HASH_H

#include "maps.h"

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define SIP_ROUND(v)                                                                                                  \
	do {                                                                                                          \
		v[0] += v[1];                                                                                         \
		v[1] = ROTL(v[1], 13);                                                                                \
		v[1] ^= v[0];                                                                                         \
		v[0] = ROTL(v[0], 32);                                                                                \
		v[2] += v[3];                                                                                         \
		v[3] = ROTL(v[3], 16);                                                                                \
		v[3] ^= v[2];                                                                                         \
		v[0] += v[3];                                                                                         \
		v[3] = ROTL(v[3], 21);                                                                                \
		v[3] ^= v[0];                                                                                         \
		v[2] += v[1];                                                                                         \
		v[1] = ROTL(v[1], 17);                                                                                \
		v[1] ^= v[2];                                                                                         \
		v[2] = ROTL(v[2], 32);                                                                                \
	} while (0)

static __always_inline void sip_begin(u64 v[4], u32 type)
{
	u64 k0 = config.hash_key[0], k1 = config.hash_key[1] ^ type;

	v[0] = k0 ^ 0x736f6d6570736575ULL;
	v[1] = k1 ^ 0x646f72616e646f6dULL;
	v[2] = k0 ^ 0x6c7967656e657261ULL;
	v[3] = k1 ^ 0x7465646279746573ULL;
}

static __always_inline void sip_word(u64 v[4], u64 m)
{
	v[3] ^= m;
	SIP_ROUND(v);
	v[0] ^= m;
}

static __always_inline u64 sip_end(u64 v[4], u64 last)
{
	sip_word(v, last);
	v[2] ^= 0xff;
	SIP_ROUND(v);
	SIP_ROUND(v);
	SIP_ROUND(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Hash of `count` 64-bit words. */
static __always_inline u64 hash_words(u32 type, const u64 *words, u32 count)
{
	u64 v[4];

	sip_begin(v, type);
	for (u32 i = 0; i < count; i++)
		sip_word(v, words[i]);
	return sip_end(v, (u64)(count * 8) << 56);
}

struct sip {
	struct scratch *s;
	u64 v[4];
	u32 start;
};

static long sip_step(u32 i, struct sip *sip)
{
	struct scratch *s = sip->s;

	sip_word(sip->v, *(u64 *)(s->text + ((sip->start + i * 8) & (TEXT_MAX - 1))));
	return 0;
}

/* Hash of `bytes` bytes of the scratch text from `start`, at most AW_PATH_MAX. */
__noinline u64 hash_text(struct scratch *s, u32 start, u32 bytes, u32 type)
{
	struct sip sip = {};
	u64 last;

	if (!s || bytes > AW_PATH_MAX)
		return 0;
	sip.s = s;
	sip.start = start;
	sip_begin(sip.v, type);
	bpf_loop(bytes / 8, sip_step, &sip, 0);
	last = *(u64 *)(s->text + ((start + (bytes & ~7U)) & (TEXT_MAX - 1)));
	u32 rest = bytes & 7;
	last = rest ? last & (~0ULL >> (64 - 8 * rest)) : 0;
	return sip_end(sip.v, last | (u64)bytes << 56);
}

#endif
