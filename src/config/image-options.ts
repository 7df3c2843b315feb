import type { OptionDefinition, Settings } from './settings.ts';
import { parsePaths, parseText } from './values.ts';

type ImageKey = 'vulnerabilityReports' | 'imageSignatures' | 'imageKeys' | 'imageTrustedRoot' | 'imageSigners';

const commands = ['up', 'agent'] as const;

/** The options of the agent that say what vouches for images: a part of the one table in options.ts. */
export const imageOptions: { readonly [K in ImageKey]: OptionDefinition<Settings[K]> } = {
  vulnerabilityReports: {
    name: 'vulnerability-reports',
    env: ['ANCHORWATCH_VULNERABILITY_REPORTS'],
    placeholder: 'DIR',
    fallback: undefined,
    otherwise: 'images count as not scanned for all that is known',
    help: 'Directory with reports about images, *.json or *.yaml: JSON of Trivy or Grype, VulnerabilityReports of trivy-operator. Looked at again every minute.',
    commands,
    parse: parseText,
  },
  imageSignatures: {
    name: 'image-signatures',
    env: ['ANCHORWATCH_IMAGE_SIGNATURES'],
    placeholder: 'DIR',
    fallback: undefined,
    otherwise: 'signatures of images are not looked at',
    help: 'Directory with bundles of Sigstore about images, *.sigstore.json, verified without network by --image-keys and --image-trusted-root. Looked at again every minute.',
    commands,
    parse: parseText,
  },
  imageKeys: {
    name: 'image-keys',
    env: ['ANCHORWATCH_IMAGE_KEYS'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'none',
    help: 'Public key in PEM (cosign.pub) whose signatures of images count. May be given several times; the environment variable takes several with ":" between them, the file a list.',
    commands,
    parse: parsePaths,
    list: 'paths',
  },
  imageTrustedRoot: {
    name: 'image-trusted-root',
    env: ['ANCHORWATCH_IMAGE_TRUSTED_ROOT'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'certificates do not count',
    help: 'Trusted root of Sigstore (trusted_root.json): authorities of certificates and timestamps, and transparency logs. Certificates count of those alone whom --image-signers names.',
    commands,
    parse: parseText,
  },
  imageSigners: {
    name: 'image-signers',
    env: ['ANCHORWATCH_IMAGE_SIGNERS'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'nobody, so that no certificate counts',
    help: 'YAML file that says who may sign images with a certificate: signers, a list of identity and issuer (docs/images.md).',
    commands,
    parse: parseText,
  },
};
