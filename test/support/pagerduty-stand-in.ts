import { z } from 'zod';
import { StandInHttp } from './stand-in-http.ts';
import type { Received, StandInAnswer } from './stand-in-http.ts';

// Names and numbers from PagerDuty's "Send an Alert Event" and "Events API v2 Overview"
// (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/), written down here a second time.
const text = z.string().min(1).max(10_000);
const eventSchema = z
  .strictObject({
    routing_key: z.string().length(32),
    event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
    dedup_key: z.string().min(1).max(255),
    client: text.optional(),
    client_url: z.url().optional(),
    links: z
      .array(z.strictObject({ href: z.url(), text: text.optional() }))
      .min(1)
      .optional(),
    images: z.array(z.strictObject({ src: z.url(), href: z.url().optional(), alt: text.optional() })).optional(),
    payload: z
      .strictObject({
        summary: z.string().min(1).max(1024),
        source: text,
        severity: z.enum(['critical', 'error', 'warning', 'info']),
        timestamp: z.iso.datetime({ offset: true }).optional(),
        component: text.optional(),
        group: text.optional(),
        class: text.optional(),
        custom_details: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
  })
  .refine(
    ({ event_action: action, payload }) => action !== 'trigger' || payload !== undefined,
    'trigger needs payload',
  );
const bodyBytesMax = 512 * 1024;

export interface PagerdutyAlert {
  state: 'triggered' | 'acknowledged' | 'resolved';
  triggers: number;
  payload: Readonly<Record<string, unknown>> | undefined;
}

/** PagerDuty's Events API v2 with its alerts by `dedup_key`, and the rules of what each event does to them. */
export class PagerdutyStandIn {
  readonly alerts: Map<string, PagerdutyAlert> = new Map();
  /** What was wrong with what was refused. */
  readonly problems: string[] = [];
  readonly #http: StandInHttp;
  readonly #key: string;

  private constructor(http: StandInHttp, key: string) {
    this.#http = http;
    this.#key = key;
  }

  static async start(routingKey: string): Promise<PagerdutyStandIn> {
    const http = await StandInHttp.start({ status: 500 });
    const standIn = new PagerdutyStandIn(http, routingKey);
    http.answer = (received) => standIn.#take(received);
    return standIn;
  }

  get url(): string {
    return `${this.#http.url}/v2/enqueue`;
  }

  stop(): Promise<void> {
    return this.#http.stop();
  }

  #take({ url, body }: Received): StandInAnswer {
    const parsed = eventSchema.safeParse(JSON.parse(body));
    const wrong = (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
    if (url !== '/v2/enqueue') wrong.push(`there is nothing at ${url}`);
    if (Buffer.byteLength(body) > bodyBytesMax) wrong.push('larger than 512 KB');
    if (parsed.data !== undefined && parsed.data.routing_key !== this.#key) wrong.push('unknown routing key');
    this.problems.push(...wrong);
    if (parsed.data === undefined || wrong.length > 0)
      return {
        status: 400,
        body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: wrong }),
      };
    const { dedup_key: key, event_action: action, payload } = parsed.data;
    this.#apply(key, action, payload);
    return { status: 202, body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: key }) };
  }

  #apply(key: string, action: 'trigger' | 'acknowledge' | 'resolve', payload: PagerdutyAlert['payload']): void {
    const before = this.alerts.get(key);
    const isOpen = before !== undefined && before.state !== 'resolved';
    if (action === 'trigger') {
      if (isOpen) Object.assign(before, { triggers: before.triggers + 1, payload });
      else this.alerts.set(key, { state: 'triggered', triggers: 1, payload });
    } else if (isOpen) before.state = action === 'resolve' ? 'resolved' : 'acknowledged';
  }
}
