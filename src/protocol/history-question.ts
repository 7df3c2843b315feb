import { AnchorwatchError } from '../lib/errors.ts';
import { historyKinds } from '../model/history.ts';
import type { HistoryKind, HistoryQuery } from '../model/history.ts';
import type { Arguments } from './question.ts';

/** The kind of question (`Question.what`). Parts are lines of JSON, an entry each, in the order of time; a part ends with a line. */
export const historyQuestion = 'history';

/** A query as a node is asked it. `after`: only what comes later than this entry. */
export interface NodeHistoryQuery extends HistoryQuery {
  readonly after?: { readonly timeMs: number; readonly seq: number } | undefined;
}

/** A question's arguments. */
export function historyArguments(query: NodeHistoryQuery): Arguments {
  const { container, workload, pod, sinceMs, untilMs, kinds, path, address, process, limit, after } = query;
  const texts = { container, workload, pod, kinds: kinds?.join(' '), path, address, process };
  return {
    ...Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    ...{ sinceMs, untilMs, limit },
    ...(after === undefined ? {} : { afterMs: after.timeMs, afterSeq: after.seq }),
  };
}

/** The query of a question. Throws `question.invalid`, which names the argument. */
export function parseHistoryArguments(args: Arguments): NodeHistoryQuery {
  const { sinceMs, untilMs, limit, kinds, afterMs, afterSeq } = args;
  const text = (name: string): string | undefined => {
    const value = args[name];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw invalid(name);
  };
  const figure = (name: string, value: unknown): number => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw invalid(name);
  };
  return {
    ...{ container: text('container'), workload: text('workload'), pod: text('pod') },
    ...{ path: text('path'), address: text('address'), process: text('process') },
    ...{ sinceMs: figure('sinceMs', sinceMs), untilMs: figure('untilMs', untilMs), limit: figure('limit', limit) },
    kinds: kinds === undefined ? undefined : String(kinds).split(' ').map(kindOf),
    after:
      afterMs === undefined ? undefined : { timeMs: figure('afterMs', afterMs), seq: figure('afterSeq', afterSeq) },
  };
}

function kindOf(text: string): HistoryKind {
  const kind = historyKinds.find((one) => one === text);
  if (kind === undefined)
    throw new AnchorwatchError('question.invalid', `there is no kind ${text.slice(0, 40)} of entries here`);
  return kind;
}

function invalid(name: string): AnchorwatchError {
  return new AnchorwatchError('question.invalid', `the argument ${name} makes no sense`);
}
