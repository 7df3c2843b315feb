import { appArmorProfile } from './apparmor.ts';
import { capabilityList } from './capabilities.ts';
import { composeService, dockerFlags } from './engine-options.ts';
import type { ExportInput } from './evidence.ts';
import { networkPolicy } from './network-policy.ts';
import { podSecurity } from './pod-security.ts';
import { seccompProfile } from './seccomp.ts';

/** One way to write down what a profile allows. */
export interface ExportFormat {
  readonly contentType: string;
  readonly about: string;
  /** @throws AnchorwatchError `export.too-little` */
  readonly write: (input: ExportInput) => string;
}

const [json, yaml, text] = ['application/json', 'application/yaml', 'text/plain; charset=utf-8'] as const;
const jsonText = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;

/** What a profile can be exported as, besides the profile itself (`json`). */
export const exportFormatNames = [
  'seccomp',
  'apparmor',
  'networkpolicy',
  'securitycontext',
  'compose',
  'docker',
  'capabilities',
] as const;
export type ExportFormatName = (typeof exportFormatNames)[number];

export const exportFormats: Readonly<Record<ExportFormatName, ExportFormat>> = {
  seccomp: {
    contentType: json,
    about: 'seccomp profile (OCI)',
    write: (input) => jsonText(seccompProfile(input)),
  },
  apparmor: { contentType: text, about: 'AppArmor profile', write: appArmorProfile },
  networkpolicy: { contentType: yaml, about: 'Kubernetes NetworkPolicy', write: networkPolicy },
  securitycontext: { contentType: yaml, about: 'fragment of a pod: securityContext and volumes', write: podSecurity },
  compose: { contentType: yaml, about: 'service of a Compose file', write: composeService },
  docker: { contentType: text, about: 'flags of docker run', write: dockerFlags },
  capabilities: {
    contentType: json,
    about: 'capabilities to drop and to add',
    write: (input) => jsonText(capabilityList(input)),
  },
};

export function isExportFormat(name: string): name is ExportFormatName {
  return exportFormatNames.some((one) => one === name);
}
