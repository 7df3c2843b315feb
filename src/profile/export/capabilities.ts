import { capabilities as allCapabilities } from '../../model/call.ts';
import type { ContainerFacts } from '../../model/container-facts.ts';
import { dockerCapabilities } from './docker-seccomp.ts';
import { allowedFeatures, judgedFeatures, statementOf } from './evidence.ts';
import type { ExportInput, Statement } from './evidence.ts';

/** Capabilities that the workload needs: everything else may be dropped. */
export interface CapabilityUse {
  readonly add: readonly string[];
  /** Asked for and granted to somebody, but perhaps not to the program: left out, with the reason. */
  readonly doubtful: readonly string[];
  /** Raised an alert or were denied: left out. */
  readonly judged: readonly string[];
}

/**
 * overlayfs looks at files with the rights of who mounted it, which is the engine's (told by sensors before this release, and kept in profiles); memory accounting asks whether a process is an administrator and
 * takes no for an answer. Both look like the program's own use.
 */
const ofFileSystem: ReadonlySet<string> = new Set(['sys_admin', 'dac_read_search', 'sys_resource']);
/** Without these no program changes its user, whether its own hook told of the capability or of the call. */
const byCall: ReadonlyMap<string, string> = new Map(
  Object.entries({
    setuid: 'setuid',
    setreuid: 'setuid',
    setresuid: 'setuid',
    setgid: 'setgid',
    setregid: 'setgid',
    setresgid: 'setgid',
  }),
);

/** Programs that are set-id in every distribution: who runs one wants its rights. */
export const setId: RegExp = /\/(?:su|sudo|ping6?|mount|umount|passwd|newgrp|chsh|chfn|gpasswd|fusermount3?)$/u;

/** It is known that it begins as somebody who is not root. */
export function isOtherUser(facts: ContainerFacts | undefined): boolean {
  return facts?.user !== undefined && !/^(?:0|root)?(?::|$)/u.test(facts.user);
}

/** Pure. What was granted is what the facts say, else what Docker grants by default. */
export function capabilitiesUsed({ profile, facts }: ExportInput): CapabilityUse {
  const granted = facts?.capabilities ?? dockerCapabilities;
  // Who is not root has none, whatever the container is given; what looks like it is the file system's.
  const isPlainUser = isOtherUser(facts) && !allowedFeatures(profile, 'exec').some(({ key }) => setId.test(key));
  const judged = [...new Set(judgedFeatures(profile, 'capability').map(({ key }) => key.split(' ')[0] ?? ''))];
  const seen = new Set(allowedFeatures(profile, 'capability').map(({ key }) => key));
  for (const { key } of allowedFeatures(profile, 'privilege')) {
    const [call = '', detail] = key.split(' ');
    const capability = byCall.get(call);
    if (capability !== undefined && detail !== 'unchanged') seen.add(capability);
  }
  const asked = allCapabilities.filter((one) => seen.has(one) && !judged.includes(one));
  const add = (isPlainUser ? [] : asked).filter(
    (one) => granted.includes(one) || (facts?.capabilities === undefined && !ofFileSystem.has(one)),
  );
  return { add, doubtful: asked.filter((one) => !add.includes(one)), judged };
}

/** Lines about what is left out. */
export function capabilityDoubts({ facts }: ExportInput, { add, doubtful, judged }: CapabilityUse): readonly string[] {
  return [
    ...doubtful.map((one) =>
      facts?.capabilities === undefined
        ? `${one} was asked for and granted, by the looks of it to the file system and not to the program: left out; --inspect tells`
        : `${one} was asked for and granted, but ${isOtherUser(facts) ? 'who is not root has none' : 'the container does not have it'}: the file system's own rights`,
    ),
    ...judged.map((one) => `${one} raised an alert: left out`),
    ...(add.includes('dac_override')
      ? ["dac_override may be the file system's own: try without it where files belong to the user that opens them"]
      : []),
  ];
}

/** What may be dropped and what has to stay. */
export interface CapabilityList {
  readonly 'x-anchorwatch': Statement;
  readonly drop: readonly string[];
  readonly add: readonly string[];
  /** Granted and never used, one by one: what `drop: [ALL]` takes away. */
  readonly unused: readonly string[];
}

/** @throws AnchorwatchError `export.too-little` */
export function capabilityList(input: ExportInput): CapabilityList {
  const use = capabilitiesUsed(input);
  const granted = input.facts?.capabilities ?? dockerCapabilities;
  return {
    'x-anchorwatch': statementOf(input, ['capability', 'privilege'], capabilityDoubts(input, use)),
    drop: ['ALL'],
    add: use.add.map(upper),
    unused: granted.filter((one) => !use.add.includes(one)).map(upper),
  };
}

/** As Docker, Compose and Kubernetes write them. */
export const upper = (capability: string): string => capability.toUpperCase();
