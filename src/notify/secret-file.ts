import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { AnchorwatchError, errorText } from '../lib/errors.ts';

/** No password, token or key is larger. */
const sizeBytesMax = 65_536;

/** A secret in a file of its own. It is read for each attempt, so that another one is used from the moment that it is there. */
export class SecretFile {
  readonly path: string;
  readonly #warn: (text: string) => void;
  /** Which file the warning was about. */
  #warned = '';

  /** @param path Absolute. @param warn Told once of each file that everybody may read. */
  constructor(path: string, warn: (text: string) => void = () => undefined) {
    this.path = path;
    this.#warn = warn;
  }

  /** What keeps it from being read now; undefined: nothing. Warns as `read` does. */
  trouble(): string | undefined {
    try {
      const found = statSync(this.path);
      if (!found.isFile()) return `${this.path} is no file`;
      this.#look(found);
      return undefined;
    } catch (error) {
      return `cannot read ${this.path}: ${errorText(error)}`;
    }
  }

  /** The secret without the white space around it. Throws AnchorwatchError `secret.file`, which never holds any of it. */
  async read(): Promise<string> {
    let text: string;
    try {
      const found = await stat(this.path);
      if (!found.isFile()) throw refusal(`${this.path} is no file`);
      if (found.size > sizeBytesMax) throw refusal(`${this.path} is larger than ${String(sizeBytesMax)} bytes`);
      this.#look(found);
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (error instanceof AnchorwatchError) throw error;
      throw refusal(`cannot read ${this.path}: ${errorText(error)}`, error);
    }
    const secret = text.trim();
    if (secret === '') throw refusal(`${this.path} is empty`);
    return secret;
  }

  /** The secret where it has to be one line, as in a header. Throws as `read` does. */
  async readLine(): Promise<string> {
    const secret = await this.read();
    // eslint-disable-next-line no-control-regex
    if (/[^\u0020-\u007e]/u.test(secret)) throw refusal(`${this.path} holds more than one line of plain characters`);
    return secret;
  }

  #look({ mode, ino, mtimeMs }: { readonly mode: number; readonly ino: number; readonly mtimeMs: number }): void {
    const which = `${String(ino)} ${String(mtimeMs)}`;
    if ((mode & 0o004) === 0 || process.platform === 'win32' || this.#warned === which) return;
    this.#warned = which;
    this.#warn(`everybody on this machine may read ${this.path}: chmod 640 or less`);
  }
}

function refusal(message: string, cause?: unknown): AnchorwatchError {
  // A file that is replaced may be missing for a moment.
  return new AnchorwatchError('secret.file', message, { cause, retryable: true });
}
