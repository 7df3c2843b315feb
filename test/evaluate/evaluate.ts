// npm run evaluate -- cases [--cases DIR] [--only TEXT] [--runs N] [--learn-minutes N] [--json]: attack and benign cases in containers (cases.ts).
// npm run evaluate -- soak [--minutes N] [--learn-minutes N] [--json]: false alerts of honest services against what was expected (soak.ts).
// npm run evaluate -- exports [--learn-minutes N] [--only NAME] [--json]: services that run on with what was exported of them (exports.ts).
// npm run evaluate -- shil [--data DIR] [--json]: the detector of the system call mix on traces of attacked servers (shil.ts).
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateCases } from './cases.ts';
import { evaluateExports } from './exports.ts';
import { evaluateShil } from './shil.ts';
import { evaluateSoak } from './soak.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '../shared/cases' },
    data: { type: 'string', default: '../shared/data/shil' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '60' },
    'learn-minutes': { type: 'string' },
    runs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [minutes, runs] = [Number(values.minutes), Number(values.runs)];
const learnMinutes = values['learn-minutes'] === undefined ? undefined : Number(values['learn-minutes']);
if (!(minutes > 0 && runs >= 1 && (learnMinutes ?? 1) > 0)) {
  process.stderr.write('--minutes, --learn-minutes and --runs take numbers above 0\n');
  process.exit(2);
}
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
    process.exit(evaluateShil(resolve(values.data), values.json));
    break;
  default:
    process.stderr.write(
      'npm run evaluate -- cases [--cases DIR] [--only TEXT] [--runs N] [--learn-minutes N] [--json]\n' +
        'npm run evaluate -- soak [--minutes N] [--learn-minutes N] [--json]\n' +
        'npm run evaluate -- exports [--learn-minutes N] [--only NAME] [--json]\n' +
        'npm run evaluate -- shil [--data DIR] [--json]\n',
    );
    process.exit(2);
}
