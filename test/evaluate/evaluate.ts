// npm run evaluate: attack and benign cases in containers (cases.ts), false alerts of honest services against what was expected (soak.ts), services that
// run on with what was exported of them (exports.ts), the detector of the system call mix on traces of attacked servers (shil.ts).
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endWithUsage, scriptArguments } from '../support/script-arguments.ts';
import { evaluateCases } from './cases.ts';
import { evaluateExports } from './exports.ts';
import { evaluateShil } from './shil.ts';
import { evaluateSoak } from './soak.ts';

/** A folder of the collection that is kept beside the checkout, where there is one: it is larger than what is published. */
function beside(name: string): string | undefined {
  const folder = join(import.meta.dirname, '..', '..', '..', 'shared', name);
  return existsSync(folder) ? folder : undefined;
}

const traces = beside('data/shil');
const usage = `npm run evaluate -- cases [--cases DIR] [--only TEXT] [--runs N] [--learn-minutes N] [--json]
npm run evaluate -- soak [--minutes N] [--learn-minutes N] [--json]
npm run evaluate -- exports [--learn-minutes N] [--only NAME] [--json]
npm run evaluate -- shil [--data DIR] [--json]`;
const { positionals, values } = scriptArguments(usage, {
  cases: { type: 'string', default: beside('cases') ?? join(import.meta.dirname, '..', 'cases') },
  data: { type: 'string', ...(traces === undefined ? {} : { default: traces }) },
  only: { type: 'string', default: '' },
  minutes: { type: 'string', default: '60' },
  'learn-minutes': { type: 'string' },
  runs: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const [minutes, runs] = [Number(values.minutes), Number(values.runs)];
const learnMinutes = values['learn-minutes'] === undefined ? undefined : Number(values['learn-minutes']);
if (!(minutes > 0 && runs >= 1 && (learnMinutes ?? 1) > 0))
  endWithUsage(usage, '--minutes, --learn-minutes and --runs take numbers above 0');
switch (positionals[0]) {
  case 'cases':
    process.exit(
      await evaluateCases({
        ...{ folder: resolve(values.cases), only: values.only, runs, json: values.json },
        learnMs: learnMinutes === undefined ? 75_000 : learnMinutes * 60_000,
      }),
    );
    break;
  case 'soak':
    process.exit(await evaluateSoak({ minutes, learnMinutes: learnMinutes ?? 10, json: values.json }));
    break;
  case 'exports':
    process.exit(await evaluateExports({ learnMinutes: learnMinutes ?? 10, only: values.only, json: values.json }));
    break;
  case 'shil':
    if (values.data === undefined) endWithUsage(usage, '--data DIR is required: where the traces are');
    process.exit(evaluateShil(resolve(values.data), values.json));
    break;
  default:
    endWithUsage(usage, positionals[0] === undefined ? 'say what is evaluated' : `there is no ${positionals[0]}`);
}
