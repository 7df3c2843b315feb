import type { Engine } from '../containers/engine.ts';
import { trialServices } from '../containers/export-trial.ts';

/** Services under load that operators do things in. */
export interface OperatedServices {
  stop(): void;
}

const everyMs = 200;

/** The container of a service that a case names with `# in:`. */
export function operatedContainer(service: string): string {
  return `case-${service}`;
}

/**
 * Starts services (nginx, redis, postgres, node, python) and asks each for something five times a second. They are learned as they serve: what a case does in them is
 * done in a container whose workload is that service and nothing else.
 * @throws when there is no such service
 */
export async function startOperated(engine: Engine, services: readonly string[]): Promise<OperatedServices> {
  const timers: NodeJS.Timeout[] = [];
  for (const name of services) {
    const service = trialServices[name];
    if (service === undefined) throw new Error(`no service ${name}: ${Object.keys(trialServices).join(' ')}`);
    const base = await engine.debianImage(...service.packages);
    const { file, options = [], command } = service;
    const image = file === undefined ? base : await engine.withFile(base, file.path, file.content);
    const container = operatedContainer(name);
    await engine.cli('run', '-d', '--init', '--name', container, ...options, image, ...command);
    const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container);
    let asked = 0;
    const ask = (): void => {
      service.ask(host, asked++).catch(() => undefined);
    };
    timers.push(setInterval(ask, everyMs));
  }
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
