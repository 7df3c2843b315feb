import { expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import type { Event } from '../../src/model/event.ts';
import { type Libbpf, openLibbpf } from '../../src/sensor/libbpf.ts';
import { loadPrograms } from '../../src/sensor/programs.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { kernelMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { makeContainer } from './cgroup.ts';

/** A kernel that has no place of this name for a program: its section is renamed in the object before that is loaded. */
function without(place: string): Libbpf {
  const libbpf = openLibbpf();
  const renamed = `${place.slice(0, -1)}#`;
  const openMemory = (bytes: Uint8Array): ReturnType<Libbpf['openMemory']> =>
    libbpf.openMemory(
      Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(`${place}\0`, `${renamed}\0`), 'latin1'),
    );
  return new Proxy(libbpf, {
    get: (target, name) => (name === 'openMemory' ? openMemory : Reflect.get(target, name, target)),
  });
}

/** Places of hooks, as the object has them, and what of the trial below is not told without each. */
const places: Readonly<Record<string, readonly string[]>> = {
  'tp_btf/sched_process_fork': [],
  'tp_btf/sched_process_exec': ['exec'],
  'tp_btf/sched_process_exit': ['exit'],
  'tp_btf/io_uring_complete': [],
  'tracepoint/syscalls/sys_exit_listen': [],
  'tracepoint/syscalls/sys_exit_bind': [],
  'tp_btf/inet_sock_set_state': [],
  'cgroup/connect4': [],
  'cgroup/connect6': [],
  'cgroup/sendmsg4': [],
  'cgroup/sendmsg6': [],
  'tracepoint/syscalls/sys_exit_mmap': [],
  'tp_btf/signal_generate': [],
  'tp_btf/cap_capable': [],
  'tp_btf/io_uring_submit_req': [],
  'tp_btf/cgroup_mkdir': ['made'],
  'tp_btf/cgroup_rmdir': [],
  'tp_btf/cgroup_attach_task': [],
  'cgroup_skb/egress': [],
  'cgroup_skb/ingress': [],
};
const all = process.env['ANCHORWATCH_TEST_EVERY_HOOK'] !== undefined;
/** One that has no place, and one that is refused when it is attached; all of them take minutes. */
const chosen = ['tp_btf/sched_process_exec', 'tracepoint/syscalls/sys_exit_bind'];

for (const [place, lacking] of Object.entries(places).filter(([name]) => all || chosen.includes(name)))
  test(`without ${place} the rest works, and it is said what is not seen`, { timeout: 120_000 }, async (context) => {
    const missing = kernelMissing();
    if (missing !== undefined) context.skip(missing);
    const told: Event[] = [];
    const made: string[] = [];
    const libbpf = without(place);
    const programs = loadPrograms(libbpf, {}, new Set(['on_any_call', 'on_compat_open']));
    const sensor = new Sensor({
      log: createLogger({ level: 'silent' }),
      loaded: { libbpf, programs },
      listener: {
        event: (event) => void told.push(event),
        cgroupMade: (id) => void made.push(id),
        cgroupRemoved: () => undefined,
      },
    });
    await sensor.start();
    const container = await makeContainer();
    try {
      const gone = sensor.hooks.filter(({ state }) => state !== 'attached');
      expect(gone.map(({ hook }) => hook)).toContain(`${place.slice(0, -1)}#`);
      for (const { unseen, reason } of gone) expect([unseen, reason].every((text) => text.length > 5)).toBe(true);
      sensor.watch({ cgroupId: container.cgroupId, workloadId: 'trial', sample: 1, stratum: 'steady' });
      await container.run(
        `perl -MSocket -e 'open(F, "<", "/etc/hostname"); socket(S, AF_INET, SOCK_STREAM, 0); connect(S, sockaddr_in(9, INADDR_LOOPBACK))'; /bin/true`,
      );
      await waitFor('the file', () => told.some((event) => event.kind === 'file' && event.path === '/etc/hostname'));
      if (!lacking.includes('exec'))
        await waitFor('the program', () => told.some((event) => event.kind === 'exec' && event.path.endsWith('/true')));
      await waitFor('the connection', () => told.some((event) => event.kind === 'connect' && event.port === 9));
      if (!lacking.includes('made')) expect(made).toContain(container.cgroupId);
    } finally {
      await container.stop();
      await sensor.stop();
    }
  });
