/** What a profile can be exported as, besides the profile itself (`json`): by name, what it is. The only list; routes, commands and the writers go by it. */
export const exportFormatAbout = {
  seccomp: 'seccomp profile (OCI)',
  apparmor: 'AppArmor profile',
  networkpolicy: 'Kubernetes NetworkPolicy',
  securitycontext: 'fragment of a pod: securityContext and volumes',
  compose: 'service of a Compose file',
  docker: 'flags of docker run',
  capabilities: 'capabilities to drop and to add',
} as const;
export type ExportFormatName = keyof typeof exportFormatAbout;
export const exportFormatNames: readonly ExportFormatName[] = Object.keys(exportFormatAbout) as ExportFormatName[];

/** Whether there is an export of this name. Pure. */
export function isExportFormat(name: string): name is ExportFormatName {
  return Object.hasOwn(exportFormatAbout, name);
}
