import { expect, test } from 'vitest';
import { observationsOf } from '../model/observation.ts';
import { procfsHooks } from './procfs-hooks.ts';

test('polling sees programs and sockets in part, and nothing else of events', () => {
  const seen = observationsOf(procfsHooks('no BTF'), { allSyscalls: false, engineConnected: true });
  const of = (extent: string): readonly string[] => [...seen].flatMap(([one, o]) => (o.extent === extent ? [one] : []));
  expect(of('partly')).toEqual(['exec', 'net.out']);
  expect(of('whole')).toEqual(['net.listen', 'lifecycle']);
  expect(of('none').toSorted()).toEqual([
    'capability',
    'dns',
    'file.read',
    'file.write',
    'kernel',
    'privilege',
    'rate.connect',
    'rate.dns',
    'rate.exec',
    'syscall',
    'syscall.mix',
  ]);
  expect(seen.get('file.read')?.gaps).toEqual(['files that are read, written and created (open: no BTF)']);
});
