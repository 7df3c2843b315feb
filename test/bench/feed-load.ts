// Clients of the feed that take every message apart only as far as its id: five hundred of them must not cost more than what they measure.
import { connect, type Socket } from 'node:net';

const stepMs = 0.1;
const steps = 100_000;
const idAt = '{"type":"alert","id":"'.length;
const idLength = 26;

/** What all clients saw. */
export class FeedClients {
  readonly #sentMs: ReadonlyMap<string, number>;
  readonly #delays = new Uint32Array(steps);
  readonly #sockets: Socket[] = [];
  messages = 0;
  /** Clients that the collector closed. */
  closed = 0;

  /** @param sentMs When each alert was sent, by id; alerts that are not in it are not counted. */
  constructor(sentMs: ReadonlyMap<string, number>) {
    this.#sentMs = sentMs;
  }

  async connect(url: string, clients: number): Promise<void> {
    const { hostname, port } = new URL(url);
    for (let number = 0; number < clients; number += 1) {
      const socket = connect(Number(port), hostname);
      this.#sockets.push(socket);
      socket.write(
        `GET /feed?kind=alert HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      );
      await this.#follow(socket);
    }
  }

  /** The delay that 99 of 100 messages did not exceed, ms. */
  percentile99(): number {
    const all = this.#delays.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (const [step, count] of this.#delays.entries()) {
      seen += count;
      if (seen >= all * 0.99) return (step + 1) * stepMs;
    }
    return 0;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when the collector has answered the handshake. */
  #follow(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let rest: Buffer = Buffer.alloc(0);
      let open = false;
      socket.on('error', reject);
      socket.on('close', () => {
        this.closed += 1;
      });
      socket.on('data', (data: Buffer) => {
        const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
        let at = 0;
        if (!open) {
          const end = bytes.indexOf('\r\n\r\n');
          if (end === -1) {
            rest = bytes;
            return;
          }
          open = true;
          const answer = bytes.toString('latin1', 0, end);
          if (answer.startsWith('HTTP/1.1 101')) resolve();
          else socket.destroy(new Error(answer));
          at = end + 4;
        }
        rest = bytes.subarray(this.#frames(bytes, at));
      });
    });
  }

  /** Reads whole frames; answers where the first that is not whole begins. */
  #frames(bytes: Buffer, from: number): number {
    const nowMs = performance.now();
    let at = from;
    for (;;) {
      if (bytes.length < at + 4) return at;
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      const length =
        short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
      if (bytes.length < at + head + length) return at;
      if (((bytes[at] ?? 0) & 0x0f) === 1 && length > 100) {
        this.messages += 1;
        const sentMs = this.#sentMs.get(bytes.toString('latin1', at + head + idAt, at + head + idAt + idLength));
        if (sentMs !== undefined) {
          const step = Math.min(steps - 1, Math.floor((nowMs - sentMs) / stepMs));
          this.#delays[step] = (this.#delays[step] ?? 0) + 1;
        }
      }
      at += head + length;
    }
  }
}
