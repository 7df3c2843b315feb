import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AnchorwatchError, errorText } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { readClaim, trustedKey, trustedRoot, verifyClaim } from './signature.ts';
import type { AllowedSigner, Claim, SignatureRefusal, Trust } from './signature.ts';

/** Where signatures of images are, and whose count. */
export interface SignatureOptions {
  /** Bundles of Sigstore: `*.sigstore.json`, `*.sigstore`, `*.bundle`. */
  readonly directory: string;
  /** Public keys in PEM. */
  readonly keyFiles: readonly string[];
  readonly rootFile: string | undefined;
  readonly signers: readonly AllowedSigner[];
}

/** What the bundles say about one image. */
export interface ImageSignature {
  /** Who signed it, of those that count. */
  readonly signedBy: readonly string[];
  /** Bundles that do not vouch for it: each by its file's name. */
  readonly refused: readonly { readonly file: string; readonly refused: SignatureRefusal; readonly reason: string }[];
}

const bundleBytesMax = 1 << 20;
const artifactBytesMax = 4 << 20;
const filesMax = 2_000;
/** Images whose verdicts are kept. */
const verifiedMax = 1_000;
const suffix = /\.(?:sigstore\.json|sigstore|bundle)$/;

interface Kept {
  readonly mark: string;
  readonly claim: Claim | undefined;
  /** Of those that are no claim: by the digest in their name they are about an image all the same. */
  readonly refused: { readonly refused: SignatureRefusal; readonly reason: string } | undefined;
}

/**
 * Bundles in a directory, and whose signatures count. Looked at again from time to time: what changed is read again. A bundle that cannot be read is told of with the
 * image whose digest stands in its name (`sha256-….sigstore.json`), logged and counted.
 */
export class SignatureDirectory {
  readonly #options: SignatureOptions;
  readonly #trust: Trust;
  readonly #log: Logger;
  readonly #files: Map<string, Kept> = new Map();
  readonly #said: Set<string> = new Set();
  readonly #verified: Map<string, ImageSignature> = new Map();
  #verifiedVersion = 0;
  #version = 0;

  /** @throws AnchorwatchError `signatures.trust` when a key or the root cannot be read: what vouches for images must be right from the beginning */
  constructor(options: SignatureOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#trust = {
      keys: options.keyFiles.map((file) => trusting(file, (text) => trustedKey(basename(file), text))),
      root: options.rootFile === undefined ? undefined : trusting(options.rootFile, trustedRoot),
      signers: options.signers,
    };
  }

  /** Another one after each change. */
  get version(): number {
    return this.#version;
  }

  /** Files that are no bundle, or whose artifact is not there, by reason. */
  get refused(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { refused } of this.#files.values())
      if (refused !== undefined) counts[refused.refused] = (counts[refused.refused] ?? 0) + 1;
    return counts;
  }

  /** Reads what came or changed since the last look. */
  look(): void {
    const { directory } = this.#options;
    let names: readonly string[] = [];
    try {
      names = readdirSync(directory).filter((name) => suffix.test(name));
    } catch (error) {
      this.#say(directory, `no signature of an image counts: ${errorText(error)}`);
    }
    if (names.length > filesMax)
      this.#say(directory, `of ${String(names.length)} bundles in ${directory} the first ${String(filesMax)} count`);
    const there = new Set(names.slice(0, filesMax));
    for (const name of this.#files.keys()) {
      if (there.has(name)) continue;
      this.#files.delete(name);
      this.#version++;
    }
    for (const name of there) {
      const mark = `${markOf(join(directory, name))} ${markOf(join(directory, artifactOf(name)))}`;
      if (this.#files.get(name)?.mark === mark) continue;
      this.#files.set(name, { mark, ...this.#readOne(name) });
      this.#version++;
    }
  }

  /** What all bundles say about an image, by all of its digests. Verified once, until something changes. */
  of(digests: readonly string[]): ImageSignature {
    if (this.#verifiedVersion !== this.#version || this.#verified.size > verifiedMax) this.#verified.clear();
    this.#verifiedVersion = this.#version;
    const key = digests.join(' ');
    const known = this.#verified.get(key) ?? this.#verify(digests);
    this.#verified.set(key, known);
    return known;
  }

  #verify(digests: readonly string[]): ImageSignature {
    const signedBy: string[] = [];
    const refused: ImageSignature['refused'][number][] = [];
    for (const [file, { claim, refused: unread }] of this.#files) {
      const named = namedDigest(file);
      const isNamed = named !== undefined && digests.includes(named);
      if (claim === undefined) {
        if (isNamed && unread !== undefined) refused.push({ file, ...unread });
        continue;
      }
      if (!isNamed && !claim.digests.some((digest) => digests.includes(digest))) continue;
      const read = verifyClaim(claim, digests, this.#trust);
      if ('by' in read) signedBy.push(read.by);
      else refused.push({ file, ...read });
    }
    return { signedBy: [...new Set(signedBy)], refused };
  }

  #readOne(name: string): Omit<Kept, 'mark'> {
    const path = join(this.#options.directory, name);
    const read = claimOf(path, join(this.#options.directory, artifactOf(name)));
    if (!('refused' in read)) return { claim: read, refused: undefined };
    this.#say(`${path} ${read.refused}`, `a bundle does not count: ${path}: ${read.refused}: ${read.reason}`);
    return { claim: undefined, refused: read };
  }

  /** The same is said once. */
  #say(of: string, text: string): void {
    if (this.#said.has(of) || this.#said.size > filesMax) return;
    this.#said.add(of);
    this.#log.error({ code: 'signatures.refused' }, text);
  }
}

function trusting<Result>(file: string, read: (text: string) => Result): Result {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new AnchorwatchError('signatures.trust', `${file} says nothing of whom to trust: ${errorText(cause)}`, {
      cause,
    });
  }
}

function claimOf(path: string, artifactPath: string): ReturnType<typeof readClaim> {
  try {
    if (statSync(path).size > bundleBytesMax)
      return { refused: 'too-large', reason: `more than ${String(bundleBytesMax)} bytes` };
    return readClaim(readFileSync(path), artifactAt(artifactPath));
  } catch (error) {
    return { refused: 'malformed', reason: errorText(error).slice(0, 200) };
  }
}

function artifactAt(path: string): Buffer | undefined {
  try {
    return statSync(path).size > artifactBytesMax ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}

function artifactOf(name: string): string {
  return name.replace(suffix, '');
}

/** `sha256-0123….sigstore.json` */
function namedDigest(name: string): string | undefined {
  const hex = /sha256-([\da-f]{64})/.exec(name)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

function markOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
  } catch {
    return '';
  }
}
