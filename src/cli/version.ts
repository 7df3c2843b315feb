import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this package, from its package.json. */
export function packageVersion(): string {
  const path = join(import.meta.dirname, '..', '..', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** What `anchorwatch version --json` prints. */
export function versionFacts(): Readonly<Record<'version' | 'node' | 'platform' | 'arch', string>> {
  return { version: packageVersion(), node: process.versions.node, platform: process.platform, arch: process.arch };
}

/** What `anchorwatch version` prints. */
export function versionLine(): string {
  return `anchorwatch ${packageVersion()} (Node ${process.versions.node}, ${process.platform} ${process.arch})`;
}
