import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Container } from '../../model/container.ts';
import { byRank, countKey, vulnerabilitiesMax } from '../../model/vulnerability.ts';
import type { Vulnerability, VulnerabilityList } from '../../model/vulnerability.ts';
import type { EngineImage, ImageOrigin, LearnedImages } from '../reading.ts';
import { ContainerFiles } from './container-files.ts';
import { mappedFiles } from './mapped-files.ts';
import { packageFiles } from './package-files.ts';
import { useOf } from './package-use.ts';
import type { SeenFiles, Use, UseSources } from './package-use.ts';
import { ReportDirectory } from './report-directory.ts';
import type { ImageReport, Reported } from './report-formats.ts';
import { SignatureDirectory } from './signature-directory.ts';
import type { SignatureOptions } from './signature-directory.ts';

/** What is asked of the profiles. */
export interface ImageProfiles {
  /** Under which images the workload was learned; undefined: nothing was learned of it. */
  learned(container: Container): LearnedImages | undefined;
  /** What it was seen to execute and read; undefined: nothing was learned of it. */
  seen(container: Container): SeenFiles | undefined;
}

export interface ImageWatchOptions {
  /** Directory of reports of scanners; undefined: there are none. */
  readonly reports: string | undefined;
  /** Undefined: signatures are not looked at. */
  readonly signatures: SignatureOptions | undefined;
  readonly profiles: ImageProfiles;
  readonly clock: Clock;
  readonly log: Logger;
  /** Between two looks at the directories. Default 60000. */
  readonly lookMs?: number;
}

/** What is looked at of a container. */
export interface ImageSubject {
  readonly container: Container;
  readonly image: EngineImage | undefined;
  /** Id of its image, as the engine says; undefined: it did not. */
  readonly imageId: string | undefined;
  readonly pid: number;
  readonly watched: boolean;
  /** Processes of the container. */
  readonly pids: () => readonly string[];
}

interface Joined {
  /** Files that its processes were seen to map, in all looks. */
  readonly mapped: Set<string>;
  /** What the list was made from. */
  mark: string;
  list: VulnerabilityList | undefined;
}

/** Files of one container that are remembered as mapped; beyond, what is mapped now counts alone. */
const mappedMax = 20_000;

/** What is known of the images of containers beside what the engine says: signatures, reports of scanners, and what the container uses of what they name. */
export class ImageWatch {
  readonly #options: ImageWatchOptions;
  readonly #reports: ReportDirectory | undefined;
  readonly #signatures: SignatureDirectory | undefined;
  readonly #joined: Map<string, Joined> = new Map();
  #dueMs = -Infinity;

  /** @throws AnchorwatchError `signatures.trust` */
  constructor(options: ImageWatchOptions) {
    this.#options = options;
    const { reports, signatures, log } = options;
    this.#reports = reports === undefined ? undefined : new ReportDirectory(reports, log);
    this.#signatures = signatures === undefined ? undefined : new SignatureDirectory(signatures, log);
  }

  /** Files of reports and bundles that do not count, by reason. */
  get refused(): Readonly<Record<string, number>> {
    const of = (what: string, counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] =>
      Object.entries(counts).map(([reason, count]) => [`${what}_${reason.replaceAll('-', '_')}`, count] as const);
    return Object.fromEntries([
      ...of('report', this.#reports?.refused ?? {}),
      ...of('bundle', this.#signatures?.refused ?? {}),
    ]);
  }

  /** To be called about once a second: reads at most one report. True: something changed, that all containers are to be judged by again. */
  tick(): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const before = this.#version();
    if (nowMs >= this.#dueMs) {
      this.#dueMs = nowMs + (this.#options.lookMs ?? 60_000);
      this.#reports?.look();
      this.#signatures?.look();
    }
    this.#reports?.read();
    return before !== this.#version();
  }

  gone(containerId: string): void {
    this.#joined.delete(containerId);
  }

  /** What is known of a container's image; the list of vulnerabilities is the same object for as long as nothing changes. */
  read(subject: ImageSubject): ImageOrigin {
    const { container, image, imageId } = subject;
    const digests = digestsOf(container, image, imageId);
    return {
      learned: this.#options.profiles.learned(container),
      signature: digests.length === 0 ? undefined : this.#signatures?.of(digests),
      isSigningAsked: this.#signatures !== undefined,
      isScanAsked: this.#reports !== undefined,
      vulnerabilities: this.#list(subject, this.#reports?.of(digests) ?? []),
    };
  }

  #version(): string {
    return `${String(this.#reports?.version)} ${String(this.#signatures?.version)}`;
  }

  #list(subject: ImageSubject, reports: readonly ImageReport[]): VulnerabilityList | undefined {
    const { container, pid, watched, pids } = subject;
    if (reports.length === 0) {
      this.#joined.delete(container.id);
      return undefined;
    }
    const joined = this.#joined.get(container.id) ?? { mapped: new Set<string>(), mark: '', list: undefined };
    this.#joined.set(container.id, joined);
    const now = mappedFiles(pids());
    if (joined.mapped.size + now.size > mappedMax) joined.mapped.clear();
    for (const path of now) joined.mapped.add(path);
    const seen = this.#options.profiles.seen(container);
    const mark = [
      ...[this.#version(), joined.mapped.size, watched, seen?.executed.size, seen?.read.size],
      // How much was seen counts by whether it is enough, and is told as of then.
      seen === undefined ? 'none' : useOf({ kind: 'binary', package: '', path: '/' }, nothingUsed(seen, watched)).use,
    ].join(' ');
    if (mark === joined.mark) return joined.list;
    joined.mark = mark;
    const files = new ContainerFiles(`/proc/${String(pid)}/root`);
    const packages = packageFiles(files);
    joined.list = listOf(reports, { mapped: joined.mapped, seen, watched, packages, files });
    return joined.list;
  }
}

function nothingUsed(seen: SeenFiles, watched: boolean): UseSources {
  const nothing = new Set<string>();
  const bare = { ...seen, executed: nothing, read: nothing, typed: (path: string) => path };
  return { mapped: nothing, seen: bare, watched, packages: undefined, files: { read: () => undefined } };
}

/** All digests that an image is known by: of its configuration, and of its manifest or index in registries. Pure. */
function digestsOf(
  container: Pick<Container, 'image' | 'digest'>,
  image: EngineImage | undefined,
  imageId: string | undefined,
): readonly string[] {
  const names = [imageId ?? '', container.digest, container.image, ...(image === undefined ? [] : [image.id])];
  return [
    ...new Set(
      [...names, ...(image?.repoDigests ?? [])].flatMap((one) => /(?:^|@)(sha256:[\da-f]{64})$/.exec(one)?.[1] ?? []),
    ),
  ];
}

/** Reports of several scanners about one image, joined with what a container uses: each vulnerability of each package once. */
function listOf(reports: readonly ImageReport[], sources: UseSources): VulnerabilityList {
  const uses = new Map<string, Use>();
  const found = new Map<string, Vulnerability>();
  const use = (reported: Reported): Use => {
    const key = `${reported.kind} ${reported.package} ${reported.path}`;
    const known = uses.get(key) ?? useOf(reported, sources);
    uses.set(key, known);
    return known;
  };
  for (const { found: all } of reports)
    for (const reported of all) {
      const { id, severity, package: name, version, fixed } = reported;
      const one: Vulnerability = { id, severity, package: name, version, fixed, ...use(reported) };
      const key = `${id} ${name} ${version}`;
      const known = found.get(key);
      // The same package in two places, or told by two scanners: the one that matters more.
      if (known === undefined || byRank(one, known) < 0)
        found.set(key, { ...one, fixed: one.fixed === '' ? (known?.fixed ?? '') : one.fixed });
    }
  const counts: Record<string, number> = {};
  const ranked = [...found.values()].toSorted(byRank);
  for (const one of ranked) {
    const key = countKey(one.severity, one.use);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  const scannedMs = reports.reduce<number | undefined>((latest, { madeMs }) => {
    if (madeMs === undefined) return latest;
    return latest === undefined || madeMs > latest ? madeMs : latest;
  }, undefined);
  return {
    scanners: [...new Set(reports.map(({ scanner }) => scanner))],
    ...(scannedMs === undefined ? {} : { scannedMs }),
    items: ranked.slice(0, vulnerabilitiesMax),
    counts,
  };
}
