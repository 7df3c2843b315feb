// npm run evaluate -- exports [--learn-minutes N] [--only NAME] [--json]: services that run on with what was exported of them, and attacks that it refuses.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../containers/engine.ts';
import { ExportTrial, trialServices } from '../containers/export-trial.ts';
import { startProduct } from '../containers/product.ts';
import { printFigure } from './figure.ts';

export interface ExportsOptions {
  readonly learnMinutes: number;
  /** One service alone; empty: all. */
  readonly only: string;
  readonly json: boolean;
}

const servedMs = 30_000;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Learns all services at once, then tries each with its exports. Answers the exit status: 0 when all served and every attack was refused. */
export async function evaluateExports({ learnMinutes, only, json }: ExportsOptions): Promise<number> {
  const names = Object.keys(trialServices).filter((name) => only === '' || name === only);
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-exports-'));
  const undo: (() => Promise<void> | void)[] = [
    () => {
      rmSync(directory, { recursive: true, force: true });
    },
  ];
  let failed = 0;
  try {
    const engine = await startEngine();
    undo.push(() => engine.stop());
    const product = await startProduct(engine.host, [
      ...['--syscalls', 'all', '--slice', '5s', '--startup', '5s', '--starter', 'off'],
    ]);
    undo.push(() => product.stop());
    const trial = new ExportTrial(engine, product, directory);
    undo.push(() => {
      trial.stop();
    });
    say(`learning ${names.join(', ')} for ${learnMinutes} minutes …`);
    await trial.learn(names, learnMinutes * 60_000);
    for (const { dimension, key } of product.alerts) say(`alert while learning: ${dimension} ${key}`);
    for (const name of names) {
      const { said, allowedCalls, flags, served, attacks, refusedBy, log } = await trial.apply(name, servedMs);
      const refused = attacks.filter(({ before, after }) => before === 'done' && after === 'refused').length;
      const figure = { runs: 1, unit: 'requests' } as const;
      printFigure({ name: `exports.${name}`, metric: 'answered', value: served.answered, ...figure }, json);
      printFigure({ name: `exports.${name}`, metric: 'failed', value: served.failed, ...figure }, json);
      printFigure(
        { name: `exports.${name}`, metric: 'attacksRefused', value: refused, runs: attacks.length, unit: 'attacks' },
        json,
      );
      printFigure(
        {
          name: `exports.${name}`,
          metric: 'allowedCalls',
          value: allowedCalls,
          runs: said.samples.steady,
          unit: 'calls',
        },
        json,
      );
      say(`${name}: ${flags.join(' ')}`);
      for (const [part, alone] of Object.entries(refusedBy)) say(`${name}: ${part} alone refuses ${alone.join(', ')}`);
      if (served.failed > 0) say(log.slice(-2000));
      for (const one of attacks.filter(({ after }) => after !== 'refused')) say(`${one.attack}: ${one.after}`);
      const isIdle = Object.values(refusedBy).some((alone) => alone.length === 0);
      if (served.failed > 0 || refused < attacks.length || isIdle) failed++;
    }
    return failed > 0 ? 1 : 0;
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}
