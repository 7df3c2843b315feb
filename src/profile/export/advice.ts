import { adviceSubjects } from '../../model/advice.ts';
import type { Advice, AdviceSubject } from '../../model/advice.ts';
import type { Dimension } from '../../model/feature.ts';
import type { SharedProfile } from '../../model/shared-profile.ts';
import { programsOf } from './apparmor.ts';
import { capabilitiesUsed, capabilityDoubts, isOtherUser, upper } from './capabilities.ts';
import type { ContainerFacts, ImageProgram } from '../../model/container-facts.ts';
import { allowedFeatures, coverages, plain, shortcomings } from './evidence.ts';
import { fileUse, realPath } from './paths.ts';
import { rootFiles } from './root-files.ts';

/** What one subject comes to, before the samples are looked at. */
interface Verdict {
  readonly dimensions: readonly Dimension[];
  readonly outcome: Advice['outcome'];
  readonly title: string;
  readonly note: string;
  readonly evidence?: readonly string[];
  readonly format?: string;
}

const evidenceMost = 50;

/**
 * Advice on how containers of a workload are made, one of each subject. Pure. Where too little was seen to rest a change on (`shortcomings`), the outcome
 * is `unknown`, whatever was not seen.
 */
export function adviceOn(profile: SharedProfile, facts?: ContainerFacts): readonly Advice[] {
  const { samples } = profile;
  return adviceSubjects.map((subject): Advice => {
    const { dimensions, outcome, title, note, evidence = [], format } = verdicts[subject](profile, facts);
    const missing = outcome === 'tighten' ? shortcomings(profile, dimensions) : [];
    return {
      ...{ subject, title },
      outcome: missing.length > 0 ? 'unknown' : outcome,
      note: missing.length > 0 ? `too little was seen: ${missing.join('; ')}` : note,
      evidence: evidence.slice(0, evidenceMost).map(plain),
      samples: { startup: Math.round(samples.startup), steady: Math.round(samples.steady) },
      coverage: coverages(profile, dimensions),
      ...(format === undefined ? {} : { format }),
    };
  });
}

type Judge = (profile: SharedProfile, facts: ContainerFacts | undefined) => Verdict;

const unknownFacts =
  'it is not known how the container is made: no agent has told yet; --inspect FILE takes what "docker inspect" prints';

const verdicts: Readonly<Record<AdviceSubject, Judge>> = {
  capabilities(profile, facts) {
    const about = { dimensions: ['capability', 'privilege'], title: 'capabilities granted and never used' } as const;
    if (facts?.capabilities === undefined) return { ...about, outcome: 'unknown', note: unknownFacts };
    const use = capabilitiesUsed({ profile, facts });
    const unused = facts.capabilities.filter((one) => !use.add.includes(one)).map(upper);
    if (unused.length === 0) return { ...about, outcome: 'fits', note: 'all that are granted were used' };
    const doubts = capabilityDoubts({ profile, facts }, use);
    return {
      ...{ ...about, outcome: 'tighten', evidence: unused, format: 'capabilities' },
      note: [`drop all, add ${use.add.map(upper).join(', ') || 'none'}`, ...doubts].join('; '),
    };
  },

  'read-only-root'(profile, facts) {
    const about = { dimensions: ['file.write'], title: 'root file system writable and never written' } as const;
    if (facts?.readOnlyRoot === undefined) return { ...about, outcome: 'unknown', note: unknownFacts };
    if (facts.readOnlyRoot) return { ...about, outcome: 'fits', note: 'it is read-only' };
    const { readOnly, tmpfs, volumes, keepsWritable } = rootFiles(profile, facts);
    if (!readOnly)
      return { ...about, outcome: 'fits', note: 'files of the image were written', evidence: keepsWritable };
    const needs = [
      ...(tmpfs.length > 0 ? [`a tmpfs on ${tmpfs.join(', ')}`] : []),
      ...(volumes.length > 0 ? [`a volume on ${volumes.join(', ')}`] : []),
    ];
    return {
      ...{ ...about, outcome: 'tighten', evidence: [...tmpfs, ...volumes], format: 'securitycontext' },
      note: needs.length === 0 ? 'a read-only root costs nothing' : `a read-only root, with ${needs.join(' and ')}`,
    };
  },

  user(profile, facts) {
    const about = {
      dimensions: ['capability', 'privilege', 'file.write'],
      title: 'root that was never needed',
    } as const;
    if (facts?.user === undefined) return { ...about, outcome: 'unknown', note: unknownFacts };
    if (isOtherUser(facts)) return { ...about, outcome: 'fits', note: `it runs as ${facts.user}` };
    const { add } = capabilitiesUsed({ profile, facts });
    // Of its own files root asks nothing; a port below 1024 and a change of user are what servers begin as root for.
    const changes = allowedFeatures(profile, 'privilege').filter(({ key }) =>
      /^set(?:re|res)?[ug]id other$/u.test(key),
    );
    if (changes.length > 0)
      return {
        ...{ ...about, outcome: 'fits', evidence: changes.map(({ key }) => key) },
        note: 'it begins as root and becomes another user by itself: begin as that user where ports and files allow it',
      };
    if (add.length > 0)
      return { ...about, outcome: 'fits', note: 'rights of root were used', evidence: add.map(upper) };
    const written = allowedFeatures(profile, 'file.write').flatMap(({ key }) => fileUse(key)?.path ?? []);
    return {
      ...{ ...about, outcome: 'tighten', evidence: [...new Set(written.map(realPath))].toSorted() },
      note: 'no right of root was ever used: name another user, who owns or may write the files below',
    };
  },

  ports(profile, facts) {
    const about = { dimensions: ['net.listen'], title: 'ports published, exposed or opened and never used' } as const;
    if (facts?.ports === undefined) return { ...about, outcome: 'unknown', note: unknownFacts };
    const listens = allowedFeatures(profile, 'net.listen').map(({ key }) => key);
    const isUsed = (port: string): boolean =>
      listens.some((key) => key === port || key.startsWith(`${port} from `) || isEphemeral(key, port));
    const unused = facts.ports.filter((port) => !isUsed(port));
    // Whom a server of datagrams heard from is not told: it accepts nothing.
    const idle = listens.filter(
      (key) => /^\d+\/tcp$/u.test(key) && !listens.some((other) => other.startsWith(`${key} from `)),
    );
    if (unused.length + idle.length === 0)
      return { ...about, outcome: 'fits', note: 'all are listened on, and connected to' };
    const notes = [
      ...(unused.length > 0 ? [`nothing ever listened on ${unused.join(', ')}: do not publish them`] : []),
      ...(idle.length > 0 ? [`nobody ever connected to ${idle.join(', ')}: do not open them`] : []),
    ];
    return { ...about, outcome: 'tighten', evidence: [...new Set([...unused, ...idle])], note: notes.join('; ') };
  },

  programs(profile, facts) {
    const about = { dimensions: ['exec'], title: 'programs of the image that were never executed' } as const;
    if (facts?.programs === undefined)
      return { ...about, outcome: 'unknown', note: 'it is not known which programs the image has' };
    const executed = new Set(allowedFeatures(profile, 'exec').flatMap(({ key }) => programsOf(key).map(usrPath)));
    const isUsed = ({ path }: ImageProgram): boolean => executed.has(usrPath(path));
    const unused = facts.programs.filter((program) => !isUsed(program));
    if (unused.length === 0) return { ...about, outcome: 'fits', note: 'all were executed' };
    const needed = new Set(facts.programs.filter(isUsed).flatMap((program) => program.package ?? []));
    const packages = (facts.packages ?? []).filter(({ name }) => !needed.has(name));
    const ofPackages = new Set(packages.map(({ name }) => name));
    const sum = (sized: readonly { readonly sizeBytes: number }[]): number =>
      sized.reduce((all, { sizeBytes }) => all + sizeBytes, 0);
    const alone = unused.filter((program) => program.package === undefined || !ofPackages.has(program.package));
    const bySize = [
      ...packages.map(({ name, sizeBytes }) => ({ text: `package ${name}`, sizeBytes })),
      ...alone.map(({ path, sizeBytes }) => ({ text: path, sizeBytes })),
    ].toSorted((one, other) => other.sizeBytes - one.sizeBytes);
    const notes = [
      `${unused.length} of ${facts.programs.length} programs (${mebibytes(sum(unused))}) were never executed`,
      ...(packages.length > 0
        ? [`of ${packages.length} packages (${mebibytes(sum(packages))} installed) no program ever was`]
        : []),
    ];
    return {
      ...{ ...about, outcome: 'tighten', note: `${notes.join('; ')}: a smaller image would do` },
      evidence: bySize.map(({ text, sizeBytes }) => `${text} (${mebibytes(sizeBytes)})`),
    };
  },

  network(profile, facts) {
    const about = { dimensions: ['net.out', 'net.listen', 'dns'], title: 'network wider than what is used' } as const;
    const used = allowedFeatures(profile, 'net.out', 'net.listen', 'dns').map(({ key }) => key);
    if (facts?.networkMode === undefined) return { ...about, outcome: 'unknown', note: unknownFacts, evidence: used };
    if (facts.networkMode === 'none') return { ...about, outcome: 'fits', note: 'it has no network' };
    if (used.length === 0)
      return { ...about, outcome: 'tighten', note: 'nothing was ever connected to or listened on: --network none' };
    if (facts.networkMode === 'host')
      return {
        ...about,
        outcome: 'tighten',
        evidence: used,
        note: 'it has the network of the host, and would do with one of its own',
      };
    const goesOut = allowedFeatures(profile, 'net.out', 'dns').length > 0;
    return goesOut
      ? {
          ...about,
          outcome: 'tighten',
          evidence: used,
          format: 'networkpolicy',
          note: 'these peers and ports are all that was used',
        }
      : {
          ...about,
          outcome: 'tighten',
          evidence: used,
          format: 'networkpolicy',
          note: 'it never connects to anything: an internal network, or no egress',
        };
  },
};

/** `/bin` is `/usr/bin` on the distributions of today. */
const usrPath = (path: string): string => path.replace(/^\/(?=s?bin\/)/u, '/usr/');
const mebibytes = (sizeBytes: number): string => `${(sizeBytes / 1_048_576).toFixed(1)} MiB`;

function isEphemeral(key: string, port: string): boolean {
  const [number, protocol] = port.split('/');
  return key === `ephemeral/${protocol ?? 'tcp'}` && Number(number) >= 32_768;
}
