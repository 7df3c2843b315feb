import type { Container } from '../model/container.ts';
import type { ImageProfiles } from '../posture/image/image-watch.ts';
import type { SeenFiles } from '../posture/image/package-use.ts';
import { coverage } from '../profile/coverage.ts';
import { typedPath } from '../profile/generalise.ts';
import type { Profile } from '../profile/profile.ts';

/** What the profiles say to the checks of images. @param profileOf of a workload, by its id; undefined: there is none */
export function imageProfiles(profileOf: (workloadId: string) => Profile | undefined): ImageProfiles {
  return {
    learned: ({ workload, digest }: Container) => {
      const profile = profileOf(workload.id);
      if (profile === undefined) return undefined;
      const images = profile.imageSamples();
      return {
        own: images.find((one) => one.digest === digest)?.samples ?? 0,
        others: images.filter((one) => one.digest !== digest),
      };
    },
    seen: ({ workload }: Container) => {
      const profile = profileOf(workload.id);
      return profile === undefined ? undefined : seenFiles(profile);
    },
  };
}

/** What a profile says of files: programs that ran, and what was read. */
function seenFiles(profile: Profile): SeenFiles {
  const executed = new Set<string>();
  const read = new Set<string>();
  for (const key of profile.knownKeys('exec')) {
    // `/usr/bin/dash > /usr/bin/perl /srv/job.pl`: who, what, and of an interpreter which script.
    for (const part of key.split(' > ')) {
      const [program = '', ...rest] = part.split(' ');
      if (program.startsWith('/')) executed.add(program);
      for (const word of rest) if (word.startsWith('/')) read.add(word);
    }
  }
  for (const key of profile.knownKeys('file.read')) if (key.startsWith('/')) read.add(key);
  const counts = profile.incidences('file.read', 'steady');
  const { startup, steady } = profile.samples;
  // Where nothing was ever read in so many samples, nothing is what there is to see.
  return { executed, read, startup, steady, coverage: counts.total === 0 ? 1 : coverage(counts), typed: typedPath };
}
