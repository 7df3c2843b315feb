import type { ExportFormatName } from '../../model/export-format.ts';
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
  /** @throws AnchorwatchError `export.too-little` */
  readonly write: (input: ExportInput) => string;
}

const [json, yaml, text] = ['application/json', 'application/yaml', 'text/plain; charset=utf-8'] as const;
const jsonText = (document: object): string => `${JSON.stringify(document, undefined, 2)}\n`;

/** How each format is written. */
export const exportFormats: Readonly<Record<ExportFormatName, ExportFormat>> = {
  seccomp: {
    contentType: json,
    write: (input) => jsonText(seccompProfile(input)),
  },
  apparmor: { contentType: text, write: appArmorProfile },
  networkpolicy: { contentType: yaml, write: networkPolicy },
  securitycontext: { contentType: yaml, write: podSecurity },
  compose: { contentType: yaml, write: composeService },
  docker: { contentType: text, write: dockerFlags },
  capabilities: {
    contentType: json,
    write: (input) => jsonText(capabilityList(input)),
  },
};
