import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCases, toolOf } from '../evaluate/case-files.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  // A folder above of this name makes no case benign.
  const above = mkdtempSync(join(tmpdir(), 'anchorwatch-cases-'));
  onTestFinished(() => {
    rmSync(above, { recursive: true, force: true });
  });
  const folder = join(above, 'benign', 'set');
  mkdirSync(join(folder, 'benign'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const files = {
  'T2-b.sh': '# expect: cred, file\n# where: host\n# image: -\n',
  'T1-a.sh': '',
  'T0000-null.sh': '',
  'benign/B-c.sh': '# image: debian\n',
};

test('cases of another hand need no catalogue and no tools', () => {
  const folder = folderWith(files);
  expect(readCases(folder, '').map(({ file, ...rest }) => ({ name: basename(file), ...rest }))).toEqual([
    { name: 'T0000-null.sh', kind: 'control', where: 'container', expect: [], image: [] },
    { name: 'B-c.sh', kind: 'benign', where: 'container', expect: [], image: ['debian'] },
    { name: 'T1-a.sh', kind: 'attack', where: 'container', expect: [], image: [] },
    { name: 'T2-b.sh', kind: 'attack', where: 'host', expect: ['cred', 'file'], image: [] },
  ]);
  expect(toolOf(folder, 'carrier.sh')).toMatch(/test\/cases\/tools\/carrier\.sh$/);
});

test('a catalogue says more than a file, as far as it has it; one that is torn is an error', () => {
  const folder = folderWith(files);
  writeFileSync(join(folder, 'catalogue.json'), '{"cases":[{"file":"T2-b.sh","expect":["net"],"image":["busybox"]}]}');
  expect(readCases(folder, 'T2-b').map(({ expect: words, image }) => [words, image])).toEqual([
    [[], []],
    [['net'], ['busybox']],
  ]);
  writeFileSync(join(folder, 'catalogue.json'), '{"cases":[');
  expect(() => readCases(folder, '')).toThrow(/catalogue\.json cannot be read/);
  expect(() => readCases('/nowhere', '')).toThrow(/\/nowhere cannot be read/);
  expect(() => readCases(folderWith({}), '')).toThrow(/there is no case/);
});
