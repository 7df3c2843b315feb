import { startEngine } from './engine.ts';
import { Posture } from '../../src/posture/posture.ts';
import { Containers } from '../../src/identity/containers.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';

const engine = await startEngine();
try {
  const image = await engine.busyboxImage();
  const log = createLogger({ level: 'debug' });
  const posture: Posture = new Posture({
    source: { ask: (p, t) => containers.ask(p, t), watches: (c) => c.cgroupId !== undefined },
    listener: { changed: (v) => console.log(JSON.stringify(v, null, 1)), gone: (id) => console.log('gone', id), appeared: (c, o) => console.log('APPEARED', c.name, JSON.stringify(o)) },
    engine: engine.host, clock: systemClock, log, lookMs: 2000,
  });
  const containers: Containers = new Containers({ dockerHost: engine.host, log, clock: systemClock, listener: {
    started: (c) => posture.started(c), stopped: (c) => posture.stopped(c.id), updated: (c) => posture.changed(c), lifecycle: () => undefined,
    reconfigured: (c) => posture.changed(c), executed: (c, e) => void posture.executed(c.id, e),
  } });
  await containers.start();
  const timer = setInterval(() => posture.tick(), 500);
  await engine.cli('run', '-d', '--name', 'plain', image, 'sleep', '600');
  await new Promise((r) => setTimeout(r, 5000));
  await engine.cli('run', '-d', '--name', 'good', '--read-only', '--user', '33', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--memory', '64m', '--cpus', '0.5', '--pids-limit', '50', '--ulimit', 'nofile=100:100', '-e', 'DB_PASSWORD=hunter2hunter2', image, 'sleep', '600');
  await new Promise((r) => setTimeout(r, 5000));
  await engine.cli('exec', '--user', '0', 'good', 'true');
  await new Promise((r) => setTimeout(r, 1000));
  await engine.cli('update', '--memory', '900m', '--memory-swap','-1', '--pids-limit', '-1', 'good');
  await new Promise((r) => setTimeout(r, 4000));
  console.log(posture.counters);
  clearInterval(timer); posture.stop(); containers.stop();
} finally { await engine.stop(); }
