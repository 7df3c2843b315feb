import type { Dimension } from '../../model/feature.ts';
import type { SharedProfile } from '../../model/shared-profile.ts';
import { capabilitiesUsed, capabilityDoubts, isOtherUser, setId, upper } from './capabilities.ts';
import { allowedFeatures, statementOf } from './evidence.ts';
import type { ExportInput, Statement } from './evidence.ts';
import { rootFiles } from './root-files.ts';
import type { RootFiles } from './root-files.ts';

/** How a container of the workload may be made, whatever the syntax: what `securitycontext`, `compose` and `docker` write down. */
export interface Hardening {
  readonly statement: Statement;
  /** To be added after all are dropped, as Docker and Kubernetes write them. */
  readonly capabilities: readonly string[];
  readonly root: RootFiles;
  /** A user that is not root, `1000` or `1000:1000` or a name; undefined: root, or not known. */
  readonly user?: string;
  /** The program gains no rights by executing files: nothing that is set-id was seen to be used. */
  readonly noNewPrivileges: boolean;
}

const dimensions: readonly Dimension[] = ['capability', 'privilege', 'file.write'];
/** It begins as root and goes on as another user. */
export function changesUser(profile: SharedProfile): boolean {
  return allowedFeatures(profile, 'privilege').some(({ key }) => /^set(?:re|res)?[ug]id other$/u.test(key));
}

/** @throws AnchorwatchError `export.too-little` */
export function hardeningOf(input: ExportInput): Hardening {
  const { profile, facts } = input;
  const use = capabilitiesUsed(input);
  const root = rootFiles(profile, facts);
  const gains = allowedFeatures(profile, 'exec').filter(({ key }) => setId.test(key));
  const user = isOtherUser(facts) ? facts?.user : undefined;
  const unsure = [
    ...capabilityDoubts(input, use),
    ...root.keepsWritable.map((directory) => `the root stays writable: files in ${directory} were written`),
    ...(root.volumes.length > 0
      ? [
          `${root.volumes.join(', ')} hold data: on a read-only root they need a volume, which begins with what the image has there`,
        ]
      : []),
    ...(root.tmpfs.length > 0
      ? [
          `${root.tmpfs.join(', ')} hold what a start makes anew, and become a tmpfs, or a volume of the container's own where its user must find them as the image has them`,
        ]
      : []),
    ...(facts === undefined
      ? ['mounts and user of the container are not known here: --inspect FILE takes them into account']
      : []),
    ...(facts !== undefined && user === undefined
      ? ['it runs as root: whether another user does is said by "anchorwatch profile advice"']
      : []),
    ...gains.map(({ key }) => `${key} gains rights by being executed: no-new-privileges is left out`),
  ];
  return {
    statement: statementOf(input, dimensions, unsure),
    capabilities: use.add.map(upper),
    root,
    ...(user === undefined ? {} : { user }),
    noNewPrivileges: gains.length === 0,
  };
}

/** Where the other exports are expected to lie. */
export const fileNameOf = (workload: string): string =>
  workload.replaceAll(/[^A-Za-z0-9.-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/gu, '') || 'workload';
