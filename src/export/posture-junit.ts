import type { PostureView } from '../model/posture.ts';

/**
 * Findings as JUnit XML, in the form that CI servers agree on (Jenkins' junit-10.xsd): a suite for each container or node, a case for each check. What fails or
 * warns is a failure; what is unknown or excepted is skipped, with the reason. Pure.
 */
export function postureJunit(findings: readonly PostureView[]): string {
  const suites = new Map<string, PostureView[]>();
  for (const finding of findings) {
    const { node, workload, container } = finding;
    const name = [node, workload?.name, container?.name].filter((part) => part !== undefined).join('/');
    const suite = suites.get(name);
    if (suite === undefined) suites.set(name, [finding]);
    else suite.push(finding);
  }
  const all = [...suites].map(([name, members]) => suiteOf(name, members));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="anchorwatch posture">',
    ...all,
    '</testsuites>',
    '',
  ].join('\n');
}

const isSkipped = ({ result, exception }: PostureView): boolean =>
  result === 'unknown' || (result !== 'pass' && exception !== undefined && !exception.expired);
const isFailure = (finding: PostureView): boolean => finding.result !== 'pass' && !isSkipped(finding);

function suiteOf(name: string, findings: readonly PostureView[]): string {
  const failures = findings.filter(isFailure).length;
  const skipped = findings.filter(isSkipped).length;
  const counts = `tests="${String(findings.length)}" failures="${String(failures)}" errors="0" skipped="${String(skipped)}"`;
  return [`  <testsuite name="${escaped(name)}" ${counts}>`, ...findings.map(caseOf), '  </testsuite>'].join('\n');
}

function caseOf(finding: PostureView): string {
  const { check, practice, title, note, severity, result, evidence, remedy, exception } = finding;
  const head = `    <testcase name="${escaped(`${check}: ${title}`)}" classname="${escaped(`${practice}.${check}`)}"`;
  if (isSkipped(finding)) {
    const why =
      result === 'unknown'
        ? note
        : `excepted: ${exception?.reason ?? ''} (${exception?.owner ?? ''}, until ${exception?.expires ?? ''})`;
    return `${head}><skipped message="${escaped(why)}"/></testcase>`;
  }
  if (result === 'pass') return `${head}/>`;
  const lines = [
    ...evidence.map(({ field, value }) => `${field}: ${value}`),
    ...Object.entries(remedy).map(([where, what]) => `mend, ${where}: ${what}`),
  ];
  return `${head}><failure type="${escaped(severity)}" message="${escaped(note)}">${escaped(lines.join('\n'))}</failure></testcase>`;
}

/** For text and attributes of XML 1.0: what no document may hold is left out. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
