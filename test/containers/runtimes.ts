import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capabilities } from '../../src/model/call.ts';

const runc = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v runc'], { encoding: 'utf8' }).stdout.trim();

/** Gives more than the engine asks for, as one that was tampered with would: engine and kernel then differ in everything that is compared. */
const lax = `
  own.user = { uid: 0, gid: 0 };
  own.noNewPrivileges = false;
  for (const set of ['bounding', 'effective', 'permitted'])
    own.capabilities = { ...own.capabilities, [set]: [...(own.capabilities?.[set] ?? []), 'CAP_SYS_CHROOT', 'CAP_CHOWN'] };
  delete linux.seccomp;
  spec.root.readonly = false;
  linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'uts');
  delete spec.hostname;
  spec.mounts.push({ destination: '/host-etc', type: 'bind', source: '/etc', options: ['rbind', 'ro'] });
  for (const controller of ['memory', 'pids', 'cpu']) delete linux.resources[controller];`;
/** Leaves out the capabilities that the machine does not have: else it refuses a privileged container. */
const bounded = `
  const mask = BigInt('0x' + /CapBnd:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  const names = ${JSON.stringify(capabilities.map((name) => `CAP_${name.toUpperCase()}`))};
  for (const [set, held] of Object.entries(own.capabilities ?? {}))
    own.capabilities[set] = held.filter((name) => (mask >> BigInt(names.indexOf(name))) & 1n);`;
const edits: Readonly<Record<'lax' | 'bounded', string>> = { lax, bounded };

/** A runtime that changes what the engine asks runc for. @returns Its file, for `dockerd --add-runtime NAME=FILE` */
export function makeRuntime(directory: string, kind: keyof typeof edits): string {
  const file = join(directory, `${kind}-runtime`);
  writeFileSync(
    file,
    `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const args = process.argv.slice(2);
if (args.includes('create') && args.includes('--bundle')) {
  const file = args[args.indexOf('--bundle') + 1] + '/config.json';
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  const { process: own, linux } = spec;
${edits[kind]}
  writeFileSync(file, JSON.stringify(spec));
}
const { status } = spawnSync(${JSON.stringify(runc)}, args, { stdio: 'inherit' });
process.exit(status ?? 1);
`,
  );
  chmodSync(file, 0o755);
  return file;
}
