import { z } from 'zod';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Alert } from '../model/alert.ts';
import { decisionOutcomes } from '../model/decision.ts';
import type { Decision, DecisionOutcome } from '../model/decision.ts';
import type { NodeReport, ProfileFeature } from '../model/node.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { alertIdSchema, alertSchema } from './alert-schema.ts';
import { decisionSchema } from './decision-schema.ts';
import { limits } from './limits.ts';
import { nodeReportSchema, profileFeatureSchema } from './node-schema.ts';
import { peersChangeSchema, peersHeldSchema, peersNoneSchema, peersPartSchema } from './peers-schema.ts';
import type { PeersHeld, PeersMessage } from './peers-schema.ts';
import { postureReportSchema } from './posture-schema.ts';
import type { PostureKept, PostureReport } from './posture-schema.ts';
import { endOutcomes } from './question.ts';
import type { End, Evidence, Kept, More, Part, Question, Stop } from './question.ts';
import { sharedProfileSchema } from './shared-schema.ts';

/** First message of an agent. The version is checked before anything else of it is. */
export interface Hello {
  readonly type: 'hello';
  /** The version that the agent speaks; one lower after a collector refused it. */
  readonly protocol: number;
  readonly node: string;
  readonly agentVersion: string;
  /** Messages beside those of the first release that the agent takes; absent: none. */
  readonly accepts?: readonly string[];
}
/** Alerts; `seq` counts the batches of one connection from 1. */
export interface Batch {
  readonly type: 'batch';
  readonly seq: number;
  readonly alerts: readonly Alert[];
}
/** The agent's state; only the latest matters. */
export interface Report {
  readonly type: 'report';
  readonly report: NodeReport;
}
/** Answer to a `request`. `unknown`: this agent has no profile of the workload; `failed`: it could not read it. */
export interface Response {
  readonly type: 'response';
  readonly id: number;
  readonly outcome: 'found' | 'unknown' | 'failed';
  readonly features: readonly ProfileFeature[];
  /** Features left out because the message would have been too large. */
  readonly omitted: number;
}
/** Answer to a `decide`: what became of it is saved. `failed`: it could not be saved, the collector tells it again. */
export interface Decided {
  readonly type: 'decided';
  readonly id: string;
  readonly outcome: DecisionOutcome | 'failed';
}
/** What the node learned of a workload by itself; replaces what it contributed before. Only to a collector that accepts it. */
export interface Contribution {
  readonly type: 'contribution';
  readonly shared: SharedProfile;
}
/** Asks what other nodes know of a workload; answered by `fleet`. Only to a collector that accepts it. */
export interface Ask {
  readonly type: 'ask';
  /** Workload id. */
  readonly workload: string;
}
/** The agent's clock, asked for by a `clock` with the same id. From version 2. */
export interface ClockReading {
  readonly type: 'clock';
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}
/** Answer to `hello`. */
export interface Welcome {
  readonly type: 'welcome';
  /** The version that both speak from now on. */
  readonly protocol: number;
  readonly collectorVersion: string;
  /** Messages beside those of the first release that the collector takes; absent: none. */
  readonly accepts?: readonly string[];
}
/** The batch is stored for good. `duplicate` of its alerts were stored before; the others are `stored`. */
export interface Ack {
  readonly type: 'ack';
  readonly seq: number;
  readonly stored: number;
  readonly duplicate: number;
}
/** With `seq`: that batch was not stored, the connection stays. Without: the connection is closed after it. */
export interface Refuse {
  readonly type: 'refuse';
  readonly code: string;
  readonly message: string;
  readonly seq?: number;
  /** Not to be tried again before this; absent: when the agent likes. */
  readonly retryAfterMs?: number;
}
/** Asks for the agent's clock. From version 2. */
export interface ClockQuestion {
  readonly type: 'clock';
  readonly id: number;
}
/** How much of the collector an agent may take, by how many they are; the latest counts. From version 2. */
export interface Pace {
  readonly type: 'pace';
  /** When the connection breaks, all come back evenly spread over this time. */
  readonly reconnectMs: number;
  /** Least time between two reports. */
  readonly reportMs: number;
}
/** A question of the collector; answered by a `response` with the same id. */
export interface Request {
  readonly type: 'request';
  readonly id: number;
  readonly what: 'profile';
  /** Workload id. */
  readonly workload: string;
}

/** What an operator decided. The collector tells one at a time, in their order, until the agent answers `decided`; doing it twice changes nothing. */
export interface Decide {
  readonly type: 'decide';
  readonly decision: Decision;
}

/** Answer to `ask`: the sum of what other nodes contributed; absent: none of them did. */
export interface Fleet {
  readonly type: 'fleet';
  readonly workload: string;
  readonly shared?: SharedProfile;
}

export type AgentMessage =
  | Hello
  | Batch
  | Report
  | Response
  | Decided
  | Contribution
  | Ask
  | ClockReading
  | Part
  | End
  | Evidence
  | PostureReport
  | PeersHeld;
export type CollectorMessage =
  | Welcome
  | Ack
  | Refuse
  | Request
  | Decide
  | Fleet
  | ClockQuestion
  | Pace
  | Question
  | More
  | Stop
  | Kept
  | PostureKept
  | PeersMessage;

const name = z.string().min(1).max(limits.nameLength);
const seq = z.int().min(1);
const figure = z.int().min(0);
/** Milliseconds since the epoch, of times that a Date can hold. */
const timeMs = z.number().min(0).max(8.64e15);
const args = z
  .record(z.string().max(64), z.union([z.string().max(limits.textLength), z.number(), z.boolean()]))
  .refine((value) => Object.keys(value).length <= limits.listItems, 'too many arguments');
const wait = figure.max(3_600_000);

const agentMessageSchema: z.ZodType<AgentMessage> = z.discriminatedUnion('type', [
  z.object({
    ...{ type: z.literal('hello'), protocol: z.int(), node: name, agentVersion: name },
    accepts: z.array(name).max(limits.listItems).exactOptional(),
  }),
  z.object({ type: z.literal('batch'), seq, alerts: z.array(alertSchema).min(1).max(limits.batchAlerts) }),
  z.object({ type: z.literal('report'), report: nodeReportSchema }),
  z.object({
    type: z.literal('response'),
    id: seq,
    outcome: z.enum(['found', 'unknown', 'failed']),
    features: z.array(profileFeatureSchema).max(limits.profileFeatures),
    omitted: figure,
  }),
  z.object({ type: z.literal('contribution'), shared: sharedProfileSchema }),
  z.object({ type: z.literal('ask'), workload: name }),
  z.object({ type: z.literal('clock'), id: seq, timeMs: z.number().min(0).max(8.64e15) }),
  z.object({ type: z.literal('decided'), id: alertIdSchema, outcome: z.enum([...decisionOutcomes, 'failed']) }),
  z.object({ type: z.literal('part'), id: seq, data: z.string().max(limits.partLength) }),
  z.object({
    ...{ type: z.literal('end'), id: seq, outcome: z.enum(endOutcomes) },
    ...{ reason: z.string().max(limits.textLength), summary: args },
  }),
  z.object({
    ...{ type: z.literal('evidence'), id: seq, incident: name, container: name, piece: figure },
    ...{ fromMs: timeMs, toMs: timeMs, entries: seq, dropped: figure },
    data: z.base64().max(limits.evidenceLength),
  }),
  postureReportSchema,
  peersHeldSchema,
]);
const collectorMessageSchema: z.ZodType<CollectorMessage> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: z.int(),
    collectorVersion: name,
    accepts: z.array(name).max(limits.listItems).exactOptional(),
  }),
  z.object({ type: z.literal('fleet'), workload: name, shared: sharedProfileSchema.exactOptional() }),
  z.object({ type: z.literal('ack'), seq, stored: figure, duplicate: figure }),
  z.object({
    type: z.literal('refuse'),
    code: name,
    message: z.string().max(limits.textLength),
    seq: seq.exactOptional(),
    retryAfterMs: wait.exactOptional(),
  }),
  z.object({ type: z.literal('clock'), id: seq }),
  z.object({ type: z.literal('pace'), reconnectMs: wait, reportMs: wait }),
  z.object({ type: z.literal('request'), id: seq, what: z.literal('profile'), workload: name }),
  z.object({ type: z.literal('decide'), decision: decisionSchema }),
  z.object({
    ...{ type: z.literal('question'), id: seq, what: name, args },
    deadlineMs: z.number().min(1).max(limits.questionMs),
    window: z.int().min(1).max(limits.partWindow),
  }),
  z.object({ type: z.literal('more'), id: seq, parts: z.int().min(1).max(limits.partWindow) }),
  z.object({ type: z.literal('stop'), id: seq }),
  z.object({ type: z.literal('kept'), id: seq, outcome: z.enum(['stored', 'full', 'failed']) }),
  z.object({ type: z.literal('posture-kept'), id: seq, outcome: z.enum(['stored', 'failed']) }),
  ...[peersPartSchema, peersChangeSchema, peersNoneSchema],
]);

/** Text of a message. Throws `message.size` when it is larger than the other side accepts. */
export function encodeMessage(message: AgentMessage | CollectorMessage): string {
  const text = JSON.stringify(message);
  checkSize(Buffer.byteLength(text));
  return text;
}

/**
 * A message of an agent. Throws AnchorwatchError `message.size`, `message.syntax` (not UTF-8 JSON) or `message.invalid` (which
 * names the field), and nothing else, whatever the bytes.
 */
export function decodeAgentMessage(data: Uint8Array | string): AgentMessage {
  return decode(data, agentMessageSchema);
}

/** A message of the collector; throws as `decodeAgentMessage` does. */
export function decodeCollectorMessage(data: Uint8Array | string): CollectorMessage {
  return decode(data, collectorMessageSchema);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode<Message>(data: Uint8Array | string, schema: z.ZodType<Message>): Message {
  checkSize(typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength);
  let value: unknown;
  try {
    value = JSON.parse(typeof data === 'string' ? data : utf8.decode(data));
  } catch (error) {
    throw new AnchorwatchError('message.syntax', 'the message is not JSON in UTF-8', { cause: error });
  }
  return parse(schema, value, 'message.invalid', 'the message does not fit the protocol');
}

/** Parses with a schema; throws AnchorwatchError `code` whose message names the first field that is wrong. */
export function parse<Value>(schema: z.ZodType<Value>, value: unknown, code: string, what: string): Value {
  let result: z.ZodSafeParseResult<Value>;
  try {
    result = schema.safeParse(value);
  } catch (error) {
    // JSON may be nested deeper than a recursive reader's stack.
    throw new AnchorwatchError(code, `${what}: it could not be read`, { cause: error });
  }
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  throw new AnchorwatchError(
    code,
    `${what}: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'invalid'}`.slice(0, 500),
  );
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes <= limits.messageBytes) return;
  throw new AnchorwatchError(
    'message.size',
    `the message has ${String(sizeBytes)} bytes, more than ${String(limits.messageBytes)}`,
  );
}
