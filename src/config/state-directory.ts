import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { makeDirectory } from '../lib/directory.ts';
import { AnchorwatchError, errorText } from '../lib/errors.ts';

const systemDirectory = '/var/lib/anchorwatch';
const localDirectory = '.anchorwatch';

function makeWritable(directory: string): unknown {
  try {
    makeDirectory(directory, 0o700);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * The state directory as an absolute path, made if it is missing (mode 0700): the one that is given, else /var/lib/anchorwatch, else
 * ./.anchorwatch when that is not writable.
 * @throws AnchorwatchError `state-unwritable`
 */
export function openStateDirectory(given: string | undefined): string {
  const candidates = given === undefined ? [systemDirectory, localDirectory] : [given];
  const failures: string[] = [];
  let cause: unknown;
  for (const candidate of candidates) {
    const directory = resolve(candidate);
    const error = makeWritable(directory);
    if (error === undefined) return directory;
    cause = error;
    failures.push(`${directory}: ${errorText(error)}`);
  }
  throw new AnchorwatchError(
    'state-unwritable',
    `no writable state directory (${failures.join('; ')}): name one with --state DIR`,
    {
      cause,
    },
  );
}

/** Where commands that only read look for state: the given directory, else the two usual ones, the system's first. */
export function stateCandidates(given: string | undefined): string[] {
  return (given === undefined ? [systemDirectory, localDirectory] : [given]).map((directory) => resolve(directory));
}
