import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notification, ReceiverKind } from '../../src/model/notification.ts';

/** A kind of receivers that posts notifications as JSON to `url` of its settings: what a webhook does, without its care. */
export const postKind: ReceiverKind = {
  kind: 'post',
  keys: ['url'],
  open: (settings) => {
    const { url } = settings as { readonly url?: unknown };
    if (typeof url !== 'string') return { problems: [{ path: ['url'], message: 'must be an address' }] };
    return {
      receiver: {
        send: async (notification, signal) => {
          try {
            const body = JSON.stringify(notification);
            const { status } = await fetch(url, { method: 'POST', body, signal });
            if (status < 300) return { outcome: 'sent', reference: `r-${notification.dedupKey}` };
            return { outcome: status === 400 ? 'failed' : 'retry', reason: `HTTP ${String(status)}` };
          } catch {
            return { outcome: 'retry', reason: 'not reached' };
          }
        },
      },
    };
  },
};

/** A server that notes what it is posted. */
export interface PostServer {
  readonly url: string;
  readonly got: Notification[];
  /** What it answers; may do anything before. */
  answer: (notification: Notification) => number | undefined;
  stop(): Promise<void>;
}

/** @param port 0: a free one. */
export async function startPostServer(port = 0): Promise<PostServer> {
  const got: Notification[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      const notification = JSON.parse(text) as Notification;
      got.push(notification);
      const status = running.answer(notification);
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const running: PostServer = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    got,
    answer: () => 200,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return running;
}
