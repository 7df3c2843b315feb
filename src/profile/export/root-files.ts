import type { SharedProfile } from '../../model/shared-profile.ts';
import type { ContainerFacts } from '../../model/container-facts.ts';
import { allowedFeatures } from './evidence.ts';
import { directoryOf, fileUse, isBelow, isOfKernel, realPath } from './paths.ts';

/** Where a workload writes, and whether its root could be read-only. */
export interface RootFiles {
  /** The root may be read-only: nothing else was written than what is mounted, with these made writable too. */
  readonly readOnly: boolean;
  /** Volatile directories that need a tmpfs. */
  readonly tmpfs: readonly string[];
  /** Directories with data that need a volume: a tmpfs would lose it. */
  readonly volumes: readonly string[];
  /** Written below directories that should never be writable; they keep the root writable. */
  readonly keepsWritable: readonly string[];
}

/** What is there may be lost at each start. */
const volatile = /^\/(?:tmp|run|var\/tmp|var\/cache|var\/log|var\/spool)(?:\/|$)|\/(?:tmp|cache)(?:\/|$)/u;
/** Programs, libraries and configuration: a volume there would hide the image's. */
const ofImage = /^\/(?:bin|sbin|usr|lib\w*|boot|etc|root)(?:\/|$)/u;
/** Made whole: what lies deeper was made by the program itself. */
const whole: readonly string[] = ['/tmp', '/var/tmp'];

/** Pure. Without facts about mounts all paths count as the root's. */
export function rootFiles(profile: SharedProfile, facts: ContainerFacts | undefined): RootFiles {
  const mounts = facts?.writableMounts ?? [];
  const written = new Set<string>();
  for (const { key } of allowedFeatures(profile, 'file.write')) {
    const use = fileUse(key);
    if (use === undefined || isOfKernel(use.path) || mounts.some((mount) => isBelow(use.path, mount))) continue;
    const path = realPath(use.path);
    written.add(whole.find((directory) => isBelow(path, directory)) ?? directoryOf(path));
  }
  const directories = outermost([...written]);
  const isData = (directory: string): boolean =>
    !volatile.test(directory) && !ofImage.test(directory) && directory !== '/';
  const keepsWritable = directories.filter(
    (directory) => directory === '/' || (ofImage.test(directory) && !volatile.test(directory)),
  );
  return {
    readOnly: keepsWritable.length === 0,
    tmpfs: directories.filter((directory) => volatile.test(directory)),
    volumes: directories.filter(isData),
    keepsWritable,
  };
}

function outermost(directories: readonly string[]): readonly string[] {
  return directories
    .filter((one) => !directories.some((other) => other !== one && other !== '/' && isBelow(one, other)))
    .toSorted();
}
