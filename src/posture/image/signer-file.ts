import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AnchorwatchError, errorText } from '../../lib/errors.ts';
import { yaml } from '../../lib/yaml.ts';
import type { SignatureOptions } from './signature-directory.ts';

/** Files that say whose signatures of images count, and where they are. */
export interface SignatureFiles extends Omit<SignatureOptions, 'signers'> {
  /** YAML: `signers`, a list of `identity` and `issuer`; undefined: nobody's certificate counts. */
  readonly signersFile: string | undefined;
}

const text = z.string().min(1).max(1024);
const schema = z.strictObject({
  signers: z.array(z.strictObject({ identity: text, issuer: text })).max(256),
});

/** Reads who may sign. @throws AnchorwatchError `signatures.trust` with the file and what is wrong in it */
export function signatureOptions({ signersFile: file, ...rest }: SignatureFiles): SignatureOptions {
  if (rest.keyFiles.length === 0 && rest.rootFile === undefined)
    throw new AnchorwatchError(
      'signatures.trust',
      `signatures are in ${rest.directory}, and nothing says whose count: give --image-keys or --image-trusted-root`,
    );
  if (file === undefined) return { ...rest, signers: [] };
  try {
    return { ...rest, signers: schema.parse(yaml().parse(readFileSync(file, 'utf8'))).signers };
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : errorText(cause);
    throw new AnchorwatchError('signatures.trust', `${file} does not say who may sign: ${what}`, { cause });
  }
}
