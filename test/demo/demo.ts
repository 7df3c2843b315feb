// npm run demo [-- --keep]: a shop of three small workloads is learned for a minute, then an intruder comes in through a hole.
import { scriptArguments } from '../support/script-arguments.ts';
import { startEngine } from '../containers/engine.ts';
import { type Product, type SeenAlert, startProduct } from '../containers/product.ts';
import { acts, openShop } from '../containers/shop.ts';

const learnMs = 60_000;
const patienceMs = 10_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the first alert from `from` on that fits, at most `patienceMs`. */
async function alertOf(
  product: Product,
  from: number,
  fits: (alert: SeenAlert) => boolean,
): Promise<SeenAlert | undefined> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(5)) {
    const found = product.alerts.slice(from).find(fits);
    if (found !== undefined) return found;
  }
  return undefined;
}

function table(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) say(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

const { values } = scriptArguments('npm run demo [-- --keep]', { keep: { type: 'boolean', default: false } });
const began = Date.now();
const undo: (() => Promise<void> | void)[] = [];
process.exitCode = 1;
try {
  say('Starting a private Docker engine …');
  const engine = await startEngine();
  undo.push(() => engine.stop());
  say('Starting Anchorwatch …');
  const product = await startProduct(engine.host, ['--slice', '5s', '--startup', '10s']);
  undo.push(() => product.stop());
  say(`  console  ${product.url}/`);
  say(`  API      ${product.url}/api/v1/alerts`);
  say(`  metrics  ${product.url}/metrics`);
  say(`  feed     ${product.url.replace(/^http/, 'ws')}/feed`);
  say(
    'Building images from local files and starting nginx, redis and a web application with a hole in it (the first time, Debian packages are downloaded) …',
  );
  const shop = await openShop(engine);
  undo.push(() => {
    shop.stopLoad();
  });
  shop.startLoad();
  say('Learning for a minute under load:');
  for (const end = Date.now() + learnMs; Date.now() < end; await sleep(10_000)) {
    const { items } = await product.get<{
      items: readonly { name: string; samples: { steady: number }; dimensions: readonly { features: number }[] }[];
    }>('/api/v1/workloads');
    const known = items.map(
      ({ name, dimensions }) =>
        `${name.split('/').at(-1) ?? ''} ${dimensions.reduce((sum, { features }) => sum + features, 0)}`,
    );
    say(
      `  ${Math.max(0, Math.round((end - Date.now()) / 1000))} s left, ${shop.served.answered} requests answered; features known: ${known.join(', ')}`,
    );
  }
  const quiet = product.alerts.length;
  say(quiet === 0 ? 'No alert while learning.' : `${quiet} alerts while learning:`);
  for (const alert of product.alerts) say(`  ${alert.severity}  ${alert.title}`);

  say('\nAn intruder comes in through the hole of the web application:');
  const rows: string[][] = [['what was done', 'what was seen', 'severity', 'process', 'ms from act to alert']];
  let missed = 0;
  for (const { what, command, dimension, key, exe } of acts) {
    const from = product.alerts.length;
    const startedMs = Date.now();
    const done = shop.exploit(command);
    const alert = await alertOf(
      product,
      from,
      (seen) =>
        seen.dimension === dimension &&
        key.test(seen.key) &&
        exe.test(seen.process?.exe ?? '') &&
        seen.container.name === shop.application,
    );
    await done;
    if (alert === undefined) missed++;
    else
      say(
        `  ${String(alert.receivedMs - Date.parse(alert.time)).padStart(4)} ms  ${alert.severity.toUpperCase()} ${alert.title} (score ${alert.score}: surprise ${alert.surprise} + suspicion ${alert.suspicion}; ${alert.evidence.note})`,
      );
    const delayMs = alert === undefined ? '' : String(alert.receivedMs - Date.parse(alert.time));
    rows.push([
      what,
      alert === undefined ? 'NOT SEEN' : `${alert.dimension} ${alert.key}`,
      alert?.severity ?? '',
      alert?.process?.exe ?? '',
      alert === undefined ? `nothing within ${Date.now() - startedMs}` : delayMs,
    ]);
  }
  say('');
  table(rows);
  say(
    `\n${acts.length - missed} of ${acts.length} seen; the whole demo took ${Math.round((Date.now() - began) / 1000)} s. Console: ${product.url}/ All of it: ${product.url}/api/v1/alerts`,
  );
  if (values.keep) {
    say('Kept running; stop with Ctrl-C.');
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => {
        resolve();
      });
      process.once('SIGTERM', () => {
        resolve();
      });
    });
  }
  process.exitCode = missed === 0 && quiet === 0 ? 0 : 1;
} finally {
  for (const step of undo.toReversed()) await step();
}
