import { z } from 'zod';
import { lifecycleActions } from '../model/event.ts';
import type { PodNews } from '../model/pod-news.ts';
import { limits } from './limits.ts';
import { parse } from './message.ts';
import type { Arguments } from './question.ts';

/** The kind of question (`Question.what`): something that happened to a pod. The answer has no parts; its summary says how many containers it was `told` of. */
export const podNewsQuestion = 'pod-news';

const name = z.string().max(limits.nameLength);
const schema: z.ZodType<PodNews> = z.object({
  ...{ namespace: name, pod: name, container: name, owner: name, by: name },
  action: z.enum([...lifecycleActions, 'debug-session']),
  detail: z.string().max(limits.textLength),
  timeMs: z.number().min(0).max(8.64e15),
});

/** A question's arguments; texts that are too long are cut. */
export function podNewsArguments({ action, timeMs, detail, ...names }: PodNews): Arguments {
  const { namespace, pod, container, owner, by } = names;
  const cut = Object.entries({ namespace, pod, container, owner, by }).map(([key, value]) => [
    key,
    value.slice(0, limits.nameLength),
  ]);
  return { ...Object.fromEntries(cut), action, timeMs, detail: detail.slice(0, limits.textLength) } as Arguments;
}

/** The news of a question. Throws `question.invalid`, which names the argument. */
export function parsePodNews(args: Arguments): PodNews {
  return parse(schema, args, 'question.invalid', 'the news of a pod make no sense');
}
