// npm run fuzz:wire [-- --inputs N --seed N]: malformed requests, upgrades and messages over real sockets to a real collector.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUsage, scriptArguments, wholeNumber } from '../support/script-arguments.ts';
import { waitFor } from '../support/wait.ts';
import { randomFrom } from './mutator.ts';
import { answerMs, WireAgent } from './wire-agent.ts';
import { WireInputs } from './wire-inputs.ts';

const token = 'a-token-of-the-agents';
const lanes = 6;
/** Heap of the collector: one that keeps what it is sent runs out of it. */
const heapMb = 192;
const growthMaxMb = 96;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const usage = 'npm run fuzz:wire [-- --inputs N --seed N]';
const { positionals, values } = scriptArguments(usage, {
  inputs: { type: 'string', default: '100000' },
  seed: { type: 'string' },
});
if (positionals.length > 0) endWithUsage(usage, `there is no ${positionals.join(' ')}`);
const inputs = wholeNumber(usage, 'inputs', values.inputs);
const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber(usage, 'seed', values.seed, 0);
say(`seed ${seed}, ${inputs} inputs`);

/** What became of inputs, by what was said: a code, a status, or that it was taken. */
const outcomes = new Map<string, number>();
const mistakes: string[] = [];
const state = mkdtempSync(join(tmpdir(), 'anchorwatch-wire-'));
const script = join(import.meta.dirname, '..', 'unit', 'collector', 'collector-child.ts');
const collector: ChildProcess = spawn(
  process.execPath,
  [`--max-old-space-size=${heapMb}`, script, state, '127.0.0.1:0', token],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
let errors = '';
collector.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-20_000)));
try {
  await run();
} catch (error) {
  mistakes.push(error instanceof Error ? error.message : String(error));
} finally {
  collector.kill('SIGKILL');
  rmSync(state, { recursive: true, force: true });
}
for (const [what, times] of [...outcomes].toSorted((a, b) => b[1] - a[1])) say(`${String(times).padStart(7)} ${what}`);
for (const mistake of mistakes.slice(0, 10)) say(`MISTAKE ${mistake}`);
if (errors !== '') say(`the collector said: ${errors}`);
process.exit(mistakes.length === 0 && errors === '' ? 0 : 1);

async function run(): Promise<void> {
  const url = await waitFor('the collector', () => listening(), 30_000);
  const { host, port } = new URL(url);
  let made = 0;
  const first: number[] = [];
  const lane = async (index: number): Promise<void> => {
    const random = randomFrom(seed + index);
    const lot = new WireInputs(random);
    let agent: WireAgent | undefined;
    while (made < inputs && mistakes.length === 0 && collector.exitCode === null && collector.signalCode === null) {
      made += 1;
      // What the collector needs in the end is compared with what it needed once it was warm.
      if (made === Math.ceil(inputs / 5)) first.push(rssMb());
      const kind = random();
      if (kind < 0.4) note('request', await tryBytes(Number(port), lot.request(host)));
      else if (kind < 0.55)
        note('upgrade', await tryBytes(Number(port), lot.upgrade(host, random() < 0.7 ? '/feed' : '/agent')));
      else {
        if (agent === undefined || agent.closed)
          agent = await WireAgent.open(url, token, `lane-${index}`, random() < 0.9);
        note('message', await agent.say(lot.message(agent.nextSeq, made)));
      }
    }
    agent?.end();
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  if (collector.exitCode !== null || collector.signalCode !== null) throw new Error('the collector ended');
  const [before, after] = [first[0] ?? rssMb(), rssMb()];
  say(`${made} inputs; the collector has ${before} MB after a fifth of them and ${after} MB after all`);
  if (after - before > growthMaxMb) throw new Error(`it grew by ${after - before} MB`);
  const health = await fetch(`${url}/healthz`);
  const ready = await fetch(`${url}/readyz`);
  if (!health.ok || !ready.ok) throw new Error(`it is not well: ${health.status} ${ready.status}`);
  const agent = await WireAgent.open(url, token, 'last', true);
  if ((await agent.say(Buffer.from('{"type":"ask","workload":"w"}'))) !== 'fleet')
    throw new Error('it takes no agents any more');
  agent.end();
}

function listening(): string | undefined {
  if (collector.exitCode !== null) throw new Error(`the collector did not start: ${errors}`);
  try {
    return readFileSync(join(state, 'listen'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function note(kind: string, outcome: string): void {
  const what = `${kind}: ${outcome}`;
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  if (outcome.startsWith('!')) mistakes.push(what);
}

function rssMb(): number {
  const [, pages = '0'] = readFileSync(`/proc/${collector.pid}/statm`, 'utf8').split(' ');
  return Math.round((Number(pages) * 4096) / 1e6);
}

/** Sends bytes over a connection of their own; what was answered first. */
function tryBytes(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    let timer: NodeJS.Timeout | undefined;
    const done = (outcome: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    timer = setTimeout(() => done('! no answer, and not closed'), answerMs);
    socket.on('connect', () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (answer.startsWith('HTTP/1.1 101')) done('101');
    });
    socket.on('error', () => done('closed'));
    socket.on('close', () => done(judge(answer)));
  });
}

/** Status and code of an answer; with `!` when a refusal has no reason. */
function judge(answer: string): string {
  if (answer === '') return 'closed';
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  if (status === undefined) return `! no HTTP: ${JSON.stringify(answer.slice(0, 80))}`;
  if (Number(status) < 400) return status;
  const code = /"code":"([^"]+)"/.exec(answer)?.[1];
  if (status === '500') return `! 500 ${answer.slice(-200)}`;
  // An answer to HEAD has no body.
  const bodiless = answer.endsWith('\r\n\r\n');
  if (code === undefined && !bodiless) return `! ${status} without a code: ${JSON.stringify(answer.slice(-200))}`;
  return `${status} ${code ?? ''}`.trimEnd();
}
