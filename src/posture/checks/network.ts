import { engineSilent, fail, pass, saw, unknown, warn } from './judged.ts';
import type { ContainerCheck } from './judged.ts';

const shown = (
  ports: readonly { readonly address: string; readonly port: number; readonly inside: string }[],
): readonly string[] =>
  ports.map(({ address, port, inside }) => `${address === '' ? '*' : address}:${String(port)} → ${inside}`);

export const defaultBridge: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const evidence = [saw('NetworkSettings.Networks', api.networks), saw('HostConfig.NetworkMode', api.networkMode)];
  const isDefault =
    api.networks.includes('bridge') || (api.networks.length === 0 && /^(?:default|bridge)$/.test(api.networkMode));
  return isDefault
    ? warn('everything on the default bridge reaches it', ...evidence)
    : pass('it is on another', ...evidence);
};

export const portAddress: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const open = api.ports.filter(({ address }) => address === '' || address === '0.0.0.0' || address === '::');
  return open.length > 0
    ? fail('every interface of the node serves it', saw('NetworkSettings.Ports', shown(open)))
    : pass(api.ports.length === 0 ? 'none is published' : 'they are', saw('NetworkSettings.Ports', shown(api.ports)));
};

export const privilegedPorts: ContainerCheck = ({ api }) => {
  if (api === undefined) return engineSilent;
  const low = api.ports.filter(({ port }) => port > 0 && port < 1024);
  return low.length > 0
    ? fail('some are', saw('NetworkSettings.Ports', shown(low)))
    : pass('none is', saw('NetworkSettings.Ports', shown(api.ports)));
};

export const portsNeeded: ContainerCheck = ({ api, kernel }) => {
  if (api === undefined) return engineSilent;
  if (api.ports.length === 0) return pass('none is published', saw('NetworkSettings.Ports', []));
  if (kernel?.listening === undefined) return unknown('what it listens on could not be read');
  const idle = api.ports.filter(({ inside }) => kernel.listening?.includes(inside) !== true);
  const evidence = [saw('NetworkSettings.Ports', shown(api.ports)), saw('/proc/PID/net', kernel.listening)];
  return idle.length > 0
    ? warn(`nothing listens on ${[...new Set(idle.map(({ inside }) => inside))].join(', ')}`, ...evidence)
    : pass('something listens on each', ...evidence);
};
