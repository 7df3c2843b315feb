import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { unifiedMount } from '../../src/identity/cgroup.ts';
import { waitFor } from '../support/wait.ts';

/** A cgroup that is named like a container, with a shell that runs what it is told in it. */
export interface FakeContainer {
  readonly cgroupId: string;
  readonly path: string;
  /** Runs shell text in the container; answers its output. The shell is one process for all calls. */
  run(text: string): Promise<string>;
  readonly shellPid: number;
  stop(): Promise<void>;
}

/** Where the cgroup v2 tree is mounted. */
export const cgroupMount: string = unifiedMount(readFileSync('/proc/self/mountinfo', 'latin1')) ?? '/sys/fs/cgroup';

/** Makes a cgroup of the given name (default: 64 hex digits) and starts a shell in it. */
export async function makeContainer(name: string = randomBytes(32).toString('hex')): Promise<FakeContainer> {
  const parent = `${cgroupMount}/anchorwatch-test`;
  mkdirSync(parent, { recursive: true });
  const directory = `${parent}/${name}`;
  mkdirSync(directory);
  const cgroupId = statSync(directory, { bigint: true }).ino.toString();
  // Moved in from outside, as a container runtime does; from its next execution on it is the container's.
  const shell: ChildProcess = spawn('/bin/sh', ['-c', 'read go; exec /bin/bash'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: '/',
  });
  const pid = shell.pid ?? 0;
  writeFileSync(`${directory}/cgroup.procs`, String(pid));
  let output = '';
  shell.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  shell.stdin?.write('go\n');
  let calls = 0;
  return {
    cgroupId,
    path: `/anchorwatch-test/${name}`,
    shellPid: pid,
    async run(text) {
      const mark = `end-${++calls}-mark`;
      output = '';
      shell.stdin?.write(`${text}\necho ${mark}\n`);
      await waitFor(`the shell to run ${text.slice(0, 60)}`, () => output.includes(mark), 60_000);
      return output.slice(0, output.indexOf(mark));
    },
    async stop() {
      shell.kill('SIGKILL');
      await waitFor('the cgroup to be empty', () => {
        try {
          rmdirSync(directory);
          return true;
        } catch {
          return false;
        }
      });
    },
  };
}
