import { severities } from '../model/alert.ts';
import type { Severity } from '../model/alert.ts';
import { dimensions } from '../model/feature.ts';
import { parseCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import { groupLabels, labelNames } from './labels.ts';
import type { LabelName } from './labels.ts';
import { isTimeZone, weekdays } from './quiet-hours.ts';
import type { QuietHours, Weekday } from './quiet-hours.ts';
import { severitiesFrom } from './route.ts';
import type { Escalation, Route, Timing } from './route.ts';
import { suggestionFor } from './yaml-reader.ts';
import type { Member, Value, YamlReader } from './yaml-reader.ts';

/** What a route has that says nothing of it. */
const usual: Pick<Route, 'receivers' | 'groupBy' | 'timing'> = {
  receivers: [],
  groupBy: ['incident'],
  timing: {
    groupWaitMs: 500,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 14_400_000,
    resolveAfterMs: 900_000,
    quietHours: [],
    escalation: [],
  },
};

const routeKeys = [
  ...['match', 'receivers', 'continue', 'routes', 'groupBy', 'groupWait', 'groupInterval', 'repeatInterval'],
  ...['resolveAfter', 'quietHours', 'escalation'],
];
const matchKeys = [...labelNames, 'minSeverity'];
const routesMax = 1000;
const depthMax = 32;

interface Above {
  readonly id: string;
  readonly receivers: readonly string[];
  readonly groupBy: readonly LabelName[];
  readonly timing: Timing;
  readonly asked: ReadonlySet<Severity> | undefined;
  /** Mappings that this one is in: it may not be in itself. */
  readonly around: readonly Value[];
}

/** Reads the tree of routes, and conditions wherever they stand. What is wrong goes to the reader's problems. */
export class RouteReader {
  readonly #reader: YamlReader;
  /** Names of receivers; undefined: they could not be read, and are not asked for. */
  readonly #receivers: readonly string[] | undefined;
  readonly #places = new Map<string, Value>();
  readonly #broken = new Set<string>();
  #routes = 0;

  constructor(reader: YamlReader, receivers: readonly string[] | undefined) {
    this.#reader = reader;
    this.#receivers = receivers;
  }

  /** The tree; `places` says where each route stands, `broken` which have conditions that could not be read. */
  read(
    at: Value,
  ):
    | { readonly root: Route; readonly places: ReadonlyMap<string, Value>; readonly broken: ReadonlySet<string> }
    | undefined {
    const root = this.#route(at, { ...usual, id: 'route', asked: undefined, around: [] });
    return root === undefined ? undefined : { root, places: this.#places, broken: this.#broken };
  }

  #route(at: Value, above: Above): Route | undefined {
    const reader = this.#reader;
    const map = reader.resolved(at);
    if (above.around.includes(map)) {
      reader.problem(at, 'circular: this route is within itself');
      return undefined;
    }
    this.#routes += 1;
    if (this.#routes > routesMax || above.around.length >= depthMax) {
      if (this.#routes === routesMax + 1 || above.around.length === depthMax)
        reader.problem(at, `more than ${String(routesMax)} routes, or ${String(depthMax)} within each other`);
      return undefined;
    }
    const members = reader.mapping(at, 'a route', routeKeys);
    if (members === undefined) return undefined;
    this.#places.set(above.id, at);
    const problems = reader.problems.length;
    const { conditions, own } = this.#match(members.get('match'));
    if (reader.problems.length > problems) this.#broken.add(above.id);
    const asked = intersection(above.asked, own);
    const receivers = this.#receiversOf(members.get('receivers')) ?? above.receivers;
    const groupBy = members.has('groupBy')
      ? this.labels(members.get('groupBy'), 'groupBy', groupLabels)
      : above.groupBy;
    const timing = this.#timing(members, above.timing, receivers);
    const inner = members.get('routes');
    const around = [...above.around, map];
    const routes = inner === undefined ? [] : (reader.list(inner.value ?? inner.key, 'routes') ?? []);
    const continues = members.get('continue');
    return {
      id: above.id,
      line: reader.line(at),
      ...{ conditions, receivers, groupBy, timing },
      ownSeverities: own,
      severities: asked ?? severitiesFrom('warning', severities),
      continues:
        continues === undefined ? false : (reader.truth(continues.value ?? continues.key, 'continue') ?? false),
      routes: routes.flatMap((one, index) => {
        const id = `${above.id}.routes[${String(index)}]`;
        const route = this.#route(one, { id, receivers, groupBy, timing, asked, around });
        return route === undefined ? [] : [route];
      }),
    };
  }

  #match(member: Member | undefined): {
    readonly conditions: readonly Condition[];
    readonly own: ReadonlySet<Severity> | undefined;
  } {
    if (member === undefined) return { conditions: [], own: undefined };
    const members = this.#reader.mapping(member.value ?? member.key, 'match', matchKeys);
    const least = members?.get('minSeverity');
    const word =
      least === undefined ? undefined : this.#reader.word(least.value ?? least.key, 'minSeverity', severities);
    const all = this.#conditionsOf(members);
    const severity = all.find(({ label }) => label === 'severity');
    let own = word === undefined ? undefined : severitiesFrom(word, severities);
    const isWord = severity?.patterns.every(
      ({ kind, text }) => kind !== 'equal' || severities.some((one) => one === text),
    );
    if (severity !== undefined && isWord === true)
      own = intersection(
        own,
        new Set(severities.filter((one) => severity.patterns.some(({ fits }) => fits(one)) !== severity.negated)),
      );
    return { conditions: all.filter(({ label }) => label !== 'severity'), own };
  }

  /** Conditions that stand under a key, severities among them. */
  conditions(member: Member | undefined, what: string): readonly Condition[] {
    if (member === undefined) return [];
    const before = this.#reader.problems.length;
    const members = this.#reader.mapping(member.value ?? member.key, what, matchKeys);
    const least = members?.get('minSeverity');
    const word =
      least === undefined ? undefined : this.#reader.word(least.value ?? least.key, 'minSeverity', severities);
    const all = this.#conditionsOf(members);
    if (word === undefined) {
      if (members?.size === 0 && this.#reader.problems.length === before)
        this.#reader.problem(member.value, `${what} needs a condition`);
      return all;
    }
    const from = parseCondition('severity', [...severitiesFrom(word, severities)]);
    return 'problems' in from ? all : [...all, from];
  }

  #conditionsOf(members: ReadonlyMap<string, Member> | undefined): readonly Condition[] {
    return labelNames.flatMap((label): Condition[] => {
      const member = members?.get(label);
      if (member === undefined) return [];
      const texts = this.#reader.texts(member.value ?? member.key, label);
      if (texts === undefined) return [];
      const read = parseCondition(
        label,
        texts.map(({ text }) => text),
      );
      if ('problems' in read) {
        for (const { index, message } of read.problems)
          this.#reader.problem(texts[index]?.at ?? member.value ?? member.key, `${label}: ${message}`);
        return [];
      }
      for (const [index, { text, kind }] of read.patterns.entries())
        if (kind === 'equal') this.#checkWord(label, text, texts[index]?.at);
      return [read];
    });
  }

  /** Words of a closed set are checked: a condition that fits nothing would be seen when it is too late. */
  #checkWord(label: LabelName, text: string, at: Value): void {
    const words: readonly string[] = label === 'severity' ? severities : label === 'dimension' ? dimensions : [];
    if (words.length > 0 && !words.includes(text) && !(label === 'dimension' && text.startsWith('rate.')))
      this.#reader.problem(at, `${label}: ${JSON.stringify(text)} is unknown; ${suggestionFor(text, words)}`);
    if (label === 'technique' && !/^T\d{4}(?:\.\d{3})?$/.test(text))
      this.#reader.problem(at, `technique: ${JSON.stringify(text)} is no ATT&CK technique such as T1059 or T1059.004`);
  }

  /** A list of labels. */
  labels(member: Member | undefined, what: string, names: readonly LabelName[] = labelNames): readonly LabelName[] {
    return (this.#reader.texts(member?.value ?? member?.key, what) ?? []).flatMap(({ at }) => {
      const name = this.#reader.word(at, what, names);
      return name === undefined ? [] : [name];
    });
  }

  #receiversOf(member: Member | undefined): readonly string[] | undefined {
    if (member === undefined) return undefined;
    const texts = this.#reader.texts(member.value ?? member.key, 'receivers') ?? [];
    const known = this.#receivers;
    for (const { text, at } of texts)
      if (known !== undefined && !known.includes(text))
        this.#reader.problem(at, `there is no receiver ${JSON.stringify(text)}; ${suggestionFor(text, known)}`);
    return [...new Set(texts.map(({ text }) => text))];
  }

  #timing(members: ReadonlyMap<string, Member>, above: Timing, receivers: readonly string[]): Timing {
    const reader = this.#reader;
    const of = (name: string, leastMs: number): number | undefined => {
      const member = members.get(name);
      return member === undefined ? undefined : reader.duration(member.value ?? member.key, name, leastMs);
    };
    const repeat = members.get('repeatInterval');
    const never = repeat !== undefined && reader.plain(repeat.value) === 'never';
    const quiet = members.get('quietHours');
    const escalation = members.get('escalation');
    return {
      groupWaitMs: of('groupWait', 0) ?? above.groupWaitMs,
      groupIntervalMs: of('groupInterval', 1000) ?? above.groupIntervalMs,
      repeatIntervalMs: never ? undefined : (of('repeatInterval', 1000) ?? above.repeatIntervalMs),
      resolveAfterMs: of('resolveAfter', 1000) ?? above.resolveAfterMs,
      quietHours: quiet === undefined ? above.quietHours : this.#quietHours(quiet),
      escalation: escalation === undefined ? above.escalation : this.#escalation(escalation, receivers),
    };
  }

  #escalation(member: Member, receivers: readonly string[]): readonly Escalation[] {
    const reader = this.#reader;
    const steps = (reader.list(member.value ?? member.key, 'escalation') ?? []).flatMap((at): Escalation[] => {
      const step = reader.mapping(at, 'a step of escalation', ['after', 'receivers']);
      if (step === undefined) return [];
      for (const name of ['after', 'receivers'])
        if (!step.has(name)) reader.problem(at, `a step of escalation needs the key ${name}`);
      const after = step.get('after');
      const afterMs = after === undefined ? undefined : reader.duration(after.value ?? after.key, 'after', 1000);
      const to = this.#receiversOf(step.get('receivers')) ?? [];
      for (const name of to)
        if (receivers.includes(name))
          reader.problem(step.get('receivers')?.value, `circular: the route tells ${name} from the beginning`);
      return afterMs === undefined ? [] : [{ afterMs, receivers: to }];
    });
    return steps.toSorted((a, b) => a.afterMs - b.afterMs);
  }

  #quietHours(member: Member): readonly QuietHours[] {
    const reader = this.#reader;
    return (reader.list(member.value ?? member.key, 'quietHours') ?? []).flatMap((at): QuietHours[] => {
      const members = reader.mapping(at, 'quiet hours', ['days', 'from', 'to', 'timeZone', 'except']);
      if (members === undefined) return [];
      for (const name of ['from', 'to', 'timeZone'])
        if (!members.has(name)) reader.problem(at, `quiet hours need the key ${name}`);
      const fromMinute = this.#clock(members.get('from'), 'from');
      const toMinute = this.#clock(members.get('to'), 'to');
      const zone = members.get('timeZone');
      const timeZone = zone === undefined ? undefined : reader.text(zone.value ?? zone.key, 'timeZone');
      if (timeZone !== undefined && !isTimeZone(timeZone)) {
        const known = Intl.supportedValuesOf('timeZone');
        const near = suggestionFor(timeZone, known);
        const hint = near.startsWith('did') ? near : 'names are such as Europe/Berlin, America/New_York or UTC';
        reader.problem(zone?.value, `there is no time zone ${JSON.stringify(timeZone)}; ${hint}`);
      }
      const except = members.get('except');
      const least = except === undefined ? undefined : reader.word(except.value ?? except.key, 'except', severities);
      const given = members.get('days');
      const days = given === undefined ? weekdays : this.#days(given);
      if (fromMinute === undefined || toMinute === undefined || timeZone === undefined || !isTimeZone(timeZone))
        return [];
      return [
        {
          ...{ days, fromMinute, toMinute, timeZone },
          ...(least === undefined ? {} : { except: least }),
        },
      ];
    });
  }

  /** `mon`, or `mon-fri`. */
  #days(member: Member): readonly Weekday[] {
    const days = new Set<Weekday>();
    for (const { text, at } of this.#reader.texts(member.value ?? member.key, 'days') ?? []) {
      const [first = '', last = first, more] = text.toLowerCase().split('-');
      const [from, to] = [weekdays.findIndex((day) => day === first), weekdays.findIndex((day) => day === last)];
      if (from < 0 || to < 0 || more !== undefined) {
        this.#reader.problem(
          at,
          `days: ${JSON.stringify(text)} is no day; ${suggestionFor(from < 0 ? first : last, weekdays)}`,
        );
        continue;
      }
      for (let day = from; ; day = (day + 1) % weekdays.length) {
        days.add(weekdays[day] ?? 'mon');
        if (day === to) break;
      }
    }
    return [...days];
  }

  #clock(member: Member | undefined, what: string): number | undefined {
    if (member === undefined) return undefined;
    const text = this.#reader.text(member.value ?? member.key, what);
    const match = /^(\d{1,2}):(\d{2})$/.exec(text ?? '');
    const minute = match === null ? Number.NaN : Number(match[1]) * 60 + Number(match[2]);
    if (minute <= 1440 && Number(match?.[2]) < 60) return minute;
    if (text !== undefined)
      this.#reader.problem(member.value, `${what}: ${JSON.stringify(text)} is no time of day such as "22:00"`);
    return undefined;
  }
}

function intersection(
  a: ReadonlySet<Severity> | undefined,
  b: ReadonlySet<Severity> | undefined,
): ReadonlySet<Severity> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((one) => b.has(one)));
}
