// Runs every vitest project, then says what was skipped and why, then, alone on the last line, the counts. Arguments go to vitest:
//   npm test -- --project unit src/lib
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-test-'));
const file = join(folder, 'counts.json');

function readCounts() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, reasons: {}, failures: ['vitest ended before it reported'] };
  }
}

const status = await new Promise((resolve) => {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'test', 'count-reporter.mjs')}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ANCHORWATCH_TEST_COUNTS: file },
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  // The launcher of bin/ was killed.
  process.on('disconnect', () => child.kill('SIGTERM'));
  process.channel?.unref();
  child.on('error', () => resolve(1));
  child.on('exit', (code) => resolve(code ?? 1));
});

const counts = readCounts();
rmSync(folder, { recursive: true, force: true });
const ran = counts.passed + counts.failed > 0;
if (status !== 0 && counts.failed === 0) {
  counts.failed = 1;
  counts.failures.push(ran ? `vitest ended with status ${status}` : 'no test ran');
} else if (!ran) {
  counts.failed = 1;
  counts.failures.push('no test ran');
}

const lines = [];
for (const name of counts.failures) lines.push(`failed: ${name}`);
for (const [reason, count] of Object.entries(counts.reasons)) lines.push(`skipped ${count}: ${reason}`);
lines.push(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;
process.stdout.write(`${lines.join('\n')}\n`);
