import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { basename } from 'node:path';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Advice } from '../model/advice.ts';
import { exportFormatAbout, exportFormatNames, isExportFormat } from '../model/export-format.ts';
import { stateCandidates } from '../config/state-directory.ts';
import type { factsOfText } from '../collector/profile-exports.ts';
import { ask, collectorAddress, download } from './collector-client.ts';
import { type CommandDefinition, exitStatus, type Invocation } from './command.ts';
import type { Peer } from './peer.ts';
import { escapeForTerminal, jsonLine } from './terminal.ts';

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

const inspectFlag = [
  '--inspect <FILE>',
  'how a container of the workload is made, in place of what the nodes have told: what "docker inspect CONTAINER" prints; - for standard input',
] as const;

type ContainerFacts = ReturnType<typeof factsOfText>;

/** `anchorwatch profile export` */
export const profileExport: CommandDefinition = {
  options: 'profile',
  usage: 'export <format> <workload>',
  summary: 'what all nodes learned of a workload, for a file or a kernel',
  description:
    'Prints the sum of what all nodes learned of a workload (json, which "anchorwatch profile import" takes), or what follows from it: ' +
    `${Object.entries(exportFormatAbout)
      .map(([name, about]) => `${name} (${about})`)
      .join(', ')}. ` +
    'Each of these says what it rests on; where too little is known it is refused, unless --force. What raised an alert that nobody accepted is never ' +
    'allowed. With --offline no collector is asked: what one keeps in DIR is read, else what an agent learned.',
  flags: [
    ['--out <FILE>', 'write to a file instead'],
    ['--force', 'also where too little is known'],
    ['--json', 'in one line: the profile, or {"format", "workload", "text"}'],
    inspectFlag,
    ['--offline', 'read DIR itself (--state), no collector needs to run'],
  ],
  examples: [
    'anchorwatch profile export json shop/web --out web.json',
    'anchorwatch profile export json shop/web --offline --state ./state --out web.json',
    'anchorwatch profile export seccomp shop/web --out web.seccomp.json',
    'docker inspect web > web.inspect; anchorwatch profile export compose shop/web --inspect web.inspect',
  ],
  run: async (invocation, format = '', workload = '') => {
    const { own, surroundings } = invocation;
    const { terminal } = surroundings;
    if (format !== 'json' && !isExportFormat(format))
      throw new AnchorwatchError(
        'bad-option',
        `there is no format ${format}, but json, ${exportFormatNames.join(', ')}`,
      );
    const document = await learnedOf(invocation, workload);
    const { nodes, features } = document.profile;
    const text =
      format === 'json'
        ? JSON.stringify(document, undefined, 2)
        : await writtenAs(invocation, format, workload, document).then((made) => made.trimEnd());
    if (own['json'] === true) {
      terminal.out(jsonLine(format === 'json' ? document : { format, workload: document.profile.workload.name, text }));
      if (typeof own['out'] !== 'string') return exitStatus.done;
    } else if (typeof own['out'] !== 'string') {
      // Texts of a workload's choosing are made harmless where they are written; JSON escapes by itself.
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
    if (own['json'] !== true)
      terminal.out(`${String(features.length)} features from ${String(nodes)} ${nodes === 1 ? 'node' : 'nodes'}`);
    return exitStatus.done;
  },
};

/** `anchorwatch profile advice` */
export const profileAdvice: CommandDefinition = {
  options: 'profile',
  usage: 'advice <workload>',
  summary: 'rights of its containers that a workload never used',
  description:
    'Compares how a container is made with what its workload was seen to do: capabilities, root file system, user, ports, programs, network. Each piece of ' +
    'advice says on how many samples and which coverage it rests; where too little was seen, or no agent has told how its containers are made ' +
    '(--inspect tells instead), the outcome is unknown.',
  flags: [inspectFlag, ['--json', 'JSON lines'], ['--offline', 'read DIR itself (--state), no collector needs to run']],
  examples: ['docker inspect web > web.inspect; anchorwatch profile advice shop/web --inspect web.inspect'],
  run: async (invocation, workload = '') => {
    const { own, surroundings } = invocation;
    const { terminal } = surroundings;
    for (const advice of await adviceFor(invocation, workload)) {
      if (own['json'] === true) {
        terminal.out(jsonLine(advice));
        continue;
      }
      const { outcome, subject, title, note, evidence, samples, coverage, format } = advice;
      const word = (share: number | null): string => (share === null ? 'never' : String(share));
      const shares = Object.entries(coverage).map(
        ([of, { startup, steady }]) => `${of} ${word(startup)} at starts, ${word(steady)} at work`,
      );
      const lines = [
        `${outcome.toUpperCase()} ${subject}: ${title}`,
        `  ${note}`,
        ...(evidence.length > 0 ? [`  ${evidence.join(', ')}`] : []),
        `  ${String(samples.startup)} starts, ${String(samples.steady)} samples; coverage: ${shares.join(', ')}`,
        ...(outcome === 'tighten' && format !== undefined
          ? [`  anchorwatch profile export ${format} ${workload}`]
          : []),
      ];
      for (const line of lines) terminal.out(escapeForTerminal(line));
    }
    return exitStatus.done;
  },
};

/** The collector knows how the containers are made; a file knows it better, and is for who has no collector. */
async function adviceFor(invocation: Invocation, workload: string): Promise<readonly Advice[]> {
  const { own, surroundings } = invocation;
  if (own['offline'] !== true && own['inspect'] === undefined) {
    const path = `${workloadPath(workload)}/advice`;
    return (await ask<{ items: readonly Advice[] }>(collectorAddress(invocation), path, surroundings.stop)).items;
  }
  const { profileExports } = await import('../collector/profile-exports.ts');
  const { checkedDocument } = await import('../collector/kept-profiles.ts');
  const { profile } = checkedDocument(await learnedOf(invocation, workload));
  return profileExports.advice(profile, await inspectedFacts(own));
}

/** From a collector, or with --offline from a state directory. */
async function learnedOf(invocation: Invocation, workload: string): Promise<Document> {
  if (invocation.own['offline'] === true) return exportedOffline(invocation, workload);
  return ask<Document>(
    collectorAddress(invocation),
    `${workloadPath(workload)}/export/json`,
    invocation.surroundings.stop,
  );
}

/** By the collector, which knows how the containers are made, or here. @throws AnchorwatchError `export.too-little`, `inspect.file` */
async function writtenAs(
  invocation: Invocation,
  format: string,
  workload: string,
  document: Document,
): Promise<string> {
  const { own, surroundings } = invocation;
  if (own['offline'] !== true && own['inspect'] === undefined) {
    const query = own['force'] === true ? '?force=true' : '';
    const path = `${workloadPath(workload)}/export/${format}${query}`;
    const parts: Uint8Array[] = [];
    for await (const part of await download(collectorAddress(invocation), path, surroundings.stop)) parts.push(part);
    return Buffer.concat(parts).toString();
  }
  const { profileExports } = await import('../collector/profile-exports.ts');
  const { checkedDocument } = await import('../collector/kept-profiles.ts');
  const facts = await inspectedFacts(own);
  const made = profileExports.written(format, checkedDocument(document).profile, {
    force: own['force'] === true,
    ...(facts === undefined ? {} : { facts }),
  });
  return made?.text ?? '';
}

/** What the file of --inspect says; undefined without it. @throws AnchorwatchError `inspect.file` */
async function inspectedFacts(own: Invocation['own']): Promise<ContainerFacts | undefined> {
  const file = own['inspect'];
  if (typeof file !== 'string') return undefined;
  const { factsOfText } = await import('../collector/profile-exports.ts');
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new AnchorwatchError('inspect.file', `${file} cannot be read: ${errorText(error)}`, { cause: error });
  }
  return factsOfText(file, text);
}

/** `anchorwatch profile import` */
export const profileImport: CommandDefinition = {
  options: 'profile',
  usage: 'import <workload-or-file> [file]',
  summary: 'what was learned elsewhere counts here too',
  description:
    'A profile that "anchorwatch profile export json" wrote counts from now on as if a node had contributed it: nodes that know little of the ' +
    'workload weigh it beside what they learn. The same file, or another under the same name, replaces it. A file alone is for the workload ' +
    'that it names; a workload (name or id) takes the file after it, or what stands on standard input (-).',
  flags: [
    ['--workload <NAME>', 'for this workload (name or id) instead of the one in the file'],
    ['--name <NAME>', 'what the import is called (default: the name of the file)'],
    ['--remove', 'forget what was imported under this name'],
    ['--json', 'one JSON object'],
    ['--offline', 'write into DIR/collector.db itself (--state), no collector needs to run'],
  ],
  examples: [
    'anchorwatch profile import web.json',
    'anchorwatch profile import shop/web web.json',
    'ssh other anchorwatch profile export json shop/web | anchorwatch profile import shop/web --name other',
    'anchorwatch profile import web.json --remove',
  ],
  run: async (invocation, first = '', second?: string) => {
    const { own, surroundings } = invocation;
    const { terminal, stop } = surroundings;
    const source = sourceOf(first, second);
    const document = documentOf(source.file);
    const named = typeof own['workload'] === 'string' ? own['workload'] : source.workload;
    // Of the one that is in the file nothing needs to be known yet.
    const given = named === document.profile.workload.name ? undefined : named;
    const name = typeof own['name'] === 'string' ? own['name'] : source.name;
    if (own['offline'] === true) {
      const said = await importedOffline(invocation, document, { given, name });
      terminal.out(own['json'] === true ? jsonLine({ name, said }) : escapeForTerminal(said));
      return exitStatus.done;
    }
    const address = collectorAddress(invocation);
    const query = `import?name=${encodeURIComponent(name)}`;
    if (own['remove'] === true) {
      const id = given === undefined ? document.profile.workload.id : await idOf(address, given, stop);
      const removed = await ask<Imported>(address, `${workloadPath(id)}/${query}`, stop, undefined, 'DELETE');
      terminal.out(
        own['json'] === true
          ? jsonLine(removed)
          : escapeForTerminal(`what was imported as ${removed.name} is forgotten`),
      );
      return exitStatus.done;
    }
    const target = given ?? document.profile.workload.id;
    const imported = await ask<Imported>(address, `${workloadPath(target)}/${query}`, stop, document);
    const said = `${String(imported.features)} features are imported as ${imported.name} for ${given ?? document.profile.workload.name}`;
    terminal.out(own['json'] === true ? jsonLine(imported) : escapeForTerminal(said));
    return exitStatus.done;
  },
};

/** What a collector keeps, else what an agent learned. @throws AnchorwatchError `profile.unknown` */
async function exportedOffline({ settings }: Invocation, workload: string): Promise<Document> {
  const { withKeptProfiles } = await import('../collector/kept-profiles.ts');
  const { learnedHere } = await import('../agent/kept-profile.ts');
  const directories = stateCandidates(settings.state);
  for (const directory of directories) {
    const summed = await withKeptProfiles(directory, (kept) => kept.exported(workload));
    const profile = summed ?? learnedHere(directory, workload, Date.now());
    if (profile !== undefined) return { ...{ format: 'anchorwatch-profile', version: 1 }, profile };
  }
  throw new AnchorwatchError(
    'profile.unknown',
    `nothing was learned of a workload ${workload} in ${directories.join(' or ')}: name the state directory with --state DIR`,
  );
}

/** Says what was done. @throws AnchorwatchError `bad-option`, `profile.invalid`, `profile.unknown`, `store.…` */
async function importedOffline(
  { settings, own }: Invocation,
  document: Document,
  { given, name }: { readonly given: string | undefined; readonly name: string },
): Promise<string> {
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new AnchorwatchError('bad-option', '--name must be 1 to 64 letters, digits, ".", "_" or "-"');
  const { checkedDocument, withKeptProfiles } = await import('../collector/kept-profiles.ts');
  const directories = stateCandidates(settings.state);
  for (const directory of directories) {
    const said = await withKeptProfiles(directory, async (kept) => {
      const named = given === undefined ? undefined : kept.workload(given);
      if (given !== undefined && named === undefined)
        throw new AnchorwatchError('profile.unknown', `no node has reported a workload ${given}`);
      if (own['remove'] === true) {
        const { id } = named ?? document.profile.workload;
        if (await kept.removed(id, name)) return `what was imported as ${name} is forgotten`;
        throw new AnchorwatchError(
          'profile.unknown',
          `nothing was imported as ${name} for a workload with the id ${id}`,
        );
      }
      const { profile } = checkedDocument(document);
      const workload = named ?? profile.workload;
      await kept.imported(name, { ...profile, workload });
      return `${profile.features.length} features are imported as ${name} for ${workload.name}`;
    });
    if (said !== undefined) return said;
  }
  throw new AnchorwatchError(
    'profile.unknown',
    `there is no collector.db in ${directories.join(' or ')}: name the collector's state directory with --state DIR`,
  );
}

async function idOf(address: Peer, workload: string, stop: AbortSignal): Promise<string> {
  return (await ask<{ readonly id: string }>(address, workloadPath(workload), stop)).id;
}

/** Throws AnchorwatchError `profile.file` when the file cannot be read, is not JSON (with the line) or says nothing of a workload. */
/**
 * What the arguments of `profile import` name: a file, for a workload or for the one in it.
 * @throws AnchorwatchError `profile.file` when it would be read from a terminal
 */
function sourceOf(
  first: string,
  second: string | undefined,
): { readonly file: string; readonly workload: string | undefined; readonly name: string } {
  const isFile = second === undefined && (first === '-' || existsSync(first));
  const file = isFile ? first : (second ?? '-');
  if (second === undefined && !isFile && isatty(0))
    throw new AnchorwatchError(
      'profile.file',
      `${first} is no file. For a workload of that name, the file comes after it or on standard input`,
    );
  const name = file === '-' ? 'standard-input' : basename(file).replace(/\.json$/, '');
  return { file, workload: isFile ? undefined : first, name };
}

function documentOf(file: string): Document {
  let document: Partial<Document> | null;
  const called = file === '-' ? 'standard input' : file;
  try {
    document = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as Partial<Document> | null;
  } catch (error) {
    throw new AnchorwatchError('profile.file', `${called} cannot be read: ${errorText(error)}`, { cause: error });
  }
  const workload: { id?: unknown; name?: unknown } | undefined = document?.profile?.workload;
  if (typeof workload?.id !== 'string' || typeof workload.name !== 'string')
    throw new AnchorwatchError('profile.file', `${called}: profile.workload: the workload's id and name are missing`);
  return document as Document;
}
