import { yamlText } from './document.ts';
import type { ExportInput } from './evidence.ts';
import { fileNameOf, hardeningOf } from './hardening.ts';

/**
 * A fragment of a pod's specification: `securityContext` of the container, and the volumes that a read-only root asks for.
 * @throws AnchorwatchError `export.too-little`
 */
export function podSecurity(input: ExportInput): string {
  const { statement, capabilities, root, user, noNewPrivileges } = hardeningOf(input);
  const name = fileNameOf(input.profile.workload.name);
  const id = /^(\d+)(?::(\d+))?$/u.exec(user ?? '');
  const mounts = root.readOnly
    ? [...root.tmpfs.map((path) => ({ path, medium: true })), ...root.volumes.map((path) => ({ path, medium: false }))]
    : [];
  const volumeName = (path: string): string =>
    fileNameOf(path.slice(1)).toLowerCase().replaceAll('.', '-').slice(0, 63);
  return yamlText('Security context for a pod', statement, {
    containers: [
      {
        name: name.split('-').at(-1) ?? name,
        securityContext: {
          ...(user === undefined ? {} : { runAsNonRoot: true }),
          ...(id === null
            ? {}
            : { runAsUser: Number(id[1]), ...(id[2] === undefined ? {} : { runAsGroup: Number(id[2]) }) }),
          allowPrivilegeEscalation: !noNewPrivileges,
          readOnlyRootFilesystem: root.readOnly,
          capabilities: { drop: ['ALL'], ...(capabilities.length > 0 ? { add: capabilities } : {}) },
          seccompProfile: { type: 'Localhost', localhostProfile: `anchorwatch/${name}.json` },
        },
        ...(mounts.length > 0
          ? { volumeMounts: mounts.map(({ path }) => ({ name: volumeName(path), mountPath: path })) }
          : {}),
      },
    ],
    ...(mounts.length > 0
      ? {
          volumes: mounts.map(({ path, medium }) => ({
            name: volumeName(path),
            // Data belongs into a claim; which one is not for us to say.
            ...(medium ? { emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } } : { emptyDir: {} }),
          })),
        }
      : {}),
  });
}
