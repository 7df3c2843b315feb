import { parseEndpoint } from '../../src/detect/examples.ts';
import type { RuleSet } from '../../src/detect/rules.ts';
import { Watch } from '../../src/agent/watch.ts';
import type { ProfileStore } from '../../src/agent/watch.ts';
import { thresholdsOf } from '../../src/config/thresholds.ts';
import type { ThresholdSetting } from '../../src/config/thresholds.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { FileChange } from '../../src/model/change.ts';
import type { Container } from '../../src/model/container.ts';
import type { Event, FileOrigin, KernelKey, PeerKind } from '../../src/model/event.ts';
import { growIncident } from '../../src/model/incident.ts';
import { countsArguments } from '../../src/model/program.ts';
import { defaultHalfLifeMs } from '../../src/profile/decay.ts';
import { foldDigits } from '../../src/profile/generalise.ts';
import { ModelKernel } from './model-kernel.ts';
import { firstPid, NamedProcesses } from './named-processes.ts';

/** What a scenario needs from its surroundings. `openStore` opens the same store again after the agent's restart. */
export interface ScenarioOptions {
  readonly rules: RuleSet;
  readonly openStore: () => ProfileStore;
}

type Step =
  | { readonly kind: 'event'; readonly container: string; readonly words: readonly string[]; readonly line: number }
  | { readonly kind: 'start' | 'stop'; readonly container: string }
  | { readonly kind: 'agent' };

interface TimedStep {
  readonly atMs: number;
  readonly step: Step;
}

const epochMs = Date.UTC(2026, 0, 5);

/**
 * Runs a scenario (test/scenarios/README.md describes the lines) through the agent's own Watch, with a model of the kernel filter in front.
 * Answers one message for each expectation that was not met. Throws on a line that it does not understand, naming it.
 */
export function runScenario(text: string, options: ScenarioOptions): readonly string[] {
  return new Run(options).run(text);
}

class Run {
  readonly #options: ScenarioOptions;
  readonly #containers: Map<string, Container> = new Map();
  readonly #running: Set<string> = new Set();
  readonly #failures: string[] = [];
  #steps: TimedStep[] = [];
  #alerts: Alert[] = [];
  #events = 0;
  #sliceMs = 60_000;
  #startupMs = 60_000;
  #halfLifeMs: number = defaultHalfLifeMs;
  #nowMs = 0;
  readonly #processes: NamedProcesses = new NamedProcesses();
  readonly #incidents: Map<string, ReturnType<typeof growIncident>> = new Map();
  #alertBudget = Infinity;
  readonly #thresholds: ThresholdSetting[] = [];
  #watch: Watch | undefined;
  #kernel: ModelKernel = new ModelKernel();

  constructor(options: ScenarioOptions) {
    this.#options = options;
  }

  run(text: string): readonly string[] {
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
      if (line === '') continue;
      try {
        this.#line(wordsOf(line), index + 1);
      } catch (error) {
        throw new Error(`line ${index + 1}: ${line}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
    return this.#failures;
  }

  #line(words: readonly string[], line: number): void {
    const [verb = '', ...rest] = words;
    if (verb === 'slice') this.#sliceMs = duration(rest[0]);
    else if (verb === 'startup') this.#startupMs = duration(rest[0]);
    else if (verb === 'half-life') this.#halfLifeMs = duration(rest[0]);
    else if (verb === 'budget') this.#alertBudget = Number(rest[0]);
    else if (verb === 'threshold') this.#thresholds.push(thresholdSetting(pairs(rest)));
    else if (verb === 'container') this.#declare(rest);
    else if (verb === 'at') this.#steps.push({ atMs: duration(rest[0]), step: stepOf(rest.slice(1), line) });
    else if (verb === 'every') this.#repeat(rest, line);
    else if (verb === 'until') this.#advance(duration(rest[0]));
    else if (verb === 'expect') this.#expect(rest, line);
    else throw new Error(`unknown word "${verb}"`);
  }

  #declare([name = '', ...rest]: readonly string[]): void {
    const options = pairs(rest);
    const image = options.get('image') ?? name;
    const workload = options.get('workload') ?? image;
    this.#containers.set(name, {
      id: name.padEnd(64, '0'),
      name,
      image,
      digest: '',
      workload: { id: workload, name: workload, kind: options.get('kind') === 'kubernetes' ? 'kubernetes' : 'image' },
      cgroupId: String(this.#containers.size + 1000),
      pid: firstPid,
      startedAtMs: undefined,
      labels: {},
      mounts: [],
      privileged: false,
      hostNamespaces: [],
    });
  }

  /** every D from A to B STEP: `{n}` in a word counts, `{x}` is a different random-looking word each time. */
  #repeat(words: readonly string[], line: number): void {
    const [every, , from, , to, ...rest] = words;
    let count = 0;
    for (let atMs = duration(from); atMs < duration(to); atMs += duration(every)) {
      const random = ((count * 2_654_435_761 + 12_345) >>> 0)
        .toString(36)
        .padStart(7, 'k')
        .replace(/[a-m]/g, (c) => c.toUpperCase());
      const filled = rest.map((word) => word.replaceAll('{n}', String(count + 1)).replaceAll('{x}', random));
      this.#steps.push({ atMs, step: stepOf(filled, line) });
      count++;
    }
  }

  #advance(toMs: number): void {
    const due = this.#steps.filter(({ atMs }) => atMs <= toMs).toSorted((a, b) => a.atMs - b.atMs);
    this.#steps = this.#steps.filter(({ atMs }) => atMs > toMs);
    for (const { atMs, step } of due) {
      this.#clockTo(atMs);
      this.#perform(step);
    }
    this.#clockTo(toMs);
  }

  #clockTo(toMs: number): void {
    if (this.#watch === undefined) this.#startAgent();
    while (this.#nowMs + 1000 <= toMs) {
      this.#nowMs += 1000;
      this.#tick();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  #tick(): void {
    const watch = this.#agent();
    if (this.#nowMs % this.#sliceMs < 1000)
      for (const { workloadId, stratum, kernelKey, delta } of this.#kernel.takeIncidences())
        watch.addIncidence(workloadId, stratum, kernelKey, delta);
    const { changes, sliceEnded, updates } = watch.rollover(epochMs + this.#nowMs);
    for (const { containerId, sample } of changes) this.#kernel.setSample(containerId, sample);
    if (sliceEnded) watch.save();
    this.#note(updates);
  }

  #note(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      const index = this.#alerts.findIndex(({ id }) => id === alert.id);
      if (index >= 0) this.#alerts[index] = alert;
      else if (alert.count === 1) {
        this.#alerts.push(alert);
        const id = alert.incident ?? '';
        this.#incidents.set(id, growIncident(this.#incidents.get(id), alert));
      }
    }
  }

  #startAgent(): void {
    this.#watch = new Watch({
      profiles: this.#options.openStore(),
      rules: this.#options.rules,
      clock: { nowMs: () => epochMs + this.#nowMs, monotonicMs: () => this.#nowMs },
      node: 'node-1',
      sliceMs: this.#sliceMs,
      startupMs: this.#startupMs,
      halfLifeMs: this.#halfLifeMs,
      alertBudget: this.#alertBudget,
      thresholds: (workload, dimension) => thresholdsOf(this.#thresholds, workload, dimension),
    });
    this.#kernel = new ModelKernel();
    for (const name of this.#running) this.#startInAgent(this.#container(name));
  }

  #startInAgent(container: Container): void {
    const watch = this.#agent();
    this.#kernel.restore(container.workload.id, watch.kernelKeys(container.workload.id));
    this.#kernel.setSample(container.id, watch.containerStarted(container, epochMs + this.#nowMs));
  }

  #perform(step: Step): void {
    if (step.kind === 'agent') {
      this.#startAgent();
      return;
    }
    if (step.kind === 'start') {
      const container = { ...this.#container(step.container), startedAtMs: epochMs + this.#nowMs };
      this.#containers.set(step.container, container);
      this.#running.add(step.container);
      this.#startInAgent(container);
      return;
    }
    const container = this.#container(step.container);
    if (!('words' in step)) {
      this.#running.delete(step.container);
      this.#agent().containerStopped(container.id, epochMs + this.#nowMs);
      return;
    }
    const event = this.#eventOf(step.words, container);
    const told = this.#kernel.filter(event, container);
    if (told === undefined) return;
    this.#events++;
    const judgement = this.#agent().handle(told, container);
    if (told.kernelKey !== undefined) this.#kernel.mark(container.workload.id, told.kernelKey, judgement.mark);
    for (const key of judgement.alsoKnown) this.#kernel.mark(container.workload.id, key, 'known');
    if (judgement.saveNow) this.#agent().save();
    if (judgement.alert !== undefined) this.#note([judgement.alert]);
  }

  #eventOf(words: readonly string[], container: Container): Event {
    const [verb = '', what = '', ...rest] = words;
    const argsAt = rest.indexOf('args');
    const args = argsAt < 0 ? undefined : rest.slice(argsAt + 1);
    const options = pairs(argsAt < 0 ? rest : rest.slice(0, argsAt));
    const exe = verb === 'exec' ? what : (options.get('by') ?? '');
    const process = {
      ...this.#processes.of(container.name, verb === 'exec', exe, options),
      startTimeNs: String(this.#nowMs),
      comm: '',
      exe,
      args: args ?? [exe.slice(exe.lastIndexOf('/') + 1)],
      uid: 0,
      gid: 0,
      cwd: '/',
    };
    const base = {
      timeMs: epochMs + this.#nowMs,
      cgroupId: container.cgroupId ?? '',
      source: 'kernel' as const,
      process,
    };
    const origin = (options.get('origin') ?? 'image') as FileOrigin;
    switch (verb) {
      case 'exec': {
        const parent = options.get('parent') ?? 'runtime';
        const parentExe = parent === 'runtime' ? '' : parent;
        const shape = countsArguments(what) ? foldDigits(process.args.join('\0')) : '';
        const kernelKey: KernelKey = { kind: 'exec', path: what, origin, parent: parentExe, shape };
        const script = options.get('script') ?? '';
        return {
          ...base,
          kind: 'exec',
          path: what,
          origin,
          script,
          parentExe,
          fromRuntime: parent === 'runtime',
          kernelKey,
        };
      }
      case 'read':
      case 'write':
      case 'create': {
        const access = verb === 'read' ? 'read' : 'write';
        const kernelKey: KernelKey = { kind: `file.${access}`, path: what };
        return {
          ...base,
          kind: 'file',
          access,
          created: verb === 'create',
          path: what,
          fileType: 'regular',
          origin,
          kernelKey,
        };
      }
      case 'connect': {
        const peer = parseEndpoint(what);
        return { ...base, kind: 'connect', ...peer, kernelKey: { kind: 'net.out', ...peer } };
      }
      case 'listen': {
        const { address, port, protocol } = parseEndpoint(what);
        return { ...base, kind: 'listen', address, port, protocol, kernelKey: { kind: 'net.listen', port, protocol } };
      }
      case 'accept': {
        const { port, address } = parseEndpoint(what);
        const peer = (options.get('from') ?? 'private') as PeerKind;
        const kernelKey: KernelKey = { kind: 'net.in', protocol: 'tcp', port, peer };
        return { ...base, kind: 'accept', protocol: 'tcp', address, port, peer, kernelKey };
      }
      case 'dns': {
        const type = options.get('type') ?? '';
        const kernelKey: KernelKey = { kind: 'dns', name: what, type };
        return { ...base, kind: 'dns', name: what, type, resolver: options.get('resolver') ?? '127.0.0.11', kernelKey };
      }
      case 'answer': {
        const { process: _, ...rest_ } = base;
        const addresses = (rest[0] ?? '').split(',');
        const resolver = pairs(rest.slice(1)).get('resolver') ?? '127.0.0.11';
        return { ...rest_, kind: 'dns-answer', name: what, addresses, resolver };
      }
      case 'change': {
        const [change, path = ''] = [what as FileChange, rest[0]];
        const options_ = pairs(rest.slice(1));
        const [special, refused] = [options_.get('special') === 'yes', options_.get('refused') === 'yes'];
        const kernelKey: KernelKey = { kind: 'change', change, special, refused, path };
        const error = refused ? 'EPERM' : '';
        const exe_ = options_.get('by') ?? '';
        const by = { ...process, exe: exe_, args: [exe_] };
        return { ...base, process: by, kind: 'change', change, path, other: '', mode: 0, special, error, kernelKey };
      }
      case 'call': {
        const detail = options.get('detail') ?? '';
        const refused = options.get('refused') === 'yes';
        const kernelKey: KernelKey = { kind: 'call', call: what, detail: codeOf(detail), refused };
        const text = options.get('text') ?? '';
        return { ...base, kind: 'call', call: what, detail, error: refused ? 'EPERM' : '', text, kernelKey };
      }
      case 'engine': {
        const [action = '', ...detail] = what.split(':');
        const { timeMs, cgroupId } = base;
        return {
          ...{ timeMs, cgroupId, source: 'engine' as const, kind: 'lifecycle' as const, containerId: container.id },
          action: action as 'exec-create',
          detail: detail.join(':'),
        };
      }
      default:
        throw new Error(`unknown event "${verb}"`);
    }
  }

  /** expect quiet | no critical | alert SEVERITY DIMENSION KEY [rule ID] [in NAME] [times N] | events at most N | known|judged|unknown WORKLOAD DIMENSION KEY */
  #expect(words: readonly string[], line: number): void {
    const fail = (message: string): void => {
      this.#failures.push(`line ${line}: expect ${words.join(' ')}: ${message}`);
    };
    const described = this.#alerts.map(
      (a) => `${a.severity} ${a.dimension} ${a.key} [${a.rules.join(', ')}] ${a.score} in ${a.container.name}`,
    );
    const [what = '', second = '', third = '', ...rest] = words;
    if (what === 'quiet') {
      if (this.#alerts.length > 0) fail(`raised ${described.join('; ')}`);
      this.#alerts = [];
    } else if (what === 'no') {
      if (this.#alerts.some(({ severity }) => severity === second)) fail(`raised ${described.join('; ')}`);
      this.#alerts = [];
    } else if (what === 'events') {
      if (this.#events > Number(rest[0])) fail(`${this.#events} events reached the agent`);
      this.#events = 0;
    } else if (what === 'alert') {
      const [featureKey = '', ...more] = rest;
      const options = pairs(more);
      const index = this.#alerts.findIndex(
        (alert) =>
          (second === 'any' || alert.severity === second) &&
          alert.dimension === third &&
          alert.key === featureKey &&
          (!options.has('rule') || alert.rules.includes(options.get('rule') ?? '')) &&
          (!options.has('in') || alert.container.name === options.get('in')) &&
          (!options.has('times') || alert.count === Number(options.get('times'))),
      );
      if (index < 0) fail(`raised ${described.join('; ') || 'nothing'}`);
      else this.#alerts.splice(index, 1);
    } else if (what === 'incident') {
      const options = pairs([third, ...rest]);
      const found = [...this.#incidents].find(
        ([, { incident }]) =>
          (second === 'any' || incident.severity === second) &&
          (!options.has('alerts') || incident.alerts === Number(options.get('alerts'))) &&
          (!options.has('in') || incident.container.name === options.get('in')) &&
          (!options.has('title') || incident.title === options.get('title')),
      );
      if (found === undefined) {
        const all = [...this.#incidents.values()].map(
          ({ incident: i }) => `${i.severity} of ${i.alerts} alerts "${i.title}"`,
        );
        fail(`there are ${all.join('; ') || 'none'}`);
      } else this.#incidents.delete(found[0]);
    } else if (what === 'incidents') {
      if (this.#incidents.size !== Number(second)) fail(`there are ${this.#incidents.size}`);
      this.#incidents.clear();
    } else if (what === 'threshold') {
      const workload = this.#agent()
        .report()
        .find(({ workload: { name } }) => name === second);
      const inForce = workload?.dimensions.find(({ dimension }) => dimension === third)?.thresholds?.warning;
      if (inForce !== Number(rest[0])) fail(`it is ${inForce ?? 'unknown'}`);
    } else if (what === 'known' || what === 'judged' || what === 'unknown') {
      const feature = this.#agent()
        .profileFeatures(second)
        ?.find(({ dimension, key }) => dimension === third && key === rest[0]);
      const state = feature?.state ?? 'unknown';
      if (state !== what) fail(`it is ${state}`);
    } else throw new Error(`unknown expectation "${what}"`);
  }

  #container(name: string): Container {
    const container = this.#containers.get(name);
    if (container === undefined) throw new Error(`container ${name} was not declared`);
    return container;
  }

  #agent(): Watch {
    if (this.#watch === undefined) throw new Error('the agent does not run yet');
    return this.#watch;
  }
}

/** A number that stands for a detail: the model's kernel tells details apart by nothing else. */
function codeOf(text: string): number {
  return Buffer.from(text).reduce((code, byte) => (code * 31 + byte) >>> 0, 0);
}

function stepOf(words: readonly string[], line: number): Step {
  if (words[0] === 'agent') return { kind: 'agent' };
  const [container = '', verb = ''] = words;
  if (verb === 'start' || verb === 'stop') return { kind: verb, container };
  return { kind: 'event', container, words: words.slice(1), line };
}

/** Words, with "double quotes" around those that hold spaces. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
  );
}

function thresholdSetting(options: ReadonlyMap<string, string>): ThresholdSetting {
  const [warning, critical] = [options.get('warning'), options.get('critical')];
  return {
    ...{ workload: options.get('workload'), namespace: options.get('namespace'), dimension: options.get('dimension') },
    warning: warning === undefined ? undefined : Number(warning),
    critical: critical === undefined ? undefined : Number(critical),
  };
}

function pairs(words: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index + 1 < words.length; index += 2) map.set(words[index] ?? '', words[index + 1] ?? '');
  return map;
}

function duration(text: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text ?? '');
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (match === null) throw new Error(`not a time: ${text ?? 'nothing'}`);
  return Number(match[1]) * (units[match[2] ?? ''] ?? 0);
}
