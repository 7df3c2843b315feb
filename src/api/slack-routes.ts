import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../model/access.ts';
import type { StoredAlert } from '../model/alert.ts';
import { decideAlertAs } from './decision-routes.ts';
import type { DecisionBook } from './decision-routes.ts';
import { Problem } from './problem.ts';

/** Who knows whether a request is Slack's, and what it asks for. */
export interface SlackActionSource {
  /** Takes each request once. Rejects where that cannot be known now. */
  take(request: {
    readonly timestamp: string | undefined;
    readonly signature: string | undefined;
    readonly body: string;
  }): Promise<
    | {
        readonly kind: 'action';
        readonly action: {
          readonly verdict: 'accept' | 'deny' | 'acknowledge';
          readonly alerts: readonly string[];
          readonly by: string;
        };
      }
    | { readonly kind: 'nothing' }
    | { readonly kind: 'refused'; readonly reason: string }
  >;
}

/** Body of `POST /slack/actions`, for the OpenAPI description. */
export const slackActionBody: Readonly<Record<string, unknown>> = {
  required: true,
  content: {
    'application/x-www-form-urlencoded': {
      schema: { type: 'object', required: ['payload'], properties: { payload: { type: 'string' } } },
    },
  },
};

/** What it is for, in the OpenAPI description. */
export const slackActionSummary: string =
  'What a button of a Slack message sends, signed by Slack: decides about the alerts that the button is for.';

/** Statuses that it may answer besides 200 and 429, for the OpenAPI description. */
export const slackActionFailures: readonly string[] = ['400', '401', '403', '404', '413', '415', '503'];

/** Statuses of refusals that are no 401. */
const statuses: ReadonlyMap<string, number> = new Map([
  ['slack.off', 404],
  ['user.forbidden', 403],
  ['body.invalid', 400],
  ['full', 429],
]);
/** A payload has the whole message in it. */
const bodyBytesMax = 262_144;

/**
 * `POST /slack/actions`: what the buttons of Slack's messages send. Proof of the sender is the signature over the body, not a token; what is
 * written down of it is who pressed what, since the body itself holds addresses that are secret.
 */
export function addSlackRoutes(
  app: FastifyInstance,
  source: SlackActionSource,
  book: DecisionBook,
  alertOf: (id: string) => Promise<StoredAlert>,
): void {
  void app.register((scope, _options, registered) => {
    // Nobody is let in before the signature is known to be right; what is refused is not written into the audit trail.
    scope.addHook('onRequest', (request, _reply, done) => {
      request.principal = null as unknown as Principal;
      done();
    });
    scope.removeAllContentTypeParsers();
    const parsing = { parseAs: 'string', bodyLimit: bodyBytesMax } as const;
    scope.addContentTypeParser('application/x-www-form-urlencoded', parsing, (_request, body, done) =>
      done(null, body),
    );
    scope.post('/slack/actions', async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      request.body = undefined;
      const answer = await taken(source, request, body);
      if (answer.kind === 'refused') throw refusal(answer.reason);
      if (answer.kind === 'nothing') return reply.code(200).send();
      const { by, alerts, verdict } = answer.action;
      request.principal = { name: by, role: 'operator', kind: 'signature' };
      request.body = { verdict, alerts };
      const found = await Promise.all(alerts.map(alertOf));
      for (const alert of found) await decideAlertAs(book, alert, { verdict, by, reason: '' });
      return reply.code(200).send();
    });
    registered();
  });
}

async function taken(
  source: SlackActionSource,
  request: FastifyRequest,
  body: string,
): ReturnType<SlackActionSource['take']> {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  try {
    return await source.take({
      timestamp: header('x-slack-request-timestamp'),
      signature: header('x-slack-signature'),
      body,
    });
  } catch {
    throw new Problem(503, 'slack.secret', 'the signing secret cannot be read');
  }
}

function refusal(reason: string): Problem {
  return new Problem(
    statuses.get(reason) ?? 401,
    `slack.${reason.replace(/^slack\./u, '')}`,
    details.get(reason) ?? reason,
  );
}

const details: ReadonlyMap<string, string> = new Map([
  ['slack.off', 'no receiver has a signing secret of Slack'],
  ['user.forbidden', 'the buttons do not count for this user: see users of the receiver'],
  ['body.invalid', 'this is no payload of a button of ours'],
  ['full', 'too many actions at once'],
  ['replayed', 'this was taken before'],
  ['timestamp.old', 'the request is older than five minutes, or one of the clocks is wrong'],
]);
