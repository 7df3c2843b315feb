import { masked, maskArguments, maskText } from '../lib/mask.ts';

/** Deeper or longer than any engine's answer is; what is beyond is left out. */
const depthMax = 16;
const listMax = 4096;

/** Lists of a container's inspection that hold arguments of one program. */
const argumentLists: ReadonlySet<string> = new Set(['Cmd', 'Entrypoint', 'Args', 'Test']);

/**
 * What the engine says of a container, without its secrets: values of the environment are gone, arguments masked as those of processes, every other
 * text by what it looks like, and everything under a name like `password`. Pure.
 */
export function maskInspection(answer: unknown): unknown {
  return maskValue(answer, '', 0, '');
}

/** @param program Of lists of arguments that begin behind it. */
function maskValue(value: unknown, key: string, depth: number, program: string): unknown {
  if (depth > depthMax) return masked;
  if (typeof value === 'string') return isSecretName(key) && value !== '' ? masked : maskText(value);
  if (Array.isArray(value)) {
    const items = value.slice(0, listMax) as readonly unknown[];
    if (key === 'Env') return items.map((item) => (typeof item === 'string' ? nameOnly(item) : masked));
    const texts = items.filter((item) => typeof item === 'string');
    if (argumentLists.has(key) && texts.length === items.length) return maskList(texts, program);
    return items.map((item) => maskValue(item, key, depth + 1, ''));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, listMax)
      .map(([name, inner]) => [maskText(name), maskValue(inner, name, depth + 1, programOf(value, name))]),
  );
}

/** What the arguments of a list belong to, where that stands beside it. */
function programOf(beside: object, name: string): string {
  if (name === 'Args' && 'Path' in beside && typeof beside.Path === 'string') return beside.Path;
  const entrypoint: unknown = name === 'Cmd' && 'Entrypoint' in beside ? beside.Entrypoint : undefined;
  const first: unknown = Array.isArray(entrypoint) ? entrypoint[0] : entrypoint;
  return typeof first === 'string' ? first : '';
}

/** Masked as arguments of the program beside it, of its own first, and of its second (a health check begins with `CMD`): whatever masks more. */
function maskList(texts: readonly string[], program: string): readonly string[] {
  const ways = [
    maskArguments([program, ...texts]).slice(1),
    maskArguments(texts),
    ['', ...maskArguments(texts.slice(1))],
  ];
  return texts.map(
    (text, index) => ways.map((way) => way[index] ?? '').find((one) => one !== '' && one !== text) ?? text,
  );
}

/** `NAME=***`; what has no name is none of an environment. */
function nameOnly(entry: string): string {
  const equals = entry.indexOf('=');
  return equals <= 0 ? masked : `${entry.slice(0, equals)}=${masked}`;
}

/** True for the names that `maskText` masks the values of. */
function isSecretName(name: string): boolean {
  return name !== '' && maskText(`${name}=value`) !== `${name}=value`;
}
