import { z } from 'zod';
import { StandInHttp } from './stand-in-http.ts';
import type { Received, StandInAnswer } from './stand-in-http.ts';

// Numbers and names from https://docs.slack.dev/reference/block-kit, written down here a second time: the program's own are tested by them.
const plainText = (most: number): z.ZodType =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.boolean().optional() });
/** Whatever begins with `<` is a link or a date: a mention would have to be escaped. */
const noMention = (text: string): boolean => {
  const rest = text
    .replaceAll(/<https?:\/\/[^<>|\s]+\|[^<>|]+>/gu, '')
    .replaceAll(/<!date\^\d+\^[^<>|]+\|[^<>|]+>/gu, '');
  return !/[<>]/u.test(rest) && !/&(?!amp;|lt;|gt;)/u.test(rest);
};
const mrkdwn = (most: number): z.ZodType =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(most).refine(noMention, 'mentions somebody, or has half an entity'),
    verbatim: z.literal(true),
  });
const confirm = z.strictObject({
  title: plainText(100),
  text: plainText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});
const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: z.string().min(1).max(255),
  value: z.string().min(1).max(2000).optional(),
  url: z.url().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: confirm.optional(),
});
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      text: mrkdwn(3000).optional(),
      fields: z.array(mrkdwn(2000)).min(1).max(10).optional(),
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'a section has text or fields'),
  z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwn(3000)).min(1).max(10) }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(button)
      .min(1)
      .max(25)
      .refine((all) => new Set(all.map((one) => one.action_id)).size === all.length, 'two actions with one id'),
  }),
]);
const content = {
  text: z.string().min(1).max(4000).refine(noMention, 'mentions somebody'),
  blocks: z.array(block).max(50),
  attachments: z
    .array(
      z.strictObject({
        color: z.string().regex(/^#[0-9a-f]{6}$/u),
        fallback: z.string().min(1).max(4000).refine(noMention, 'mentions somebody'),
        blocks: z.array(block).min(1).max(50),
      }),
    )
    .max(100),
};
const channelId = z.string().regex(/^[CGD][A-Z0-9]{8,12}$/u);
const ts = z.string().regex(/^\d{10}\.\d{6}$/u);
const quiet = {
  parse: z.literal('none'),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
};
const bodies: Readonly<Record<string, z.ZodType>> = {
  'chat.postMessage': z.strictObject({ channel: channelId, thread_ts: ts.optional(), ...quiet, ...content }),
  'chat.update': z.strictObject({ channel: channelId, ts, ...content }),
  webhook: z.strictObject(content),
};

/** Characters of all texts, links and all: what `msg_blocks_too_long` counts, as far as that is known. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textLength(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : textLength(one)),
    0,
  );
}

/** What is wrong with a body by Slack's documents; empty: nothing. */
export function slackProblems(method: string, body: string): readonly string[] {
  const parsed = bodies[method]?.safeParse(JSON.parse(body));
  const { blocks, attachments } = JSON.parse(body) as { blocks?: unknown; attachments?: unknown };
  const length = textLength([blocks, attachments]);
  if (length > 10_000) return [`msg_blocks_too_long: ${String(length)} characters`];
  if (parsed === undefined) return [`there is no method ${method}`];
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

export interface PostedMessage {
  readonly ts: string;
  readonly thread: string | undefined;
  /** As it is now, and how often it was changed. */
  content: Readonly<Record<string, unknown>>;
  changes: number;
}

/** Slack's Web API as far as receivers use it, with messages that are kept and a token that is looked at. */
export class SlackStandIn {
  readonly messages: PostedMessage[] = [];
  /** Answers to be given first, instead. */
  readonly next: StandInAnswer[] = [];
  readonly #http: StandInHttp;
  readonly #token: string;

  private constructor(http: StandInHttp, token: string) {
    this.#http = http;
    this.#token = token;
  }

  static async start(token: string): Promise<SlackStandIn> {
    const http = await StandInHttp.start({ status: 500 });
    const slack = new SlackStandIn(http, token);
    http.answer = (received) => slack.#answer(received);
    return slack;
  }

  get apiUrl(): string {
    return `${this.#http.url}/api/`;
  }

  /** Methods that were called, in order. */
  get calls(): readonly string[] {
    return this.#http.received.map(({ url }) => url.replace('/api/', ''));
  }

  stop(): Promise<void> {
    return this.#http.stop();
  }

  #answer({ url, headers, body }: Received): StandInAnswer {
    const first = this.next.shift();
    if (first !== undefined) return first;
    if (headers.authorization !== `Bearer ${this.#token}`) return told({ ok: false, error: 'invalid_auth' });
    const method = url.replace('/api/', '');
    const problems = slackProblems(method, body);
    if (problems.length > 0)
      return told({ ok: false, error: 'invalid_blocks', response_metadata: { messages: problems } });
    const asked = JSON.parse(body) as { channel: string; ts?: string; thread_ts?: string };
    if (method === 'chat.postMessage') {
      const stamp = `1795000000.${String(this.messages.length).padStart(6, '0')}`;
      this.messages.push({ ts: stamp, thread: asked.thread_ts, content: { ...asked }, changes: 0 });
      return told({ ok: true, channel: asked.channel, ts: stamp });
    }
    const message = this.messages.find((one) => one.ts === asked.ts);
    if (message === undefined) return told({ ok: false, error: 'message_not_found' });
    message.content = { ...asked };
    message.changes += 1;
    return told({ ok: true, channel: asked.channel, ts: message.ts });
  }
}

function told(answer: object): StandInAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
}
