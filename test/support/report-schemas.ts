// What the schemas of two formats demand of what is exported: SARIF 2.1.0 (OASIS, sarif-schema-2.1.0.json), as far as its objects are used, and
// JUnit XML as Jenkins has it (junit-10.xsd) whole.

/** Members of an object that SARIF's schema knows: their type, or the name of another object; `!` is required, `[]` a list. None but these may be there. */
const sarif: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  log: { $schema: 'uri', 'version!': 'version', 'runs!': 'run[]' },
  run: { 'tool!': 'tool', results: 'result[]', columnKind: 'columnKind', properties: 'bag' },
  tool: { 'driver!': 'component', properties: 'bag' },
  component: { 'name!': 'text', version: 'text', informationUri: 'uri', rules: 'rule[]', properties: 'bag' },
  rule: {
    ...{
      'id!': 'text',
      name: 'text',
      shortDescription: 'multiformat',
      fullDescription: 'multiformat',
      help: 'multiformat',
    },
    ...{ helpUri: 'uri', defaultConfiguration: 'configuration', properties: 'bag' },
  },
  multiformat: { 'text!': 'text', markdown: 'text', properties: 'bag' },
  configuration: { enabled: 'flag', level: 'level', rank: 'number', properties: 'bag' },
  result: {
    ...{
      ruleId: 'text',
      ruleIndex: 'index',
      kind: 'kind',
      level: 'level',
      'message!': 'message',
      locations: 'location[]',
    },
    ...{ partialFingerprints: 'texts', suppressions: 'suppression[]', guid: 'text', properties: 'bag' },
  },
  message: { text: 'text', markdown: 'text', id: 'text', arguments: 'text[]', properties: 'bag' },
  location: {
    id: 'index',
    physicalLocation: 'physical',
    logicalLocations: 'logical[]',
    message: 'message',
    properties: 'bag',
  },
  physical: { address: 'bag', artifactLocation: 'artifact', region: 'bag', properties: 'bag' },
  artifact: { uri: 'reference', uriBaseId: 'text', index: 'index', description: 'message', properties: 'bag' },
  logical: {
    ...{
      name: 'text',
      index: 'index',
      fullyQualifiedName: 'text',
      decoratedName: 'text',
      parentIndex: 'index',
      kind: 'text',
    },
    properties: 'bag',
  },
  suppression: {
    guid: 'text',
    'kind!': 'suppressionKind',
    status: 'status',
    justification: 'text',
    location: 'location',
    properties: 'bag',
  },
};
const enums: Readonly<Record<string, readonly string[]>> = {
  version: ['2.1.0'],
  columnKind: ['utf16CodeUnits', 'unicodeCodePoints'],
  level: ['none', 'note', 'warning', 'error'],
  kind: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'],
  suppressionKind: ['inSource', 'external'],
  status: ['accepted', 'underReview', 'rejected'],
};
const plain: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  flag: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  index: (value) => Number.isInteger(value) && Number(value) >= -1,
  uri: (value) => typeof value === 'string' && URL.canParse(value),
  // A relative reference of RFC 3986: only what such a one may hold.
  reference: (value) => typeof value === 'string' && /^(?:[\w.~!$&'()*+,;=:@/-]|%[\dA-F]{2})+$/i.test(value),
  texts: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
  bag: isObject,
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What of a document is not as SARIF 2.1.0 has it, with where. */
export function sarifProblems(value: unknown, type: string = 'log', at: string = '$'): readonly string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((one, index) => sarifProblems(one, type.slice(0, -2), `${at}[${index}]`));
  }
  const values = enums[type];
  if (values !== undefined) return values.includes(String(value)) ? [] : [`${at} is none of ${values.join(', ')}`];
  const check = plain[type];
  if (check !== undefined) return check(value) ? [] : [`${at} is no ${type}`];
  const members = sarif[type];
  if (members === undefined || !isObject(value)) return [`${at} is no ${type}`];
  const names = new Map(Object.entries(members).map(([name, of]) => [name.replace('!', ''), of]));
  return [
    ...Object.keys(members).flatMap((name) =>
      name.endsWith('!') && !Object.hasOwn(value, name.slice(0, -1)) ? [`${at} has no ${name.slice(0, -1)}`] : [],
    ),
    ...Object.entries(value).flatMap(([name, one]) => {
      const of = names.get(name);
      return of === undefined ? [`${at}.${name} is not of ${type}`] : sarifProblems(one, of, `${at}.${name}`);
    }),
  ];
}

interface Shape {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
  readonly text: boolean;
}
const told = { required: [], optional: ['type', 'message'], children: [], text: true };
const junit: Readonly<Record<string, Shape>> = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
    text: false,
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    text: false,
  },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    text: false,
  },
  ...{ failure: told, error: told, skipped: told },
};
const character = String.raw`[^<&"]|&(?:amp|lt|gt|quot|apos);`;
const tag = new RegExp(String.raw`<(/?)([a-z-]+)((?: [a-z]+="(?:${character})*")*)(/?)>`, 'uy');
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** What of a document is no XML, or not as junit-10.xsd has it. */
export function junitProblems(document: string): readonly string[] {
  const problems: string[] = [];
  if (forbidden.test(document)) problems.push('a character that XML does not have');
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(head)) return [...problems, 'no declaration'];
  const open: string[] = [];
  let position = head.length;
  while (position < document.length) {
    tag.lastIndex = position;
    const match = tag.exec(document);
    if (match === null) {
      const end = document.indexOf('<', position + 1);
      const text = document.slice(position, end < 0 ? document.length : end);
      const inside = junit[open.at(-1) ?? ''];
      if (text.startsWith('<') || !new RegExp(`^(?:${character}|")*$`, 'u').test(text))
        return [...problems, `no XML at ${position}: ${text.slice(0, 60)}`];
      if (text.trim() !== '' && inside?.text !== true) problems.push(`text in ${open.at(-1) ?? 'nothing'}`);
      position += text.length;
      continue;
    }
    position = tag.lastIndex;
    const [, close, name = '', attributes = '', empty] = match;
    if (close === '/') {
      if (open.pop() !== name) problems.push(`</${name}> closes another`);
      continue;
    }
    const shape = junit[name];
    if (shape === undefined) problems.push(`there is no <${name}>`);
    const parent = open.at(-1);
    if (parent === undefined ? name !== 'testsuites' : junit[parent]?.children.includes(name) !== true)
      problems.push(`<${name}> in <${parent ?? ''}>`);
    const given = [...attributes.matchAll(/ ([a-z]+)="/g)].map(([, one = '']) => one);
    if (new Set(given).size !== given.length) problems.push(`an attribute of <${name}> twice`);
    for (const one of given)
      if (shape !== undefined && ![...shape.required, ...shape.optional].includes(one))
        problems.push(`<${name} ${one}>`);
    for (const one of shape?.required ?? []) if (!given.includes(one)) problems.push(`<${name}> without ${one}`);
    if (empty !== '/') open.push(name);
  }
  return open.length === 0 ? problems : [...problems, `${open.join(', ')} not closed`];
}
