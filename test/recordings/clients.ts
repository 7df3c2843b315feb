import { connect } from 'node:net';

/** Sends commands in Redis' inline protocol; answers all answers. */
export function talk(host: string, commands: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host, port: 6379, timeout: 10_000 }, () => {
      socket.write([...commands, 'QUIT', ''].join('\r\n'));
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('redis does not answer')));
    socket.on('close', (failed) => {
      if (!failed) resolve(answer);
    });
  });
}

/** One simple query (PostgreSQL 15, section 55.2.3); resolves when it is done, rejects where the server reports an error. */
export function query(host: string, sql: string): Promise<void> {
  const message = (kind: string, body: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(Buffer.byteLength(body) + 4);
    return Buffer.concat([Buffer.from(kind), length, Buffer.from(body)]);
  };
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 5432, timeout: 10_000 }, () => {
      socket.write(message('', '\0\x03\0\0user\0postgres\0database\0postgres\0\0'));
    });
    let [received, ready] = [Buffer.alloc(0), 0];
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 5 && received.length > received.readInt32BE(1)) {
        const kind = String.fromCharCode(received[0] ?? 0);
        received = received.subarray(received.readInt32BE(1) + 1);
        if (kind === 'E') socket.destroy(new Error('the server reports an error'));
        if (kind === 'Z' && ready++ === 0) socket.write(message('Q', `${sql}\0`));
        else if (kind === 'Z') socket.end(message('X', ''));
      }
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('postgres does not answer')));
    socket.on('close', (failed) => {
      if (!failed) resolve();
    });
  });
}
