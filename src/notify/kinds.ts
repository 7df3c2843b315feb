import type { ReceiverKind } from '../model/notification.ts';
import { alertmanagerKind } from './alertmanager/alertmanager.ts';
import { emailKind } from './email/email.ts';
import { pagerdutyKind } from './pagerduty/pagerduty.ts';
import { slackKind } from './slack/slack.ts';
import { webhookKind } from './webhook/webhook.ts';

/** Every kind of receivers that a routes file may name. */
export const receiverKinds: readonly ReceiverKind[] = [
  slackKind,
  pagerdutyKind,
  alertmanagerKind,
  webhookKind,
  emailKind,
];
