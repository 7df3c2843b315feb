import type { RuleSet } from '../../detect/rules.ts';
import type { Clock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/log.ts';
import type { BurstLoopOptions } from '../burst-loop.ts';
import { SliceLoops } from '../slice-loops.ts';
import { starterPaths, Starters } from '../starters.ts';
import { Watch } from '../watch.ts';
import { thresholdsOf } from '../../config/thresholds.ts';
import type { ThresholdSetting } from '../../config/thresholds.ts';
import type { Alert } from '../../model/alert.ts';
import type { Container } from '../../model/container.ts';
import type { Dimension } from '../../model/feature.ts';
import type { Observations } from '../../model/observation.ts';
import { growIncident } from '../../model/incident.ts';
import type { ContainerRates } from '../../model/node.ts';
import type { SharedProfile } from '../../model/shared-profile.ts';
import { defaultHalfLifeMs } from '../../profile/decay.ts';
import { sumOfContributions } from '../../profile/merge.ts';
import { limits } from '../../protocol/limits.ts';
import { ComputingProcesses } from './computing-processes.ts';
import { declaredContainer } from './declared-container.ts';
import { eventOf } from './event-line.ts';
import { ModelKernel } from './model-kernel.ts';
import { CountedCalls, scenarioArch } from './counted-calls.ts';
import { MeasuredContainers, uniformDraws } from './measured-containers.ts';
import { NamedProcesses } from './named-processes.ts';
import { ScenarioStore } from './scenario-store.ts';
import type { OpenStores } from './scenario-store.ts';
import { sightOf } from './sights.ts';
import { repeated, stepOf } from './steps.ts';
import type { Step, TimedStep } from './steps.ts';
import { duration, named, number, pairs, thresholdSetting, wordsOf } from './words.ts';

const epochMs = Date.UTC(2026, 0, 5);
const silent = createLogger({ level: 'silent' });

/**
 * Runs a scenario (docs/scenarios.md describes the lines) through the agent's own Watch and store, with a model of the kernel filter in front.
 * Answers one message for each expectation that was not met. Throws on a line that it does not understand, naming it.
 */
export function runScenario(text: string, rules: RuleSet): readonly string[] {
  const store = new ScenarioStore();
  try {
    return new Run(rules, store).run(text);
  } finally {
    store.close();
  }
}

class Run {
  readonly #rules: RuleSet;
  readonly #store: ScenarioStore;
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
  readonly #contributions: Map<string, readonly SharedProfile[]> = new Map();
  #node = 'node-1';
  #alertBudget = Infinity;
  readonly #thresholds: ThresholdSetting[] = [];
  #watch: Watch | undefined;
  #slices: SliceLoops | undefined;
  readonly #measured: MeasuredContainers = new MeasuredContainers();
  readonly #calls: CountedCalls = new CountedCalls();
  readonly #computing: ComputingProcesses = new ComputingProcesses(() => this.#nowMs);
  #withBursts = false;
  #sight: Observations | undefined;
  #starters: Starters | undefined;
  #kernel: ModelKernel = new ModelKernel();

  constructor(rules: RuleSet, store: ScenarioStore) {
    this.#rules = rules;
    this.#store = store;
  }

  run(text: string): readonly string[] {
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.replace(/(?:^|\s)#.*$/, '').trim();
      if (line === '') continue;
      const act = (): void => {
        this.#line(wordsOf(line), index + 1);
      };
      named(index + 1, act, line);
    }
    for (const { line, isRepeated = false } of this.#steps)
      if (!isRepeated) this.#failures.push(`line ${line}: it never happens: there is no "until" as late`);
    return this.#failures;
  }

  #line(words: readonly string[], line: number): void {
    const [verb = '', ...rest] = words;
    if (verb === 'slice') this.#sliceMs = duration(rest[0]);
    else if (verb === 'startup') this.#startupMs = duration(rest[0]);
    else if (verb === 'half-life') this.#halfLifeMs = duration(rest[0]);
    else if (verb === 'budget') this.#alertBudget = number(rest[0]);
    else if (verb === 'threshold') this.#thresholds.push(thresholdSetting(pairs(rest)));
    else if (verb === 'bursts') this.#withBursts = rest[0] === 'on';
    else if (verb === 'starter') this.#starters = new Starters(starterPaths(rest[0] ?? 'on'), silent);
    else if (verb === 'sees') this.#sight = sightOf(rest[0] ?? '');
    else if (verb === 'container') this.#containers.set(rest[0] ?? '', declaredContainer(rest, this.#containers.size));
    else if (verb === 'at') this.#steps.push({ atMs: duration(rest[0]), step: stepOf(rest.slice(1), line), line });
    else if (verb === 'every') this.#steps.push(...repeated(rest, line));
    else if (verb === 'until') this.#advance(duration(rest[0]));
    else if (verb === 'expect') this.#expect(rest, line);
    else throw new Error(`unknown word "${verb}"`);
  }

  #advance(toMs: number): void {
    const due = this.#steps.filter(({ atMs }) => atMs <= toMs).toSorted((a, b) => a.atMs - b.atMs);
    this.#steps = this.#steps.filter(({ atMs }) => atMs > toMs);
    for (const { atMs, step, line } of due) {
      this.#clockTo(atMs);
      named(line, () => {
        this.#perform(step);
      });
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
    this.#slices?.tick();
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
    const stores = this.#store.open(this.#node);
    const clock = { nowMs: () => epochMs + this.#nowMs, monotonicMs: () => this.#nowMs };
    this.#watch = new Watch({
      ...{ profiles: stores.profiles, sights: stores.sights },
      ...(this.#starters === undefined ? {} : { starters: this.#starters }),
      rules: this.#rules,
      clock,
      node: this.#node,
      sliceMs: this.#sliceMs,
      startupMs: this.#startupMs,
      halfLifeMs: this.#halfLifeMs,
      alertBudget: this.#alertBudget,
      thresholds: (workload, dimension) => thresholdsOf(this.#thresholds, workload, dimension),
    });
    if (this.#sight !== undefined) this.#watch.observe(this.#sight);
    this.#slices = this.#startSlices(this.#watch, stores, clock);
    this.#kernel = new ModelKernel();
    for (const name of this.#running) this.#startInAgent(this.#container(name));
  }

  #startSlices({ slices }: Watch, { rates, mixes, bursts }: OpenStores, clock: Clock): SliceLoops {
    const seconds = (running: readonly Container[]): ReturnType<BurstLoopOptions['figures']> =>
      new Map(running.map(({ id }) => [id, this.#eachSecond(id)]));
    return new SliceLoops({
      ...{ slices, rateStore: rates, mixStore: mixes, clock, log: silent },
      ...(this.#withBursts ? { bursts: { store: bursts, figures: seconds, processes: this.#computing } } : {}),
      ...{ sliceMs: this.#sliceMs, startupMs: this.#startupMs, halfLifeMs: this.#halfLifeMs },
      ...{ arch: scenarioArch, random: uniformDraws() },
      running: () => [...this.#running].map((name) => this.#container(name)),
      figures: (running) => new Map(running.map(({ id }) => [id, this.#measured.figures(id, this.#nowMs)])),
      counts: ({ id }) => this.#calls.counts(id, this.#nowMs),
      raise: (alert) => {
        this.#note([alert]);
      },
    });
  }

  #eachSecond(id: string): ContainerRates {
    const measured = this.#measured.smooth(id, this.#nowMs);
    return { ...measured, cpuSeconds: (measured.cpuSeconds ?? 0) + this.#computing.cpuSeconds(id) };
  }

  #startInAgent(container: Container): void {
    const watch = this.#agent();
    this.#kernel.restore(container.workload.id, watch.kernelKeys(container.workload.id));
    this.#kernel.setSample(container.id, watch.containerStarted(container, epochMs + this.#nowMs));
    const others = [...this.#contributions].flatMap(([node, learned]) => (node === this.#node ? [] : learned));
    const known = others.filter(({ workload }) => workload.id === container.workload.id);
    const prior = sumOfContributions(known, epochMs + this.#nowMs);
    if (prior !== undefined) watch.profile(container.workload.id)?.usePrior(prior, epochMs + this.#nowMs);
  }

  /** What follows happens on another node, which knows what the nodes before it contributed when they were left. */
  #moveTo(node: string): void {
    const watch = this.#agent();
    const learned = watch
      .report()
      .flatMap(
        ({ workload: { id } }) => watch.profile(id)?.contribution(epochMs + this.#nowMs, limits.sharedFeatures) ?? [],
      );
    this.#contributions.set(this.#node, learned);
    watch.save();
    this.#node = node;
    this.#running.clear();
  }

  #perform(step: Step): void {
    if (step.kind === 'agent') {
      if (step.seeing !== undefined) this.#sight = sightOf(step.seeing);
      if (step.node !== undefined) this.#moveTo(step.node);
      this.#startAgent();
      return;
    }
    if (step.kind === 'operator') {
      this.#decide(step.words);
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
      this.#slices?.forget(container.id);
      return;
    }
    if (step.words[0] === 'rate') {
      this.#measured.set(container.id, step.words.slice(1), this.#nowMs);
      return;
    }
    if (step.words[0] === 'computes') {
      this.#computing.set(container.id, step.words.slice(1));
      return;
    }
    if (step.words[0] === 'calls') {
      this.#calls.set(container.id, step.words.slice(1), this.#nowMs);
      return;
    }
    const event = eventOf(step.words, {
      container,
      timeMs: epochMs + this.#nowMs,
      processes: this.#processes,
    });
    const told = this.#kernel.filter(event, container);
    if (told === undefined) return;
    this.#events++;
    const judgement = this.#agent().handle(told, container);
    if (told.kernelKey !== undefined) this.#kernel.mark(container.workload.id, told.kernelKey, judgement.mark);
    for (const key of judgement.alsoKnown) this.#kernel.mark(container.workload.id, key, 'known');
    if (judgement.saveNow) this.#agent().save();
    if (judgement.alert !== undefined) this.#note([judgement.alert]);
  }

  /** accepts WORKLOAD [DIMENSION KEY] | denies WORKLOAD DIMENSION KEY | relearns WORKLOAD */
  #decide([verb = '', workload = '', dimension, key]: readonly string[]): void {
    const verdict = ({ accepts: 'accept', denies: 'deny', relearns: 'relearn' } as const)[verb];
    if (verdict === undefined) throw new Error(`an operator accepts, denies or relearns, not "${verb}"`);
    const judged = (this.#agent().profileFeatures(workload) ?? []).filter(({ state }) => state === 'judged');
    const chosen = dimension === undefined || key === undefined ? [] : [{ dimension: dimension as Dimension, key }];
    const time = new Date(epochMs + this.#nowMs).toISOString();
    const features = verdict === 'accept' && dimension === undefined ? judged : chosen;
    const decision = { id: `decision at ${time}`, verdict, workload, features, by: 'operator', reason: '', time };
    const { judged: keys, forget } = this.#agent().decide(decision, epochMs + this.#nowMs);
    if (forget || keys.length > 0) this.#kernel.revoke(workload, forget ? 'all' : keys);
    this.#agent().save();
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
    } else if (what === 'watched' || what === 'unobserved') {
      const is = this.#watch?.sight.unobserved().some(({ dimension }) => dimension === second) === true;
      if (is !== (what === 'unobserved')) fail(is ? 'it is not observed' : 'it is watched');
    } else if (what === 'usual') {
      const report = this.#slices?.report(this.#workloadId(second)).find(({ name }) => name === third);
      const [value, wanted] = [report?.usual ?? Number.NaN, Number(rest[0])];
      if (!(Math.abs(value - wanted) <= 0.2 * wanted)) fail(`it is ${value}`);
    } else if (what === 'known' || what === 'judged' || what === 'unknown') {
      const feature = this.#agent()
        .profileFeatures(second)
        ?.find(({ dimension, key }) => dimension === third && key === rest[0]);
      const state = feature?.state ?? 'unknown';
      if (state !== what) fail(`it is ${state}`);
    } else throw new Error(`unknown expectation "${what}"`);
  }

  #workloadId(name: string): string {
    return [...this.#containers.values()].find(({ workload }) => workload.name === name)?.workload.id ?? '';
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
