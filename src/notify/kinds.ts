import type { ReceiverKind } from '../model/notification.ts';

/** Every kind of receivers that a routes file may name. */
export const receiverKinds: readonly ReceiverKind[] = [];
