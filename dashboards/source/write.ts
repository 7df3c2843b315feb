// npm run dashboards: writes dashboards/*.json. A test compares them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFiles } from './files.ts';

for (const [name, text] of dashboardFiles()) writeFileSync(join(import.meta.dirname, '..', name), text);
