import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Where Prometheus' files are. */
export const prometheusFolder: string = join(import.meta.dirname, '../../dashboards/prometheus');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
interface RuleCase {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

/** Files of a folder below `prometheusFolder`. */
export function prometheusFiles(folder: 'recording' | 'alerting' | 'tests'): readonly string[] {
  return readdirSync(join(prometheusFolder, folder)).map((name) => join(prometheusFolder, folder, name));
}

function rules(folder: 'recording' | 'alerting'): readonly unknown[] {
  return prometheusFiles(folder)
    .map((file) => parse(readFileSync(file, 'utf8')) as { groups: readonly { rules: readonly unknown[] }[] })
    .flatMap(({ groups }) => groups.flatMap((group) => group.rules));
}

/** Every alerting rule. */
export const alertRules = (): readonly AlertRule[] => rules('alerting') as readonly AlertRule[];
/** Every recording rule. */
export const recordingRules = (): readonly RecordingRule[] => rules('recording') as readonly RecordingRule[];
/** What the tests of rules expect, rule by rule. */
export function ruleCases(): readonly RuleCase[] {
  return prometheusFiles('tests')
    .map((file) => parse(readFileSync(file, 'utf8')) as { tests: readonly { alert_rule_test: readonly RuleCase[] }[] })
    .flatMap(({ tests }) => tests.flatMap((one) => one.alert_rule_test));
}
