/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The known-feature filter: what a workload is known to do stops here. */
#ifndef ANCHORWATCH_FILTER_H
#define ANCHORWATCH_FILTER_H

#include "path.h"

static __always_inline struct aw_stats *own_stats(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&stats, &zero);
}

#define COUNT(member, index)                                                                                          \
	do {                                                                                                          \
		struct aw_stats *st_ = own_stats();                                                                   \
		if (st_)                                                                                              \
			st_->member[index]++;                                                                         \
	} while (0)

/* Counts what the container did, for its rates. */
#define COUNT_DEEDS(w, member, number)                                                                                \
	do {                                                                                                          \
		struct aw_counts *counts_ = bpf_map_lookup_elem(&counts, &(w)->container);                            \
		if (counts_)                                                                                          \
			__sync_fetch_and_add(&counts_->member, number);                                               \
	} while (0)
#define COUNT_DEED(w, member) COUNT_DEEDS(w, member, 1)

/* `container`: 0 where it is not known. */
__noinline int count_loss(u64 container, u32 hook, u32 loss)
{
	struct aw_container_loss key = { .container = container, .hook = hook, .loss = loss };
	struct aw_stats *st = own_stats();
	u32 index = hook * AW_LOSS_COUNT + loss;
	u64 one = 1, *count;

	if (st && index < AW_HOOK_COUNT * AW_LOSS_COUNT)
		__sync_fetch_and_add(&st->lost[index], 1);
	if (!container)
		return 0;
	count = bpf_map_lookup_elem(&container_losses, &key);
	if (!count && bpf_map_update_elem(&container_losses, &key, &one, BPF_NOEXIST))
		count = bpf_map_lookup_elem(&container_losses, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

/* Id of the task's cgroup in the unified hierarchy. */
static __always_inline u64 cgroup_of(struct task_struct *task)
{
	return LOAD(task, cgroups, dfl_cgrp, kn, id);
}

static __always_inline struct aw_watched *watched_current(void)
{
	u64 id = CAN_CAST ? cgroup_of(bpf_get_current_task_btf()) : bpf_get_current_cgroup_id();

	return bpf_map_lookup_elem(&watched, &id);
}

/* The place of a word in `recent_marks`, and whether it is there: it was recognised in its container's present sample. */
static __always_inline u64 *recent_slot(u64 word, bool *found)
{
	u32 index = word & (RECENT_SETS - 1);
	struct recent *set = bpf_map_lookup_elem(&recent_marks, &index);

	*found = false;
	if (!set)
		return 0;
	for (u32 i = 0; i < RECENT_WAYS; i++)
		if (set->words[i] == word) {
			*found = true;
			break;
		}
	/* A way by chance: what it held is looked up by the next level again. */
	return &set->words[word >> 61];
}

/* One of the CPU's scratch slots: a program may be preempted by another one on the same CPU, so each takes its own. */
static __always_inline struct scratch *take_scratch(u64 container, u32 hook)
{
	for (u32 i = 0; i < SCRATCH_SLOTS; i++) {
		u32 slot = i;
		struct scratch *s = bpf_map_lookup_elem(&scratches, &slot);

		if (s && !__sync_lock_test_and_set(&s->busy, 1))
			return s;
	}
	count_loss(container, hook, AW_LOSS_SCRATCH_BUSY);
	return 0;
}

static __always_inline void give_scratch(struct scratch *s)
{
	__sync_lock_test_and_set(&s->busy, 0);
}

static __always_inline void count_incidence(struct aw_watched *w, struct aw_feature *f, u64 hash)
{
	struct seen_key key = { .container = w->container, .hash = hash };
	u32 sample = w->sample;
	u32 *last = bpf_map_lookup_elem(&seen, &key);

	if (last && *last == sample)
		return;
	bpf_map_update_elem(&seen, &key, &sample, BPF_ANY);
	__sync_fetch_and_add(&f->incidence[w->stratum & 1], 1);
}

enum decision { DECIDED_KNOWN, DECIDED_REPEATED, DECIDED_NEW, DECIDED_JUDGED };

#define CAPTURE_NS 1000000000ULL

/*
 * Is the container being captured, and has it a token left? Two CPUs may take the same token at once: the bound is one of effort, not
 * of exactness. What finds none is counted.
 */
static __always_inline bool captures(struct aw_watched *w, u32 hook)
{
	u64 now, since;

	if (!(w->flags & AW_WATCHED_CAPTURE))
		return false;
	now = bpf_ktime_get_ns();
	since = now - w->capture_time_ns;
	if (since >= CAPTURE_NS / 10) {
		if (since > CAPTURE_NS)
			since = CAPTURE_NS;
		u64 tokens = w->capture_tokens + since * config.captured_per_second / CAPTURE_NS;

		w->capture_tokens = tokens < config.captured_per_second ? tokens : config.captured_per_second;
		w->capture_time_ns = now;
	}
	if (w->capture_tokens) {
		w->capture_tokens--;
		return true;
	}
	count_loss(w->container, hook, AW_LOSS_CAPTURE_LIMITED);
	return false;
}

/* Is the feature known to the workload, told before in this sample, or something to tell? */
static __always_inline enum decision decide(struct aw_watched *w, u64 hash, u32 kind)
{
	struct aw_feature_key key = { .workload = w->workload, .hash = hash };
	struct aw_feature *f = bpf_map_lookup_elem(&known, &key);

	if (!f)
		return DECIDED_NEW;
	if (f->state == AW_STATE_KNOWN) {
		count_incidence(w, f, hash);
		COUNT(known, kind);
		return DECIDED_KNOWN;
	}
	struct seen_key told = { .container = w->container, .hash = hash };
	u32 *sample = bpf_map_lookup_elem(&seen, &told);
	if (sample && *sample == w->sample) {
		COUNT(repeated, kind);
		return DECIDED_REPEATED;
	}
	return f->state == AW_STATE_JUDGED ? DECIDED_JUDGED : DECIDED_NEW;
}

/* For patterns: true, and counted, when the key is known. Never marks anything. */
static __always_inline bool known_as(struct aw_watched *w, u64 hash, u32 kind)
{
	struct aw_feature_key key = { .workload = w->workload, .hash = hash };
	struct aw_feature *f = bpf_map_lookup_elem(&known, &key);

	if (!f || f->state != AW_STATE_KNOWN)
		return false;
	count_incidence(w, f, hash);
	COUNT(known, kind);
	return true;
}

/* Is there nothing to tell? A container that is captured tells of what is known, too: *flags then says so. */
static __always_inline bool silent(struct aw_watched *w, enum decision decision, u32 hook, u32 *flags)
{
	if (decision == DECIDED_NEW || decision == DECIDED_JUDGED) {
		*flags |= decision == DECIDED_JUDGED ? AW_FLAG_JUDGED : 0;
		return false;
	}
	if (!captures(w, hook))
		return true;
	*flags |= AW_FLAG_CAPTURED;
	return false;
}

/* Called only after the record was written: a lost record must not silence a feature. */
static __always_inline void mark_told(struct aw_watched *w, u64 hash, u32 hook)
{
	struct aw_feature_key key = { .workload = w->workload, .hash = hash };
	struct aw_feature pending = { .state = AW_STATE_PENDING };
	struct seen_key told = { .container = w->container, .hash = hash };
	u32 sample = w->sample;

	if (!bpf_map_lookup_elem(&known, &key) && bpf_map_update_elem(&known, &key, &pending, BPF_NOEXIST) == -E2BIG)
		count_loss(w->container, hook, AW_LOSS_KNOWN_FULL);
	bpf_map_update_elem(&seen, &told, &sample, BPF_ANY);
}

static __always_inline void begin_second(struct aw_watched *w, u64 second)
{
	if (w->window == second)
		return;
	w->window = second;
	w->records = 0;
	w->marks = 0;
}

/* A container's records a second are bounded, so that its noise cannot push out another's: true when one more may pass. */
static __always_inline bool within_rate(struct aw_watched *w, u32 hook, u32 flags)
{
	u64 second = bpf_ktime_get_ns() >> 30;

	/* What is captured has a bound of its own. */
	if (!config.records_per_second || flags & AW_FLAG_CAPTURED)
		return true;
	begin_second(w, second);
	if (__sync_fetch_and_add(&w->records, 1) < config.records_per_second)
		return true;
	count_loss(w->container, hook, AW_LOSS_RATE_LIMITED);
	return false;
}

#endif
