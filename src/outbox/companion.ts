import type { AgentMessage } from '../protocol/message.ts';
import type { PeersMessage } from '../protocol/peers-schema.ts';
import type { PostureKept } from '../protocol/posture-schema.ts';
import type { Kept, More, Question, Stop } from '../protocol/question.ts';

/** Puts a message on the present link; it is gone when there is none. */
export type SendBack = (message: AgentMessage) => void;

/** What the collector says to companions; each takes its own and leaves the rest. */
export type CompanionMessage = Question | More | Stop | Kept | PostureKept | PeersMessage;

/** What shares the link with the alerts: is told when the collector listens, of the messages that are no part of the alerts' way, and of the end. */
export interface Companion {
  /** Messages that it takes, for the hello. */
  readonly accepts: readonly string[];
  /** The collector welcomed the agent, and accepts these messages. */
  opened(accepts: readonly string[], send: SendBack): void;
  take(message: CompanionMessage, send: SendBack): void;
  /** The link ended: nothing that belongs to it may be sent any more, the next one counts anew. */
  ended(): void;
}

/** Several companions as one. */
export function together(companions: readonly Companion[]): Companion {
  return {
    accepts: companions.flatMap(({ accepts }) => accepts),
    opened(accepts, send): void {
      for (const companion of companions) companion.opened(accepts, send);
    },
    take(message, send): void {
      for (const companion of companions) companion.take(message, send);
    },
    ended(): void {
      for (const companion of companions) companion.ended();
    },
  };
}
