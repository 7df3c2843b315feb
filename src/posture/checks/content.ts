import { secretsInPairs } from '../engine-answer.ts';
import type { Searched } from '../reading.ts';
import { secretEvidence } from '../secrets.ts';
import type { FoundSecret } from '../secrets.ts';
import { engineSilent, fail, kernelSilent, pass, saw, unknown, warn } from './judged.ts';
import type { ContainerCheck, Judged } from './judged.ts';

const dayMs = 86_400_000;
const imageAgeMs = 90 * dayMs;

function secretsJudged(field: string, { count, secrets }: Searched): Judged {
  if (secrets.length === 0) return pass('none', saw(field, `${String(count)} looked at`));
  return fail(`${String(secrets.length)} in ${String(count)}`, ...secretEvidence(field, secrets));
}

export const secretsEnvironment: ContainerCheck = ({ api, image }) => {
  if (api === undefined) return engineSilent;
  const { count, secrets } = api.environment;
  // What the image says is the image's finding.
  const ofImage = ({ name, kind, length }: FoundSecret): boolean =>
    image?.environment.secrets.some((one) => one.name === name && one.kind === kind && one.length === length) === true;
  return secretsJudged('Config.Env', { count, secrets: secrets.filter((one) => !ofImage(one)) });
};

export const secretsLabels: ContainerCheck = ({ api, container }) => {
  const pairs = Object.entries(container.labels);
  return secretsJudged('Config.Labels', api?.labels ?? { count: pairs.length, secrets: secretsInPairs(pairs) });
};

export const secretsArguments: ContainerCheck = ({ api }) =>
  api === undefined ? engineSilent : secretsJudged('Config.Cmd', api.command);

export const secretsImage: ContainerCheck = ({ image }) => {
  if (image === undefined) return unknown('the image could not be asked for');
  const { environment, history } = image;
  // A variable is in both; it is told once.
  const rest = (history?.secrets ?? []).filter(
    ({ name }) => name === '' || !environment.secrets.some((one) => one.name === name),
  );
  const found = [...secretEvidence('image Config.Env', environment.secrets), ...secretEvidence('image history', rest)];
  if (found.length > 0) return fail('they are in the image, and in every registry that it was pushed to', ...found);
  if (history === undefined) return unknown('the history of the image was not told');
  return pass(
    'none',
    saw('image Config.Env', `${String(environment.count)} looked at`),
    saw('image history', `${String(history.count)} looked at`),
  );
};

export const imageAge: ContainerCheck = ({ image, nowMs }) => {
  if (image?.createdMs === undefined) return unknown('the image does not say when it was made');
  const days = Math.floor((nowMs - image.createdMs) / dayMs);
  const evidence = [saw('image Created', new Date(image.createdMs).toISOString())];
  return nowMs - image.createdMs > imageAgeMs
    ? warn(`it was made ${String(days)} days ago`, ...evidence)
    : pass(`it was made ${String(Math.max(0, days))} days ago`, ...evidence);
};

/** The tag of an image's name; undefined when it has none. */
function tagOf(name: string): string | undefined {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return /:([\w][\w.-]{0,127})$/.exec(last)?.[1];
}

export const imagePinned: ContainerCheck = ({ api, container }) => {
  const name = api?.imageName ?? container.image;
  const evidence = [saw('Config.Image', name), saw('Image', api?.imageId ?? container.digest)];
  if (/@sha256:[\da-f]{64}$/.test(name)) return pass('by its digest', ...evidence);
  if (/^(?:sha256:)?[\da-f]{12,64}$/.test(name)) return pass('by its id', ...evidence);
  const tag = tagOf(name);
  return tag === undefined || tag === 'latest'
    ? fail('whatever is the latest is what runs after the next pull', ...evidence)
    : warn('a tag can be moved', ...evidence);
};

export const imageCurrent: ContainerCheck = ({ api, tagId }) => {
  if (api === undefined) return engineSilent;
  if (tagId === undefined) return unknown('the name of its image stands for none on this node any more');
  const evidence = [saw('Image', api.imageId), saw(`image ${api.imageName} Id`, tagId)];
  return tagId === api.imageId
    ? pass('it does', ...evidence)
    : warn('the tag was moved since it was created', ...evidence);
};

export const sshd: ContainerCheck = ({ kernel }) => {
  if (kernel === undefined || kernel.programs.length === 0) return kernelSilent;
  const found = kernel.programs.filter((name) => /^(?:sshd|dropbear|sshd-session|sshd-auth)$/.test(name));
  return found.length > 0
    ? fail('one does', saw('/proc/PID/comm', found))
    : pass('none does', saw('/proc/PID/comm', kernel.programs.slice(0, 12)));
};

export const healthCheck: ContainerCheck = ({ api, container }) => {
  if (api === undefined)
    return container.probes !== undefined && container.probes.length > 0
      ? pass('probes are', saw('livenessProbe', container.probes.length))
      : engineSilent;
  const defined = api.healthcheck || (container.probes?.length ?? 0) > 0;
  return defined
    ? pass('one is', saw('Config.Healthcheck', 'set'))
    : warn('none is', saw('Config.Healthcheck', 'none'));
};

export const logDriver: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const evidence = [saw('HostConfig.LogConfig.Type', api.logDriver)];
  if (api.logDriver === '') return engineSilent;
  return api.logDriver === 'none' ? fail('it is thrown away', ...evidence) : pass('it is', ...evidence);
};

export const watchedBySensor: ContainerCheck = ({ watched, container }) => {
  const evidence = [saw('cgroup', container.cgroupId ?? 'unknown')];
  return watched
    ? pass('it does', ...evidence)
    : fail('it does not: nothing that it does is seen by the kernel sensor', ...evidence);
};
