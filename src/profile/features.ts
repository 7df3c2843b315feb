import { callDimension, textCounts } from '../model/call.ts';
import type { CallEvent, ChangeEvent, ConnectEvent, Event, ExecEvent, FileEvent } from '../model/event.ts';
import type { Feature } from '../model/feature.ts';
import { baseName, interpreterOf, programKey, runningName } from '../model/program.ts';
import type { Interpreter } from '../model/program.ts';
import { bounded, foldText, typedDomain, typedPath } from './generalise.ts';

/** Which part of an event a feature stands for; rules say which part must be new (docs/rules.md). */
export type FeatureLevel = 'program' | 'pair' | 'arguments' | 'origin' | 'path' | 'peer' | 'port' | 'action';

export interface LevelledFeature extends Feature {
  readonly level: FeatureLevel;
}

/** Origins of an executed file that are drift: it was not there when the container was made. */
const driftOrigins: ReadonlySet<string> = new Set(['written', 'tmpfs', 'memfd', 'deleted']);

const argumentsMax = 160;
/** Most characters of a key before a digest stands for the rest: with `featuresMax`, what bounds the memory of a profile. */
const keyMax = 512;

/**
 * What an event says about behaviour, coarsest feature first: an event is judged by the most anomalous one, ties go to the
 * coarsest. Exits say nothing. A plain program's arguments are not part of its behaviour (a kernel event tells of them only
 * the first time), those of interpreters and multi-call programs are.
 */
export function featuresOf(event: Event): readonly LevelledFeature[] {
  const features = unbounded(event);
  if (features.every(({ key }) => key.length <= keyMax)) return features;
  return features.map((feature) => ({ ...feature, key: bounded(feature.key, keyMax) }));
}

function unbounded(event: Event): readonly LevelledFeature[] {
  switch (event.kind) {
    case 'exec':
      return execFeatures(event);
    case 'file': {
      const dimension = event.access === 'read' ? 'file.read' : 'file.write';
      const features: LevelledFeature[] = [{ dimension, key: fileKey(event), level: 'path' }];
      if (event.ofOther === true)
        features.push({ dimension, key: `by ${baseName(event.process.exe)} ${fileKey(event)}`, level: 'pair' });
      return features;
    }
    case 'connect':
      return [
        {
          dimension: 'net.out',
          key: connectKey(event),
          level: 'peer',
        },
      ];
    case 'listen':
      return [{ dimension: 'net.listen', key: `${event.port}/${event.protocol}`, level: 'port' }];
    case 'change':
      return [{ dimension: 'file.write', key: `${changeWords(event)} ${typedPath(event.path)}`, level: 'path' }];
    case 'call':
      return callFeatures(event);
    case 'accept':
      return [{ dimension: 'net.listen', key: `${event.port}/${event.protocol} from ${event.peer}`, level: 'peer' }];
    case 'dns':
      return [
        {
          dimension: 'dns',
          key: event.type === '' ? typedDomain(event.name) : `${typedDomain(event.name)} ${event.type}`,
          level: 'peer',
        },
      ];
    case 'lifecycle':
      return [
        {
          dimension: 'lifecycle',
          key: event.detail === '' ? event.action : `${event.action}:${event.detail}`,
          level: 'action',
        },
      ];
    case 'dns-answer':
    case 'exit':
      return [];
  }
}

/** A path, that of a directory with `/` at its end; `open refused /etc/shadow`. */
function fileKey({ path, fileType, error }: FileEvent): string {
  const typed = typedPath(fileType === 'directory' && !path.endsWith('/') ? `${path}/` : path);
  return error === undefined ? typed : `open refused ${typed}`;
}

/** A signal has a second feature, whom it is sent to by whom. */
function callFeatures(event: CallEvent): readonly LevelledFeature[] {
  const dimension = callDimension(event.call);
  const key = callKey(event);
  const features: LevelledFeature[] = [{ dimension, key, level: 'action' }];
  if (event.call === 'kill' && event.text !== '')
    features.push({ dimension, key: `${key} ${event.text} by ${event.process.exe}`, level: 'pair' });
  return features;
}

/** The name that a process gave itself, or the path of what it may not execute. */
function countedText(call: string, text: string): string {
  if (!textCounts(call)) return '';
  return call === 'prctl' ? text : typedPath(text);
}

/** `ptrace attach`, `mmap /tmp/code.so (tmpfs)`, `net_raw refused`: what was called, what of its arguments counts, and that it was refused. */
function callKey({ call, detail, error, text, kernelKey }: CallEvent): string {
  const refused = error === '' ? '' : 'refused';
  const mapped = call === 'mmap' && kernelKey?.kind === 'call' ? kernelKey.origin : undefined;
  const words =
    callDimension(call) === 'capability' || call === 'syscall'
      ? [detail, refused]
      : mapped !== undefined
        ? [call, typedPath(text), `(${mapped})`, refused]
        : [call, detail, countedText(call, text), refused];
  return words.filter((word) => word !== '').join(' ');
}

/** `chmod set-id`, `unlink refused`: what stands before the path in the key of a change. */
function changeWords({ change, special, error }: ChangeEvent): string {
  const how = special ? (change === 'times' ? ['set'] : ['set-id']) : [];
  return [change, ...how, ...(error === '' ? [] : ['refused'])].join(' ');
}

/** A peer in the cluster, a name, or an address, the first of them that is known. */
function connectKey({ peer, name, address, port, protocol }: ConnectEvent): string {
  if (peer !== undefined) return peerKey(peer.name, peer.port, protocol);
  return peerKey(name === undefined ? address : typedDomain(name), port, protocol);
}

/** `10.0.0.7:5432/tcp`, `[fe80::1]:53/udp`. */
export function peerKey(address: string, port: number, protocol: string): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`;
}

function execFeatures(event: ExecEvent): readonly LevelledFeature[] {
  const ran = programKey(event.path, event.process.args);
  const parent = starterOf(event);
  const features: LevelledFeature[] = [
    { dimension: 'exec', key: ran, level: 'program' },
    { dimension: 'exec', key: `${parent} > ${ran}`, level: 'pair' },
  ];
  if (driftOrigins.has(event.origin))
    features.push({ dimension: 'exec', key: `${ran} (${event.origin})`, level: 'origin' });
  if (event.socketStdio !== undefined)
    features.push({ dimension: 'exec', key: `${ran} (socket as standard input)`, level: 'origin' });
  if (event.compat === true) features.push({ dimension: 'exec', key: `${ran} (32-bit)`, level: 'origin' });
  if (event.entered !== undefined) features.push({ dimension: 'exec', key: `${ran} (from outside)`, level: 'origin' });
  const text = argumentsShape(event);
  if (text !== '') features.push({ dimension: 'exec', key: `${ran} ${text}`, level: 'arguments' });
  return features;
}

/** What started it, as keys have it. */
function starterOf({ entered, fromRuntime, parentExe }: ExecEvent): string {
  if (entered !== undefined) return 'outside';
  return fromRuntime || parentExe === '' ? 'runtime' : parentExe;
}

/** What an interpreter or multi-call program was told to run, folded; empty for plain programs. */
function argumentsShape(event: ExecEvent): string {
  const { args } = event.process;
  const family = interpreterOf(runningName(event.path, args));
  if (event.script !== '') return typedPath(event.script);
  if (family !== undefined) {
    const { mode, text } = interpretedText(family, args);
    if (mode === 'script') return typedPath(text);
    return mode === 'text' ? `-c ${foldText(text, argumentsMax)}` : mode === 'module' ? `-m ${text}` : '-';
  }
  const shaped = event.kernelKey?.kind === 'exec' && event.kernelKey.shape !== '';
  const isPlain = program(event) === event.path;
  if (!shaped && isPlain) return '';
  // Temporary files have another name each time; of multi-call programs all applets come here, of plain ones only tools.
  const words = isPlain ? args.slice(1).map((word) => (word.startsWith('/') ? typedPath(word) : word)) : args.slice(1);
  return foldText(words.join(' '), argumentsMax);
}

function program(event: ExecEvent): string {
  return programKey(event.path, event.process.args);
}

interface InterpretedText {
  /** `input`: the program comes from standard input, or the interpreter is interactive. */
  readonly mode: 'script' | 'text' | 'module' | 'input';
  readonly text: string;
}

const textFlags: Readonly<Record<Interpreter, RegExp>> = {
  shell: /^-[a-zA-Z]*c$/,
  python: /^-[a-zA-Z]*c$/,
  perl: /^(?:-[a-zA-Z0-9]*[eE]|--eval|-p|--print)$/,
  php: /^-[rR]$/,
  awk: /^(?:-e|--source)$/,
};
/** Flags whose next argument is their value, so that it is not the script. */
const valueFlags: Readonly<Record<Interpreter, RegExp>> = {
  shell: /^(?:[-+][a-zA-Z]*o|--rcfile|--init-file)$/,
  python: /^-[WX]$/,
  perl: /^-[rI]$/,
  php: /^-[cdz]$/,
  awk: /^-[vF]$/,
};

/** Finds what an interpreter runs from its arguments (args[0] is the program). Pure. */
export function interpretedText(family: Interpreter, args: readonly string[]): InterpretedText {
  const start = args[0] !== undefined && /busybox|toybox/.test(args[0]) ? 2 : 1;
  for (let index = start; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (textFlags[family].test(argument)) return { mode: 'text', text: args[index + 1] ?? '' };
    if (family === 'python' && argument === '-m') return { mode: 'module', text: args[index + 1] ?? '' };
    if (family === 'awk' && argument === '-f') return { mode: 'script', text: args[index + 1] ?? '' };
    if (argument === '-' || (family === 'shell' && argument === '-s')) return { mode: 'input', text: '' };
    if (valueFlags[family].test(argument)) index++;
    else if (!/^[-+]/.test(argument)) return { mode: family === 'awk' ? 'text' : 'script', text: argument };
  }
  return { mode: 'input', text: '' };
}
