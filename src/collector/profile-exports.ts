import { capabilities } from '../model/call.ts';
import type { Advice } from '../model/advice.ts';
import type { ContainerFacts } from '../model/container-facts.ts';
import type { SharedProfile } from '../model/shared-profile.ts';
import { adviceOn } from '../profile/export/advice.ts';
import { factsOf } from '../profile/export/container-facts.ts';
import { dockerCapabilities } from '../profile/export/docker-seccomp.ts';
import { exportFormatNames, isExportFormat } from '../model/export-format.ts';
import { exportFormats } from '../profile/export/formats.ts';
import { AnchorwatchError } from '../lib/errors.ts';

interface ProfileExports {
  readonly names: readonly string[];
  /**
   * The text of an export; undefined: there is no such format.
   * @throws AnchorwatchError `export.too-little`
   */
  written(
    format: string,
    profile: SharedProfile,
    options: { readonly force: boolean; readonly facts?: ContainerFacts },
  ): { readonly contentType: string; readonly text: string } | undefined;
  advice(profile: SharedProfile, facts?: ContainerFacts): readonly Advice[];
}

/** What profiles are exported as, and the advice that they give: for the API, and for commands that read a file. */
export const profileExports: ProfileExports = {
  names: exportFormatNames,

  written(format, profile, options) {
    if (!isExportFormat(format)) return undefined;
    const { contentType, write } = exportFormats[format];
    return { contentType, text: write({ profile, ...options }) };
  },

  advice: adviceOn,
};

/** What the text of a file that `docker inspect` wrote says of a container. @throws AnchorwatchError `inspect.file` */
export function factsOfText(file: string, text: string): ContainerFacts {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new AnchorwatchError('inspect.file', `${file} is no JSON: give what "docker inspect CONTAINER" prints`, {
      cause: error,
    });
  }
  const facts = factsOf(answer, { byDefault: dockerCapabilities, all: capabilities });
  if (facts === undefined)
    throw new AnchorwatchError(
      'inspect.file',
      `${file} says nothing of a container: give what "docker inspect CONTAINER" prints`,
    );
  return facts;
}
