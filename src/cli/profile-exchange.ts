import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { ask, collectorAddress } from './collector-client.ts';
import { type CommandDefinition, exitStatus } from './command.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal } from './terminal.ts';

/** A profile in a file, as far as the command line looks into it; the collector checks it. */
interface Document {
  readonly profile: {
    readonly workload: { readonly id: string; readonly name: string };
    readonly nodes: number;
    readonly features: readonly unknown[];
  };
}

interface Imported {
  readonly workload: string;
  readonly name: string;
  readonly features: number;
}

const workloadPath = (workload: string): string => `/api/v1/workloads/${encodeURIComponent(workload)}`;

/** `anchorwatch profile export` */
export const profileExport: CommandDefinition = {
  options: 'profile',
  usage: 'export <format> <workload>',
  summary: 'what all nodes learned of a workload, for a file',
  description:
    'Prints the sum of what all nodes learned of a workload. Format json: a profile that "anchorwatch profile import" takes; the other formats ' +
    '(seccomp, networkpolicy, apparmor) are not available yet.',
  flags: [['--out <FILE>', 'write to a file instead']],
  examples: ['anchorwatch profile export json shop/web --out web.json'],
  run: async (invocation, format = '', workload = '') => {
    const { own, surroundings } = invocation;
    const { terminal, stop } = surroundings;
    const path = `${workloadPath(workload)}/export/${encodeURIComponent(format)}`;
    const document = await ask<Document>(collectorAddress(invocation), path, stop);
    const text = JSON.stringify(document, undefined, 2);
    if (typeof own['out'] !== 'string') {
      terminal.out(text);
      return exitStatus.done;
    }
    try {
      writeFileSync(own['out'], `${text}\n`);
    } catch (error) {
      throw new AnchorwatchError('profile.file', `${own['out']} cannot be written: ${errorText(error)}`, {
        cause: error,
      });
    }
    const { nodes, features } = document.profile;
    terminal.out(`${String(features.length)} features from ${String(nodes)} ${nodes === 1 ? 'node' : 'nodes'}`);
    return exitStatus.done;
  },
};

/** `anchorwatch profile import` */
export const profileImport: CommandDefinition = {
  options: 'profile',
  usage: 'import <file>',
  summary: 'what was learned elsewhere counts here too',
  description:
    'A profile that "anchorwatch profile export json" wrote counts from now on as if a node had contributed it: nodes that know little of the ' +
    'workload weigh it beside what they learn. The same file, or another under the same name, replaces it.',
  flags: [
    ['--workload <NAME>', 'for this workload (name or id) instead of the one in the file'],
    ['--name <NAME>', 'what the import is called (default: the name of the file)'],
    ['--remove', 'forget what was imported under this name'],
  ],
  examples: ['anchorwatch profile import web.json', 'anchorwatch profile import web.json --remove'],
  run: async (invocation, file = '') => {
    const { own, surroundings } = invocation;
    const { terminal, stop } = surroundings;
    const address = collectorAddress(invocation);
    const document = documentOf(file);
    const given = typeof own['workload'] === 'string' ? own['workload'] : undefined;
    const name = typeof own['name'] === 'string' ? own['name'] : basename(file).replace(/\.json$/, '');
    const query = `import?name=${encodeURIComponent(name)}`;
    if (own['remove'] === true) {
      const id = given === undefined ? document.profile.workload.id : await idOf(address, given, stop);
      const removed = await ask<Imported>(address, `${workloadPath(id)}/${query}`, stop, undefined, 'DELETE');
      terminal.out(escapeForTerminal(`what was imported as ${removed.name} is forgotten`));
      return exitStatus.done;
    }
    const target = given ?? document.profile.workload.id;
    const imported = await ask<Imported>(address, `${workloadPath(target)}/${query}`, stop, document);
    terminal.out(
      escapeForTerminal(
        `${String(imported.features)} features are imported as ${imported.name} for ${given ?? document.profile.workload.name}`,
      ),
    );
    return exitStatus.done;
  },
};

async function idOf(address: Peer, workload: string, stop: AbortSignal): Promise<string> {
  return (await ask<{ readonly id: string }>(address, workloadPath(workload), stop)).id;
}

/** Throws AnchorwatchError `profile.file` when the file cannot be read, is not JSON (with the line) or says nothing of a workload. */
function documentOf(file: string): Document {
  let document: Partial<Document> | null;
  try {
    document = JSON.parse(readFileSync(file, 'utf8')) as Partial<Document> | null;
  } catch (error) {
    throw new AnchorwatchError('profile.file', `${file} cannot be read: ${errorText(error)}`, { cause: error });
  }
  const workload: { id?: unknown; name?: unknown } | undefined = document?.profile?.workload;
  if (typeof workload?.id !== 'string' || typeof workload.name !== 'string')
    throw new AnchorwatchError('profile.file', `${file}: profile.workload: the workload's id and name are missing`);
  return document as Document;
}
