// node test/recordings/make.ts [NAME…]: records real workloads under load and attacks on them; needs root, a BTF kernel and dockerd.
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../containers/engine.ts';
import { startCommand } from '../containers/product.ts';
import { expectedLine, replayed } from './expected.ts';
import { recordedWorkloads } from './workloads.ts';

const learnMs = 60_000;
const settleMs = 8_000;
const sizeBytesMax = 300_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const names = process.argv.slice(2);
const unknown = names.filter((name) => !recordedWorkloads.some((workload) => workload.name === name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}`);
const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-recordings-'));
try {
  for (const workload of recordedWorkloads.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const { name } = workload;
    const path = join(directory, `${name}.recording`);
    const engine = await startEngine();
    let attackedMs: number;
    try {
      say(`${name}: starting …`);
      const timing = ['--slice', '5s', '--startup', '10s', '--node-name', 'node-1'];
      const recorder = await startCommand(['record', '--out', path, '--docker-host', engine.host, ...timing]);
      const running = await workload.start(engine);
      say(`${name}: learning for ${learnMs / 1000} s …`);
      await sleep(learnMs);
      attackedMs = Date.now();
      await running.attack();
      await sleep(settleMs);
      running.stopLoad();
      await recorder.kill('SIGTERM');
    } finally {
      await engine.stop();
    }
    const { alerts, summary } = await replayed(path);
    const early = alerts.filter(({ time }) => Date.parse(time) < attackedMs).map(expectedLine);
    if (early.length > 0) throw new Error(`${name}: alerts before the attack: ${early.join('; ')}`);
    if (alerts.length === 0) throw new Error(`${name}: the attack raised nothing`);
    const { size } = statSync(path);
    if (size > sizeBytesMax) throw new Error(`${name}: ${size} bytes, more than ${sizeBytesMax}`);
    const text = [
      `# What "anchorwatch replay ${name}.recording" says: one line for each alert, in the order in which they were raised.`,
      `# Learned for ${learnMs / 1000} s under load, then attacked ${Math.round((attackedMs - summary.header.createdMs) / 1000)} s after the beginning (test/recordings/workloads.ts).`,
      ...alerts.map(expectedLine),
      '',
    ].join('\n');
    writeFileSync(new URL(`${name}.expected`, import.meta.url), text);
    const made = new URL(`${name}.recording`, import.meta.url);
    copyFileSync(path, made);
    chmodSync(made, 0o644);
    say(`${name}: ${summary.events} events, ${size} bytes\n${text}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit(0);
