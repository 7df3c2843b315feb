/** One violated rule: where, and why the rule is there. */
export interface Violation {
  readonly file: string;
  readonly imported: string;
  readonly reason: string;
}

interface Layer {
  /** Folders below src that this one may import from, besides itself. */
  readonly mayImport: readonly string[];
  /** Why not the others. */
  readonly reason: string;
}

const foundation = ['model', 'lib', 'protocol'] as const;
const room: Layer = {
  mayImport: foundation,
  reason:
    'rooms never import each other: declare what is needed of the neighbour as an interface of at most three methods in the own folder, and let src/agent or src/collector pass it in (design: "Layout")',
};
const rooms = [
  'sensor',
  'identity',
  'profile',
  'detect',
  'alert',
  'store',
  'history',
  'snapshot',
  'export',
  'dispatch',
  'notify',
  'posture',

  'outbox',
  'ingest',
  'feed',
  'api',
  'config',
  // Who asks, and what proves it: apart from api, so that nothing that parses requests can come near hashes and secrets.
  'access',
];
const root: Layer = {
  mayImport: [...foundation, ...rooms],
  reason: 'a composition root wires rooms; the roots know nothing of each other and nothing of the command line',
};

/** Who may import whom, by folder below src. */
export const layers: Readonly<Record<string, Layer>> = {
  model: {
    mayImport: [],
    reason: 'model is the words of the design: types and pure functions, so that everything can rest on it',
  },
  lib: { mayImport: [], reason: 'lib is small tools that know nothing of containers, so that they stay small tools' },
  protocol: {
    mayImport: ['model', 'lib'],
    reason: 'the protocol is what both sides share: messages over the words of the model, with errors that have codes',
  },
  ...Object.fromEntries(rooms.map((name) => [name, room])),
  agent: root,
  collector: root,
  cli: {
    mayImport: ['model', 'lib', 'config', 'agent', 'collector'],
    reason: 'the command line reads options and calls a root; what it needs of a room belongs into the root',
  },
};

interface Pin {
  /** Folders or files below src that may import the package. */
  readonly homes: readonly string[];
  readonly reason: string;
}

/** Where each third-party package is at home; one that is not listed may not be imported at all. */
export const pins: Readonly<Record<string, Pin>> = {
  'better-sqlite3': { homes: ['store'], reason: 'store holds the only SQL' },
  kysely: { homes: ['store'], reason: 'store holds the only SQL' },
  ws: {
    homes: ['feed', 'outbox', 'ingest', 'protocol', 'cli/follow.ts'],
    reason:
      'WebSockets are the feed and the way between agent and collector; following the feed takes a CA file and a token',
  },
  'prom-client': {
    homes: ['lib/metrics.ts'],
    reason: 'metrics are made through lib/metrics, so that no global registry is used',
  },
  pino: { homes: ['lib/log.ts'], reason: 'loggers are made through lib/log, which keeps secrets out of them' },
  marked: {
    homes: ['api/handbook.ts'],
    reason: 'the documentation is Markdown, and read in a browser by whoever is paged (no dependencies, 460 kB)',
  },
  fastify: { homes: ['api'], reason: 'api is the only HTTP server' },
  koffi: { homes: ['sensor'], reason: 'a bad pointer kills the process: native calls stay in the sensor' },
  '@marcbachmann/cel-js': { homes: ['detect'], reason: 'rule conditions are the only expressions that are evaluated' },
  yaml: {
    homes: [
      ...[
        'lib/yaml.ts',
        'detect',
        'config',
        'profile/starter-file.ts',
        'identity/kubernetes/access.ts',
        'dispatch',
        'posture',
      ],
      ...['profile/export/document.ts', 'profile/export/exports.test.ts'],
    ],
    reason: 'rules, the configuration file, starters, kubeconfigs, routes, practices and exports are the only YAML',
  },
  zod: {
    homes: [
      ...['protocol', 'config', 'api', 'detect', 'identity', 'ingest', 'profile/starter-file.ts'],
      ...['dispatch', 'notify', 'posture'],
    ],
    reason: 'schemas stand where bytes come in from outside',
  },
  nodemailer: {
    homes: ['notify/email/email.ts'],
    reason: 'mail is made and sent by one receiver: no header is put together by hand (no dependencies, 2.3 MB)',
  },
  '@sigstore/verify': {
    homes: ['posture/image/signature.ts'],
    reason:
      'signatures of images are verified by those who define them, without network, in one place (with its parts 0.6 MB, no others)',
  },
  '@sigstore/bundle': { homes: ['posture/image/signature.ts'], reason: 'the form of what @sigstore/verify verifies' },
  '@sigstore/protobuf-specs': {
    homes: ['posture/image/signature.ts'],
    reason: 'the form of the trusted root that it verifies by',
  },
  commander: { homes: ['cli'], reason: 'flags are parsed by the command line only' },
  ulid: {
    homes: ['alert', 'agent', 'collector'],
    reason: 'ids are randomness: the root that makes them passes them in',
  },
};

const testPackages: ReadonlySet<string> = new Set(['vitest', 'fast-check', 'smtp-server']);

/** Every module that a TypeScript source names in an import or re-export, static or dynamic, in order. */
export function importsOf(source: string): string[] {
  const withoutComments = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const pattern =
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...withoutComments.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function resolveRelative(file: string, imported: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of imported.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function packageOf(imported: string): string {
  return imported
    .split('/')
    .slice(0, imported.startsWith('@') ? 2 : 1)
    .join('/');
}

function violationOf(file: string, imported: string): string | undefined {
  const folder = file.split('/')[0] ?? '';
  const isTest = file.endsWith('.test.ts');
  const layer = layers[folder];
  if (layer === undefined)
    return `src/${folder} is not a folder of the design ("Layout"): add it to test/architecture/rules.ts`;
  if (imported.startsWith('.')) {
    const path = resolveRelative(file, imported);
    // From src/…: what tests share stands beside src, in test/support.
    if (isTest && path.startsWith('test/support/')) return undefined;
    const target = path.split('/')[0] ?? '';
    return target === folder || layer.mayImport.includes(target) ? undefined : layer.reason;
  }
  if (imported.startsWith('node:')) {
    return folder === 'model' && !isTest ? 'model imports nothing, not even Node' : undefined;
  }
  const name = packageOf(imported);
  if (isTest && testPackages.has(name)) return undefined;
  const pin = pins[name];
  if (pin === undefined) return `${name} has no home: add it to the pins with a reason, or do without it`;
  if (pin.homes.some((home) => home === folder || home === file)) return undefined;
  return `${name} is at home in ${pin.homes.map((home) => `src/${home}`).join(', ')}: ${pin.reason}`;
}

/**
 * Checks the imports of one source.
 * @param file Path below src, with `/`.
 */
export function checkImports(file: string, source: string): Violation[] {
  return importsOf(source).flatMap((imported) => {
    const reason = violationOf(file, imported);
    return reason === undefined ? [] : [{ file, imported, reason }];
  });
}
