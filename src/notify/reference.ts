import type { z } from 'zod';
import { alertmanagerSettingsSchema } from './alertmanager/settings.ts';
import { emailSettingsSchema } from './email/settings.ts';
import { pagerdutySettingsSchema } from './pagerduty/settings.ts';
import { jsonSchemaOf } from './settings.ts';
import type { SettingsSchema } from './settings.ts';
import { slackSettingsSchema } from './slack/settings.ts';
import { webhookSettingsSchema } from './webhook/settings.ts';

const schemas: readonly (readonly [string, z.ZodType])[] = [
  ['slack', slackSettingsSchema],
  ['pagerduty', pagerdutySettingsSchema],
  ['alertmanager', alertmanagerSettingsSchema],
  ['webhook', webhookSettingsSchema],
  ['email', emailSettingsSchema],
];

/** docs/reference/receivers.md, made from the schemas that settings are checked against. Pure. */
export function receiversReference(): string {
  return [
    '# Settings of receivers',
    '',
    '<!-- Made by `npm run docs` from src/notify/*/settings.ts: change it there. -->',
    '',
    "What may stand below a receiver's kind in the routes file. How to set up the other side: [receivers.md](../receivers.md). Names of files",
    'are relative to the folder of the routes file; secrets stand in files alone, which are read for each attempt. Times are written `500ms`,',
    '`10s`, `5m`, `24h`, `2d`.',
    '',
    ...schemas.flatMap(([kind, schema]) => {
      const described = jsonSchemaOf(schema);
      return [`## ${kind}`, '', '| key | type | |', '| --- | --- | --- |', ...rowsOf(described, ''), ''];
    }),
  ].join('\n');
}

function rowsOf({ properties = {}, required = [] }: SettingsSchema, before: string): string[] {
  return Object.entries(properties).flatMap(([name, member]) => {
    const needed = required.includes(name) ? 'Needed. ' : '';
    const row = `| \`${before}${name}\` | ${typeOf(name, member)} | ${needed}${member.description ?? ''} |`;
    return [row, ...rowsOf(member, `${before}${name}.`)];
  });
}

function typeOf(name: string, member: SettingsSchema): string {
  if (member.enum !== undefined) return member.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (member.type === 'array') return `list of ${typeOf('', member.items ?? {})}`;
  if (member.type === 'object') return member.properties === undefined ? 'texts by name' : 'object';
  if (member.type === 'string') return name.endsWith('File') ? 'file' : 'text';
  return member.type ?? 'text';
}
