import { z } from 'zod';
import { defaultThresholds } from '../model/alert.ts';
import { dimensions } from '../model/feature.ts';
import type { Dimension } from '../model/feature.ts';
import type { Workload } from '../model/container.ts';
import type { Parsed } from './values.ts';

/** Thresholds for everything, or for what its other members name. Undefined members are left to less particular settings. */
export interface ThresholdSetting {
  /** Name or id of a workload. */
  readonly workload?: string | undefined;
  /** Kubernetes namespace or Compose project: the name of a workload up to its first slash. */
  readonly namespace?: string | undefined;
  readonly dimension?: string | undefined;
  /** Decades. */
  readonly warning?: number | undefined;
  /** Decades. */
  readonly critical?: number | undefined;
}

const decades = z.number().min(0).max(20);
const name = z.string().min(1).max(512);
const setting = z.strictObject({
  workload: name.optional(),
  namespace: name.optional(),
  dimension: z
    .string()
    .refine((text) => (dimensions as readonly string[]).includes(text) || /^rate\.[a-z0-9_.-]{1,64}$/u.test(text), {
      error: ({ input }) => `${JSON.stringify(input)} is not a dimension: ${dimensions.join(', ')} or rate.NAME`,
    })
    .optional(),
  warning: decades.optional(),
  critical: decades.optional(),
});
const settingsMax = 1000;

/** Reads a list of threshold settings from JSON. A problem names the element, counted from 1, and its member. */
export function parseThresholds(text: string): Parsed<readonly ThresholdSetting[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'is not JSON: a list such as [{"dimension":"file.write","warning":4}]' };
  }
  if (!Array.isArray(value) || value.length > settingsMax)
    return { ok: false, problem: `must be a list of at most ${settingsMax} mappings` };
  const settings: ThresholdSetting[] = [];
  for (const [index, element] of value.entries()) {
    const which = `element ${index + 1}`;
    const parsed = setting.safeParse(element);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const member = issue?.path.map(String).join('.') ?? '';
      return {
        ok: false,
        problem: `has a mistake in ${which}${member === '' ? '' : `, ${member}`}: ${issue?.message ?? 'invalid'}`,
      };
    }
    const { warning, critical } = parsed.data;
    if (warning === undefined && critical === undefined)
      return { ok: false, problem: `has a mistake in ${which}: it sets neither warning nor critical` };
    settings.push(parsed.data);
  }
  const trouble = settings.findIndex((one) => {
    const { warning, critical } = settle(settings, one);
    return warning > critical;
  });
  if (trouble >= 0) {
    const { warning, critical } = settle(settings, settings[trouble] ?? {});
    return {
      ok: false,
      problem: `has a mistake in element ${trouble + 1}: warning (${warning}) would be above critical (${critical}) there`,
    };
  }
  return { ok: true, value: settings };
}

/** A number of alerts a day, or `unlimited`. */
export function parseBudget(text: string): Parsed<number> {
  if (text === 'unlimited') return { ok: true, value: Infinity };
  return /^\d{1,6}(?:\.\d{1,6})?$/u.test(text)
    ? { ok: true, value: Number(text) }
    : { ok: false, problem: 'is not a number of alerts a day such as 1 or 0.5, nor unlimited' };
}

/**
 * Thresholds of a dimension of a workload: of the settings that fit, the most particular counts, for each threshold by itself. A workload is
 * more particular than a namespace, that than a dimension; among equals the later setting wins. A threshold for warnings that would so be above that for critical alerts is that one. Pure.
 */
export function thresholdsOf(
  settings: readonly ThresholdSetting[],
  workload: Workload,
  dimension: Dimension,
): { readonly warning: number; readonly critical: number } {
  const namespace = workload.name.includes('/') ? workload.name.slice(0, workload.name.indexOf('/')) : undefined;
  const fitting = settings.filter(
    (one) =>
      (one.workload === undefined || one.workload === workload.name || one.workload === workload.id) &&
      (one.namespace === undefined || one.namespace === namespace) &&
      (one.dimension === undefined || one.dimension === dimension),
  );
  const { warning, critical } = strongest(fitting);
  return { warning: Math.min(warning, critical), critical };
}

/** What holds where exactly the members of a setting are known. */
function settle(
  settings: readonly ThresholdSetting[],
  where: ThresholdSetting,
): { readonly warning: number; readonly critical: number } {
  return strongest(
    settings.filter(
      (one) =>
        (one.workload === undefined || one.workload === where.workload) &&
        (one.namespace === undefined || one.namespace === where.namespace) &&
        (one.dimension === undefined || one.dimension === where.dimension),
    ),
  );
}

function strongest(fitting: readonly ThresholdSetting[]): { readonly warning: number; readonly critical: number } {
  const ordered = fitting.toSorted((a, b) => particularity(a) - particularity(b));
  return {
    warning: ordered.findLast(({ warning }) => warning !== undefined)?.warning ?? defaultThresholds.warning,
    critical: ordered.findLast(({ critical }) => critical !== undefined)?.critical ?? defaultThresholds.critical,
  };
}

function particularity({ workload, namespace, dimension }: ThresholdSetting): number {
  return (workload === undefined ? 0 : 4) + (namespace === undefined ? 0 : 2) + (dimension === undefined ? 0 : 1);
}
