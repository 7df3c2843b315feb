import type { Workload } from '../model/container.ts';
import type { Dimension } from '../model/feature.ts';
import { defaultHalfLifeMs } from './decay.ts';
import type { ByStratum, SharedFeature, SharedProfile } from '../model/shared-profile.ts';

/**
 * Dimensions that a starter may speak of: what a program does by itself. Whom a workload talks to, what it asks for and what is done to it are its
 * own affair.
 */
export const starterDimensions: readonly Dimension[] = [
  'exec',
  'file.read',
  'file.write',
  'net.listen',
  'syscall',
  'capability',
  'privilege',
];

/** Stands in the keys of a starter for the program as it lies in the image that runs. Names cannot hold it: `<` of theirs is `<lt>`. */
export const programMark = '<program>';

/** One feature, and in how many samples it was seen. */
export interface StarterFeature extends ByStratum {
  /** One of `starterDimensions`. */
  readonly dimension: Dimension;
  /** With `<program>` for the program. */
  readonly key: string;
}

/** A baseline that comes with Anchorwatch or from a user: what was learned of a common program elsewhere (docs/starter.md). */
export interface Starter {
  readonly name: string;
  /** Of the content: a later one says something else. */
  readonly revision: string;
  /** Where it is from. */
  readonly file: string;
  /** Paths of the program, `<n>` standing for a version. */
  readonly programs: readonly string[];
  /** Names that images of it have, without registry and tag. */
  readonly images: readonly string[];
  readonly samples: ByStratum;
  readonly features: readonly StarterFeature[];
}

/** A starter's sample says this much about a workload: as much as one of another image of its own does. */
const discount = 0.1;
/** However many samples a starter has, they weigh no more than so many of the workload's own: 1.5 decades. */
const namedMax = 30;
/** Where the image is not called after the program, there is more in it than the program: one decade. */
const unnamedMax = 10;

/** True when the path is one of the starter's programs. Pure. */
export function isProgramOf({ programs }: Pick<Starter, 'programs'>, path: string): boolean {
  return programs.some((program) => {
    const parts = program.split('<n>').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${parts.join('\\d+(?:\\.\\d+)*')}$`).test(path);
  });
}

/** True when the image is called after the starter's program: one of the words of the repository's last part is (`bitnami/nginx`, `nginx-unprivileged`). Pure. */
export function isImageOf({ images }: Starter, image: string): boolean {
  const repository = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const words = repository.slice(repository.lastIndexOf('/') + 1).split(/[-_.]/);
  return words.some((word) => images.includes(word));
}

/** What the starter counts for beside a workload's own profile. */
export interface StarterUse {
  readonly workload: Workload;
  /** Path of the program in the container. */
  readonly program: string;
  /** The container's image, as the engine names it. */
  readonly image: string;
  readonly nowMs: number;
}

/**
 * The starter as what one other node would know of the workload, at a discount: a tenth of its samples, and of each stratum no more than 30, or 10 where
 * the image is called something else. This is a power prior, as after a release (src/profile/releases.ts). Pure.
 */
export function sharedOf(starter: Starter, { workload, program, image, nowMs }: StarterUse): SharedProfile {
  const most = isImageOf(starter, image) ? namedMax : unnamedMax;
  const { samples } = starter;
  const factor = (stratum: keyof ByStratum): number => Math.min(discount, most / Math.max(1, samples[stratum]));
  const weighed = ({ startup, steady }: ByStratum): ByStratum => ({
    startup: startup * factor('startup'),
    steady: steady * factor('steady'),
  });
  const features = starter.features.map(({ dimension, key, startup, steady }): SharedFeature => {
    // A workload whose ports are taken for ever changing ones is asked less: no starter may say that they are.
    const least = dimension === 'net.listen' ? 3 : 0;
    return {
      ...{ dimension, key: key.replaceAll(programMark, program), state: 'known', nodes: 1 },
      count: { startup: Math.max(least, startup), steady: Math.max(least, steady) },
      weight: weighed({ startup, steady }),
    };
  });
  const listens = starter.features.some(({ dimension }) => dimension === 'net.listen');
  return {
    ...{
      workload,
      asOfMs: nowMs,
      halfLifeMs: defaultHalfLifeMs,
      nodes: 1,
      samples: weighed(samples),
      features,
      omitted: 0,
    },
    ...{ incomplete: {}, images: [], listeners: listens ? [program] : [] },
    starter: `${starter.name} ${starter.revision}`,
  };
}
