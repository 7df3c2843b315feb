import { describe, expect, test } from 'vitest';
import { everyCall, judged, seen, sharedProfile } from '../../../test/support/shared-profiles.ts';
import { seccompProfile } from './seccomp.ts';
import type { SeccompProfile } from './seccomp.ts';

/** Names that are allowed whatever their arguments. */
function allowed({ syscalls }: SeccompProfile): ReadonlySet<string> {
  const rules = syscalls.filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined);
  return new Set(rules.flatMap(({ names }) => names));
}

describe('with every call told of', () => {
  test('what was seen and the base set are allowed, nothing else', () => {
    const profile = seccompProfile({ profile: sharedProfile([...everyCall, ...seen('syscall', 'sendfile')]) });
    expect(profile['x-anchorwatch'].kind).toBe('seen');
    expect(profile.architectures).toEqual(['SCMP_ARCH_X86_64']);
    const names = allowed(profile);
    for (const name of [
      'sendfile',
      'sendfile64',
      'bind',
      'execve',
      'exit_group',
      'rt_sigreturn',
      'rt_sigsuspend',
      'wait4',
    ])
      expect(names, name).toContain(name);
    for (const name of ['ptrace', 'mount', 'unshare', 'bpf', 'memfd_create', 'listen', 'keyctl', 'clone', 'socket'])
      expect(names, name).not.toContain(name);
    expect(profile.syscalls.find(({ names: [name] }) => name === 'clone3')).toMatchObject({ errnoRet: 38 });
    expect(profile.syscalls.find(({ names: [name] }) => name === 'clone')?.args).toEqual([
      { index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' },
    ]);
  });

  test('a rare call is allowed when its own hook told of it, and not for what strict mode tells of a refusal', () => {
    const refused = [...seen('syscall', 'ptrace', 'memfd_create'), ...seen('syscall', 'memfd_create refused')];
    const tried = seccompProfile({ profile: sharedProfile([...everyCall, ...refused]) });
    expect(allowed(tried)).not.toContain('ptrace');
    expect(allowed(tried)).not.toContain('memfd_create');
    expect(tried['x-anchorwatch'].unsure.join()).toContain('memfd_create was tried and refused');
    const made = seccompProfile({
      profile: sharedProfile([
        ...everyCall,
        ...seen('syscall', 'memfd_create', 'ptrace traceme'),
        ...seen('kernel', 'bpf map'),
      ]),
    });
    for (const name of ['ptrace', 'memfd_create', 'bpf']) expect(allowed(made)).toContain(name);
  });

  test('a judged form takes the whole call away', () => {
    const features = [...everyCall, ...seen('syscall', 'ptrace traceme'), ...judged('syscall', 'ptrace attach')];
    const profile = seccompProfile({ profile: sharedProfile(features) });
    expect(allowed(profile)).not.toContain('ptrace');
    expect(profile['x-anchorwatch'].notAccepted).toEqual(['syscall ptrace attach']);
  });

  test('raw sockets are allowed where they were seen, executable memory is not where it raised an alert', () => {
    const raw = seccompProfile({ profile: sharedProfile([...everyCall, ...seen('syscall', 'socket raw')]) });
    expect(allowed(raw)).toContain('socket');
    const memory = seccompProfile({
      profile: sharedProfile([...everyCall, ...judged('syscall', 'mprotect executable')]),
    });
    expect(allowed(memory)).not.toContain('mprotect');
    expect(memory.syscalls.find(({ names: [name] }) => name === 'mprotect')?.args).toMatchObject([
      { index: 2, value: 4 },
    ]);
  });

  test('calls without a name are told, 32-bit programs get their ABI', () => {
    const profile = seccompProfile({
      profile: sharedProfile([...everyCall, ...seen('syscall', 'syscall-460', 'read 32-bit')]),
    });
    expect(profile['x-anchorwatch'].unsure.join()).toContain('syscall-460');
    expect(profile.architectures).toContain('SCMP_ARCH_X86');
  });
});

test('without every call told of, it is the default of Docker less the rare calls that were never seen, and says so', () => {
  const profile = seccompProfile({ profile: sharedProfile(seen('syscall', 'memfd_create')) });
  expect(profile['x-anchorwatch']).toMatchObject({ kind: 'default-less-rare' });
  expect(profile['x-anchorwatch'].why).toContain('--syscalls all');
  const names = allowed(profile);
  for (const name of ['memfd_create', 'listen', 'sendfile', 'setuid']) expect(names, name).toContain(name);
  for (const name of ['ptrace', 'process_vm_readv', 'io_uring_setup', 'mount', 'unshare', 'chroot', 'clone'])
    expect(names, name).not.toContain(name);
});

test.each([
  ['starts', { samples: { startup: 1, steady: 20 } }, '1 start of a container seen'],
  ['samples', { samples: { startup: 3, steady: 4 } }, '4 samples of steady state'],
  ['gaps', { incomplete: { syscall: { startup: 0, steady: 15 } } }, 'have gaps'],
])('too little is refused, and says what is missing: %s', (_what, changes, said) => {
  const profile = sharedProfile(everyCall, changes);
  expect(() => seccompProfile({ profile })).toThrow(said);
  expect(seccompProfile({ profile, force: true })['x-anchorwatch'].unsure.join()).toContain(`forced: `);
});

test('what only one of three starts showed is too little', () => {
  const [first] = everyCall;
  const once = Array.from({ length: 60 }, (_, index) => ({
    ...{ ...first, dimension: 'syscall' as const, key: `once${index}`, state: 'known' as const, nodes: 1 },
    ...{ count: { startup: 1, steady: 0 }, weight: { startup: 1, steady: 0 } },
  }));
  expect(() => seccompProfile({ profile: sharedProfile([...everyCall, ...once]) })).toThrow(
    'coverage of syscall at starts',
  );
});
