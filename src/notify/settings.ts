import { resolve } from 'node:path';
import { z } from 'zod';
import { isLoopbackAddress } from '../lib/address.ts';
import { nearestName } from '../lib/suggestion.ts';
import type { ReceiverSurroundings, SettingsProblem } from '../model/notification.ts';
import { SecretFile } from './secret-file.ts';

/** Settings that fit, or everything that is wrong with them. */
export type Checked<Settings> = { readonly settings: Settings } | { readonly problems: readonly SettingsProblem[] };

/** Checks settings against a strict schema. Messages name keys and never values. Pure. */
export function checkSettings<Settings>(schema: z.ZodType<Settings>, written: unknown): Checked<Settings> {
  const parsed = schema.safeParse(written ?? {}, { reportInput: false });
  if (parsed.success) return { settings: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, schema, written)) };
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, written: unknown): SettingsProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_type' && path.length > 0 && valueAt(written, path) === undefined)
    return [{ path, message: `${String(path.at(-1))} is missing` }];
  return [{ path, message: issue.message }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const inFile = known.find((name) => name.toLowerCase() === `${key.toLowerCase()}file`);
  if (inFile !== undefined)
    return `there is no key ${key}: secrets stand in files of their own, write ${inFile}: and the file's name`;
  const near = nearestName(key, known);
  return near === undefined
    ? `there is no key ${key}; there are ${known.join(', ')}`
    : `there is no key ${key}; did you mean ${near}?`;
}

/** Keys of the object that stands at a path of the schema. */
export function keysAt(schema: z.ZodType, path: readonly (string | number)[] = []): readonly string[] {
  let at = jsonSchemaOf(schema);
  for (const part of path) at = (typeof part === 'number' ? at.items : at.properties?.[part]) ?? {};
  return Object.keys(at.properties ?? {});
}

/** What is read of a JSON Schema here. */
export interface SettingsSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SettingsSchema>>;
  readonly items?: SettingsSchema;
  readonly additionalProperties?: SettingsSchema | boolean;
}

/** The settings as people write them. */
export function jsonSchemaOf(schema: z.ZodType): SettingsSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SettingsSchema;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    value,
  );
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `10s`, `5m`, `24h`, `2d`, within bounds; milliseconds come out. */
export function duration(leastMs: number, mostMs: number): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const match = /^(\d{1,9})(ms|s|m|h|d)$/u.exec(text);
    const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? ''] ?? Number.NaN);
    if (ms >= leastMs && ms <= mostMs) return ms;
    const message = `must be a time from ${wordOf(leastMs)} to ${wordOf(mostMs)}, such as 10s`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

function wordOf(ms: number): string {
  const unit = ['d', 'h', 'm', 's'].find((name) => ms % (unitMs[name] ?? 1) === 0) ?? 'ms';
  return `${String(ms / (unitMs[unit] ?? 1))}${unit}`;
}

/** An address to post to. @param open True where plain HTTP may leave this machine: no secret is part of the address or stands beside it. */
export function address(open: boolean): z.ZodType<URL, string> {
  return z
    .string()
    .max(2048)
    .transform((text, context) => {
      const trouble = addressTrouble(text, open);
      if (trouble === undefined) return new URL(text);
      context.addIssue({ code: 'custom', message: trouble });
      return z.NEVER;
    });
}

/** Why a text is no address to post to; never repeats it. Pure. */
export function addressTrouble(text: string, open: boolean): string | undefined {
  if (!URL.canParse(text)) return 'must be an address such as https://host/path';
  const { protocol, username, password, hostname, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:// or http://';
  if (username !== '' || password !== '') return 'must not hold a user or password: they stand in files of their own';
  if (hash !== '') return 'must not have a part after #';
  const local = hostname === 'localhost' || isLoopbackAddress(hostname.replaceAll(/^\[|\]$/gu, ''));
  if (protocol === 'http:' && !open && !local) return 'must begin with https://: what is sent there is secret';
  return undefined;
}

/** A file's name, from the folder of the routes file on. */
export const fileName: z.ZodType<string, string> = z.string().min(1).max(4096);

/** A secret's file by its name; `undefined` for none. What cannot be read is a problem, what everybody may read a warning. */
export class SecretFiles {
  readonly problems: SettingsProblem[] = [];
  readonly #surroundings: ReceiverSurroundings;

  constructor(surroundings: ReceiverSurroundings) {
    this.#surroundings = surroundings;
  }

  /** @param path Where the name stands in the settings. */
  open(path: readonly (string | number)[], name: string): SecretFile;
  open(path: readonly (string | number)[], name: string | undefined): SecretFile | undefined;
  open(path: readonly (string | number)[], name: string | undefined): SecretFile | undefined {
    if (name === undefined) return undefined;
    return this.#opened(path, name, true);
  }

  /** Looks whether a file can be read; a warning only where it is secret. */
  look(path: readonly (string | number)[], name: string, secret: boolean): void {
    this.#opened(path, name, secret);
  }

  #opened(path: readonly (string | number)[], name: string, secret: boolean): SecretFile {
    const { directory, warn } = this.#surroundings;
    const told = secret ? (message: string): void => warn?.({ path, message }) : undefined;
    const file = new SecretFile(resolve(directory, name), told);
    const message = file.trouble();
    if (message !== undefined) this.problems.push({ path, message });
    return file;
  }
}
