import type { PackageUse, VulnerabilityList, VulnerabilitySeverity } from '../../model/vulnerability.ts';
import { engineSilent, fail, pass, saw, unknown, warn } from './judged.ts';
import type { ContainerCheck } from './judged.ts';

/** A report that is older says nothing of what became known since. */
const reportAgeMs = 30 * 86_400_000;
const evidenceMax = 6;
/** Samples under an image, from which on what was learned is of it. */
const learnedMin = 10;

const pinned = /@(sha256:[\da-f]{64})$/;

/** That the image is in a registry by a digest, and by the one that the container was made with. */
export const imageOrigin: ContainerCheck = ({ api, image }) => {
  if (api === undefined) return engineSilent;
  if (image === undefined) return unknown('the image could not be asked for');
  const evidence = [saw('Config.Image', api.imageName), saw('image RepoDigests', image.repoDigests)];
  const wanted = pinned.exec(api.imageName)?.[1];
  if (wanted !== undefined && wanted !== image.id && !image.repoDigests.some((one) => one.endsWith(`@${wanted}`)))
    return fail('the digest that it was made with is none of those of its image', ...evidence);
  return image.repoDigests.length === 0
    ? warn('it was built or loaded here: no registry has it, and nobody else can tell what it is', ...evidence)
    : pass('a registry has it', ...evidence);
};

export const imageDrift: ContainerCheck = ({ api, replicas }) => {
  if (api === undefined) return engineSilent;
  const others = replicas.filter(({ imageName, imageId }) => imageName === api.imageName && imageId !== api.imageId);
  const evidence = [saw('Config.Image', api.imageName), saw('Image', api.imageId)];
  if (others.length === 0)
    return pass(replicas.length === 0 ? 'it has no replica on this node' : 'they do', ...evidence);
  return fail(
    'by the same name replicas run another image: the tag was moved between their starts',
    ...evidence,
    ...others.slice(0, evidenceMax).map(({ name, imageId }) => saw(`Image of ${name}`, imageId)),
  );
};

export const imageLearned: ContainerCheck = ({ container, origin: { learned } }) => {
  if (learned === undefined) return unknown('nothing was learned of its workload yet');
  if (container.digest === '') return unknown('the digest of its image is not known');
  const { own, others } = learned;
  const evidence = [
    saw('Image', container.digest),
    saw('samples under it', Math.round(own)),
    ...others
      .slice(0, evidenceMax)
      .map(({ digest, samples }) => saw(`samples under ${digest}`, String(Math.round(samples)))),
  ];
  if (own >= learnedMin) return pass('it is', ...evidence);
  return others.some(({ samples }) => samples >= learnedMin)
    ? warn('its profile was learned under another image', ...evidence)
    : unknown('too little was learned of its workload yet');
};

export const imageSigned: ContainerCheck = ({ origin: { signature, isSigningAsked } }) => {
  if (!isSigningAsked) return unknown('no keys and no trusted root are configured (--image-signatures)');
  if (signature === undefined) return unknown('no digest of its image is known');
  const { signedBy, refused } = signature;
  const evidence = refused
    .slice(0, evidenceMax)
    .map((one) => saw(one.file.slice(0, 200), `${one.refused}: ${one.reason}`));
  if (signedBy.length > 0) return pass('it is', saw('signed by', signedBy), ...evidence);
  const first = refused[0];
  return first === undefined
    ? warn('there is no signature of it')
    : fail(`what is there does not vouch for it: ${first.refused}`, ...evidence);
};

export const imageScanned: ContainerCheck = ({ origin: { isScanAsked, vulnerabilities }, nowMs }) => {
  if (!isScanAsked) return unknown('no reports are configured (--vulnerability-reports)');
  if (vulnerabilities === undefined) return fail('there is no report about it');
  const { scanners, scannedMs } = vulnerabilities;
  if (scannedMs === undefined) return warn('its report does not say when it was made', saw('scanner', scanners));
  const evidence = [saw('scanner', scanners), saw('report made', new Date(scannedMs).toISOString())];
  return nowMs - scannedMs > reportAgeMs
    ? warn('its report is older than 30 days', ...evidence)
    : pass('it was', ...evidence);
};

export const imageVulnerable: ContainerCheck = ({ origin: { isScanAsked, vulnerabilities } }) => {
  if (!isScanAsked) return unknown('no reports are configured (--vulnerability-reports)');
  if (vulnerabilities === undefined) return unknown('there is no report about it');
  const { items } = vulnerabilities;
  const grave = (use: PackageUse): number => countOf(vulnerabilities, use, ['critical', 'high']);
  const [used, open, unused] = [grave('used'), grave('unknown'), grave('unused')];
  const evidence = items.slice(0, evidenceMax).map((one) => {
    const mended = one.fixed === '' ? 'no fixed version' : `fixed in ${one.fixed}`;
    return saw(`${one.id} ${one.severity}`, `${one.package} ${one.version}, ${mended}; ${one.use}: ${one.evidence}`);
  });
  const told = [
    [used, 'in what is used'],
    [open, 'in what may be used'],
    [unused, 'in what was never seen in use'],
  ] as const;
  const note = `critical and high: ${told.map(([count, where]) => `${String(count)} ${where}`).join(', ')}`;
  if (used > 0) return fail(note, ...evidence);
  const lesser = countOf(vulnerabilities, 'used', ['medium']);
  if (open + unused + lesser > 0) return warn(note, ...evidence);
  return pass('none that is grave', ...evidence);
};

function countOf({ counts }: VulnerabilityList, use: PackageUse, severities: readonly VulnerabilitySeverity[]): number {
  return severities.reduce((sum, severity) => sum + (counts[`${severity} ${use}`] ?? 0), 0);
}
