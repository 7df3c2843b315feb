// npm run evaluate -- soak [--minutes N] [--learn-minutes N] [--json]: false alerts of honest services under load against what was expected.
import { startEngine } from '../containers/engine.ts';
import { type SeenAlert, startProduct } from '../containers/product.ts';
import { printFigure } from './figure.ts';
import { poissonInterval } from './interval.ts';
import { soakDeeds, startSoakFleet } from './soak-fleet.ts';

export interface SoakOptions {
  /** How long honest things happen after learning. */
  readonly minutes: number;
  readonly learnMinutes: number;
  readonly json: boolean;
}

const tickMs = 5_000;
const hourMs = 3_600_000;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * Runs real services with default options, lets restarts, releases, backups and the like happen to them, and counts every warning and critical
 * alert after the time of learning as false. Answers the exit status.
 */
export async function evaluateSoak({ minutes, learnMinutes, json }: SoakOptions): Promise<number> {
  const undo: (() => Promise<void> | void)[] = [];
  try {
    const engine = await startEngine();
    undo.push(() => engine.stop());
    let product = await startProduct(engine.host);
    undo.push(() => product.stop());
    const fleet = await startSoakFleet(engine);
    undo.push(() => {
      fleet.stop();
    });
    say(`learning for ${learnMinutes} minutes …`);
    await sleep(learnMinutes * 60_000);
    describe('alert while learning', product.alerts);

    const startMs = Date.now();
    const lengthMs = minutes * 60_000;
    const known = new Map(product.alerts.map((alert) => [alert.id, alert]));
    const early = known.size;
    let [from, containerMs, ticks, agentRestarted] = [product.alerts.length, 0, 0, false];
    const expectedSums = expectedMetrics.map(() => 0);
    const deeds = [...soakDeeds];
    const take = (phase: string): void => {
      // After a restart the feed tells again what is stored.
      const fresh = product.alerts.slice(from).filter(({ id }) => !known.has(id));
      from = product.alerts.length;
      for (const alert of fresh) known.set(alert.id, alert);
      describe(`alert after ${phase}`, fresh);
    };
    let phase = 'learning';
    for (let last = Date.now(); Date.now() - startMs < lengthMs;) {
      await sleep(tickMs);
      const share = (Date.now() - startMs) / lengthMs;
      const running = await fleet.running();
      containerMs += running * (Date.now() - last);
      last = Date.now();
      const metrics = await product.metrics();
      for (const [index, name] of expectedMetrics.entries())
        expectedSums[index] = (expectedSums[index] ?? 0) + valueOf(metrics, name) / 24 / Math.max(1, running);
      ticks++;
      take(phase);
      const deed = deeds[0];
      if (deed !== undefined && share >= deed.at) {
        deeds.shift();
        phase = deed.what;
        say(`${Math.round(share * minutes)} min: ${phase}`);
        await deed.act(fleet);
      }
      if (!agentRestarted && share >= agentRestartAt) {
        agentRestarted = true;
        phase = 'restart of the agent';
        say(`${Math.round(share * minutes)} min: ${phase}`);
        await product.kill('SIGTERM');
        product = await startProduct(engine.host, [], product.state);
        from = 0;
      }
    }
    take(phase);
    const hours = containerMs / hourMs;
    const told = [...known.values()].slice(early);
    const loud = told.filter(({ severity }) => severity !== 'notice');
    const [low, high] = poissonInterval(loud.length);
    say(
      `${loud.length} false alerts and ${told.length - loud.length} notices in ${hours.toFixed(2)} container-hours; ${fleet.served.answered} requests answered, ${fleet.served.failed} failed`,
    );
    if (minutes < 60 || learnMinutes < 10) say('this was not the full hour after ten minutes of learning');
    const figure = { name: 'soak', unit: 'alerts/h', runs: 1 };
    const per = (count: number): number => count / hours;
    printFigure(
      { ...figure, metric: 'falsePerContainerHour', value: per(loud.length), min: per(low), max: per(high) },
      json,
    );
    const [value = 0, min = 0, max = 0] = expectedSums.map((sum) => (ticks === 0 ? 0 : sum / ticks));
    printFigure({ ...figure, metric: 'expectedPerContainerHour', value, min, max }, json);
    printFigure({ ...figure, metric: 'notices', value: told.length - loud.length, unit: 'notices' }, json);
    printFigure({ ...figure, metric: 'containerHours', value: hours, unit: 'h' }, json);
    return 0;
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

const agentRestartAt = 0.9;

/** What is expected, and its bounds. */
const expectedMetrics: readonly string[] = [
  'anchorwatch_alerts_expected_per_day',
  'anchorwatch_alerts_expected_bound_per_day.*bound="low"',
  'anchorwatch_alerts_expected_bound_per_day.*bound="high"',
];

function valueOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((text) => new RegExp(`^${name}`).test(text));
  return Number(line?.split(' ').at(-1) ?? 0);
}

function describe(what: string, alerts: readonly SeenAlert[]): void {
  for (const { severity, title, dimension, key, score, surprise, suspicion, rules, container, evidence } of alerts)
    say(
      `${what}: ${severity} ${title} (${dimension} ${key}; ${score} = ${surprise} + ${suspicion} ${rules.join(' ')}) in ${container.name}: ${evidence.note}`,
    );
}
