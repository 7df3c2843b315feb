import { AnchorwatchError } from '../../lib/errors.ts';
import type { CoverageByStratum } from '../../model/advice.ts';
import type { Dimension, Stratum } from '../../model/feature.ts';
import type { SharedFeature, SharedProfile } from '../../model/shared-profile.ts';
import { chanceOfNew, coverage } from '../coverage.ts';
import type { Incidences } from '../coverage.ts';
import type { ContainerFacts } from '../../model/container-facts.ts';

/** What an export is made of. */
export interface ExportInput {
  readonly profile: SharedProfile;
  /** How a container of the workload is made; absent: what follows from it is left out, and said. */
  readonly facts?: ContainerFacts;
  /** Also where too little is known. */
  readonly force?: boolean;
}

/** What stands at the top of every export: what it rests on, and what it is not sure of. */
export interface Statement {
  readonly workload: string;
  /** As of when, ISO 8601. */
  readonly asOf: string;
  readonly nodes: number;
  /** Starts that were seen, and slices of steady state (`--slice`, a minute by default). */
  readonly samples: { readonly startup: number; readonly steady: number };
  /** Digests of the images that it was learned under. */
  readonly images: readonly string[];
  /** By dimension that the export rests on, the estimated share of behaviour that was seen; null where nothing of it ever was. */
  readonly coverage: Readonly<Record<string, CoverageByStratum>>;
  /** What the workload tried and was refused: not allowed here either. */
  readonly refused: readonly string[];
  /** What raised alerts that nobody accepted, or was denied: not allowed here. */
  readonly notAccepted: readonly string[];
  readonly unsure: readonly string[];
}

/**
 * Less than this is too little to rest a refusal on (`--force` overrides). Three starts: the first one of a new workload may be over before it is watched,
 * and what only one of them showed lowers the coverage of starts.
 */
const least = { startup: 3, steady: 10 } as const;
/**
 * Steady behaviour is too little known where both estimates say so: this share of it was seen, and this share of samples shows something new. Of starts the
 * first one may do what no other does (make directories, own files): with few of them only the coarse bound holds.
 */
const bounds = { coverage: 0.9, chanceOfNew: 0.2, coverageOfStarts: 0.5 } as const;
/** Lines of a list of the statement; how many more there are is told. */
const listed = 20;
/** Samples fade with their half-life: ten of this morning are 9.99. */
const faded = 0.5;

/** Features that nobody judged and that were not refused. */
export function allowedFeatures(
  { features }: SharedProfile,
  ...dimensions: readonly Dimension[]
): readonly SharedFeature[] {
  return features.filter(
    (feature) => dimensions.includes(feature.dimension) && feature.state === 'known' && !isRefused(feature),
  );
}

/** Features that raised an alert, or were denied. */
export function judgedFeatures(
  { features }: SharedProfile,
  ...dimensions: readonly Dimension[]
): readonly SharedFeature[] {
  return features.filter(({ dimension, state }) => state === 'judged' && dimensions.includes(dimension));
}

/** The kernel said no to it. */
export function isRefused({ dimension, key }: Pick<SharedFeature, 'dimension' | 'key'>): boolean {
  return dimension === 'file.read' || dimension === 'file.write'
    ? /^[a-z -]*\brefused \//u.test(key)
    : key.endsWith(' refused');
}

/** Samples in which something of the dimension could have been seen. */
function samplesOf({ samples, incomplete }: SharedProfile, dimension: Dimension, stratum: Stratum): number {
  return Math.max(0, samples[stratum] - (incomplete[dimension]?.[stratum] ?? 0));
}

/** As the profile of other nodes is weighed (`Prior`). */
function incidencesOf(profile: SharedProfile, dimension: Dimension, stratum: Stratum): Incidences {
  let [once, twice, total] = [0, 0, 0];
  for (const { state, dimension: of, count, weight } of profile.features) {
    if (of !== dimension || state !== 'known') continue;
    if (count[stratum] === 1) once += weight[stratum];
    if (count[stratum] === 2) twice += weight[stratum] / 2;
    total += weight[stratum];
  }
  return { samples: samplesOf(profile, dimension, stratum), once, twice, total };
}

/** Estimated share of the behaviour that was seen (`coverage`); undefined where nothing of the dimension ever was. */
function coverageOf(profile: SharedProfile, dimension: Dimension, stratum: Stratum): number | undefined {
  const incidences = incidencesOf(profile, dimension, stratum);
  return incidences.total === 0 ? undefined : coverage(incidences);
}

/** Rounded, for people and programs. */
export function coverages(
  profile: SharedProfile,
  dimensions: readonly Dimension[],
): Readonly<Record<string, CoverageByStratum>> {
  const rounded = (share: number | undefined): number | null =>
    share === undefined ? null : Math.floor(share * 10_000) / 10_000;
  return Object.fromEntries(
    dimensions.map((one) => [
      one,
      {
        startup: rounded(coverageOf(profile, one, 'startup')),
        steady: rounded(coverageOf(profile, one, 'steady')),
      },
    ]),
  );
}

/** Why there is too little to rest an export of these dimensions on; empty: there is enough. */
export function shortcomings(profile: SharedProfile, dimensions: readonly Dimension[]): readonly string[] {
  const { startup, steady } = profile.samples;
  const reasons: string[] = [];
  if (startup < least.startup - faded)
    reasons.push(`${starts(startup)} of a container seen, ${least.startup} are the least`);
  if (steady < least.steady - faded)
    reasons.push(`${whole(steady)} samples of steady state, ${least.steady} are the least`);
  for (const dimension of dimensions) {
    const atStarts = coverageOf(profile, dimension, 'startup');
    if (atStarts !== undefined && atStarts < bounds.coverageOfStarts)
      reasons.push(
        `coverage of ${dimension} at starts is ${percent(atStarts)}, ${percent(bounds.coverageOfStarts)} is the least`,
      );
    const atWork = coverageOf(profile, dimension, 'steady');
    const next = chanceOfNew(incidencesOf(profile, dimension, 'steady'));
    if (atWork !== undefined && atWork < bounds.coverage && next > bounds.chanceOfNew)
      reasons.push(
        `coverage of ${dimension} at work is ${percent(atWork)}, ${percent(bounds.coverage)} is the least, and ${percent(next)} of samples show something new`,
      );
    const missed = profile.samples.steady - samplesOf(profile, dimension, 'steady');
    if (steady > 0 && missed / steady > 0.5) reasons.push(`more than half of the samples of ${dimension} have gaps`);
  }
  return reasons;
}

/**
 * What an export rests on.
 * @throws AnchorwatchError `export.too-little` where that is too little, and `force` is not given
 */
export function statementOf(
  { profile, force }: ExportInput,
  dimensions: readonly Dimension[],
  unsure: readonly string[],
): Statement {
  const reasons = shortcomings(profile, dimensions);
  if (reasons.length > 0 && force !== true)
    throw new AnchorwatchError(
      'export.too-little',
      `too little is known of ${profile.workload.name} to export this (force overrides): ${reasons.join('; ')}`,
      { retryable: true },
    );
  const inScope = profile.features.filter(({ dimension }) => dimensions.includes(dimension));
  const lines = (features: readonly SharedFeature[]): readonly string[] =>
    short(features.map(({ dimension, key }) => plain(`${dimension} ${key}`)).toSorted());
  return {
    workload: plain(profile.workload.name),
    asOf: new Date(profile.asOfMs).toISOString(),
    nodes: profile.nodes,
    samples: { startup: whole(profile.samples.startup), steady: whole(profile.samples.steady) },
    images: profile.images.map(plain),
    coverage: coverages(profile, dimensions),
    refused: lines(inScope.filter((feature) => feature.state === 'known' && isRefused(feature))),
    notAccepted: lines(inScope.filter(({ state }) => state === 'judged')),
    unsure: [
      ...reasons.map((reason) => `forced: ${reason}`),
      ...(profile.omitted > 0 ? [`${profile.omitted} features did not fit into the profile and are missing here`] : []),
      ...unsure.map(plain),
    ],
  };
}

/** The statement as lines of text, for a comment. No line holds what could end one. */
export function statementLines(title: string, statement: Statement): readonly string[] {
  const { samples, nodes } = statement;
  const list = (name: string, values: readonly string[]): readonly string[] =>
    values.length === 0 ? [`${name}: none`] : [`${name}:`, ...values.map((value) => `  - ${value}`)];
  return [
    `${title} of ${statement.workload}, made by "anchorwatch profile export" from what was seen.`,
    `As of ${statement.asOf}, on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}: ${starts(samples.startup)}, ${samples.steady} samples of steady state.`,
    `Coverage at starts, at work: ${coverageText(statement.coverage)}`,
    ...(statement.images.length > 0 ? list('Images', statement.images) : []),
    ...list('Refused attempts', statement.refused),
    ...list('Alerts that nobody accepted', statement.notAccepted),
    ...list('Not sure of', statement.unsure),
  ];
}

/** `exec 98.0 % and never seen, dns …` */
function coverageText(shares: Readonly<Record<string, CoverageByStratum>>): string {
  const word = (share: number | null): string => (share === null ? 'never seen' : percent(share));
  return Object.entries(shares)
    .map(([of, { startup, steady }]) =>
      startup === null && steady === null ? `${of} never seen` : `${of} ${word(startup)}, ${word(steady)}`,
    )
    .join('; ');
}

/** Text of a workload's choosing on one line of printable characters. */
export function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
const whole = (samples: number): number => Math.round(samples);
const starts = (count: number): string => `${whole(count)} ${whole(count) === 1 ? 'start' : 'starts'}`;

function short(lines: readonly string[]): readonly string[] {
  return lines.length <= listed ? lines : [...lines.slice(0, listed), `and ${lines.length - listed} more`];
}
