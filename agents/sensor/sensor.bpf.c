/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sensor is one object: the hook families share their maps, and what they share is compiled once. */
#include "process.bpf.c"
#include "file.bpf.c"
#include "network.bpf.c"
#include "ring.bpf.c"
#include "container.bpf.c"
#include "call.bpf.c"
#include "change.bpf.c"
#include "dns.bpf.c"
#include "syscall.bpf.c"

/* Keeps the wire's types in the object's BTF, where a test compares them with src/sensor/layout.ts. */
enum aw_kind wire_kind = AW_KIND_COUNT;
enum aw_hash_type wire_hash_type = AW_HASH_PROGRAM;
enum aw_hook wire_hook = AW_HOOK_COUNT;
enum aw_loss wire_loss = AW_LOSS_COUNT;
enum aw_origin wire_origin = AW_ORIGIN_UNKNOWN;
enum aw_state wire_state = AW_STATE_PENDING;
enum aw_mark_kind wire_mark_kind = AW_MARK_START;
struct aw_mark wire_mark = { .kind = AW_MARK_START };
enum aw_call wire_call = AW_CALL_FIRST;

char LICENSE[] SEC("license") = "Dual BSD/GPL";
