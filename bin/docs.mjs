// npm run docs: writes the pages of docs/reference and the dashboards, which are made from the source. Tests compare them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessReference } from '../src/api/route-access.ts';
import { startCollector } from '../src/collector/collector.ts';
import { metricsReference } from '../src/collector/metrics-reference.ts';
import { optionsReference } from '../src/config/reference.ts';
import { shippedRules } from '../src/detect/rule-source.ts';
import { factsReference, rulesReference } from '../src/detect/reference.ts';
import { madeRules, madeRulesText } from '../src/detect/made-rules.ts';
import { readRuleFiles } from '../src/detect/rule-files.ts';
import { loadRules, madeOf } from '../src/detect/rule-parser.ts';
import { loadPractices, madePractices, madeText, shippedPractices } from '../src/posture/practice-file.ts';
import { practicesReference } from '../src/posture/reference.ts';
import { createLogger } from '../src/lib/log.ts';
import { dashboardFiles } from '../dashboards/source/files.ts';
import { receiversReference } from '../src/notify/reference.ts';
import { root } from './run-node.mjs';

const folder = join(root, 'docs', 'reference');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'options.md'), optionsReference());
writeFileSync(join(folder, 'access.md'), accessReference());
writeFileSync(join(folder, 'receivers.md'), receiversReference());
writeFileSync(join(folder, 'facts.md'), factsReference());
writeFileSync(join(folder, 'rules.md'), rulesReference(loadRules([shippedRules]).rules));
writeFileSync(madeRules, madeRulesText(readRuleFiles([shippedRules]).files, madeOf));
writeFileSync(join(folder, 'practices.md'), practicesReference(loadPractices()));
writeFileSync(madePractices, madeText(readFileSync(shippedPractices, 'utf8'), loadPractices()));

for (const [name, text] of dashboardFiles()) writeFileSync(join(root, 'dashboards', name), text);

const stateDir = mkdtempSync(join(tmpdir(), 'anchorwatch-docs-'));
const storePath = join(stateDir, 'collector.db');
const options = { listen: '127.0.0.1:0', storePath, agentToken: 'none', stateDir, version: '0.0.0' };
const collector = await startCollector(options, createLogger({ level: 'silent' }));
writeFileSync(join(folder, 'metrics.md'), metricsReference(collector.metrics));
await collector.stop();
rmSync(stateDir, { recursive: true, force: true });
