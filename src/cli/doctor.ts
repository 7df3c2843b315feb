import { hostname } from 'node:os';
import { type CommandDefinition, exitStatus } from './command.ts';
import { lossLines, runningLosses } from './running-losses.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';

/** `anchorwatch doctor` */
export const doctor: CommandDefinition = {
  options: 'doctor',
  usage: 'doctor',
  summary: 'kernel, privileges, engine, hooks: what works here and what will not be seen',
  description:
    'Tries what the agent needs on this machine, without changing anything: kernel, privileges, libraries, container engine, and each hook ' +
    'of the sensor. Says what to do about what is missing, and what would not be seen; of an agent that runs here already, what it lost so far. Ends with status 1 when the agent could not run.',
  flags: [['--json', 'one JSON object']],
  examples: ['sudo anchorwatch doctor', 'anchorwatch doctor --docker-host unix:///run/podman/podman.sock'],
  run: async (invocation) => {
    const { settings, own, surroundings } = invocation;
    const { diagnose } = await import('../agent/diagnosis.ts');
    const { terminal } = surroundings;
    const diagnosis = await diagnose({
      dockerHost: settings.dockerHost,
      kubeconfig: settings.kubeconfig,
      kubernetesPeers: settings.kubernetesPeers,
      nodeName: settings.nodeName ?? hostname(),
      sensor: settings.sensor,
    });
    const losses = await runningLosses(invocation);
    const failed = diagnosis.checks.filter(({ ok, needed }) => !ok && needed);
    if (own['json'] === true) {
      terminal.out(jsonLine({ ...diagnosis, ...(losses === undefined ? {} : { losses }) }));
      return failed.length === 0 ? exitStatus.done : exitStatus.failed;
    }
    const say = (line: string): void => terminal.out(escapeForTerminal(line));
    const width = Math.max(
      0,
      ...[...diagnosis.checks.map(({ name }) => name), ...diagnosis.hooks.map(({ hook }) => hook)].map(
        (name) => name.length,
      ),
    );
    say(`Kernel ${diagnosis.kernel}`);
    say('');
    for (const { name, ok, detail, remedy } of diagnosis.checks) {
      say(`  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${detail}`);
      if (!ok && remedy !== '') say(`        ${' '.repeat(width)}  remedy: ${remedy}`);
    }
    say('');
    say('Hooks of the sensor');
    for (const { hook, state, reason, unseen } of diagnosis.hooks) {
      const works = state === 'attached';
      say(`  ${works ? 'ok  ' : 'FAIL'}  ${hook.padEnd(width)}  ${works ? 'works' : `${state}: ${reason}`}`);
      if (!works) say(`        ${' '.repeat(width)}  not seen: ${unseen}`);
    }
    if (!diagnosis.polled) {
      say('');
      say('Seen only when asked for, at a cost to the whole node (docs/sensor.md)');
      say('  --syscalls all   system calls that are not rare, and 32-bit ones of 64-bit programs');
      say('  --sockets made   sockets of odd families that are never bound, or are refused');
    }
    if (losses !== undefined) {
      say('');
      say('Lost since the start of the agents that run here');
      for (const line of lossLines(losses)) say(line);
    }
    const missing = diagnosis.hooks.filter(({ state }) => state !== 'attached').length;
    say('');
    if (failed.length > 0) say(`The agent cannot run here: ${failed.map(({ name }) => name).join(', ')}.`);
    else if (diagnosis.polled)
      say(
        'The agent runs here without the kernel sensor: /proc is polled about once a second. What is not seen, see above.',
      );
    else if (missing > 0)
      say(`The agent runs here; ${String(missing)} of ${String(diagnosis.hooks.length)} hooks do not work, see above.`);
    else say('The agent runs here, and every hook works.');
    return failed.length === 0 ? exitStatus.done : exitStatus.failed;
  },
};
