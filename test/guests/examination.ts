// Runs inside a guest (init.sh): what the doctor says of its kernel, and the kernel tests. The console shows both, the host reads
// the second serial port.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import type { DoctorReport, GuestReport, TestCounts } from './report.ts';

const countsFile = '/run/anchorwatch-counts.json';
const hostPort = '/dev/ttyS1';

function doctor(): DoctorReport {
  const { stdout, stderr } = spawnSync(process.execPath, ['src/cli/main.ts', 'doctor', '--json'], { encoding: 'utf8' });
  process.stdout.write(stderr);
  try {
    return JSON.parse(stdout) as DoctorReport;
  } catch {
    return { kernel: release(), checks: [], hooks: [] };
  }
}

function kernelTests(): TestCounts {
  const { status } = spawnSync(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'kernel', ...process.argv.slice(2)],
      ...['--reporter=verbose', '--reporter=./test/count-reporter.mjs'],
    ],
    { stdio: 'inherit', env: { ...process.env, ANCHORWATCH_TEST_COUNTS: countsFile } },
  );
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8')) as TestCounts;
  } catch {
    const failures = [`vitest ended with ${String(status)} before it reported`];
    return { passed: 0, failed: 1, skipped: 0, reasons: {}, failures };
  }
}

const said = doctor();
for (const { name, ok, detail } of said.checks)
  process.stdout.write(`doctor: ${ok ? 'ok' : 'FAIL'} ${name}: ${detail}\n`);
for (const { hook, state, reason } of said.hooks) process.stdout.write(`doctor: ${hook} ${state} ${reason}\n`);
const report: GuestReport = { doctor: said, tests: kernelTests() };
writeFileSync(hostPort, `${JSON.stringify(report)}\n`);
