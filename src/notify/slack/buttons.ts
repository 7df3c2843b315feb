import type { Notification } from '../../model/notification.ts';
import { clip, oneLine } from '../text.ts';
import { slackLimits } from './limits.ts';
import type { Block } from './message.ts';

/** What a button decides; the ends of the `action_id`s. */
export const buttonVerdicts = ['accept', 'deny', 'acknowledge'] as const;
export type ButtonVerdict = (typeof buttonVerdicts)[number];

/** Before the verdict in an `action_id`. */
export const actionPrefix = 'anchorwatch.';
/** Alerts that one button decides about. */
export const buttonAlertsMax = 20;

/**
 * The row of buttons; none once it is over. Accept and deny only where the message has every alert of the group: nobody accepts what they have
 * not been shown. Pure.
 */
export function buttons({ event, alerts, alertsCount, incident, group }: Notification): readonly Block[] {
  if (event === 'resolve' || alerts.length === 0) return [];
  const value = alerts
    .slice(0, buttonAlertsMax)
    .map(({ id }) => id)
    .join(',');
  if (value.length > slackLimits.value) return [];
  const whole = alertsCount <= Math.min(alerts.length, buttonAlertsMax);
  const what = `${String(alertsCount)} ${alertsCount === 1 ? 'alert' : 'alerts'} of ${clip(oneLine(incident?.workload.name ?? alerts[0]?.workload.name ?? Object.values(group).join(' ')), 120)}`;
  const accept = confirmed(
    'Accept?',
    `The behaviour behind ${what} becomes expected: it raises no alert again.`,
    'Accept',
  );
  const deny = confirmed('Deny?', `The behaviour behind ${what} stays unexpected, and raises alerts again.`, 'Deny');
  return [
    {
      type: 'actions',
      elements: [
        ...(event === 'acknowledge' ? [] : [button('acknowledge', 'Acknowledge', value)]),
        ...(whole ? [button('accept', 'Accept', value, { style: 'primary', confirm: accept })] : []),
        ...(whole ? [button('deny', 'Deny', value, { style: 'danger', confirm: deny })] : []),
      ],
    },
  ].filter(({ elements }) => elements.length > 0);
}

function button(
  verdict: ButtonVerdict,
  name: string,
  value: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { type: 'button', action_id: `${actionPrefix}${verdict}`, text: plain(name), value, ...more };
}

function confirmed(title: string, text: string, yes: string): Readonly<Record<string, unknown>> {
  const limits = slackLimits;
  return {
    title: plain(clip(title, limits.title)),
    text: plain(clip(text, limits.text)),
    confirm: plain(clip(yes, limits.confirm)),
    deny: plain('Cancel'),
  };
}

function plain(text: string): Readonly<Record<string, unknown>> {
  return { type: 'plain_text', text, emoji: false };
}
