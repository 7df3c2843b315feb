import { createHash } from 'node:crypto';
import type { Severity } from '../model/alert.ts';
import type { PostureView } from '../model/posture.ts';

/** Levels of SARIF by severity. */
const levels: Readonly<Record<Severity, string>> = { critical: 'error', warning: 'warning', notice: 'note' };
/** A CVSS-like figure that code scanning sorts by. */
const grades: Readonly<Record<Severity, string>> = { critical: '9.0', warning: '5.0', notice: '2.0' };

/**
 * Findings as SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/): one run, a rule for each check, a result for each finding. A container is
 * a logical location, and a path of its own for readers that only know files. Excepted findings are suppressed, as the standard has it. Pure.
 */
export function postureSarif(version: string): (findings: readonly PostureView[]) => string {
  return (findings) => {
    const rules = [...new Map(findings.map((one) => [one.check, one])).values()];
    const index = new Map(rules.map(({ check }, at) => [check, at]));
    const log = {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              ...{ name: 'Anchorwatch', version, rules: rules.map(ruleOf) },
            },
          },
          columnKind: 'utf16CodeUnits',
          results: findings.map((finding) => resultOf(finding, index.get(finding.check) ?? 0)),
        },
      ],
    };
    return `${JSON.stringify(log, undefined, 1)}\n`;
  };
}

function ruleOf({ check, title, practice, practices, sources, remedy, severity }: PostureView): object {
  const help = Object.entries(remedy).map(([where, what]) => `${where}: ${what}`);
  return {
    id: check,
    name: check.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    help: { text: help.length === 0 ? title : help.join('\n') },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: [
        'security',
        ...practices,
        ...Object.entries(sources).flatMap(([name, ids]) => ids.map((id) => `${name}/${id}`)),
      ],
      practice,
      'security-severity': grades[severity],
    },
  };
}

function resultOf(finding: PostureView, ruleIndex: number): object {
  const { check, result, severity, note, evidence, node, workload, container, exception } = finding;
  const place = [
    node,
    ...(workload === undefined ? [] : [workload.name]),
    ...(container === undefined ? [] : [container.name]),
  ];
  const seen = evidence.map(({ field, value }) => `${field}: ${value}`).join('; ');
  const fails = result === 'fail' || result === 'warn';
  return {
    ruleId: check,
    ruleIndex,
    kind: fails ? 'fail' : result === 'pass' ? 'pass' : 'open',
    // What does not fail has none (SARIF 2.1.0, 3.27.10).
    level: fails ? levels[severity] : 'none',
    message: { text: `${finding.title}: ${note}${seen === '' ? '' : ` (${seen})`}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: place.map(encodeURIComponent).join('/') } },
        logicalLocations: [
          {
            name: place.at(-1) ?? node,
            fullyQualifiedName: place.join('/'),
            kind: container !== undefined ? 'container' : workload === undefined ? 'node' : 'workload',
          },
        ],
      },
    ],
    partialFingerprints: {
      'anchorwatch/v1': createHash('sha256')
        .update([check, ...place].join('\0'))
        .digest('hex')
        .slice(0, 32),
    },
    ...(exception === undefined || exception.expired
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: `${exception.reason} (${exception.owner}, until ${exception.expires})`,
            },
          ],
        }),
    properties: { result, node, firstSeen: finding.firstSeen, changed: finding.changed },
  };
}
