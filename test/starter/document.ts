import type { StoredProfile } from '../../src/profile/stored.ts';
import { isProgramOf, programMark, starterDimensions } from '../../src/profile/starter.ts';
import type { StarterFeature } from '../../src/profile/starter.ts';

/** What a starter is about, and what of the runs does not belong to it. */
export interface StarterSubject {
  readonly name: string;
  readonly about: string;
  /** Paths of the program, `<n>` standing for a version; the first is the one that is run here. */
  readonly programs: readonly string[];
  readonly images: readonly string[];
  /** Beginnings of paths, and ports, that belong to the application that was run and not to the program that runs it. */
  readonly ofApplication: readonly string[];
}

export interface MadeStarter {
  readonly text: string;
  readonly features: number;
  /** Features that were learned and left out, by reason. */
  readonly left: Readonly<Record<LeftOut, number>>;
}

/** Why a feature that was learned is not in the file. */
type LeftOut = 'dimension' | 'judged' | 'application' | 'place' | 'library' | 'passing';

const address = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|[0-9a-f]{12,}|\[[0-9a-f:]+\]/;

/** Libraries are of one version and one architecture, and are seen at each start anyway. */
const library = /^\/usr\/lib\/(?:x86_64-linux-gnu|aarch64-linux-gnu|python[\d.]+)\//;
/** What a shell was told to run is as whoever began the container wrote it. */
const shellText = /^\S*\/(?:da|ba|a)?sh -c /;
const temporary = /(?:^| )\/tmp\//;

/**
 * The file of a starter, of what an agent learned of a workload. Left out are dimensions that starters do not speak of, what an alert was raised for, what
 * belongs to the application and not to the program, what would only be true of the machine (addresses, ids, its name), libraries, and temporary names
 * that were seen in one sample. Pure.
 */
export function starterDocument(
  { name, about, programs, images, ofApplication }: StarterSubject,
  { samples, features }: Pick<StoredProfile, 'samples' | 'features'>,
  { revision, hostName }: { readonly revision: string; readonly hostName: string },
): MadeStarter {
  const left: Record<LeftOut, number> = { dimension: 0, judged: 0, application: 0, place: 0, library: 0, passing: 0 };
  const ofThis = (key: string): boolean =>
    shellText.test(key) || ofApplication.some((part) => key.split(' ').some((word) => word.startsWith(part)));
  const kept: StarterFeature[] = [];
  for (const { dimension, key, state, startup, steady } of features) {
    if (!starterDimensions.includes(dimension)) left.dimension += 1;
    else if (state === 'judged') left.judged += 1;
    else if (ofThis(key)) left.application += 1;
    else if (library.test(key)) left.library += 1;
    // Names that were not recognised as random, and entries of /proc that the sensor could not name.
    else if (key.includes('<lt>') || (temporary.test(key) && startup <= 1 && steady <= 1)) left.passing += 1;
    else if (address.test(key) || (hostName.length > 2 && key.includes(hostName))) left.place += 1;
    else {
      const general = key
        .split(' ')
        .map((word) => (isProgramOf({ programs }, word) ? programMark : word))
        .join(' ');
      // The kernel's count of a slice may come after that of the samples.
      const figures = { startup: Math.min(startup, samples.startup), steady: Math.min(steady, samples.steady) };
      if (figures.startup + figures.steady > 0) kept.push({ dimension, key: general, ...figures });
    }
  }
  const lines = [
    '# Made by "npm run starter" from what an agent learned; docs/starter.md says what it counts for. Figures: samples at startup, in steady state.',
    'format: anchorwatch-starter',
    'version: 1',
    `name: ${name}`,
    `revision: ${revision}`,
    `about: ${JSON.stringify(about)}`,
    `programs: [${programs.map(scalar).join(', ')}]`,
    `images: [${images.join(', ')}]`,
    `samples: {startup: ${samples.startup}, steady: ${samples.steady}}`,
    'features:',
  ];
  for (const dimension of starterDimensions) {
    const own = kept.filter((one) => one.dimension === dimension).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    if (own.length > 0) lines.push(`  ${dimension}:`);
    for (const { key, startup, steady } of own) lines.push(`    ${scalar(key)}: [${startup}, ${steady}]`);
  }
  return { text: `${lines.join('\n')}\n`, features: kept.length, left };
}

/** As YAML has it: plain where it can be. */
function scalar(text: string): string {
  return /^[\w/<][\w/<>.@+()= -]*$/.test(text) && !/^[\d.]+$| $/.test(text) ? text : JSON.stringify(text);
}
