import { yamlText } from './document.ts';
import { statementLines } from './evidence.ts';
import type { ExportInput } from './evidence.ts';
import { isOtherUser } from './capabilities.ts';
import { changesUser, fileNameOf, hardeningOf } from './hardening.ts';
import type { Hardening } from './hardening.ts';

/** A service of a Compose file. @throws AnchorwatchError `export.too-little` */
export function composeService(input: ExportInput): string {
  const hardening = hardeningOf(input);
  const { statement, capabilities, root, user, noNewPrivileges } = hardening;
  const temporary = temporaryOf(input, hardening);
  const name = fileNameOf(input.profile.workload.name);
  const service = name.split('-').at(-1) ?? name;
  const volumes = root.readOnly ? root.volumes : [];
  const volumeName = (path: string): string => fileNameOf(path.slice(1));
  const mounts = root.readOnly ? [...temporary.volumes, ...volumes.map((path) => `${volumeName(path)}:${path}`)] : [];
  return yamlText('Compose service', statement, {
    services: {
      [service]: {
        ...(user === undefined ? {} : { user }),
        cap_drop: ['ALL'],
        ...(capabilities.length > 0 ? { cap_add: capabilities } : {}),
        security_opt: [...(noNewPrivileges ? ['no-new-privileges:true'] : []), `seccomp=./${name}.seccomp.json`],
        ...(root.readOnly ? { read_only: true } : {}),
        ...(root.readOnly && temporary.tmpfs.length > 0 ? { tmpfs: temporary.tmpfs } : {}),
        ...(mounts.length > 0 ? { volumes: mounts } : {}),
      },
    },
    ...(volumes.length > 0 ? { volumes: Object.fromEntries(volumes.map((path) => [volumeName(path), {}])) } : {}),
  });
}

/** Flags of `docker run`, one a line. @throws AnchorwatchError `export.too-little` */
export function dockerFlags(input: ExportInput): string {
  const { statement } = hardeningOf(input);
  const comment = statementLines('Flags for docker run', statement).map((line) => `# ${line}`);
  const name = fileNameOf(input.profile.workload.name);
  return `${[...comment, ...engineFlags(input, `${name}.seccomp.json`)].join('\n')}\n`;
}

/** The flags alone. @param seccompFile where the seccomp profile lies. @throws AnchorwatchError `export.too-little` */
function engineFlags(input: ExportInput, seccompFile: string): readonly string[] {
  const hardening = hardeningOf(input);
  const { capabilities, root, user, noNewPrivileges } = hardening;
  const temporary = temporaryOf(input, hardening);
  const quoted = (text: string): string =>
    /^[\w./:=-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return [
    ...(user === undefined ? [] : [`--user=${quoted(user)}`]),
    '--cap-drop=ALL',
    ...capabilities.map((one) => `--cap-add=${one}`),
    ...(noNewPrivileges ? ['--security-opt=no-new-privileges'] : []),
    `--security-opt=seccomp=${quoted(seccompFile)}`,
    ...(root.readOnly
      ? [
          '--read-only',
          ...temporary.tmpfs.map((path) => `--tmpfs=${quoted(path)}`),
          ...[...temporary.volumes, ...root.volumes].map((path) => `--volume=${quoted(path)}`),
        ]
      : []),
  ];
}

/** Of the temporary directories, those that an engine makes as they have to be: it gives a tmpfs the mode of the image's directory, and to root. */
function temporaryOf(
  input: ExportInput,
  { root }: Hardening,
): { readonly tmpfs: readonly string[]; readonly volumes: readonly string[] } {
  const isRoot = input.facts?.user !== undefined && !isOtherUser(input.facts) && !changesUser(input.profile);
  const isOpen = (path: string): boolean => isRoot || path === '/tmp' || path === '/var/tmp';
  return { tmpfs: root.tmpfs.filter(isOpen), volumes: root.tmpfs.filter((path) => !isOpen(path)) };
}
