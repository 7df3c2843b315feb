import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A kernel out of a Debian package that was unpacked, not installed. */
export interface UnpackedKernel {
  readonly release: string;
  readonly image: string;
  /** The folder below which its modules are. */
  readonly modules: string;
}

/** The kernels that are tried, by series, and which package of Debian is one. */
export const packagePatterns: Readonly<Record<string, RegExp>> = {
  '5.10': /^linux-image-(5\.10\.0-\d+-cloud-amd64)$/,
  '6.1': /^linux-image-(6\.1\.0-\d+-cloud-amd64)$/,
  '6.12': /^linux-image-(6\.12\.\d+\+deb12(?:\.\d+)?-cloud-amd64)$/,
};

/** Releases whose kernels are tried; their packages are looked for where the host has its own from. */
const suites = ['bullseye', 'bookworm'];
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const refreshAfterMs = 7 * 24 * 3_600_000;
const newestFirst = new Intl.Collator('en', { numeric: true });

/** Addresses of the archives that the host's packages come from (apt-get(8), indextargets). Throws when there are none. */
function archivesOfHost(): readonly string[] {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const archives = [...new Set(stdout.split('\n').filter((line) => line !== ''))];
  if (archives.length === 0) throw new Error('apt-get knows no archive: apt-get update has not been run');
  return archives;
}

/** A sources.list with the same archives for the releases whose kernels are tried. */
function sourcesLike(archives: readonly string[]): string {
  const lines = archives.flatMap((archive) =>
    suites.map((suite) => {
      const name = /security/.test(archive) ? `${suite}-security` : suite;
      return `deb [signed-by=${keyring} arch=amd64] ${archive} ${name} main\n`;
    }),
  );
  return lines.join('');
}

/** Debian's archive with lists and packages of its own in a folder: what the host is set up with is neither used nor changed. */
export class KernelArchive {
  readonly #folder: string;
  readonly #options: readonly string[];
  #trouble: string | undefined;
  #refreshed = false;

  /** @param folder is kept between runs: what was fetched once is not fetched again, and new versions are looked for once a week */
  constructor(folder: string) {
    this.#folder = folder;
    for (const name of ['lists/partial', 'archives/partial', 'kernels'])
      mkdirSync(join(folder, name), { recursive: true });
    const settings = {
      'Dir::Etc::SourceList': join(folder, 'sources.list'),
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::State::Lists': join(folder, 'lists'),
      'Dir::State::Status': '/dev/null',
      'Dir::Cache': folder,
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
    };
    this.#options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  /**
   * The newest kernel of a series, unpacked.
   * @throws Error saying why it cannot be had
   */
  kernel(series: string): UnpackedKernel {
    const pattern = packagePatterns[series];
    if (pattern === undefined) throw new Error(`no package is known for it`);
    this.#refresh();
    const names = this.#run('apt-cache', ['pkgnames', 'linux-image-']).split('\n');
    const newest = names
      .filter((name) => pattern.test(name))
      .toSorted(newestFirst.compare)
      .at(-1);
    const release = pattern.exec(newest ?? '')?.[1];
    if (newest === undefined || release === undefined)
      throw new Error(this.#trouble ?? `no package of Debian matches ${pattern.source}`);
    const folder = join(this.#folder, 'kernels', release);
    if (!existsSync(folder)) this.#unpack(newest, folder);
    const modules = ['usr/lib/modules', 'lib/modules'].map((path) => join(folder, path, release)).find(existsSync);
    if (modules === undefined) throw new Error(`${newest} has no modules`);
    return { release, image: join(folder, 'boot', `vmlinuz-${release}`), modules };
  }

  #unpack(name: string, folder: string): void {
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial);
    this.#run('apt-get', ['-q', 'download', name], partial);
    const file = readdirSync(partial).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new Error(`apt-get brought no file for ${name}`);
    // To a name of its own first: what is there under the right name is whole.
    this.#run('dpkg-deb', ['-x', file, 'content'], partial);
    spawnSync('mv', [join(partial, 'content'), folder]);
    rmSync(partial, { recursive: true });
  }

  #refresh(): void {
    if (this.#refreshed) return;
    this.#refreshed = true;
    const stamp = join(this.#folder, 'refreshed');
    if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < refreshAfterMs) return;
    if (!existsSync(keyring)) {
      this.#trouble = `${keyring} is missing (package debian-archive-keyring)`;
      return;
    }
    try {
      writeFileSync(join(this.#folder, 'sources.list'), sourcesLike(archivesOfHost()));
      this.#run('apt-get', ['-q', 'update', '--error-on=any']);
      writeFileSync(stamp, '');
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
  }

  #run(program: string, args: readonly string[], cwd: string = this.#folder): string {
    const options = program === 'dpkg-deb' ? [] : this.#options;
    const { status, stdout, stderr, error } = spawnSync(program, [...options, ...args], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    if (error !== undefined) throw new Error(`${program} cannot be run: ${error.message}`);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
    return stdout;
  }
}
