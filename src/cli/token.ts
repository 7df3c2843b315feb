import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';

function failed(doing: string, file: string, error: unknown): AnchorwatchError {
  return new AnchorwatchError('token-file', `cannot ${doing} the token file ${file}: ${errorText(error)}`, {
    cause: error,
  });
}

/**
 * Reads the token that agents show to the collector: one line of 16 to 512 printable characters.
 * @throws AnchorwatchError `token-file`; its message names the file, never the content.
 */
export function readToken(file: string, log: Logger): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
    if (isExposed(file)) {
      log.warn({ file }, 'the token file can be read by others than its owner: chmod 600 it');
    }
  } catch (error) {
    throw failed('read', file, error);
  }
  if (!/^[!-~]{16,512}$/.test(token)) {
    throw new AnchorwatchError(
      'token-file',
      `the token file ${file} does not hold a token: one line of 16 to 512 letters, digits and signs without spaces`,
    );
  }
  return token;
}

/** A file of root that a group may read is how Kubernetes and systemd give a secret to a user who is not root. */
function isExposed(file: string): boolean {
  const { mode, uid } = statSync(file);
  return (mode & (uid === 0 && process.getuid?.() !== 0 ? 0o037 : 0o077)) !== 0;
}

/**
 * Reads the token, or makes a random one of 256 bits when the file is not there (mode 0600).
 * @returns The token, and whether it was made now.
 */
export function readOrMakeToken(file: string, log: Logger): { readonly token: string; readonly made: boolean } {
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return { token: readToken(file, log), made: false };
    throw failed('make', file, error);
  }
  return { token: readToken(file, log), made: true };
}
