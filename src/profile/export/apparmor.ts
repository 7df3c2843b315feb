import type { SharedProfile } from '../../model/shared-profile.ts';
import { isProtected } from '../generalise.ts';
import { capabilitiesUsed, capabilityDoubts } from './capabilities.ts';
import { commented } from './document.ts';
import { allowedFeatures, judgedFeatures, plain, statementLines, statementOf } from './evidence.ts';
import type { ExportInput } from './evidence.ts';
import { fileNameOf } from './hardening.ts';
import { fileUse, realPath } from './paths.ts';

/** What AppArmor's globs say of the parts that were generalised. A `*` there never reaches beyond a `/`. */
const globs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '<n>': '[0-9]*',
    '<hex>': '[0-9a-fA-F]*',
    '<uuid>': '[0-9a-fA-F]*-*-*-*-*',
    '<date>': '[12][0-9]*',
    '<random>': '*',
    '<lt>': '<',
    '<star>': String.raw`\*`,
    '*': '*',
  }),
);

/**
 * A learned path as a glob, quoted; undefined for one that cannot be written: bytes that are not printable, or a digest instead of its end.
 * Pure.
 */
export function pathGlob(path: string): string | undefined {
  if (!path.startsWith('/') || path.includes('\\') || path.includes('<long ') || plain(path) !== path) return undefined;
  const quote = (text: string): string => text.replaceAll(/[*?[\]{}^"@,#]/gu, String.raw`\$&`);
  const parts = isProtected(path) ? [path] : path.split(/(<(?:n|hex|uuid|date|random|lt|star)>|\*)/u);
  const glob = parts.map((part) => (isProtected(path) ? undefined : globs.get(part)) ?? quote(part)).join('');
  return `"${glob}"`;
}

type Permission = 'r' | 'w' | 'k' | 'm' | 'l' | 'ix';
const order: readonly Permission[] = ['m', 'r', 'w', 'k', 'l', 'ix'];

class FileRules {
  readonly #rules: Map<string, Set<Permission>> = new Map();
  readonly unwritable: string[] = [];

  add(path: string, ...permissions: readonly Permission[]): void {
    for (const one of new Set([path, realPath(path)])) {
      const glob = pathGlob(one);
      if (glob === undefined) {
        this.unwritable.push(path);
        return;
      }
      const rule = this.#rules.get(glob) ?? new Set();
      for (const permission of permissions) rule.add(permission);
      this.#rules.set(glob, rule);
    }
  }

  lines(prefix = ''): readonly string[] {
    return [...this.#rules]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([glob, rule]) => `${prefix}${glob} ${order.filter((one) => rule.has(one)).join('')},`);
  }
}

/**
 * An AppArmor profile (apparmor.d(5), version 3): what was read, written and executed, sockets and capabilities; the rest is denied.
 * @throws AnchorwatchError `export.too-little`
 */
export function appArmorProfile(input: ExportInput): string {
  const { profile } = input;
  const use = capabilitiesUsed(input);
  const allowed = allowedRules(profile);
  const denied = deniedRules(profile);
  const statement = statementOf(
    input,
    ['exec', 'file.read', 'file.write', 'net.out', 'net.listen', 'capability'],
    [
      ...capabilityDoubts(input, use),
      ...allowed.unwritable.map((path) => `${path} cannot be written as a rule: it is denied`),
      ...(profile.features.some(
        ({ dimension, state }) => state === 'judged' && (dimension === 'net.out' || dimension === 'net.listen'),
      )
        ? ['AppArmor 3 knows no peers and ports: connections that raised an alert are for a NetworkPolicy']
        : []),
    ],
  );
  const name = `anchorwatch-${fileNameOf(profile.workload.name)}`;
  const rules: readonly (readonly [string, readonly string[]])[] = [
    ['what every program needs: libraries, locales, its own /proc', ['#include <abstractions/base>']],
    [
      'the engine starts, signals and stops it',
      [
        'signal (receive) peer=unconfined,',
        'signal (receive) peer=runc,',
        'signal (receive) peer=crun,',
        `signal (send, receive) peer=${name},`,
        // Who looks at another of its processes in /proc is asked for this; it traces none.
        `ptrace (read, readby) peer=${name},`,
        'unix,',
        'network unix,',
        'network netlink raw,',
      ],
    ],
    ['capabilities that were used', use.add.map((one) => `capability ${one},`)],
    ['sockets', socketRules(profile)],
    ['files and programs', allowed.lines()],
    ['what raised an alert that nobody accepted', denied.lines('deny ')],
  ];
  return [
    commented('#', statementLines('AppArmor profile', statement)),
    '',
    '#include <tunables/global>',
    '',
    `profile ${name} flags=(attach_disconnected,mediate_deleted) {`,
    ...rules.flatMap(([what, lines]) =>
      lines.length === 0 ? [] : [`  # ${what}`, ...lines.map((line) => `  ${line}`), ''],
    ),
    '}',
    '',
  ].join('\n');
}

function allowedRules(profile: SharedProfile): FileRules {
  const rules = new FileRules();
  for (const { dimension, key } of allowedFeatures(profile, 'exec', 'file.read', 'file.write', 'syscall')) {
    if (dimension === 'exec') for (const path of programsOf(key)) rules.add(path, 'm', 'r', 'ix');
    if (dimension === 'syscall') {
      const mapped = /^mmap (\/.*) \([a-z]+\)$/u.exec(key)?.[1];
      if (mapped !== undefined) rules.add(mapped, 'm', 'r');
    }
    const use = dimension === 'file.read' || dimension === 'file.write' ? fileUse(key) : undefined;
    if (use === undefined) continue;
    if (dimension === 'file.read')
      rules.add(use.path, 'r', ...(/\.so(?:\.|$)/u.test(use.path) ? (['m'] as const) : []));
    // What was written may be read back and locked; of a link AppArmor asks for what the file itself may be used for.
    else rules.add(use.path, 'r', 'w', 'k', ...(use.change.startsWith('link') ? (['l'] as const) : []));
  }
  return rules;
}

function deniedRules(profile: SharedProfile): FileRules {
  const rules = new FileRules();
  const allowed = new Set(allowedFeatures(profile, 'exec').flatMap(({ key }) => programsOf(key)));
  for (const { dimension, key } of judgedFeatures(profile, 'exec', 'file.read', 'file.write')) {
    if (dimension === 'exec') {
      // A pair or an argument that raised an alert says nothing against the program that is known.
      const path = /^\/\S+$/u.exec(key)?.[0];
      if (path !== undefined && !allowed.has(path)) rules.add(path, 'm', 'w');
      continue;
    }
    const use = fileUse(key);
    // Another reader says nothing against those that may.
    if (use !== undefined && !use.change.startsWith('by '))
      rules.add(use.path, ...(dimension === 'file.read' ? (['r'] as const) : (['w', 'k'] as const)));
  }
  return rules;
}

/** Programs that a key of `exec` says were executed: the program itself without its applet, and a script that it was. */
export function programsOf(key: string): readonly string[] {
  if (/ > | \((?:written|tmpfs|memfd|deleted|32-bit|socket as standard input)\)$/u.test(key)) return [];
  const [program = '', second = ''] = key.split(' ');
  if (!program.startsWith('/')) return [];
  return second.startsWith('/') && key.split(' ').length === 2 ? [program, second] : [program];
}

function socketRules(profile: SharedProfile): readonly string[] {
  const types = new Set<string>();
  for (const { dimension, key } of allowedFeatures(profile, 'net.out', 'net.listen', 'dns', 'syscall')) {
    if (dimension === 'dns' || /\/udp(?: |$)/u.test(key)) types.add('dgram');
    else if (/\/tcp(?: |$)/u.test(key)) types.add('stream');
    else if (key === 'socket raw') types.add('raw');
  }
  return [...types].toSorted().flatMap((type) => [`network inet ${type},`, `network inet6 ${type},`]);
}
