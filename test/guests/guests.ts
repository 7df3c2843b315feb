// npm run test:kernels [-- 6.1 …]: boots kernels of Debian in QEMU, and has the doctor and the kernel tests run in each.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Accelerator, examine, GuestNotUp, guestsMissing, kvmOffered } from './guest.ts';
import { KernelArchive, type UnpackedKernel, packagePatterns } from './kernel-package.ts';
import { type Expectation, type GuestReport, judge } from './report.ts';

const cache = new URL('../../node_modules/.cache/anchorwatch-kernels/', import.meta.url).pathname;
const expectations: Readonly<Record<string, Expectation>> = { '5.10': 'polling', '6.1': 'sensor', '6.12': 'sensor' };
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const rows: string[][] = [['kernel', 'release', 'hooks attached', 'passed', 'failed', 'skipped', 'seconds']];
const notes: string[] = [];
const total = { passed: 0, failed: 0, skipped: 0 };
let accelerator: Accelerator = kvmOffered() ? 'kvm' : 'tcg';

/** Boots by the host's processor, and where that turns out not to work, by translation from then on. */
async function examineAnyhow(kernel: UnpackedKernel): Promise<GuestReport> {
  const log = join(cache, `console-${kernel.release}.log`);
  say(`${kernel.release}: booting (${accelerator}), its console goes to ${log}`);
  try {
    return await examine(kernel, accelerator, log);
  } catch (error) {
    if (accelerator === 'tcg' || !(error instanceof GuestNotUp)) throw error;
    say(`${kernel.release}: ${error.message}; going on without /dev/kvm`);
    accelerator = 'tcg';
    return await examine(kernel, accelerator, log);
  }
}

function skip(series: string, reason: string): void {
  total.skipped += 1;
  rows.push([series, '-', '-', '0', '0', '1', '-']);
  notes.push(`skipped 1: ${series}: ${reason}`);
}

async function tryKernel(series: string, archive: KernelArchive): Promise<void> {
  let kernel: UnpackedKernel;
  try {
    kernel = archive.kernel(series);
  } catch (error) {
    skip(series, `its package cannot be had: ${messageOf(error)}`);
    return;
  }
  const began = Date.now();
  const seconds = (): string => String(Math.round((Date.now() - began) / 1000));
  try {
    const { hooks, passed, failures, skipped } = judge(await examineAnyhow(kernel), expectations[series] ?? 'sensor');
    const skips = [...skipped.values()].reduce((sum, count) => sum + count, 0);
    const attached = hooks.all === 0 ? 'no sensor' : `${hooks.attached} of ${hooks.all}`;
    rows.push([series, kernel.release, attached, ...[passed, failures.length, skips].map(String), seconds()]);
    for (const name of failures) notes.push(`failed: ${series}: ${name}`);
    for (const [reason, count] of skipped) notes.push(`skipped ${count}: ${series}: ${reason}`);
    total.passed += passed;
    total.failed += failures.length;
    total.skipped += skips;
  } catch (error) {
    rows.push([series, kernel.release, '-', '0', '1', '0', seconds()]);
    notes.push(`failed: ${series}: ${messageOf(error)}`);
    total.failed += 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// An exit of its own: what was started is ended with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const wanted = process.argv.slice(2);
const unknown = wanted.filter((series) => packagePatterns[series] === undefined);
if (unknown.length > 0) {
  say(`no kernel ${unknown.join(', ')}; there are: ${Object.keys(packagePatterns).join(', ')}`);
  process.exitCode = 2;
} else {
  const missing = guestsMissing();
  mkdirSync(cache, { recursive: true });
  for (const series of wanted.length > 0 ? wanted : Object.keys(packagePatterns)) {
    if (missing !== undefined) skip(series, missing);
    else await tryKernel(series, new KernelArchive(cache));
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  say('');
  for (const row of rows) say(`  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
  say('');
  for (const note of notes) say(note);
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}
