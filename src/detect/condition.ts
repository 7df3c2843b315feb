import { Environment } from '@marcbachmann/cel-js';
import { factDescriptions } from './fact-descriptions.ts';
import type { Facts } from './facts.ts';
import { guardOf, isNode } from './guard.ts';

/** What `lists.NAME` stands for. */
export type Lists = Readonly<Record<string, readonly (string | number)[]>>;

/** A condition that is valid CEL and names nothing that there is not. Evaluating it may still throw: CEL is typed at run time. */
export interface ParsedCondition {
  /** The condition with these lists. */
  readonly with: (lists: Lists) => (facts: Facts) => boolean;
}

/** Why a condition was refused, and where in its text. */
export class ConditionError extends Error {
  override readonly name: string = 'ConditionError';
  /** Characters from the start of the condition. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const variables = ['event', 'process', 'container', 'profile', 'lists'] as const;

/** Compiles conditions. One parser serves all rules. */
export class ConditionParser {
  readonly #environment: Environment = variables.reduce(
    (environment, name) => environment.registerVariable(name, 'map'),
    new Environment(),
  );

  /** @param listNames Lists that there are. @throws ConditionError */
  parse(when: string, listNames: ReadonlySet<string>): ParsedCondition {
    let compiled: ReturnType<Environment['parse']>;
    try {
      compiled = this.#environment.parse(when);
    } catch (error) {
      throw conditionError(error);
    }
    const check = compiled.check();
    if (!check.valid) throw conditionError(check.error);
    if (check.type !== undefined && check.type !== 'bool' && check.type !== 'dyn')
      throw new ConditionError(`is of type ${check.type}, not true or false`, 0);
    checkNames(compiled.ast, listNames);
    return {
      with: (lists) => {
        const guard = guardOf(compiled.ast, lists);
        return (facts) => {
          if (!guard(facts)) return false;
          const { event, process, container, profile } = facts;
          return compiled({ event, process, container, profile, lists }) === true;
        };
      },
    };
  }
}

/** Messages of the library go on with an excerpt, which only terminals show well. */
function conditionError(error: unknown): ConditionError {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const { range } = error as { readonly range?: { readonly start: number } };
  return new ConditionError(message, range?.start ?? 0);
}

/** A wrong name behind an `&&` that no example reaches would show first in use: names are checked before. */
function checkNames(node: unknown, listNames: ReadonlySet<string>): void {
  if (Array.isArray(node)) {
    for (const inner of node as readonly unknown[]) checkNames(inner, listNames);
    return;
  }
  if (!isNode(node)) return;
  const [of, member] = Array.isArray(node.args) ? (node.args as readonly unknown[]) : [];
  if ((node.op === '.' || node.op === '[]') && isNode(of) && of.op === 'id' && typeof of.args === 'string') {
    const name = isNode(member) && member.op === 'value' ? member.args : member;
    const known = of.args === 'lists' ? listNames : namesOf(of.args);
    if (known !== undefined && typeof name === 'string' && !known.has(name)) {
      const { start = 0 } = node as { readonly start?: number };
      throw new ConditionError(`there is no ${of.args}.${name}; there are ${[...known].join(', ')}`, start);
    }
  }
  checkNames(node.args, listNames);
}

function namesOf(variable: string): ReadonlySet<string> | undefined {
  const described = Object.entries(factDescriptions).find(([name]) => name === variable)?.[1];
  return described === undefined ? undefined : new Set(Object.keys(described));
}
