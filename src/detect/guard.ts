import type { Facts } from './facts.ts';

/** A node of a condition's syntax tree as the CEL library has it: an operator, and what it stands over. */
export interface SyntaxNode {
  readonly op: string;
  readonly args: unknown;
}

/** False: the condition cannot hold. True: it may, evaluate it. */
export type Guard = (facts: Facts) => boolean;

/** What of the facts an operand reads, or the literal that it is. */
type Operand = { readonly read: (facts: Facts) => unknown } | { readonly literal: string | number | bigint | boolean };

const mayHold: Guard = () => true;

/**
 * What can be said about a condition without evaluating it: most events are none of most rules' business, and evaluating a syntax tree
 * costs many times what one comparison does. Of `&&`, `||`, `==`, `!=`, `in` over lists, `matches`, `startsWith`, `endsWith` and `contains`
 * with literals, and of facts that are flags, the truth is known; whatever else there is may hold. CEL's `&&` is false when one side is, whatever the other does (CEL
 * specification, "Logical operators"), so leaving the evaluation out changes no answer.
 * @param lists what `lists.NAME` stands for
 */
export function guardOf(node: SyntaxNode, lists: Readonly<Record<string, readonly unknown[]>>): Guard {
  const [left, right] = Array.isArray(node.args) ? (node.args as readonly unknown[]) : [];
  switch (node.op) {
    case '&&': {
      const [a, b] = [guardOfOperand(left, lists), guardOfOperand(right, lists)];
      return a === mayHold ? b : b === mayHold ? a : (facts) => a(facts) && b(facts);
    }
    case '||': {
      const [a, b] = [guardOfOperand(left, lists), guardOfOperand(right, lists)];
      return a === mayHold || b === mayHold ? mayHold : (facts) => a(facts) || b(facts);
    }
    case '==':
    case '!=':
      return guardOfComparison(node.op, operandOf(left), operandOf(right));
    case 'in':
      return guardOfMembership(operandOf(left), listOf(right, lists));
    case 'rcall':
      return guardOfCall(node.args, lists);
    case '.': {
      const flag = operandOf(node);
      return flag === undefined || !('read' in flag) ? mayHold : (facts) => flag.read(facts) !== false;
    }
    case '!_': {
      const flag = operandOf(node.args);
      return flag === undefined || !('read' in flag) ? mayHold : (facts) => flag.read(facts) !== true;
    }
    default:
      return mayHold;
  }
}

function guardOfOperand(node: unknown, lists: Readonly<Record<string, readonly unknown[]>>): Guard {
  return isNode(node) ? guardOf(node, lists) : mayHold;
}

function guardOfComparison(op: '==' | '!=', a: Operand | undefined, b: Operand | undefined): Guard {
  if (a === undefined || b === undefined || !('read' in a) || !('literal' in b)) return mayHold;
  const { read } = a;
  const literal = typeof b.literal === 'bigint' ? Number(b.literal) : b.literal;
  return (facts) => {
    const value = read(facts);
    return typeof value !== typeof literal || (value === literal) === (op === '==');
  };
}

function guardOfMembership(item: Operand | undefined, list: readonly unknown[] | undefined): Guard {
  if (item === undefined || !('read' in item) || list === undefined) return mayHold;
  const { read } = item;
  const members = new Set(list);
  return (facts) => {
    const value = read(facts);
    return typeof value !== 'string' || members.has(value);
  };
}

/** `TEXT.matches("literal")` and the like, and `lists.NAME.exists(x, TEXT.startsWith(x))`. */
function guardOfCall(args: unknown, lists: Readonly<Record<string, readonly unknown[]>>): Guard {
  const [name, receiver, parameters] = Array.isArray(args) ? (args as readonly unknown[]) : [];
  if (name === 'exists') return guardOfExistence(listOf(receiver, lists), parameters);
  const text = operandOf(receiver);
  const [parameter, ...more] = Array.isArray(parameters) ? (parameters as readonly unknown[]).map(operandOf) : [];
  if (text === undefined || !('read' in text) || parameter === undefined || more.length > 0) return mayHold;
  if (!('literal' in parameter) || typeof parameter.literal !== 'string') return mayHold;
  const test = textTest(name, parameter.literal);
  if (test === undefined) return mayHold;
  return (facts) => {
    const value = text.read(facts);
    return typeof value !== 'string' || test(value);
  };
}

function guardOfExistence(list: readonly unknown[] | undefined, parameters: unknown): Guard {
  const [variable, predicate] = Array.isArray(parameters) ? (parameters as readonly unknown[]) : [];
  if (list === undefined || !isNode(variable) || !isNode(predicate) || predicate.op !== 'rcall') return mayHold;
  const [name, receiver, inner] = Array.isArray(predicate.args) ? (predicate.args as readonly unknown[]) : [];
  const [item, ...more] = Array.isArray(inner) ? (inner as readonly unknown[]) : [];
  const text = operandOf(receiver);
  const isItem = isNode(item) && item.op === 'id' && item.args === variable.args && more.length === 0;
  if (!isItem || text === undefined || !('read' in text)) return mayHold;
  const tests = list.map((literal) => (typeof literal === 'string' ? textTest(name, literal) : undefined));
  const known = tests.flatMap((test) => test ?? []);
  if (known.length < tests.length) return mayHold;
  return (facts) => {
    const value = text.read(facts);
    return typeof value !== 'string' || known.some((test) => test(value));
  };
}

function textTest(name: unknown, literal: string): ((text: string) => boolean) | undefined {
  switch (name) {
    case 'matches': {
      const pattern = patternOf(literal);
      return pattern && ((text) => pattern.test(text));
    }
    case 'startsWith':
      return (text) => text.startsWith(literal);
    case 'endsWith':
      return (text) => text.endsWith(literal);
    case 'contains':
      return (text) => text.includes(literal);
    default:
      return undefined;
  }
}

/** Undefined for what is no pattern: the condition itself says so where it is evaluated. */
function patternOf(literal: string): RegExp | undefined {
  try {
    return new RegExp(literal);
  } catch {
    return undefined;
  }
}

/** `event.NAME`, `process.NAME` or `profile.NAME`, or a literal. */
function operandOf(node: unknown): Operand | undefined {
  if (!isNode(node)) return undefined;
  if (node.op === 'value') {
    const { args } = node;
    return ['string', 'number', 'bigint', 'boolean'].includes(typeof args)
      ? { literal: args as string | number | bigint | boolean }
      : undefined;
  }
  const [of, name] = memberOf(node);
  if (name === undefined || (of !== 'event' && of !== 'process' && of !== 'profile')) return undefined;
  return {
    read: (facts) => {
      const part: object = facts[of];
      return (part as Readonly<Record<string, unknown>>)[name];
    },
  };
}

function listOf(node: unknown, lists: Readonly<Record<string, readonly unknown[]>>): readonly unknown[] | undefined {
  if (!isNode(node)) return undefined;
  if (node.op === 'list') {
    const items = Array.isArray(node.args) ? (node.args as readonly unknown[]).map(operandOf) : [];
    const literals = items.flatMap((item) => (item !== undefined && 'literal' in item ? [item.literal] : []));
    return literals.length === items.length ? literals : undefined;
  }
  if (node.op === '+') {
    const [a, b] = (Array.isArray(node.args) ? (node.args as readonly unknown[]) : []).map((side) =>
      listOf(side, lists),
    );
    return a === undefined || b === undefined ? undefined : [...a, ...b];
  }
  const [of, name] = memberOf(node);
  return of === 'lists' && name !== undefined ? lists[name] : undefined;
}

/** `a.b` as `[a, b]`. */
function memberOf({ op, args }: SyntaxNode): readonly [of?: string, name?: string] {
  if (op !== '.' || !Array.isArray(args)) return [];
  const [of, name] = args as readonly unknown[];
  return isNode(of) && of.op === 'id' && typeof of.args === 'string' && typeof name === 'string' ? [of.args, name] : [];
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
