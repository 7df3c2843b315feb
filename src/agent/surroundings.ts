import type { Evidence } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import type { Dimension, Feature, Stratum } from '../model/feature.ts';
import { isMultiCall } from '../model/program.ts';
import type { ProfileFacts } from '../detect/facts.ts';
import { chanceOfNew, coverage, coverageShown } from '../profile/coverage.ts';
import { ephemeralPort, parsePeer } from '../profile/fan-out.ts';
import type { Profile } from '../profile/profile.ts';
import type { ThresholdsInForce } from './alert-budget.ts';
import { confidenceOf, type Seen } from './sight.ts';

/** A workload is watched this long before "never seen" means something about ports. */
const settledAfterSeconds = 45;
/** A workload with this many ports, which keeps using new ones, does not have a small set of them. */
const portsMany = 6;
/** Before there are samples enough to say whether it does. */
const portsWhileYoung = 12;
const samplesForChance = 10;
/** Keys that an alert's evidence names as expected. */
const expectedMax = 10;
const chanceVolatile = 0.2;

export interface FactsInput {
  readonly event: Event;
  readonly profile: Profile;
  readonly stratum: Stratum;
  readonly dimension: Dimension;
  readonly writtenHere: boolean;
  readonly ownFile: boolean;
  readonly healthcheck: boolean;
  /** What the container showed for the first time in this dimension lately, this included. */
  readonly news: number;
  /** The container's image is a new one of a workload that ran others before. */
  readonly freshImage: boolean;
}

/** What rules may know of the profile. Pure. */
export function profileFacts({
  event,
  profile,
  stratum,
  dimension,
  writtenHere,
  ownFile,
  healthcheck,
  news,
  freshImage,
}: FactsInput): ProfileFacts {
  const counts = profile.incidences(dimension, stratum);
  const ageSeconds = (event.timeMs - profile.createdMs) / 1000;
  const port = event.kind === 'connect' || event.kind === 'listen' ? event.port : 0;
  const out = dimension === 'net.out' ? portsOf(profile, 'net.out') : none;
  const listening = dimension.startsWith('net.') ? portsOf(profile, 'net.listen') : none;
  const own = dimension === 'net.listen' ? listening : out;
  const churns =
    counts.samples >= samplesForChance ? chanceOfNew(counts) >= chanceVolatile : own.size >= portsWhileYoung;
  // Other addresses each time are no other ports; and a few ports that were scanned once do not make a workload that is always new.
  const volatile = dimension.startsWith('net.') && own.size >= portsMany && churns;
  const startup = stratum === 'startup';
  const exec = event.kind === 'exec' ? event : undefined;
  return {
    samples: Math.round(counts.samples),
    ageSeconds,
    startup,
    coverage: coverage(counts),
    // A new image is there to do something that the last one did not.
    settled: !startup && ageSeconds >= settledAfterSeconds && !volatile && !freshImage,
    listens: profile.size('net.listen') > 0,
    knowsPort: out.has(port),
    listensOnPort: listening.has(port) || (port >= ephemeralPort && listening.has(ephemeral)),
    knowsProgram: exec !== undefined && profile.state({ dimension: 'exec', key: exec.path }) === 'known',
    // One file is many programs: that one of them listens says nothing about another.
    parentListens: exec !== undefined && listensAnywhere(profile, exec.parentExe) && !isMultiCall(exec.parentExe),
    writtenHere,
    ownFile,
    healthcheck,
    news,
  };
}

function listensAnywhere({ listeners, prior }: Profile, exe: string): boolean {
  return listeners.has(exe) || prior?.listeners.has(exe) === true;
}

const none: ReadonlySet<number> = new Set();

/** Stands for all ephemeral ports among known ones: the workload listens on whatever the kernel gives it. */
const ephemeral = -1;

function portsOf(profile: Profile, dimension: Dimension): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const key of profile.knownKeys(dimension))
    ports.add(key.startsWith('ephemeral/') ? ephemeral : (parsePeer(key)?.port ?? 0));
  return ports;
}

/** Evidence for an alert about a feature. Pure. */
export function evidenceOf(
  profile: Profile,
  feature: Feature,
  stratum: Stratum,
  timeMs: number,
  {
    seen,
    thresholds,
    digest,
  }: { readonly seen: Seen; readonly thresholds: ThresholdsInForce; readonly digest: string },
): Evidence {
  const all = profile.incidences(feature.dimension, stratum);
  const counts = profile.incidencesUnder(digest, feature.dimension, stratum, all);
  const samples = Math.round(counts.samples);
  return {
    samples,
    seenInOneSample: Math.round(counts.once),
    coverage: Math.round(coverageShown(counts) * 10_000) / 10_000,
    expected: expectedOf(profile, feature.dimension),
    note:
      noteOf(profile, stratum, samples, timeMs, elsewhereNote(profile, feature, stratum)) +
      gapsNote(seen) +
      budgetNote(thresholds),
    ...gapsOf(profile, feature.dimension, stratum, seen),
  };
}

function noteOf(profile: Profile, stratum: Stratum, samples: number, timeMs: number, elsewhere: string): string {
  const { name } = profile.workload;
  const phase = stratum === 'startup' ? 'starts' : 'samples';
  if (samples >= 10) return `never in ${samples.toLocaleString('en')} ${phase} of ${name}${elsewhere}`;
  const seconds = Math.max(0, Math.round((timeMs - profile.createdMs) / 1000));
  const age = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `new to ${name}, which has been watched for ${age} (${samples} ${samples === 1 ? phase.slice(0, -1) : phase})${elsewhere}`;
}

/** What was learned here; of what others know only as much as there is room for. */
function expectedOf(profile: Profile, dimension: Dimension): readonly string[] {
  const seen = (key: string): number =>
    profile.incidence({ dimension, key }, 'startup') + profile.incidence({ dimension, key }, 'steady');
  const here = [...profile.knownKeys(dimension)]
    .map((key) => ({ key, seen: seen(key) }))
    .toSorted((a, b) => b.seen - a.seen || (a.key < b.key ? -1 : 1))
    .slice(0, expectedMax)
    .map(({ key }) => key);
  return [...new Set([...here, ...(profile.prior?.expected(dimension, expectedMax) ?? [])])].slice(0, expectedMax);
}

/** How much of the evidence is from other nodes. */
function elsewhereNote(profile: Profile, feature: Feature, stratum: Stratum): string {
  const { prior } = profile;
  if (prior === undefined) return '';
  const samples = Math.round(prior.samples(feature.dimension, stratum)).toLocaleString('en');
  const seen = Math.ceil(prior.incidence(feature));
  const but = seen === 0 ? '' : `; there it was seen in ${seen.toLocaleString('en')}`;
  if (prior.starter !== undefined) return `, of them ${samples} by the weight of the starter ${prior.starter}${but}`;
  return `, of them ${samples} from ${prior.nodes} other ${prior.nodes === 1 ? 'node' : 'nodes'}${but}`;
}

/** The first two say enough in a sentence. */
const gapsInNote = 2;

function gapsNote({ gaps }: Seen): string {
  return gaps.length === 0 ? '' : `; not everything was seen: ${gaps.slice(0, gapsInNote).join('; ')}`;
}

/** How far the evidence can be trusted, where something is missing in it. */
function gapsOf(
  profile: Profile,
  dimension: Dimension,
  stratum: Stratum,
  { share, gaps }: Seen,
): Pick<Evidence, 'confidence' | 'gaps'> {
  const whole = profile.wholeShare(dimension, stratum);
  const confidence = confidenceOf(whole * share);
  if (confidence === 1 && gaps.length === 0) return {};
  const samples =
    whole < 1 ? [`${samplesText(1 - whole)} of the samples are no evidence: something of them was not seen`] : [];
  return { confidence, gaps: [...gaps, ...samples] };
}

function samplesText(share: number): string {
  return share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

function budgetNote({ warning, raised }: ThresholdsInForce): string {
  if (raised === 0) return '';
  return `; the alert budget has raised the threshold for warnings from ${warning - raised} to ${warning} here`;
}

/** The event runs or reads a file as the image's layers have it. Pure. */
export function isOfImage(event: Event): boolean {
  return (event.kind === 'exec' || (event.kind === 'file' && event.access === 'read')) && event.origin === 'image';
}

/** The stratum of an event of a container that has no sample yet. Pure. */
export function startsUp(container: Container, timeMs: number, startupMs: number): Stratum {
  return container.startedAtMs === undefined || timeMs - container.startedAtMs < startupMs ? 'startup' : 'steady';
}
