// What the schema 1.7.0 (https://schema.ocsf.io/1.7.0, Apache-2.0) demands of what is exported: attributes that are required, of which at least one
// has to be there, and the names that there are at all, as far as they are used.

interface Shape {
  readonly required?: readonly string[];
  readonly atLeastOne?: readonly string[];
  readonly optional?: readonly string[];
  /** Attributes that are objects, or lists of them, by the name of their shape. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Values of enumerations. */
  readonly enums?: Readonly<Record<string, readonly number[]>>;
}

const classFields = ['activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id', 'time', 'metadata'];
const baseOptional = [
  ...['activity_name', 'category_name', 'class_name', 'type_name', 'severity', 'status', 'status_id', 'status_detail'],
  ...['message', 'start_time', 'end_time', 'count', 'unmapped', 'device', 'actor'],
];
const baseObjects = { metadata: 'metadata', device: 'device', actor: 'actor' };
const severity = { severity_id: [0, 1, 2, 3, 4, 5, 6, 99] };
const processStatus = { status_id: [0, 1, 2, 99] };

const shapes: Readonly<Record<string, Shape>> = {
  metadata: {
    required: ['product', 'version'],
    optional: ['profiles', 'uid', 'sequence', 'logged_time', 'event_code', 'correlation_uid'],
    objects: { product: 'product' },
  },
  product: { required: ['name'], optional: ['vendor_name', 'version', 'uid'] },
  device: {
    required: ['type_id'],
    optional: ['type', 'hostname', 'name', 'ip', 'uid'],
    enums: { type_id: [0, 1, 2, 3, 4, 5, 6, 7, 99] },
  },
  actor: { atLeastOne: ['process', 'user', 'app_name'], objects: { process: 'process' } },
  process: {
    atLeastOne: ['pid', 'uid'],
    optional: ['name', 'file', 'cmd_line', 'working_directory', 'user', 'parent_process', 'ancestry', 'container'],
    objects: {
      file: 'file',
      user: 'user',
      parent_process: 'process',
      ancestry: 'process_entity',
      container: 'container',
    },
  },
  process_entity: { atLeastOne: ['pid', 'uid', 'name', 'path', 'cmd_line'] },
  file: { required: ['name', 'type_id'], optional: ['path', 'type'], enums: { type_id: [0, 1, 2, 3, 4, 5, 6, 7, 99] } },
  user: { atLeastOne: ['uid', 'name'] },
  container: { optional: ['uid', 'name', 'image'], objects: { image: 'image' } },
  image: { required: ['uid'], optional: ['name', 'tag'] },
  finding_info: {
    required: ['uid', 'title'],
    optional: [
      ...[
        'desc',
        'types',
        'analytic',
        'related_analytics',
        'attacks',
        'created_time',
        'first_seen_time',
        'last_seen_time',
      ],
    ],
    objects: { analytic: 'analytic', related_analytics: 'analytic', attacks: 'attack' },
  },
  analytic: { required: ['type_id'], optional: ['type', 'name', 'uid'], enums: { type_id: [0, 1, 2, 3, 4, 5, 6, 99] } },
  attack: {
    atLeastOne: ['tactic', 'technique', 'sub_technique'],
    objects: { technique: 'entity', sub_technique: 'entity' },
  },
  entity: { atLeastOne: ['uid', 'name'] },
  resource: { optional: ['type', 'uid', 'name', 'namespace'] },
  evidence: {
    atLeastOne: ['actor', 'process', 'file', 'query', 'dst_endpoint', 'connection_info', 'data'],
    objects: {
      ...{ actor: 'actor', process: 'process', file: 'file', query: 'query', dst_endpoint: 'endpoint' },
      connection_info: 'connection',
    },
  },
  endpoint: { atLeastOne: ['ip', 'uid', 'name', 'hostname', 'svc_name'], optional: ['port'] },
  connection: {
    required: ['direction_id'],
    optional: ['direction', 'protocol_name', 'protocol_num'],
    enums: { direction_id: [0, 1, 2, 3, 4, 99] },
  },
  query: { required: ['hostname'], optional: ['type'] },
  answer: { required: ['rdata'], optional: ['type', 'ttl'] },
  kernel: { required: ['name', 'type_id'], optional: ['type'], enums: { type_id: [0, 1, 2, 3, 99] } },
};

interface EventClass extends Shape {
  readonly category: number;
  readonly activities: readonly number[];
}

const classes: Readonly<Record<number, EventClass>> = {
  0: { category: 0, activities: [0, 99] },
  1001: {
    ...{ category: 1, activities: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 99], enums: processStatus },
    ...{
      required: ['actor', 'device', 'file'],
      optional: ['file_result'],
      objects: { file: 'file', file_result: 'file' },
    },
  },
  1003: {
    ...{ category: 1, activities: [0, 1, 2, 3, 4, 99], enums: processStatus },
    ...{ required: ['actor', 'device', 'kernel'], objects: { kernel: 'kernel' } },
  },
  1007: {
    ...{ category: 1, activities: [0, 1, 2, 3, 4, 5, 99], enums: processStatus },
    ...{ required: ['actor', 'device', 'process'], optional: ['exit_code'], objects: { process: 'process' } },
  },
  2004: {
    ...{ category: 2, activities: [0, 1, 2, 3, 99], enums: { status_id: [0, 1, 2, 3, 4, 5, 6, 99] } },
    required: ['finding_info'],
    optional: ['is_alert', 'resources', 'evidences'],
    objects: { finding_info: 'finding_info', resources: 'resource', evidences: 'evidence' },
  },
  4001: {
    ...{ category: 4, activities: [0, 1, 2, 3, 4, 5, 6, 7, 99], atLeastOne: ['dst_endpoint', 'src_endpoint'] },
    optional: ['connection_info'],
    objects: { dst_endpoint: 'endpoint', src_endpoint: 'endpoint', connection_info: 'connection' },
  },
  4003: {
    ...{ category: 4, activities: [0, 1, 2, 6, 99], atLeastOne: ['dst_endpoint', 'src_endpoint'] },
    optional: ['query', 'answers'],
    objects: { dst_endpoint: 'endpoint', src_endpoint: 'endpoint', query: 'query', answers: 'answer' },
  },
};

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with an event, a line each with where; none: it is one of the schema. */
export function ocsfProblems(event: Fields): readonly string[] {
  const uid = Number(event['class_uid']);
  const eventClass = classes[uid];
  if (eventClass === undefined) return [`class_uid: ${String(event['class_uid'])} is no class`];
  const { category, activities, required = [], optional = [], objects = {}, enums = {} } = eventClass;
  const problems = check(event, '', {
    ...eventClass,
    required: [...classFields, ...required],
    optional: [...baseOptional, ...optional, ...Object.keys(objects)],
    objects: { ...baseObjects, ...objects },
    enums: { ...severity, ...enums },
  });
  const activity = Number(event['activity_id']);
  const { time } = event;
  return [
    ...problems,
    ...(event['category_uid'] === category ? [] : ['category_uid: not that of the class']),
    ...(activities.includes(activity) ? [] : [`activity_id: ${String(activity)} is none of the class`]),
    ...(event['type_uid'] === uid * 100 + activity ? [] : ['type_uid: not class_uid * 100 + activity_id']),
    ...(Number.isSafeInteger(time) && Number(time) > 1e12 ? [] : ['time: not milliseconds since the epoch']),
  ];
}

function check(fields: Fields, where: string, shape: Shape): readonly string[] {
  const { required = [], atLeastOne = [], optional = [], objects = {}, enums = {} } = shape;
  const known = new Set([...required, ...atLeastOne, ...optional, ...Object.keys(objects)]);
  const at = (name: string): string => (where === '' ? name : `${where}.${name}`);
  const isThere = (name: string): boolean => fields[name] !== undefined && fields[name] !== null && fields[name] !== '';
  return [
    ...required.filter((name) => !isThere(name)).map((name) => `${at(name)}: required`),
    ...(atLeastOne.length > 0 && !atLeastOne.some(isThere) ? [`${where}: none of ${atLeastOne.join(', ')}`] : []),
    ...Object.keys(fields).flatMap((name) => (known.has(name) ? [] : [`${at(name)}: unknown`])),
    ...Object.entries(enums).flatMap(([name, values]) =>
      fields[name] === undefined || values.includes(Number(fields[name])) ? [] : [`${at(name)}: not a value`],
    ),
    ...Object.entries(objects).flatMap(([name, inner]) => {
      const value = fields[name];
      if (value === undefined) return [];
      const all = (Array.isArray(value) ? value : [value]) as readonly Fields[];
      return all.flatMap((one, index) =>
        check(one, Array.isArray(value) ? `${at(name)}[${index}]` : at(name), shapes[inner] ?? {}),
      );
    }),
  ];
}
