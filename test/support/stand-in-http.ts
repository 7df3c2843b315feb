import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came in. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is answered, or what is done instead. */
export type Answering = StandInAnswer | ((received: Received, response: ServerResponse) => StandInAnswer | undefined);

/** A real HTTP server on loopback that keeps what it is sent and answers as it is told. */
export class StandInHttp {
  readonly received: Received[] = [];
  answer: Answering = { status: 200 };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;

  private constructor(tls: ServerOptions | undefined) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#take(request, response);
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(answer: Answering, tls?: ServerOptions): Promise<StandInHttp> {
    const standIn = new StandInHttp(tls);
    standIn.answer = answer;
    standIn.#server.listen(0, '127.0.0.1');
    await once(standIn.#server, 'listening');
    return standIn;
  }

  /** Without a `/` at the end. */
  get url(): string {
    return `${this.#scheme}://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const received: Received = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.received.push(received);
    const answer = typeof this.answer === 'function' ? this.answer(received, response) : this.answer;
    if (answer !== undefined) response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  }
}

/** An HTTP proxy on loopback: CONNECT, and whole addresses. */
export class StandInProxy {
  /** What it was asked for: `CONNECT host:port`, `POST http://…`. */
  readonly asked: string[] = [];
  /** Of each, `Proxy-Authorization`. */
  readonly credentials: (string | undefined)[] = [];
  /** What it answers instead of doing it. */
  refusal: number | undefined;
  readonly #server: Server = createServer();
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<StandInProxy> {
    const proxy = new StandInProxy();
    proxy.#server.on('connection', (socket: Socket) => proxy.#keep(socket));
    proxy.#server.on('connect', (request: IncomingMessage, client: Socket) => {
      proxy.#note(request);
      if (proxy.refusal !== undefined) return void client.end(`HTTP/1.1 ${String(proxy.refusal)} No\r\n\r\n`);
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client);
        client.pipe(target);
      });
      proxy.#keep(target);
      return undefined;
    });
    proxy.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      proxy.#note(request);
      if (proxy.refusal !== undefined) return void response.writeHead(proxy.refusal).end();
      void forward(request, response);
      return undefined;
    });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #note(request: IncomingMessage): void {
    this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    this.credentials.push(request.headers['proxy-authorization']);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { 'proxy-authorization': _own, host: _host, connection: _connection, ...kept } = request.headers;
  const headers = Object.entries(kept).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && name !== 'content-length' ? [[name, value]] : [],
  );
  const answer = await fetch(request.url ?? '', { method: 'POST', headers, body: Buffer.concat(chunks) });
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}
