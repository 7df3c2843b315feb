import { WebSocket } from 'ws';

/** The longest that anything may take to be answered. */
export const answerMs = 10_000;

/** An agent that says what it is given, and hears what comes of it. */
export class WireAgent {
  closed = false;
  nextSeq = 1;
  readonly #socket: WebSocket;
  /** Messages so far. */
  #said = 0;
  #heard: ((outcome: string) => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const { type, code, seq } = JSON.parse(data.toString()) as { type: string; code?: string; seq?: number };
      if (seq !== undefined) this.nextSeq += 1;
      // The connection ends with it.
      if (type === 'refuse' && seq === undefined) this.closed = true;
      // What is told unasked is no answer.
      if (type !== 'pace' && type !== 'clock') this.#heard?.(code === undefined ? type : `${type} ${code}`);
    });
    // The first ping may have been read together with the message; the second is read when the message has been worked off.
    socket.on('pong', (data: Buffer) => {
      if (data.toString() === `${this.#said} first`) socket.ping(`${this.#said} second`);
      else if (data.toString() === `${this.#said} second`) this.#heard?.('taken');
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      this.closed = true;
      // 1002, 1007 and 1009 say what is wrong by themselves (RFC 6455 section 7.4.1).
      this.#heard?.([1002, 1007, 1009].includes(code) ? `closed with ${code}` : `! closed with ${code} and no reason`);
    });
  }

  static async open(url: string, token: string, node: string, greets: boolean): Promise<WireAgent> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/agent`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const agent = new WireAgent(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => reject(new Error(`HTTP ${response.statusCode}`)));
    });
    if (greets) await agent.say(Buffer.from(JSON.stringify({ type: 'hello', protocol: 2, node, agentVersion: '1' })));
    return agent;
  }

  say(message: Uint8Array): Promise<string> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#heard?.('! no answer'), answerMs);
      this.#heard = (outcome) => {
        this.#heard = undefined;
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#socket.send(message);
      this.#said += 1;
      this.#socket.ping(`${this.#said} first`);
    });
  }

  end(): void {
    this.#socket.terminate();
  }
}
