import { z } from 'zod';
import { limits } from './limits.ts';

/**
 * What an address of a cluster is called, as two texts. Key: `service ADDRESS`, `pod ADDRESS` or `endpoint ADDRESS PORT/PROTOCOL`. Name:
 * `NAMESPACE/KIND/NAME`; of an endpoint with a space and the port of the service, `payments/service/db 5432`.
 */
export type PeerEntry = readonly [key: string, name: string];

/** Entries that have a name in common, as they travel: `at` has their addresses, with a space between. What is gone has an empty name. */
export type PeerGroup =
  | { readonly service: string; readonly at: string }
  | { readonly pod: string; readonly at: string }
  | { readonly endpoint: string; readonly port: number; readonly target: string; readonly at: string };

/** How far an agent has come; empty epoch: it has nothing. */
export interface PeersPosition {
  /** Which life of the collector `version` counts in. */
  readonly epoch: string;
  readonly version: number;
  /** So many parts of that version came; absent: all of it. */
  readonly part?: number;
}

/**
 * What the agent holds of the names that the collector shares: asks for them after the hello, and answers each `peers-part` and `peers-change`. The next
 * message is sent when it came, so that one is on its way at most. Only to a collector that accepts `peers`.
 */
export interface PeersHeld extends PeersPosition {
  readonly type: 'peers-held';
  /** Uid of the Service default/kubernetes: names are of use in their own cluster only. */
  readonly cluster: string;
  /** `asks`: after the hello; `taken`; `gap`: something before the message was missing; `refused`: it could not be believed. After the last two all is sent again. */
  readonly reason: 'asks' | 'taken' | 'gap' | 'refused';
}

/** A part of all names of that version, counted from 1; what is in none of them has no name. */
export interface PeersPart {
  readonly type: 'peers-part';
  readonly epoch: string;
  readonly version: number;
  readonly part: number;
  readonly parts: number;
  /** Of all parts together. */
  readonly entries: number;
  /** What the collector had no room for. */
  readonly leftOut: number;
  readonly put: readonly PeerGroup[];
}

/** What is different in `version` from the version before it, `from`. Both the same, and nothing in it: the agent has everything. */
export interface PeersChange {
  readonly type: 'peers-change';
  readonly epoch: string;
  readonly from: number;
  readonly version: number;
  /** Afterwards; absent: more that belongs to it comes in the next version. */
  readonly entries?: number;
  readonly leftOut: number;
  readonly put: readonly PeerGroup[];
  readonly gone: readonly PeerGroup[];
}

export const peersNoneReasons = ['starting', 'forbidden', 'other-cluster'] as const;

/** The collector has no names to share at present: the agent sees to them itself until it is told some. */
export interface PeersNone {
  readonly type: 'peers-none';
  /** `starting`: not all is listed yet; `forbidden`: the API does not let it; `other-cluster`: it watches another one than the agent's. */
  readonly reason: (typeof peersNoneReasons)[number];
}

export type PeersMessage = PeersPart | PeersChange | PeersNone;

/** Bounds of what is shared; both sides keep them. */
export const peersBounds = {
  /** Addresses, and ports of endpoints, with names. */
  entries: 150_000,
  /** Characters of their keys and names. */
  characters: 16_000_000,
  /** Characters of the groups of one message, about: alerts wait behind little. */
  messageCharacters: 65_536,
  /** Parts of a version. */
  parts: 1_000,
} as const;

const name = z.string().max(limits.nameLength);
const at = z.string().max(peersBounds.messageCharacters * 2);
const version = z.int().min(0);
type GroupsSchema = z.ZodArray<z.ZodType<PeerGroup>>;
const groups: GroupsSchema = z
  .array(
    z.union([
      z.object({ service: name, at }),
      z.object({ pod: name, at }),
      z.object({ endpoint: name, port: z.int().min(0).max(65_535), target: z.string().max(16), at }),
    ]),
  )
  .max(10_000);
const entries = z.int().min(0).max(peersBounds.entries);

export const peersHeldSchema: z.ZodObject<{
  type: z.ZodLiteral<'peers-held'>;
  cluster: z.ZodString;
  epoch: z.ZodString;
  version: z.ZodInt;
  part: z.ZodExactOptional<z.ZodInt>;
  reason: z.ZodEnum<{ asks: 'asks'; taken: 'taken'; gap: 'gap'; refused: 'refused' }>;
}> = z.object({
  ...{ type: z.literal('peers-held'), cluster: z.string().max(64), epoch: z.string().max(64), version },
  ...{
    part: z.int().min(1).max(peersBounds.parts).exactOptional(),
    reason: z.enum(['asks', 'taken', 'gap', 'refused']),
  },
});

export const peersPartSchema: z.ZodObject<{
  type: z.ZodLiteral<'peers-part'>;
  epoch: z.ZodString;
  version: z.ZodInt;
  part: z.ZodInt;
  parts: z.ZodInt;
  entries: z.ZodInt;
  leftOut: z.ZodInt;
  put: GroupsSchema;
}> = z.object({
  ...{ type: z.literal('peers-part'), epoch: z.string().min(1).max(64), version },
  ...{ part: z.int().min(1).max(peersBounds.parts), parts: z.int().min(1).max(peersBounds.parts) },
  ...{ entries, leftOut: z.int().min(0), put: groups },
});

export const peersChangeSchema: z.ZodObject<{
  type: z.ZodLiteral<'peers-change'>;
  epoch: z.ZodString;
  from: z.ZodInt;
  version: z.ZodInt;
  entries: z.ZodExactOptional<z.ZodInt>;
  leftOut: z.ZodInt;
  put: GroupsSchema;
  gone: GroupsSchema;
}> = z.object({
  ...{ type: z.literal('peers-change'), epoch: z.string().min(1).max(64), from: version, version },
  ...{ entries: entries.exactOptional(), leftOut: z.int().min(0), put: groups, gone: groups },
});

export const peersNoneSchema: z.ZodObject<{
  type: z.ZodLiteral<'peers-none'>;
  reason: z.ZodEnum<{ starting: 'starting'; forbidden: 'forbidden'; 'other-cluster': 'other-cluster' }>;
}> = z.object({ type: z.literal('peers-none'), reason: z.enum(peersNoneReasons) });
