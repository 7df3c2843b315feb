import { dirname } from 'node:path';
import type { ReceiverKind } from '../model/notification.ts';
import type { InhibitRule } from './inhibit.ts';
import type { RateLimit } from './plan.ts';
import { RouteReader } from './route-reader.ts';
import { allRoutes } from './route.ts';
import type { NamedReceiver, Routes, RoutesProblem } from './routes.ts';
import { unreachableRoutes } from './unreachable.ts';
import { durationOf, suggestionFor, YamlReader } from './yaml-reader.ts';
import type { Member, Value } from './yaml-reader.ts';

const nameForm = /^[A-Za-z0-9][\w.@-]{0,63}$/;
/** A receiver that is down for ten minutes, or over a long restart, gets everything; what could not be told for so long is no news. */
const usualGiveUpMs = 3_600_000;
const usualInhibitMs = 900_000;

export interface RoutesSurroundings {
  readonly kinds: readonly ReceiverKind[];
  readonly nowMs: () => number;
  /** Told what is unwise about a receiver and works all the same. */
  readonly warn?: (text: string) => void;
}

/**
 * Reads a routes file. Everything that is wrong in it is answered at once, with where it stands and what may be meant; then there are no routes.
 * @param file Its path: secret files of receivers are looked for beside it.
 */
export function parseRoutes(
  file: string,
  text: string,
  surroundings: RoutesSurroundings,
): { readonly routes: Routes } | { readonly problems: readonly RoutesProblem[] } {
  const reader = new YamlReader(file, text);
  const routes = new RoutesReading(reader, surroundings).run();
  const problems = reader.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return problems.length > 0 || routes === undefined ? { problems } : { routes };
}

class RoutesReading {
  readonly #reader: YamlReader;
  readonly #surroundings: RoutesSurroundings;

  constructor(reader: YamlReader, surroundings: RoutesSurroundings) {
    this.#reader = reader;
    this.#surroundings = surroundings;
  }

  run(): Routes | undefined {
    const reader = this.#reader;
    if (reader.problems.length > 0) return undefined;
    if (reader.contents === undefined) {
      reader.problem(undefined, 'the file is empty: it needs receivers and a route');
      return undefined;
    }
    const members = reader.mapping(reader.contents, 'a routes file', ['receivers', 'route', 'inhibit', 'runbookUrl']);
    if (members === undefined) return undefined;
    for (const name of ['receivers', 'route'])
      if (!members.has(name)) reader.problem(reader.contents, `a routes file needs the key ${name}`);
    const { names, receivers } = this.#receivers(members.get('receivers'));
    const root = this.#root(members.get('route'), names);
    const inhibit = this.#inhibit(members.get('inhibit'));
    const runbookUrl = this.#runbookUrl(members.get('runbookUrl'));
    return root === undefined ? undefined : { file: reader.file, receivers, root, inhibit, runbookUrl };
  }

  #root(member: Member | undefined, names: readonly string[] | undefined): Routes['root'] | undefined {
    if (member === undefined) return undefined;
    const read = new RouteReader(this.#reader, names).read(member.value ?? member.key);
    if (read === undefined) return undefined;
    for (const { route, message } of unreachableRoutes(read.root, read.broken))
      this.#reader.problem(read.places.get(route.id), message);
    if (allRoutes(read.root).every(({ receivers }) => receivers.length === 0))
      this.#reader.problem(member.key, 'route tells nobody: it needs receivers');
    return read.root;
  }

  /** `names` are also those of receivers that are not whole: what refers to them is no mistake of its own. */
  #receivers(member: Member | undefined): {
    readonly names: readonly string[] | undefined;
    readonly receivers: ReadonlyMap<string, NamedReceiver>;
  } {
    const receivers = new Map<string, NamedReceiver>();
    if (member === undefined) return { names: undefined, receivers };
    const members = this.#reader.mapping(member.value ?? member.key, 'receivers', undefined);
    for (const [name, { key, value }] of members ?? []) {
      if (!nameForm.test(name))
        this.#reader.problem(
          key,
          `${JSON.stringify(name)} is no name of a receiver: 1 to 64 letters, digits, ".", "_", "@" and "-"`,
        );
      const receiver = this.#receiver(name, value ?? key);
      if (receiver !== undefined) receivers.set(name, receiver);
    }
    return { names: members === undefined ? undefined : [...members.keys()], receivers };
  }

  #receiver(name: string, at: Value): NamedReceiver | undefined {
    const reader = this.#reader;
    const { kinds, nowMs, warn } = this.#surroundings;
    const words = kinds.map(({ kind }) => kind);
    const before = reader.problems.length;
    const members = reader.mapping(at, `receiver ${name}`, [...words, 'rateLimit', 'giveUpAfter']);
    if (members === undefined) return undefined;
    const limit = members.get('rateLimit');
    const rateLimit = limit === undefined ? undefined : this.#rateLimit(limit.value ?? limit.key);
    const patience = members.get('giveUpAfter');
    const giveUpAfterMs =
      patience === undefined ? usualGiveUpMs : reader.duration(patience.value ?? patience.key, 'giveUpAfter', 10_000);
    const named = kinds.filter(({ kind }) => members.has(kind));
    const [kind] = named;
    if (kind === undefined || named.length > 1) {
      // A wrong word was said already.
      if (named.length > 1 || reader.problems.length === before)
        reader.problem(at, `receiver ${name} needs one of ${words.join(', ')}, and one only`);
      return undefined;
    }
    const settings = members.get(kind.kind);
    const opened = kind.open(reader.plain(settings?.value) ?? {}, {
      ...{ directory: dirname(reader.file), nowMs },
      warn: ({ path, message }) => warn?.(`receiver ${name}: ${path.map(String).join('.')}: ${message}`),
    });
    if ('receiver' in opened)
      return giveUpAfterMs === undefined
        ? undefined
        : { name, kind: kind.kind, receiver: opened.receiver, rateLimit, giveUpAfterMs };
    for (const { path, message } of opened.problems) {
      const last = path.at(-1);
      const near = typeof last === 'string' && !kind.keys.includes(last) && path.length === 1;
      const place = reader.within(settings?.value ?? settings?.key, path, near);
      const hint = near && !message.includes('did you mean') ? `; ${suggestionFor(last, kind.keys)}` : '';
      const where = path.map(String).join('.');
      // A kind may name the key itself.
      const prefix = where === '' || message.startsWith(String(last)) ? '' : `${where}: `;
      reader.problem(place, `receiver ${name}: ${prefix}${message}${hint}`);
    }
    return undefined;
  }

  #rateLimit(at: Value): RateLimit | undefined {
    const text = this.#reader.text(at, 'rateLimit');
    if (text === undefined) return undefined;
    const match = /^([1-9]\d{0,4})\/(\d*)(ms|s|m|h|d)$/.exec(text);
    const perMs =
      match === null ? undefined : durationOf(`${match[2] === '' ? '1' : (match[2] ?? '')}${match[3] ?? ''}`);
    if (match !== null && perMs !== undefined && perMs >= 1000 && perMs <= 86_400_000)
      return { most: Number(match[1]), perMs };
    this.#reader.problem(
      at,
      `rateLimit: ${JSON.stringify(text)} is not of the form 20/1m: so many in so long, 1s to 1d`,
    );
    return undefined;
  }

  #inhibit(member: Member | undefined): readonly InhibitRule[] {
    if (member === undefined) return [];
    const reader = this.#reader;
    const conditions = new RouteReader(reader, []);
    return (reader.list(member.value ?? member.key, 'inhibit') ?? []).flatMap((at): InhibitRule[] => {
      const members = reader.mapping(at, 'an inhibit rule', ['source', 'target', 'equal', 'for']);
      if (members === undefined) return [];
      for (const name of ['source', 'target'])
        if (!members.has(name)) reader.problem(at, `an inhibit rule needs the key ${name}`);
      const source = conditions.conditions(members.get('source'), 'source');
      const target = conditions.conditions(members.get('target'), 'target');
      const equal = members.get('equal');
      const lasts = members.get('for');
      return [
        {
          line: reader.line(at),
          ...{ source, target },
          equal: equal === undefined ? [] : conditions.labels(equal, 'equal'),
          forMs: lasts === undefined ? usualInhibitMs : (reader.duration(lasts.value ?? lasts.key, 'for', 1000) ?? 0),
        },
      ];
    });
  }

  #runbookUrl(member: Member | undefined): string | undefined {
    if (member === undefined) return undefined;
    const text = this.#reader.text(member.value ?? member.key, 'runbookUrl');
    if (text === undefined) return undefined;
    const url = URL.parse(text.replaceAll(/\{(?:dimension|rule)\}/g, 'x'));
    if (url !== null && /^https?:$/.test(url.protocol)) return text;
    this.#reader.problem(member.value, 'runbookUrl must be an address: https://wiki.example/runbooks/{dimension}');
    return undefined;
  }
}
