import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, '..', 'fuzz', 'wire.ts');

test(
  'malformed requests, upgrades and messages over real sockets: no crash, no growth, a reason for each',
  { timeout: 180_000 },
  async () => {
    const child = spawn(process.execPath, [program, '--inputs', '3000', '--seed', '17'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(code, text).toBe(0);
    for (const reason of ['request.malformed', 'query.invalid', 'message.invalid', 'message.syntax', 'unauthorized'])
      expect(text).toContain(reason);
  },
);
