import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Another monitor of containers, or a tracer, that is measured beside the agent where it is installed. */
export interface Monitor {
  /** Program, found on the PATH. */
  readonly name: string;
  /** Arguments that make it watch what the agent watches, as far as it can, by its defaults. */
  readonly args: readonly string[];
}

/** A monitor that runs. */
export interface RunningMonitor {
  readonly pid: number;
  stop(): Promise<void>;
}

/** bpftrace is no monitor, but shows what it costs to hand every event to user space: its lines go to /dev/null. */
const everyEvent = `tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args->filename)); }
tracepoint:syscalls:sys_enter_execve { printf("%s %s\\n", comm, str(args->filename)); }
tracepoint:syscalls:sys_enter_connect { printf("%s %d\\n", comm, args->fd); }`;

/** By their own documentation: the engine that runs without a kernel module, and the rules that they ship. */
const monitors: readonly Monitor[] = [
  { name: 'falco', args: ['-o', 'engine.kind=modern_ebpf', '-o', 'json_output=true'] },
  { name: 'tetragon', args: ['--export-filename', '/dev/null'] },
  { name: 'tracee', args: ['--output', 'none'] },
  { name: 'bpftrace', args: ['-e', everyEvent] },
];

/** How long one may take until it watches: none of them says so in the same way. */
const startMs = 8_000;
const stopMs = 20_000;

/** The monitors that are installed here. */
export function installedMonitors(path: string = process.env['PATH'] ?? ''): readonly Monitor[] {
  return monitors.filter(({ name }) =>
    path.split(delimiter).some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

/** Starts one and gives it time to watch. @throws when it ends before */
export async function startMonitor({ name, args }: Monitor): Promise<RunningMonitor> {
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2_000)));
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => {
      done(error.message);
    });
    child.once('exit', (status, signal) => {
      done(`ended with ${status ?? signal ?? 'nothing'}`);
    });
  });
  const early = await Promise.race([
    ended,
    new Promise<undefined>((done) => void setTimeout(() => done(undefined), startMs)),
  ]);
  if (early !== undefined || child.pid === undefined) throw new Error(`${name}: ${early ?? 'no process'}: ${said}`);
  return {
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
