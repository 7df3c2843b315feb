import type { ContainerFacts } from '../../model/container-facts.ts';

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
/** `CAP_NET_RAW`, `net_raw` and `NET_RAW` are one. */
const capabilityWord = (name: string): string => name.toLowerCase().replace(/^cap_/u, '');

/**
 * What the answer of Docker's `GET /containers/{id}/json` says; also of `docker inspect`, which wraps it into a list.
 * @param defaults What containers may do unless they are told otherwise, and all there is.
 */
export function factsOf(
  answer: unknown,
  capabilities: { readonly byDefault: readonly string[]; readonly all: readonly string[] },
): ContainerFacts | undefined {
  const info = objectOf(Array.isArray(answer) ? (answer as readonly unknown[])[0] : answer);
  const [config, host] = [objectOf(info['Config']), objectOf(info['HostConfig'])];
  if (info['Config'] === undefined || info['HostConfig'] === undefined) return undefined;
  const privileged = host['Privileged'] === true;
  const mounts = Array.isArray(info['Mounts']) ? info['Mounts'].map(objectOf) : [];
  const writable = mounts.filter(({ RW }) => RW !== false).map(({ Destination }) => Destination);
  const exposed = [...Object.keys(objectOf(config['ExposedPorts'])), ...Object.keys(objectOf(host['PortBindings']))];
  return {
    ...(typeof info['Name'] === 'string' ? { name: info['Name'].replace(/^\//u, '') } : {}),
    user: typeof config['User'] === 'string' ? config['User'] : '',
    privileged,
    capabilities: privileged ? capabilities.all : grantedBy(host, capabilities),
    readOnlyRoot: host['ReadonlyRootfs'] === true,
    writableMounts: [...textsOf(writable), ...Object.keys(objectOf(host['Tmpfs']))].toSorted(),
    ports: [...new Set(exposed)].toSorted(),
    ...(typeof host['NetworkMode'] === 'string' ? { networkMode: host['NetworkMode'] } : {}),
  };
}

/** As the engine adds them up: all but what is dropped, or the defaults less what is dropped and with what is added. */
function grantedBy(
  host: Json,
  { byDefault, all }: { readonly byDefault: readonly string[]; readonly all: readonly string[] },
): readonly string[] {
  const [added, dropped] = [textsOf(host['CapAdd']).map(capabilityWord), textsOf(host['CapDrop']).map(capabilityWord)];
  if (added.includes('all')) return all.filter((one) => !dropped.includes(one));
  const kept = dropped.includes('all') ? [] : byDefault.filter((one) => !dropped.includes(one));
  return all.filter((one) => kept.includes(one) || added.includes(one));
}
