import type { KernelKey } from '../model/event.ts';

/** Stands between values; a key with a value that holds it is written as JSON. */
const between = '\u0000';
const [isText, isNumber, isFlag] = ['$', '#', '?'] as const;

/** A kernel key in few bytes: its values, and a form that many share, which says whose values they are, of what kind and in which order. */
interface KernelKeyText {
  /** Empty: the text is JSON. */
  readonly form: string;
  readonly text: string;
}

/** Two keys have the same text exactly when `JSON.stringify` makes the same of them. */
export function textOf(kernelKey: KernelKey): KernelKeyText {
  const { kind } = kernelKey;
  let form: string = kind;
  const values: string[] = [];
  for (const [name, value] of Object.entries(kernelKey) as [string, unknown][]) {
    if (value === undefined) continue;
    if (form === kind && values.length === 0 && name === 'kind' && typeof value === 'string') {
      // The kind is part of the form: it is one of few.
      form = `${between}${kind}`;
      continue;
    }
    if (form === kind || name.includes(between)) return asJson(kernelKey);
    if (typeof value === 'string' && !value.includes(between)) {
      form += between + isText + name;
      values.push(value);
    } else if (typeof value === 'number' && Number.isFinite(value)) {
      form += between + isNumber + name;
      values.push(String(value));
    } else if (typeof value === 'boolean') {
      form += between + isFlag + name;
      values.push(value ? '1' : '');
    } else return asJson(kernelKey);
  }
  return { form, text: values.join(between) };
}

/** The kernel key that `textOf` made this of. */
export function kernelKeyOf({ form, text }: KernelKeyText): KernelKey {
  if (form === '') return JSON.parse(text) as KernelKey;
  const [, kind = '', ...names] = form.split(between);
  const values = text.split(between);
  const key: Record<string, string | number | boolean> = { kind };
  for (const [index, typed] of names.entries()) {
    const [type, value] = [typed[0], values[index] ?? ''];
    key[typed.slice(1)] = type === isText ? value : type === isNumber ? Number(value) : value === '1';
  }
  return key as unknown as KernelKey;
}

function asJson(kernelKey: KernelKey): KernelKeyText {
  return { form: '', text: JSON.stringify(kernelKey) };
}
