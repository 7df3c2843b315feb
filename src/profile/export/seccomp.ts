import { rareCalls } from '../../model/call.ts';
import type { SharedProfile } from '../../model/shared-profile.ts';
import { capabilitiesUsed } from './capabilities.ts';
import { dockerAllowed, dockerAllowedWith, dockerPersonalities } from './docker-seccomp.ts';
import { allowedFeatures, isRefused, judgedFeatures, statementOf } from './evidence.ts';
import type { ExportInput, Statement } from './evidence.ts';
import { baseCalls, cloneNamespaces, errnoNoSuchCall, errnoNotPermitted, x86Only } from './seccomp-base.ts';

interface Argument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE' | 'SCMP_CMP_MASKED_EQ';
}

interface SeccompRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Argument[];
  readonly comment?: string;
}

/** A seccomp profile as Docker, Podman, containerd and CRI-O read it (`linux.seccomp` of the OCI runtime specification). */
export interface SeccompProfile {
  /** What no runtime reads. */
  readonly 'x-anchorwatch': Statement & {
    /** `seen`: allows what was seen and a base set. `default-less-rare`: allows what Docker does, less what is rare and was never seen. */
    readonly kind: 'seen' | 'default-less-rare';
    readonly why: string;
  };
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

/** So many calls that no rare hook tells of are proof that all were told: a program cannot begin with fewer. */
const strictMin = 10;

const alike: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    // Names of the rare calls are those of tracepoints; a filter wants those of the calls.
    umount: ['umount2'],
    // The same on another architecture, or in another C library: whichever the next build takes.
    open: ['openat'],
    stat: ['newfstatat', 'statx'],
    lstat: ['newfstatat'],
    fstat: ['newfstatat', 'statx'],
    newfstatat: ['statx', 'fstatat64', 'fstat'],
    getdents: ['getdents64'],
    select: ['pselect6'],
    poll: ['ppoll'],
    epoll_wait: ['epoll_pwait'],
    fork: ['clone'],
    vfork: ['clone'],
    sendfile: ['sendfile64'],
    accept: ['accept4'],
    epoll_create: ['epoll_create1'],
    epoll_create1: ['epoll_create'],
    eventfd2: ['eventfd'],
    signalfd4: ['signalfd'],
    inotify_init1: ['inotify_init'],
    mkdir: ['mkdirat'],
    unlink: ['unlinkat'],
    rmdir: ['unlinkat'],
    rename: ['renameat', 'renameat2'],
    link: ['linkat'],
    symlink: ['symlinkat'],
    chmod: ['fchmodat'],
    chown: ['fchownat'],
  }),
);

/** Rare calls that are told of in some of their forms alone: seen in strict mode, they are what every program makes. */
const oftenPlain: ReadonlySet<string> = new Set(
  rareCalls.flatMap(({ name, told }) => (told === undefined ? [] : [name])),
);
const rareNames: ReadonlySet<string> = new Set(
  rareCalls.flatMap(({ name }) => (oftenPlain.has(name) ? [] : [name, ...(name === 'umount' ? ['umount2'] : [])])),
);
const baseNames: ReadonlySet<string> = new Set(baseCalls.flatMap(({ names }) => names));

/** What a profile says of the system calls of a workload. */
export interface SeenCalls {
  /** Told by strict mode (`--syscalls all`), by name, those of 32-bit programs too; rare ones are not among them. */
  readonly all: ReadonlySet<string>;
  /** Rare ones that were made and not refused, none of whose forms is judged. */
  readonly rare: ReadonlySet<string>;
  /** Names of which some form is judged. */
  readonly judged: ReadonlyMap<string, readonly string[]>;
  readonly unnamed: readonly string[];
  readonly has32Bit: boolean;
  /** All calls were told, at least by one node. */
  readonly isStrict: boolean;
}

/** Pure. */
function seenCalls(profile: SharedProfile): SeenCalls {
  const of = ['syscall', 'privilege', 'kernel'] as const;
  const all = new Set<string>();
  const rare = new Set<string>();
  const unnamed: string[] = [];
  let has32Bit = false;
  for (const { dimension, key } of allowedFeatures(profile, ...of)) {
    const [name = '', ...rest] = key.split(' ');
    const isPlainCall = dimension === 'syscall' && (rest.length === 0 || (rest.length === 1 && rest[0] === '32-bit'));
    if (rareNames.has(name) && (dimension !== 'syscall' || !isStrictWord(profile, rest, name))) rare.add(name);
    else if (key === 'socket raw' || key === 'socket packet') rare.add(key);
    else if (isPlainCall) {
      if (/^syscall-\d+$/u.test(name)) unnamed.push(name);
      else if (/^[a-z0-9_]+$/u.test(name) && !rareNames.has(name)) all.add(name);
      has32Bit ||= rest.length === 1;
    }
  }
  const judged = new Map<string, string[]>();
  for (const { key } of judgedFeatures(profile, ...of)) {
    const name = key.split(' ')[0] ?? '';
    judged.set(name, [...(judged.get(name) ?? []), key]);
  }
  for (const name of judged.keys()) {
    rare.delete(name);
    if (!oftenPlain.has(name)) all.delete(name);
  }
  return {
    all,
    rare,
    judged,
    unnamed,
    has32Bit,
    isStrict: [...all].filter((name) => !oftenPlain.has(name)).length >= strictMin,
  };
}

/**
 * Strict mode tells of a rare call by its bare name, whether it was refused or not. It is its word alone where the call's own hook always says more, and
 * counts for nothing where that hook told of a refusal.
 */
function isStrictWord({ features }: SharedProfile, rest: readonly string[], name: string): boolean {
  if (rest.length > 0) return rest[0] === '32-bit';
  const saysMore = Object.keys(rareCalls.find((call) => call.name === name)?.detail?.names ?? {}).includes('0');
  return saysMore || features.some((feature) => feature.key.startsWith(`${name} `) && isRefused(feature));
}

/**
 * The seccomp profile of a workload. With every call told (`--syscalls all`) it allows what was seen and `baseCalls`; otherwise what Docker allows by
 * default, less the rare calls that were never seen. What was refused or judged is not allowed.
 * @throws AnchorwatchError `export.too-little`
 */
export function seccompProfile(input: ExportInput): SeccompProfile {
  const { profile } = input;
  const seen = seenCalls(profile);
  const used = capabilitiesUsed(input).add;
  const refusedRare = new Set(
    profile.features
      .filter((feature) => feature.state === 'known' && isRefused(feature))
      .map(({ key }) => key.split(' ')[0] ?? '')
      .filter((name) => rareNames.has(name) && !seen.rare.has(name)),
  );
  const isOut = (name: string): boolean =>
    (seen.judged.has(name) && !oftenPlain.has(name) && !baseNames.has(name)) ||
    (rareNames.has(name) &&
      !seen.rare.has(name) &&
      !baseNames.has(name) &&
      !(name === 'umount2' && seen.rare.has('umount')));
  const wanted = seen.isStrict
    ? [...seen.all, ...seen.rare].flatMap((name) => [name, ...(alike.get(name) ?? [])])
    : [...dockerAllowed, ...used.flatMap((name) => dockerAllowedWith[name] ?? []), ...seen.rare, 'umount2', 'ptrace'];
  const apart = new Set(['clone', 'clone3', 'personality', 'socket', 'mprotect', ...(seen.isStrict ? baseNames : [])]);
  const allowed = [...new Set(wanted)]
    .filter((name) => !apart.has(name) && !isOut(name) && name !== 'umount')
    .toSorted();
  const unsure = [
    ...seen.unnamed.map((name) => `${name} was made and has no name here: it is refused`),
    ...[...seen.judged].flatMap(([name, keys]) =>
      keys
        .filter(() => unfilterable.has(name))
        .map((key) => `${key} raised an alert; a filter cannot tell it from other ${name} calls`),
    ),
    ...[...seen.judged.keys()]
      .filter((name) => baseNames.has(name) && !unfilterable.has(name))
      .map(
        (name) =>
          `${name} raised an alert, and stays allowed because no container begins without it; capabilities decide what it may do`,
      ),
    ...[...refusedRare].toSorted().map((name) => `${name} was tried and refused: it stays refused`),
    ...(seen.isStrict
      ? ['calls that are only made in a failure or a rare task were perhaps never made yet']
      : ['calls that are not rare were not told of: all that Docker allows stay allowed']),
  ];
  const statement = statementOf(input, ['syscall', 'privilege', 'kernel'], unsure);
  const machines = architecturesOf(seen);
  return {
    'x-anchorwatch': {
      ...(seen.isStrict
        ? {
            kind: 'seen',
            why: `every system call was told of (--syscalls all): ${seen.all.size + seen.rare.size} were seen; to them comes what the comments below say`,
          }
        : {
            kind: 'default-less-rare',
            why: 'only rare system calls were told of by name: this is the default of Docker 20.10 less those of them that were never seen. Agents with --syscalls all make it an allow-list',
          }),
      ...statement,
    },
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: errnoNotPermitted,
    architectures: machines,
    syscalls: [
      {
        ...{ names: allowed, action: 'SCMP_ACT_ALLOW' },
        comment: seen.isStrict
          ? 'seen, or the same call under another name'
          : 'the default of Docker, less what is rare and was never seen',
      },
      ...(seen.isStrict
        ? baseCalls.map(({ why, names }): SeccompRule => ({
            ...{ names: names.filter((name) => !conditional.has(name)), action: 'SCMP_ACT_ALLOW', comment: why },
          }))
        : []),
      ...conditionalRules(seen),
    ],
  };
}

/** Judged forms of these cannot be told apart by the numbers in a call's arguments. */
const unfilterable: ReadonlySet<string> = new Set([
  'dup2',
  'dup3',
  'prctl',
  'execve',
  'execveat',
  'mmap',
  'kill',
  'io_uring',
  'syscall',
  'cgroup-leave',
]);
/** Allowed under conditions. */
const conditional: ReadonlySet<string> = new Set(['clone', 'clone3', 'personality', 'socket', 'mprotect']);

function conditionalRules({ all, rare, judged, isStrict }: SeenCalls): readonly SeccompRule[] {
  const allow = (names: readonly string[], comment: string, ...args: readonly Argument[]): SeccompRule => ({
    ...{ names, action: 'SCMP_ACT_ALLOW', comment },
    ...(args.length > 0 ? { args } : {}),
  });
  const rules: SeccompRule[] = [
    allow(['clone'], 'threads and processes, no namespaces', {
      ...{ index: 0, value: cloneNamespaces, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' },
    }),
    {
      ...{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: errnoNoSuchCall },
      comment: 'a filter cannot look into its arguments: the C library takes clone when there is no such call',
    },
    ...(judged.has('mprotect')
      ? [
          allow(['mprotect'], 'executable memory raised an alert', {
            index: 2,
            value: 4,
            valueTwo: 0,
            op: 'SCMP_CMP_MASKED_EQ',
          }),
        ]
      : [allow(['mprotect'], 'the loader needs it')]),
  ];
  if (!isStrict || rare.has('personality'))
    rules.push(
      ...dockerPersonalities.map((value) =>
        allow(['personality'], 'without executable data', { index: 0, value, op: 'SCMP_CMP_EQ' }),
      ),
    );
  if (isStrict && !all.has('socket')) return rules;
  const isRaw = rare.has('socket raw') || rare.has('socket packet');
  if (isRaw && !judged.has('socket')) return [...rules, allow(['socket'], 'raw and packet sockets were seen')];
  return [
    ...rules,
    // SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET below the flags; AF_PACKET. Netlink's are raw by their type.
    ...[1, 2, 5].map((type) =>
      allow(
        ['socket'],
        'no raw and no packet sockets: none was seen',
        { index: 0, value: 17, op: 'SCMP_CMP_NE' },
        { index: 1, value: 0xf, valueTwo: type, op: 'SCMP_CMP_MASKED_EQ' },
      ),
    ),
    allow(['socket'], 'netlink: how the C library asks for addresses', { index: 0, value: 16, op: 'SCMP_CMP_EQ' }),
  ];
}

function architecturesOf({ all, has32Bit }: SeenCalls): readonly string[] {
  const isX86 = [...all].some((name) => x86Only.has(name));
  return isX86
    ? ['SCMP_ARCH_X86_64', ...(has32Bit ? ['SCMP_ARCH_X86'] : [])]
    : ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'];
}
