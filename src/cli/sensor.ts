import type { SensorLoading } from '../agent/sensor-loading.ts';
import type { Cleanups } from '../lib/lifecycle.ts';
import type { Invocation } from './command.ts';

/**
 * Begins to load the sensor into the kernel, in another thread: the verifier takes half of the time of a start, and the rest of the product is read
 * meanwhile. What comes of it is the agent's; what nobody takes is closed by `cleanups`.
 */
export async function loadSensor(
  { sensor, sockets, syscalls }: Invocation['settings'],
  cleanups: Cleanups,
): Promise<{ readonly sensorLoading?: SensorLoading }> {
  if (sensor === 'procfs') return {};
  const { SensorLoading: Loading } = await import('../agent/sensor-loading.ts');
  const sensorLoading = new Loading({ allSyscalls: syscalls === 'all', everySocket: sockets === 'made' });
  cleanups.defer('sensor that was not started', () => sensorLoading.close());
  return { sensorLoading };
}
