import { yamlText } from './document.ts';
import { statementLines } from './evidence.ts';
import type { ExportInput } from './evidence.ts';
import { fileNameOf, hardeningOf } from './hardening.ts';

/** A service of a Compose file. @throws AnchorwatchError `export.too-little` */
export function composeService(input: ExportInput): string {
  const { statement, capabilities, root, user, noNewPrivileges } = hardeningOf(input);
  const name = fileNameOf(input.profile.workload.name);
  const service = name.split('-').at(-1) ?? name;
  const volumes = root.readOnly ? root.volumes : [];
  const volumeName = (path: string): string => fileNameOf(path.slice(1));
  return yamlText('Compose service', statement, {
    services: {
      [service]: {
        ...(user === undefined ? {} : { user }),
        cap_drop: ['ALL'],
        ...(capabilities.length > 0 ? { cap_add: capabilities } : {}),
        security_opt: [...(noNewPrivileges ? ['no-new-privileges:true'] : []), `seccomp=./${name}.seccomp.json`],
        ...(root.readOnly ? { read_only: true } : {}),
        ...(root.readOnly && root.tmpfs.length > 0 ? { tmpfs: root.tmpfs.map(tmpfsOf) } : {}),
        ...(volumes.length > 0 ? { volumes: volumes.map((path) => `${volumeName(path)}:${path}`) } : {}),
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
export function engineFlags(input: ExportInput, seccompFile: string): readonly string[] {
  const { capabilities, root, user, noNewPrivileges } = hardeningOf(input);
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
          ...root.tmpfs.map((path) => `--tmpfs=${quoted(tmpfsOf(path))}`),
          ...root.volumes.map((path) => `--volume=${quoted(path)}`),
        ]
      : []),
  ];
}

/** As /tmp has it: without a mode it has that of the image's directory and belongs to root, and whoever the directory was made for is shut out. */
const tmpfsOf = (path: string): string => `${path}:mode=1777`;
