import { describe, expect, test } from 'vitest';
import { Questions } from '../../src/ingest/questions.ts';
import type { Answering, Inquiry } from '../../src/ingest/questions.ts';
import { AnchorwatchError } from '../../src/lib/errors.ts';
import { createLogger } from '../../src/lib/log.ts';
import { Answers } from '../../src/outbox/answers.ts';
import type { Answerer } from '../../src/outbox/answers.ts';
import { decodeAgentMessage, decodeCollectorMessage, encodeMessage } from '../../src/protocol/message.ts';
import type { AgentMessage } from '../../src/protocol/message.ts';
import type { AnswerEnd, Arguments } from '../../src/protocol/question.ts';
import { waitFor } from '../support/wait.ts';

/** Both ends of a link, with every message as bytes. */
class Pair {
  readonly fromAgent: AgentMessage[] = [];
  readonly answers: Answers;
  readonly questions: Questions;
  connected = true;

  constructor(answerers: Readonly<Record<string, Answerer>>, openMax?: number) {
    const log = createLogger({ level: 'silent' });
    this.answers = new Answers({ answerers, log, ...(openMax === undefined ? {} : { openMax }) });
    this.questions = new Questions((message) => {
      const decoded = decodeCollectorMessage(encodeMessage(message));
      if (decoded.type !== 'question' && decoded.type !== 'more' && decoded.type !== 'stop') throw new Error('strange');
      if (this.connected) this.answers.take(decoded, (answer) => this.#back(answer));
    });
  }

  #back(message: AgentMessage): void {
    const decoded = decodeAgentMessage(encodeMessage(message));
    this.fromAgent.push(decoded);
    if (decoded.type !== 'part' && decoded.type !== 'end') throw new Error('strange');
    if (this.connected) this.questions.take(decoded);
  }
}

async function* counting(args: Arguments, signal: AbortSignal): AsyncGenerator<string, Arguments, undefined> {
  const most = Number(args['most']);
  let told = 0;
  for (; told < most && !signal.aborted; told++) yield `part ${String(told)}`;
  return { told };
}

async function all(answering: Answering): Promise<{ readonly parts: readonly string[]; readonly end: AnswerEnd }> {
  const parts: string[] = [];
  for (;;) {
    const next = await answering.next();
    if (next.done === true) return { parts, end: next.value };
    parts.push(next.value);
  }
}

const inquiry = (what: string, args: Arguments = {}, rest: Partial<Inquiry> = {}): Inquiry => ({
  ...{ what, args, deadlineMs: 5_000 },
  ...rest,
});

describe('a question with a long answer', () => {
  test('comes in parts, in their order, with an end', async () => {
    const { questions } = new Pair({ count: counting });
    const { parts, end } = await all(questions.ask(inquiry('count', { most: 100 })));
    expect(parts).toEqual(Array.from({ length: 100 }, (_, index) => `part ${String(index)}`));
    expect(end).toEqual({ outcome: 'done', reason: '', summary: { told: 100 } });
  });

  test('no more parts are made than the window holds until they are taken', async () => {
    let made = 0;
    const pair = new Pair({
      async *much(_, signal) {
        while (!signal.aborted) yield String(made++);
        return {};
      },
    });
    const answering = pair.questions.ask(inquiry('much', {}, { window: 3 }));
    await waitFor('the window', () => made === 3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBe(3);
    expect((await answering.next()).value).toBe('0');
    expect((await answering.next()).value).toBe('1');
    await waitFor('more', () => made === 4);
    await answering.return({ outcome: 'stopped', reason: '', summary: {} });
    await waitFor('the end', () => pair.fromAgent.at(-1)?.type === 'end');
    expect(pair.fromAgent.at(-1)).toMatchObject({ outcome: 'stopped' });
    expect(made).toBe(4);
  });

  test('ends at its deadline with what was sent, also when the agent says nothing', async () => {
    const slow: Answerer = async function* (_, signal) {
      yield 'first';
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
      return { told: 1 };
    };
    const pair = new Pair({ slow });
    const { parts, end } = await all(pair.questions.ask(inquiry('slow', {}, { deadlineMs: 20 })));
    expect(parts).toEqual(['first']);
    expect(end).toEqual({ outcome: 'late', reason: '', summary: { told: 1 } });
    pair.connected = false;
    expect((await all(pair.questions.ask(inquiry('slow', {}, { deadlineMs: 1 })))).end.outcome).toBe('silent');
  });

  test('what goes wrong has a name, and does not reach other questions', async () => {
    const failing = (code: string): Answerer =>
      // oxlint-disable-next-line require-yield -- it fails before
      async function* () {
        throw new AnchorwatchError(code, `because of ${code}`);
      };
    const pair = new Pair(
      {
        count: counting,
        invalid: failing('question.invalid'),
        unknown: failing('question.unknown'),
        broken: failing('store.failed'),
        large: async function* () {
          yield 'x'.repeat(2_000_000);
          return {};
        },
        waiting: async function* (_, signal) {
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve());
          });
          yield* [];
          return {};
        },
      },
      2,
    );
    const outcome = async (what: string): Promise<AnswerEnd> =>
      (await all(pair.questions.ask(inquiry(what, { most: 1 })))).end;
    expect(await outcome('invalid')).toMatchObject({ outcome: 'refused', reason: 'because of question.invalid' });
    expect(await outcome('unknown')).toMatchObject({ outcome: 'unknown' });
    expect(await outcome('broken')).toMatchObject({ outcome: 'failed', reason: 'the log of the agent says why' });
    expect(await outcome('large')).toMatchObject({ outcome: 'failed' });
    expect(await outcome('weather')).toMatchObject({ outcome: 'refused' });
    expect(await outcome('toString')).toMatchObject({ outcome: 'refused' });
    const open = [pair.questions.ask(inquiry('waiting')), pair.questions.ask(inquiry('waiting'))];
    expect(await outcome('count')).toMatchObject({ outcome: 'busy' });
    pair.answers.ended();
    pair.questions.ended();
    for (const one of open) expect((await all(one)).end.outcome).toBe('silent');
    expect(await outcome('count')).toMatchObject({ outcome: 'silent' });
    expect(pair.answers.counters).toMatchObject({ asked: 9, failed: 2, refused: 4 });
  });

  test('a node that sends more than it was asked for is not listened to', async () => {
    const questions = new Questions(() => undefined);
    const answering = questions.ask(inquiry('count', {}, { window: 2 }));
    for (const data of ['a', 'b', 'c', 'd']) questions.take({ type: 'part', id: 1, data });
    questions.take({ type: 'part', id: 7, data: 'of nothing' });
    const { parts, end } = await all(answering);
    expect(parts).toEqual(['a', 'b']);
    expect(end.outcome).toBe('failed');
  });
});
