import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { appArmorProfile } from '../../src/profile/export/apparmor.ts';
import { parseStarter } from '../../src/profile/starter-file.ts';
import { appArmorParser } from '../support/apparmor.ts';
import type { AppArmorParser } from '../support/apparmor.ts';
import { judged, seen, sharedProfile } from '../support/shared-profiles.ts';

let parser: AppArmorParser | string;
beforeAll(async () => {
  parser = await appArmorParser();
}, 60_000);
beforeEach((context) => {
  if (typeof parser === 'string') context.skip(parser);
});

/** Parses and compiles; loads nothing. Answers what is wrong. */
function complaint(text: string): string {
  if (typeof parser === 'string') return parser;
  const { command, base } = parser;
  const { status, stderr } = spawnSync(command, ['-Q', '-K', '--base', base, '-I', base], {
    ...{ input: text, encoding: 'utf8' },
  });
  return status === 0 ? '' : stderr;
}

const folder = new URL('../../profiles/starter/', import.meta.url);

test.each(readdirSync(folder))('what is exported of %s is a profile that AppArmor takes', (file) => {
  const parsed = parseStarter(file, readFileSync(new URL(file, folder), 'utf8'));
  if (!('starter' in parsed)) throw new Error(`${file} is no starter`);
  const features = parsed.starter.features.flatMap(({ dimension, key }) => seen(dimension, key));
  const text = appArmorProfile({ profile: sharedProfile(features), force: true });
  expect(complaint(text)).toBe('');
});

test('so is what a workload with strange names comes to', () => {
  const strange = [
    '/srv/a b',
    '/srv/a"b',
    '/srv/{a,b}',
    '/srv/@{HOME}',
    '/srv/a#b',
    '/srv/[a',
    '/srv/a^',
    '/srv/ä',
    '/srv/<uuid>/*',
  ];
  const protectedOnes = strange.map((path) => path.replace('/srv', '/etc'));
  const features = [
    ...seen('file.read', ...strange),
    ...seen('file.write', ...protectedOnes),
    ...seen('exec', ...strange),
  ];
  const text = appArmorProfile({ profile: sharedProfile([...features, ...judged('file.read', ...strange)]) });
  expect(complaint(text)).toBe('');
});

test('the parser tells a profile that is none', () => {
  expect(complaint('profile x {\n  "/etc/passwd" quux,\n}\n')).not.toBe('');
});
