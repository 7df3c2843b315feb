import { isIP } from 'node:net';
import type { Severity } from '../model/alert.ts';
import type { Ancestor } from '../model/event.ts';

/** An object of the schema; undefined attributes are left out. */
export type OcsfObject = Readonly<Record<string, unknown>>;

/** The version of the Open Cybersecurity Schema Framework that is written (https://schema.ocsf.io/1.7.0). */
const ocsfVersion = '1.7.0';

type ClassName = 'base' | 'file' | 'kernel' | 'process' | 'finding' | 'network' | 'dns';
interface OcsfClass {
  readonly uid: number;
  readonly category: number;
  readonly name: string;
  readonly categoryName: string;
  /** Captions by activity. */
  readonly activities: Readonly<Record<number, string>>;
}
const system = { category: 1, categoryName: 'System Activity' } as const;
const network = { category: 4, categoryName: 'Network Activity' } as const;

/** Classes that are written, with the activities of them that are. */
const classes: Readonly<Record<ClassName, OcsfClass>> = {
  base: { uid: 0, category: 0, name: 'Base Event', categoryName: 'Uncategorized', activities: {} },
  file: {
    ...{ ...system, uid: 1001, name: 'File System Activity' },
    activities: {
      1: 'Create',
      2: 'Read',
      3: 'Update',
      4: 'Delete',
      5: 'Rename',
      6: 'Set Attributes',
      7: 'Set Security',
    },
  },
  kernel: { ...system, uid: 1003, name: 'Kernel Activity', activities: { 4: 'Invoke' } },
  process: { ...system, uid: 1007, name: 'Process Activity', activities: { 1: 'Launch', 2: 'Terminate' } },
  finding: {
    ...{ uid: 2004, category: 2, name: 'Detection Finding', categoryName: 'Findings' },
    activities: { 1: 'Create', 2: 'Update' },
  },
  network: { ...network, uid: 4001, name: 'Network Activity', activities: { 1: 'Open', 7: 'Listen' } },
  dns: { ...network, uid: 4003, name: 'DNS Activity', activities: { 1: 'Query', 2: 'Response' } },
};

/** What says what an event is: class, category, activity and their captions. `type_uid` is the class times 100 and the activity. Pure. */
export function classification(name: ClassName, activity: number, activityName?: string): OcsfObject {
  const { uid, category, name: caption, categoryName, activities } = classes[name];
  const activityCaption = activityName ?? activities[activity] ?? 'Unknown';
  return {
    ...{ category_uid: category, category_name: categoryName, class_uid: uid, class_name: caption },
    ...{ activity_id: activity, activity_name: activityCaption },
    ...{ type_uid: uid * 100 + activity, type_name: `${caption}: ${activityCaption}` },
  };
}

const severityIds = { notice: [1, 'Informational'], warning: [3, 'Medium'], critical: [5, 'Critical'] } as const;

/** `severity_id` and its caption. Pure. */
export function severityOf(severity: Severity): OcsfObject {
  const [id, caption] = severityIds[severity];
  return { severity_id: id, severity: caption };
}

/** Who wrote the event, and in which version of the schema. @param version Of this program. Pure. */
export function metadataOf(version: string, rest: OcsfObject = {}): OcsfObject {
  return {
    version: ocsfVersion,
    product: { name: 'Anchorwatch', vendor_name: 'Anchorwatch', version },
    profiles: ['container', 'host'],
    ...rest,
  };
}

/** A node: nothing is known of what kind of machine it is. Pure. */
export function deviceOf(node: string): OcsfObject {
  return { type_id: 0, type: 'Unknown', hostname: node, name: node };
}

interface SomeContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly digest?: string;
}

/** A container as OCSF has it. Pure. */
export function containerOf({ id, name, image, digest }: SomeContainer): OcsfObject {
  // An image has to have an id; of one that is not known, its name is all that there is.
  return { uid: id, name, image: { uid: digest === undefined || digest === '' ? image : digest, name: image } };
}

/** A regular file unless said otherwise. Pure. */
export function fileOf(path: string, type: OcsfObject = { type_id: 1, type: 'Regular File' }): OcsfObject {
  return { name: nameOf(path), path, ...type };
}

interface SomeProcess {
  readonly pid: number;
  readonly exe: string;
  readonly args?: readonly string[];
  readonly uid: number;
  readonly cwd?: string;
  readonly ancestors: readonly Ancestor[];
  readonly startTimeNs?: string;
}

/** Pure. @param container That it runs in. */
export function processOf(process: SomeProcess, container: SomeContainer | undefined): OcsfObject {
  const { pid, exe, args, uid, cwd = '', ancestors, startTimeNs } = process;
  const [parent] = ancestors;
  return {
    pid,
    ...(startTimeNs === undefined ? {} : { uid: `${pid}-${startTimeNs}` }),
    ...(exe === '' ? {} : { name: nameOf(exe), file: fileOf(exe) }),
    ...(args === undefined ? {} : { cmd_line: args.join(' ') }),
    ...(cwd === '' ? {} : { working_directory: cwd }),
    user: { uid: String(uid) },
    ...(parent === undefined ? {} : { parent_process: ancestorOf(parent) }),
    ...(ancestors.length === 0
      ? {}
      : { ancestry: ancestors.map(({ pid: above, exe: path }) => ({ pid: above, path })) }),
    ...(container === undefined ? {} : { container: containerOf(container) }),
  };
}

/** A process above the one that is told of, as OCSF has it. Pure. */
export function ancestorOf({ pid, exe }: Ancestor): OcsfObject {
  return { pid, ...(exe === '' ? {} : { name: nameOf(exe), file: fileOf(exe) }) };
}

/** An end of a connection. @param address An address or a name. Pure. */
export function endpointOf(address: string, port: number): OcsfObject {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  return { ...(isIP(bare) === 0 ? { hostname: bare } : { ip: bare }), port };
}

const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

/** @param direction 0: unknown, 1: inbound, 2: outbound, 3: lateral, 4: local. Pure. */
export function connectionOf(protocol: string, direction: 0 | 1 | 2 | 3 | 4): OcsfObject {
  const captions = ['Unknown', 'Inbound', 'Outbound', 'Lateral', 'Local'] as const;
  const number = protocolNumbers[protocol];
  return {
    ...{ direction_id: direction, direction: captions[direction], protocol_name: protocol },
    ...(number === undefined ? {} : { protocol_num: number }),
  };
}

/** ATT&CK techniques: `T1059.004` is a sub-technique of `T1059`. Pure. */
export function attacksOf(techniques: readonly string[]): readonly OcsfObject[] {
  return techniques.map((id) => {
    const [technique = id, sub] = id.split('.');
    return { technique: { uid: technique }, ...(sub === undefined ? {} : { sub_technique: { uid: id } }) };
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
