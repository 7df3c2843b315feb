import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chaosMissing } from '../support/requirements.ts';

const program = join(import.meta.dirname, '..', 'chaos', 'chaos.ts');
const missing = chaosMissing();

test(
  'twenty rounds of kills, cuts, full disks and wrong clocks lose nothing, double nothing and swap nothing',
  { timeout: 240_000 },
  async (context) => {
    if (missing !== undefined) context.skip(missing);
    const child = spawn(process.execPath, [program, '--rounds', '20', '--seed', '7'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(code, text).toBe(0);
    expect(text).toContain('every alert is stored exactly once, the chain verifies, the order within containers holds');
  },
);
