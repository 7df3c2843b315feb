import { z } from 'zod';
import { yaml } from '../../lib/yaml.ts';
import { vulnerabilitySeverities } from '../../model/vulnerability.ts';
import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';

/** A vulnerability as a scanner reports it. */
export interface Reported {
  readonly id: string;
  readonly severity: VulnerabilitySeverity;
  readonly package: string;
  readonly version: string;
  /** Empty: there is none. */
  readonly fixed: string;
  /** `os`: of the distribution's package manager, which knows its files; `language`: its files stand at or below its path; `binary`: it is compiled into the path. */
  readonly kind: 'os' | 'language' | 'binary';
  /** Absolute in the image; empty: the scanner does not say. */
  readonly path: string;
}

/** What one scanner says about one image. */
export interface ImageReport {
  readonly scanner: 'trivy' | 'grype' | 'trivy-operator';
  /** `sha256:…` of the image's configuration, manifest or index: any of them. */
  readonly digests: readonly string[];
  /** As the scanner names it. */
  readonly image: string;
  readonly madeMs: number | undefined;
  readonly found: readonly Reported[];
  /** Entries that are no vulnerability as the format has them. */
  readonly skipped: number;
}

/** Why a file is no report. */
export type ReportRefusal = 'not-json' | 'unknown-format' | 'no-digest' | 'too-many';
export type ReportRead =
  | { readonly reports: readonly ImageReport[] }
  | { readonly refused: ReportRefusal; readonly reason: string };

/** Of one report; a scanner that finds more in one image is wrong, or hostile. */
export const reportedMax = 20_000;
/** Reports in one file: a list of the Kubernetes API. */
const listMax = 2_000;
/** YAML takes a hundred times as long as JSON. */
export const yamlBytesMax: number = 2 << 20;

const short = z.string().max(512);
const text = short.catch('');
const list = <Item>(item: z.ZodType<Item>): z.ZodType<readonly (Item | undefined)[]> =>
  z
    .array(z.unknown())
    .nullish()
    .catch(undefined)
    .transform((all) => (all ?? []).slice(0, reportedMax + 1).map((one) => item.safeParse(one).data));
const texts = z.array(z.string().max(1024)).max(64).nullish().catch(undefined);
const id = z.string().min(1).max(128);
const name = z.string().min(1).max(256);
const long = z.string().max(4096).catch('');

/** https://trivy.dev/latest/docs/configuration/reporting/#json (SchemaVersion 2). */
const trivySchema = z.object({
  SchemaVersion: z.literal(2),
  CreatedAt: text,
  ArtifactName: z.string().max(1024).catch(''),
  ArtifactType: text,
  Metadata: z.object({ ImageID: text, RepoDigests: texts }).catch({ ImageID: '', RepoDigests: undefined }),
  Results: list(
    z.object({
      Target: long,
      Class: text,
      Type: text,
      Vulnerabilities: list(
        z.object({
          ...{ VulnerabilityID: id, PkgName: name, InstalledVersion: text, FixedVersion: text, Severity: text },
          PkgPath: long,
        }),
      ),
    }),
  ),
});

/** https://github.com/anchore/grype, presenter json. */
const grypeSchema = z.object({
  descriptor: z.object({ name: z.literal('grype'), timestamp: text }),
  source: z.object({
    type: text,
    target: z.object({ userInput: text, imageID: text, manifestDigest: text, repoDigests: texts }),
  }),
  matches: list(
    z.object({
      vulnerability: z.object({
        ...{ id, severity: text },
        fix: z.object({ versions: z.array(text).nullish().catch(undefined) }).catch({ versions: undefined }),
      }),
      artifact: z.object({
        ...{ name, version: text, type: text },
        locations: z
          .array(z.object({ path: long }))
          .nullish()
          .catch(undefined),
      }),
    }),
  ),
});

/** https://aquasecurity.github.io/trivy-operator/latest/docs/crds/vulnerability-report/ (v1alpha1). */
const operatorSchema = z.object({
  kind: z.literal('VulnerabilityReport'),
  apiVersion: z.string().startsWith('aquasecurity.github.io/'),
  report: z.object({
    updateTimestamp: text,
    artifact: z.object({ repository: text, tag: text, digest: text }),
    vulnerabilities: list(
      z.object({
        ...{ vulnerabilityID: id, resource: name, installedVersion: text, fixedVersion: text, severity: text },
        ...{ class: text, packageType: text, target: long, pkgPath: long, packagePath: long },
      }),
    ),
  }),
});
const listSchema = z.object({
  kind: z.enum(['List', 'VulnerabilityReportList']),
  items: z.array(z.unknown()).max(listMax),
});

/** Reads a file of a scanner. What is of another form is refused with a named reason; entries that are, are counted. Never throws. Pure. */
export function readReport(bytes: Buffer, isYaml: boolean): ReportRead {
  let document: unknown;
  try {
    document = isYaml ? yaml().parse(bytes.toString('utf8'), { maxAliasCount: 0 }) : JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return { refused: 'not-json', reason: String(error instanceof Error ? error.message : error).slice(0, 200) };
  }
  const many = listSchema.safeParse(document);
  const reads = many.success ? many.data.items.map(reportOf) : [reportOf(document)];
  const refused = reads.find((read) => 'refused' in read);
  const reports = reads.flatMap((read) => ('report' in read ? [read.report] : []));
  if (refused !== undefined && (reports.length === 0 || 'too-many' === refused.refused)) return refused;
  return { reports };
}

type One = { readonly report: ImageReport } | { readonly refused: ReportRefusal; readonly reason: string };

function reportOf(document: unknown): One {
  const trivy = trivySchema.safeParse(document);
  if (trivy.success) return checked(fromTrivy(trivy.data));
  const grype = grypeSchema.safeParse(document);
  if (grype.success) return checked(fromGrype(grype.data));
  const operator = operatorSchema.safeParse(document);
  if (operator.success) return checked(fromOperator(operator.data));
  return {
    refused: 'unknown-format',
    reason: 'neither JSON of Trivy (SchemaVersion 2) or Grype nor a VulnerabilityReport of trivy-operator',
  };
}

function checked(report: ImageReport): One {
  if (report.digests.length === 0)
    return {
      refused: 'no-digest',
      reason: `${report.image || 'it'} has no sha256 digest: of what image it is cannot be told`,
    };
  if (report.found.length + report.skipped > reportedMax)
    return { refused: 'too-many', reason: `more than ${String(reportedMax)} vulnerabilities` };
  return { report };
}

function fromTrivy({ Results, Metadata, ArtifactName, CreatedAt }: z.infer<typeof trivySchema>): ImageReport {
  const found: Reported[] = [];
  let skipped = 0;
  for (const result of Results) {
    if (result === undefined) {
      skipped++;
      continue;
    }
    for (const one of result.Vulnerabilities) {
      if (one === undefined) {
        skipped++;
        continue;
      }
      if (found.length > reportedMax) break;
      found.push({
        ...{ id: one.VulnerabilityID, package: one.PkgName, version: one.InstalledVersion, fixed: one.FixedVersion },
        severity: severityOf(one.Severity),
        ...placed(result.Class, result.Type, one.PkgPath, result.Target),
      });
    }
  }
  const digests = digestsOf([Metadata.ImageID, ...(Metadata.RepoDigests ?? [])]);
  return { scanner: 'trivy', digests, image: ArtifactName, madeMs: timeOf(CreatedAt), found, skipped };
}

/** Types of Grype's artifacts that a package manager of the distribution put there. */
const osTypes: ReadonlySet<string> = new Set(['deb', 'apk', 'rpm', 'alpm', 'portage']);

function fromGrype({ descriptor, source, matches }: z.infer<typeof grypeSchema>): ImageReport {
  const found = matches.flatMap((match): readonly Reported[] => {
    if (match === undefined) return [];
    const { vulnerability, artifact } = match;
    const path = osTypes.has(artifact.type) ? '' : (artifact.locations?.[0]?.path ?? '');
    return [
      {
        ...{ id: vulnerability.id, severity: severityOf(vulnerability.severity) },
        ...{ package: artifact.name, version: artifact.version, fixed: vulnerability.fix.versions?.[0] ?? '' },
        kind: osTypes.has(artifact.type) ? 'os' : kindOfBinary(artifact.type) ? 'binary' : 'language',
        path: absolute(path),
      },
    ];
  });
  const { target } = source;
  const digests = digestsOf([target.imageID, target.manifestDigest, ...(target.repoDigests ?? [])]);
  const skipped = matches.length - found.length;
  return { scanner: 'grype', digests, image: target.userInput, madeMs: timeOf(descriptor.timestamp), found, skipped };
}

function fromOperator({ report }: z.infer<typeof operatorSchema>): ImageReport {
  const found = report.vulnerabilities.flatMap((one): readonly Reported[] =>
    one === undefined
      ? []
      : [
          {
            ...{ id: one.vulnerabilityID, package: one.resource, version: one.installedVersion },
            ...{ fixed: one.fixedVersion, severity: severityOf(one.severity) },
            ...placed(one.class, one.packageType, one.pkgPath === '' ? one.packagePath : one.pkgPath, one.target),
          },
        ],
  );
  const { repository, tag, digest } = report.artifact;
  const image = tag === '' ? repository : `${repository}:${tag}`;
  const skipped = report.vulnerabilities.length - found.length;
  const madeMs = timeOf(report.updateTimestamp);
  return { scanner: 'trivy-operator', digests: digestsOf([digest]), image, madeMs, found, skipped };
}

/** What Trivy's class and type say about where the files are. */
function placed(group: string, type: string, path: string, target: string): Pick<Reported, 'kind' | 'path'> {
  if (group === 'os-pkgs') return { kind: 'os', path: '' };
  if (kindOfBinary(type)) return { kind: 'binary', path: absolute(path === '' ? target : path) };
  if (group === 'lang-pkgs') return { kind: 'language', path: absolute(path === '' ? lockedPath(target) : path) };
  // Older reports of the operator have neither: a path is a language's.
  return path === '' ? { kind: 'os', path: '' } : { kind: 'language', path: absolute(path) };
}

/** `Node.js` and `Python` stand for many files; a jar and a lock file for one. */
function lockedPath(target: string): string {
  return /\.(?:jar|war|ear|par)$/.test(target) ? target : '';
}

function kindOfBinary(type: string): boolean {
  return /^(?:gobinary|rustbinary|go-module|rust-crate|binary)$/.test(type);
}

function absolute(path: string): string {
  return path === '' || path.includes('\0') || path.split('/').includes('..') ? '' : `/${path.replace(/^\/+/, '')}`;
}

function digestsOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((one) => /(?:^|@)(sha256:[\da-f]{64})$/.exec(one)?.[1] ?? []))];
}

function severityOf(said: string): VulnerabilitySeverity {
  const word = said.toLowerCase();
  return vulnerabilitySeverities.find((one) => one === word) ?? (word === 'negligible' ? 'low' : 'unknown');
}

function timeOf(said: string): number | undefined {
  const timeMs = Date.parse(said);
  return Number.isNaN(timeMs) || timeMs <= 0 ? undefined : timeMs;
}
