import { expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import type { ChangeEvent } from '../model/event.ts';
import { loadRules } from './rule-parser.ts';
import { factsOf } from './facts.ts';
import type { ProfileFacts } from './facts.ts';

const rules = loadRules([new URL('../../profiles/rules', import.meta.url).pathname]);
const profile: ProfileFacts = {
  ...{ samples: 100, ageSeconds: 10_000, startup: false, coverage: 1, settled: true, listens: false, knowsPort: false },
  ...{
    listensOnPort: false,
    knowsProgram: false,
    parentListens: false,
    writtenHere: false,
    ownFile: false,
    healthcheck: false,
    news: 0,
  },
};

/** The rules that hold when a process sets a file's times to others than the present. */
function rulesFor(
  exe: string,
  args: readonly string[],
  comm: string,
): { readonly applet: string; readonly ids: readonly string[] } {
  const event = {
    ...{
      kind: 'change',
      timeMs: 0,
      cgroupId: '1',
      source: 'kernel',
      change: 'times',
      path: '/srv/x',
      other: '',
      mode: 0,
    },
    ...{ special: true, error: '' },
    process: { pid: 7, startTimeNs: '1', comm, exe, args, uid: 0, gid: 0, cwd: '/', ancestors: [] },
  } as unknown as ChangeEvent;
  const facts = factsOf(event, makeContainer(), profile);
  const suspicious = rules.matching('file.write', facts).filter(({ suspicion }) => suspicion > 0);
  return { applet: facts.process.applet, ids: suspicious.map(({ id }) => id) };
}

test('what a busybox shell does in its own process is known by the name that the process goes by', () => {
  const sh = ['/bin/sh', '/ho/case.sh'];
  expect(rulesFor('/bin/busybox', sh, 'cp')).toEqual({ applet: 'cp', ids: [] });
  expect(rulesFor('/bin/busybox', sh, 'touch')).toMatchObject({ applet: 'touch', ids: ['times-forged'] });
  expect(rulesFor('/bin/busybox', sh, 'sh')).toMatchObject({ applet: '', ids: ['times-forged'] });
  expect(rulesFor('/bin/busybox', ['busybox', 'sh'], 'busybox')).toMatchObject({ applet: '' });
  // Whatever else a process calls itself is no excuse.
  expect(rulesFor('/usr/bin/perl', ['perl'], 'cp')).toMatchObject({ applet: '', ids: ['times-forged'] });
});
